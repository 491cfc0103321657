"""Requests for cover as people look at them: what is asked, who has answered, what the viewer can do."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from tocsin.domain.accounts import queries as accounts
from tocsin.domain.oncall.models import CoverRequest, CoverState
from tocsin.domain.oncall.permissions import CONFIGURE, OVERRIDE, VIEW
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import NotFound
from tocsin.kernel.ids import id_of

MOST = 100


@dataclass(frozen=True, slots=True)
class CoverView:
    """One request. `state`: open, accepted, withdrawn, expired. What begins with `may_` or
    names the viewer is theirs; `waits_for_viewer`: they were asked and have not answered.
    """

    id: str
    schedule_id: str
    schedule: str
    time_zone: str
    asker_id: str
    asker: str
    start: datetime
    end: datetime
    return_start: datetime | None
    return_end: datetime | None
    note: str
    state: str
    asked: tuple[str, ...]
    declined: tuple[str, ...]
    accepted_by_id: str
    accepted_by: str
    made_at: datetime
    settled_at: datetime | None
    may_answer: bool
    may_take_back: bool
    viewer_declined: bool = False
    waits_for_viewer: bool = False


def covers(actor: Actor, *, schedule_id: str = "", open_only: bool = False) -> list[CoverView]:
    """The newest 100 requests that are open or not over yet, soonest first; of one schedule or all. Two queries."""
    actor.require(VIEW)
    rows = CoverRequest.objects.filter(Q(state=CoverState.OPEN) | Q(end_at__gt=now()))
    if schedule_id:
        rows = rows.filter(schedule=id_of(schedule_id))
    if open_only:
        rows = rows.filter(state=CoverState.OPEN)
    found = rows.select_related("schedule", "asker", "accepted_by").order_by("-made_at")[:MOST]
    return sorted(_views(actor, found), key=lambda view: view.start)


def cover(actor: Actor, cover_id: str) -> CoverView:
    """One request. Two queries. Raises `NotFound`."""
    actor.require(VIEW)
    rows = CoverRequest.objects.select_related("schedule", "asker", "accepted_by").filter(id=id_of(cover_id))
    views = _views(actor, rows)
    if not views:
        raise NotFound("There is no such request for cover.")
    return views[0]


def _views(actor: Actor, rows: Iterable[CoverRequest]) -> list[CoverView]:
    found = list(rows)
    names = {one.id: one.name for one in accounts.known({id_ for row in found for id_ in row.asked + row.declined})}
    return [_view(actor, row, names) for row in found]


def _view(actor: Actor, row: CoverRequest, names: dict[str, str]) -> CoverView:
    ahead, own = row.start_at > now(), actor.person == str(row.asker_id)
    mine = own or actor.has(CONFIGURE) or (actor.person and actor.person == str(row.accepted_by_id))
    standing = row.state == CoverState.OPEN or (row.state == CoverState.ACCEPTED and ahead)
    can_answer = row.state == CoverState.OPEN and ahead and bool(actor.person) and not own
    return CoverView(
        id=str(row.id),
        schedule_id=str(row.schedule_id),
        schedule=row.schedule.name,
        time_zone=row.schedule.time_zone,
        asker_id=str(row.asker_id),
        asker=str(row.asker),
        start=row.start_at,
        end=row.end_at,
        return_start=row.return_start_at,
        return_end=row.return_end_at,
        note=row.note,
        state=row.state,
        asked=tuple(names.get(id_, "Someone who is gone") for id_ in row.asked),
        declined=tuple(
            names.get(id_, "Someone who is gone") for id_ in row.declined if id_ != str(row.accepted_by_id or "")
        ),
        accepted_by_id=str(row.accepted_by_id or ""),
        accepted_by=str(row.accepted_by or ""),
        made_at=row.made_at,
        settled_at=row.settled_at,
        may_answer=can_answer and actor.has(OVERRIDE),
        may_take_back=bool(mine) and standing and actor.has(OVERRIDE),
        viewer_declined=actor.person in row.declined,
        waits_for_viewer=can_answer and actor.person in row.asked and actor.person not in row.declined,
    )
