"""The only writer of this room's tables. Each command authorises, validates, writes and appends to the log as one."""

from tocsin.domain.accounts.commands.organisation import change_organisation
from tocsin.domain.accounts.commands.people import (
    add_person,
    change_person,
    deactivate_person,
    ensure_administrator,
    reactivate_person,
    set_roles,
)
from tocsin.domain.accounts.commands.saved_views import remove_view, save_view
from tocsin.domain.accounts.commands.sign_in import (
    remove_second_factors,
    set_first_password,
    set_password,
    sign_in_link,
    use_sign_in_link,
)
from tocsin.domain.accounts.commands.team_hours import clear_team_hours, set_team_hours
from tocsin.domain.accounts.commands.teams import add_team, remove_team, rename_team, set_members
from tocsin.domain.accounts.commands.tokens import actor_by_token, add_token, revoke_token

__all__ = [
    "actor_by_token",
    "add_person",
    "add_team",
    "add_token",
    "change_organisation",
    "change_person",
    "clear_team_hours",
    "deactivate_person",
    "ensure_administrator",
    "reactivate_person",
    "remove_second_factors",
    "remove_team",
    "remove_view",
    "rename_team",
    "revoke_token",
    "save_view",
    "set_first_password",
    "set_members",
    "set_password",
    "set_roles",
    "set_team_hours",
    "sign_in_link",
    "use_sign_in_link",
]
