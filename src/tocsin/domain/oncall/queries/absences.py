"""Who is away and how we know: absences, and the calendar that they are read from with its age."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin.domain.oncall.models import Absence, AbsenceFeed, HandoverNote
from tocsin.domain.oncall.permissions import CONFIGURE, VIEW
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.ids import id_of

STALE_AFTER = timedelta(hours=2)
MOST = 200


@dataclass(frozen=True, slots=True)
class AbsenceView:
    """One absence that is not over. `source`: hand, file or feed.

    The note is told to the person and to who may change schedules.
    """

    id: str
    person_id: str
    person: str
    start: datetime
    end: datetime
    source: str
    note: str
    removable: bool


@dataclass(frozen=True, slots=True)
class AbsenceCalendarView:
    """A person's connected calendar. `fetched_at` None: never read. `stale`: what it said is more than 2 h old."""

    host: str
    words: str
    fetched_at: datetime | None
    tried_at: datetime | None
    problem: str
    stale: bool


@dataclass(frozen=True, slots=True)
class NoteView:
    """A word that who went off left."""

    id: str
    author: str
    text: str
    written_at: datetime


def absences(actor: Actor, *, person_id: str = "") -> list[AbsenceView]:
    """Absences of a person, or of everybody, that are not over, soonest first; at most 200. One query."""
    actor.require(VIEW)
    rows = Absence.objects.filter(end_at__gt=now()).select_related("person").order_by("start_at", "id")
    if person_id:
        rows = rows.filter(person=id_of(person_id))
    return [_view(actor, row) for row in rows[:MOST]]


def absence_calendar(actor: Actor, *, person_id: str) -> AbsenceCalendarView | None:
    """The connected calendar of oneself, or of anybody for who changes schedules. One query. Raises `Denied`."""
    actor.require(VIEW)
    if person_id != actor.person:
        actor.require(CONFIGURE)
    row = AbsenceFeed.objects.filter(person=id_of(person_id)).defer("address").first()
    if row is None:
        return None
    known = row.fetched_at or row.added_at
    return AbsenceCalendarView(
        host=row.hint,
        words=row.words,
        fetched_at=row.fetched_at,
        tried_at=row.tried_at,
        problem=row.problem,
        stale=now() - known > STALE_AFTER,
    )


def handover_notes(actor: Actor, *, schedule_id: str) -> list[NoteView]:
    """The latest five words that were left with a schedule, newest first. One query."""
    actor.require(VIEW)
    rows = HandoverNote.objects.filter(schedule=id_of(schedule_id)).select_related("author").order_by("-written_at")
    return [NoteView(str(row.id), str(row.author), row.text, row.written_at) for row in rows[:5]]


def _view(actor: Actor, row: Absence) -> AbsenceView:
    mine = str(row.person_id) == actor.person or actor.has(CONFIGURE)
    return AbsenceView(
        id=str(row.id),
        person_id=str(row.person_id),
        person=str(row.person),
        start=row.start_at,
        end=row.end_at,
        source=row.source,
        note=row.note if mine else "",
        removable=mine and row.feed_id is None,
    )
