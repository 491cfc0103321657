"""Calendar addresses as their owner sees them, and what one of them opens."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin.domain.oncall.models import CalendarFeed
from tocsin.domain.oncall.permissions import CONFIGURE, VIEW
from tocsin.domain.oncall.queries.duty import DutyView, duty
from tocsin.domain.oncall.schedule_snapshots import READER
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.ids import id_of, token_hash

BACK, AHEAD = 62, 186
"""Days of a feed around today; its ends lie on the first of a month, so that what was clipped stays where it was."""


@dataclass(frozen=True, slots=True)
class FeedView:
    """One address; of the secret only its first characters. An empty `schedule`: the owner's own shifts."""

    id: str
    owner_id: str
    owner: str
    schedule_id: str
    schedule: str
    hint: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class FeedContent:
    """What a calendar program is given: a name, whose shifts (empty: everybody's), and the shifts."""

    name: str
    person_id: str
    duty: DutyView


def feeds(actor: Actor) -> list[FeedView]:
    """One's own addresses that open something; who may change schedules sees everybody's. One query."""
    actor.require(VIEW)
    rows = CalendarFeed.objects.filter(revoked_at=None).select_related("owner", "schedule").order_by("-made_at")
    if not actor.has(CONFIGURE):
        rows = rows.filter(owner=id_of(actor.person))
    return [
        FeedView(
            id=str(row.id),
            owner_id=str(row.owner_id),
            owner=str(row.owner),
            schedule_id=str(row.schedule_id or ""),
            schedule=row.schedule.name if row.schedule else "",
            hint=row.hint,
            made_at=row.made_at,
        )
        for row in rows
    ]


def feed(token: str) -> FeedContent | None:
    """What the secret opens; None for one that is unknown, revoked, or whose owner was deactivated.

    The secret is the permission, so there is no actor.
    """
    rows = CalendarFeed.objects.select_related("owner", "schedule").filter(owner__is_active=True, revoked_at=None)
    row = rows.filter(token_hash=token_hash(token)).first()
    if row is None:
        return None
    if row.schedule is not None:
        return content(READER, name=f"On call: {row.schedule.name}", schedule_id=str(row.schedule_id))
    return content(READER, name=f"On call: {row.owner}", person_id=str(row.owner_id))


def content(actor: Actor, *, name: str, schedule_id: str = "", person_id: str = "", team_id: str = "") -> FeedContent:
    """Shifts of the last two and the next six months, for a calendar file."""
    today = now().replace(hour=0, minute=0, second=0, microsecond=0)
    start, end = ((today + timedelta(days=days)).replace(day=1) for days in (-BACK, AHEAD))
    found = duty(actor, start=start, end=end, schedule_id=schedule_id, person_id=person_id, team_id=team_id)
    return FeedContent(name, person_id, found)
