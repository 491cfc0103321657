"""Everything that changes schedules, policies, escalations and pages. Nothing else writes them.

What only this room's own workers and reactions call (`failing`) is not handed out here.
"""

from tocsin.domain.oncall.commands.absences import MAX_BYTES as MAX_CALENDAR_BYTES
from tocsin.domain.oncall.commands.absences import (
    add_absence,
    connect_calendar,
    disconnect_calendar,
    remove_absence,
    upload_absences,
)
from tocsin.domain.oncall.commands.answering import (
    UNDO_WITHIN,
    Answer,
    acknowledge,
    acknowledge_by_link,
    pass_on_by_link,
    undo_acknowledge,
    undo_acknowledge_by_link,
)
from tocsin.domain.oncall.commands.calls import (
    answer_call,
    call_again,
    decline_call,
    end_calls,
    end_shared,
    note_opened,
    reply_by_link,
)
from tocsin.domain.oncall.commands.clearing import Over
from tocsin.domain.oncall.commands.cover import accept_cover, ask_cover, decline_cover, take_back_cover
from tocsin.domain.oncall.commands.feeds import make_feed, revoke_feed
from tocsin.domain.oncall.commands.layers import LayerInput, Window
from tocsin.domain.oncall.commands.mass import call_many, end_many
from tocsin.domain.oncall.commands.notices import leave_note
from tocsin.domain.oncall.commands.overrides import add_override, remove_override
from tocsin.domain.oncall.commands.own import RuleInput, save_end_wish, save_personal_rules, save_quiet_hours
from tocsin.domain.oncall.commands.paging import (
    change_severity,
    note_activity,
    page,
    page_people,
    refresh_subject,
    stop_paging,
)
from tocsin.domain.oncall.commands.policies import remove_policy, save_policy, set_service_policy
from tocsin.domain.oncall.commands.policy_checks import ConditionInput, StepInput, TargetInput
from tocsin.domain.oncall.commands.schedules import (
    ScheduleOptions,
    add_follow_the_sun,
    remove_schedule,
    save_schedule,
)
from tocsin.domain.oncall.commands.trying import send_test_page, stop_test_page
from tocsin.domain.oncall.commands.unreal import remove_unreal
from tocsin.domain.oncall.rules.ending import How
from tocsin.domain.oncall.rules.regions import Region

__all__ = [
    "MAX_CALENDAR_BYTES",
    "UNDO_WITHIN",
    "Answer",
    "ConditionInput",
    "How",
    "LayerInput",
    "Over",
    "Region",
    "RuleInput",
    "ScheduleOptions",
    "StepInput",
    "TargetInput",
    "Window",
    "accept_cover",
    "acknowledge",
    "acknowledge_by_link",
    "add_absence",
    "add_follow_the_sun",
    "add_override",
    "answer_call",
    "ask_cover",
    "call_again",
    "call_many",
    "change_severity",
    "connect_calendar",
    "decline_call",
    "decline_cover",
    "disconnect_calendar",
    "end_calls",
    "end_many",
    "end_shared",
    "leave_note",
    "make_feed",
    "note_activity",
    "note_opened",
    "page",
    "page_people",
    "pass_on_by_link",
    "refresh_subject",
    "remove_absence",
    "remove_override",
    "remove_policy",
    "remove_schedule",
    "remove_unreal",
    "reply_by_link",
    "revoke_feed",
    "save_end_wish",
    "save_personal_rules",
    "save_policy",
    "save_quiet_hours",
    "save_schedule",
    "send_test_page",
    "set_service_policy",
    "stop_paging",
    "stop_test_page",
    "take_back_cover",
    "undo_acknowledge",
    "undo_acknowledge_by_link",
    "upload_absences",
]
