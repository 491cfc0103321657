"""Working hours of a team: its zone, its hours, its holidays. Terms in business time of what it owns count in them."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from tocsin.core.log import append
from tocsin.domain.accounts import rules
from tocsin.domain.accounts.commands.rows import locked_team
from tocsin.domain.accounts.events import TeamHoursChanged
from tocsin.domain.accounts.models import TeamHours
from tocsin.domain.accounts.permissions import MANAGE_PEOPLE
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now


def set_team_hours(
    actor: Actor,
    *,
    team_id: str,
    time_zone: str,
    hours: Mapping[str, Sequence[Sequence[str]]],
    closed_dates: Sequence[str] = (),
    holiday_region: str = "",
) -> None:
    """Give a team hours of its own; what runs already keeps its ends. Event `accounts.team_hours_changed`.

    `hours` maps weekdays to [opens, closes] pairs. Raises `Invalid` naming the field, also for a week that never opens.
    """
    actor.require(MANAGE_PEOPLE)
    given: dict[str, Any] = {
        "time_zone": rules.clean_zone(time_zone) or "UTC",
        "hours": {day: [list(span) for span in spans] for day, spans in hours.items() if spans},
        "closed_dates": sorted(str(text) for text in closed_dates),
        "holiday_region": holiday_region.strip().upper(),
    }
    zone, week, region = given["time_zone"], given["hours"], given["holiday_region"]
    rules.calendar_of_team(zone, week, given["closed_dates"], region, [now().year])
    with transaction.atomic():
        team = locked_team(team_id)
        row = TeamHours.objects.filter(team=team).first()
        if row is not None and all(getattr(row, name) == value for name, value in given.items()):
            return
        TeamHours.objects.update_or_create(team=team, defaults=given)
        append(f"team:{team.id}", TeamHoursChanged(team=team_id, name=team.name, own=True), actor)


def clear_team_hours(actor: Actor, *, team_id: str) -> None:
    """Let a team keep the organisation's hours again. Event `accounts.team_hours_changed`, none if it does already."""
    actor.require(MANAGE_PEOPLE)
    with transaction.atomic():
        team = locked_team(team_id)
        gone, _ = TeamHours.objects.filter(team=team).delete()
        if gone:
            append(f"team:{team.id}", TeamHoursChanged(team=team_id, name=team.name, own=False), actor)
