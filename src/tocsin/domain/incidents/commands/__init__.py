"""The only writers of this room. Each: authorise, load and lock, ask the rules, save named fields, record, return."""

from tocsin.domain.incidents.commands.attaching import attach_file, remove_file
from tocsin.domain.incidents.commands.deciding import decide, revoke_decision
from tocsin.domain.incidents.commands.duties import remove_role, save_role, tick_duty
from tocsin.domain.incidents.commands.ending import close, mark_reviewed, mitigate, reopen, resolve
from tocsin.domain.incidents.commands.engaging import decline, page_again, stand_down
from tocsin.domain.incidents.commands.linking import (
    add_outside_link,
    link_incident,
    remove_outside_link,
    set_bridge_for_all,
    unlink_incident,
)
from tocsin.domain.incidents.commands.merging import merge, unmerge
from tocsin.domain.incidents.commands.opening import declare
from tocsin.domain.incidents.commands.removing import mark_practice, remove_unreal
from tocsin.domain.incidents.commands.replanning import replan_by_newest
from tocsin.domain.incidents.commands.response import acknowledge, activate_response_team, join
from tocsin.domain.incidents.commands.restricting import add_member, release, remove_member, restrict
from tocsin.domain.incidents.commands.roles import accept_role, assign_role, decline_role, end_role, hand_over
from tocsin.domain.incidents.commands.sizing import assess
from tocsin.domain.incidents.commands.talk import (
    Written,
    corrected_in_public,
    edit_note,
    retracted_in_public,
    send_status_update,
    take_back_note,
    told_in_public,
    write,
)
from tocsin.domain.incidents.commands.task_lists import (
    Added,
    add_tasks_from_template,
    remove_task_template,
    save_task_template,
)
from tocsin.domain.incidents.commands.tasks import KEEP, add_task, change_task
from tocsin.domain.incidents.commands.teams import remove_team_template, save_team_template
from tocsin.domain.incidents.commands.triage import change, confirm, dismiss, split
from tocsin.domain.incidents.commands.validating import link_change, unlink_change, validate_fix

__all__ = [
    "KEEP",
    "Added",
    "Written",
    "accept_role",
    "acknowledge",
    "activate_response_team",
    "add_member",
    "add_outside_link",
    "add_task",
    "add_tasks_from_template",
    "assess",
    "assign_role",
    "attach_file",
    "change",
    "change_task",
    "close",
    "confirm",
    "corrected_in_public",
    "decide",
    "declare",
    "decline",
    "decline_role",
    "dismiss",
    "edit_note",
    "end_role",
    "hand_over",
    "join",
    "link_change",
    "link_incident",
    "mark_practice",
    "mark_reviewed",
    "merge",
    "mitigate",
    "page_again",
    "release",
    "remove_file",
    "remove_member",
    "remove_outside_link",
    "remove_role",
    "remove_task_template",
    "remove_team_template",
    "remove_unreal",
    "reopen",
    "replan_by_newest",
    "resolve",
    "restrict",
    "retracted_in_public",
    "revoke_decision",
    "save_role",
    "save_task_template",
    "save_team_template",
    "send_status_update",
    "set_bridge_for_all",
    "split",
    "stand_down",
    "take_back_note",
    "tick_duty",
    "told_in_public",
    "unlink_change",
    "unlink_incident",
    "unmerge",
    "validate_fix",
    "write",
]
