"""Duty: calendars by schedule, team and person, who answers for a service now, cover, addresses of calendars."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from tocsin.api.door import ApiRequest
from tocsin.api.offering import Offer
from tocsin.api.shapes import Body, Instant, Limit, Made, Page, page_of
from tocsin.domain.oncall import commands, queries
from tocsin.domain.oncall.permissions import OVERRIDE, VIEW
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Invalid

offer = Offer("on call")
MONTH = timedelta(days=28)


class CoverAsked(Body):
    """Take my time on call from `start` until `end`.

    `asked`: ids of people, empty for everybody else of the schedule. With `return_start` and `return_end` the asker
    takes that time of whoever takes it. `person`: whose time it is, when it is not one's own.
    """

    start: Instant
    end: Instant
    note: Annotated[str, Field(max_length=300)] = ""
    person: str = ""
    asked: list[str] = []
    return_start: Instant | None = None
    return_end: Instant | None = None


class FeedWanted(Body):
    """A schedule by id; empty for one's own shifts."""

    schedule: str = ""


class FeedMade(Body):
    """The path under which a calendar program reads the shifts. It is told only now."""

    path: str


@offer.get("/on-call/calendar", queries.DutyView, needs=VIEW)
def calendar(
    request: ApiRequest,
    start: Instant | None = None,
    end: Instant | None = None,
    schedule: str = "",
    team: str = "",
    person: str = "",
) -> queries.DutyView:
    """Who is on call from `start` (now) until `end` (four weeks later), and who is away meanwhile.

    Of one schedule, team or person, or everything.

    A team's calendar has its own schedules whole, and of others the shifts of its members. At most 400 days.
    """
    began = start or now()
    ends = end or began + MONTH
    return queries.duty(request.actor, start=began, end=ends, schedule_id=schedule, team_id=team, person_id=person)


@offer.get("/services/{service}/on-call", queries.ServiceDutyView, needs=VIEW)
def service_duty(
    request: ApiRequest, service: str, severity: Severity = Severity.CRITICAL, at: Instant | None = None
) -> queries.ServiceDutyView:
    """Who answers for a service (by id or short name) at a moment (now), step by step.

    As a page of this severity would find it: a step whose condition does not hold says so, one that takes turns names
    whose turn it is; schedules say until when and who is next.
    """
    if at is not None and not 2000 <= at.year <= 2200:
        raise Invalid("at: ask for a moment between the years 2000 and 2200.", field="at")
    return queries.on_call_for_service(request.actor, service, severity=severity.value, at=at)


@offer.get("/cover", Page[queries.CoverView], needs=VIEW)
def covers(
    request: ApiRequest, schedule: str = "", open_only: bool = False, cursor: str = "", limit: Limit = 50
) -> Page[queries.CoverView]:
    """Requests for cover that are open or not over yet."""
    found = queries.covers(request.actor, schedule_id=schedule, open_only=open_only)
    return page_of(found, cursor, limit, key=lambda row: row.id)


@offer.get("/cover/{cover}", queries.CoverView, needs=VIEW)
def cover(request: ApiRequest, cover: str) -> queries.CoverView:
    """One request for cover."""
    return queries.cover(request.actor, cover)


@offer.post("/schedules/{schedule}/cover", queries.CoverView, needs=OVERRIDE, status=201)
def ask_cover(request: ApiRequest, schedule: str, given: CoverAsked) -> queries.CoverView:
    """Ask colleagues to take a time on call. The asker stays on call until someone accepts."""
    swap = (given.return_start, given.return_end) if given.return_start and given.return_end else None
    made = commands.ask_cover(
        request.actor,
        schedule_id=schedule,
        start=given.start,
        end=given.end,
        note=given.note,
        person_id=given.person,
        asked=given.asked,
        in_return=swap,
    )
    return queries.cover(request.actor, made)


@offer.post("/cover/{cover}/accept", queries.CoverView, needs=OVERRIDE)
def accept_cover(request: ApiRequest, cover: str) -> queries.CoverView:
    """Take it: the override is set."""
    commands.accept_cover(request.actor, cover_id=cover)
    return queries.cover(request.actor, cover)


@offer.post("/cover/{cover}/decline", queries.CoverView, needs=OVERRIDE)
def decline_cover(request: ApiRequest, cover: str) -> queries.CoverView:
    """Say that one cannot."""
    commands.decline_cover(request.actor, cover_id=cover)
    return queries.cover(request.actor, cover)


@offer.post("/cover/{cover}/take-back", queries.CoverView, needs=OVERRIDE)
def take_back_cover(request: ApiRequest, cover: str) -> queries.CoverView:
    """Withdraw one's request, or give back what one has taken. For others only who may change schedules."""
    commands.take_back_cover(request.actor, cover_id=cover)
    return queries.cover(request.actor, cover)


@offer.get("/calendar-feeds", Page[queries.FeedView], needs=VIEW)
def feeds(request: ApiRequest, cursor: str = "", limit: Limit = 50) -> Page[queries.FeedView]:
    """Addresses under which calendar programs read shifts: one's own; all for who may change schedules."""
    return page_of(queries.feeds(request.actor), cursor, limit, key=lambda row: row.id)


@offer.post("/calendar-feeds", FeedMade, needs=VIEW, status=201)
def make_feed(request: ApiRequest, given: FeedWanted) -> FeedMade:
    """Make an address for one's own shifts or for a schedule; it is told only now."""
    token = commands.make_feed(request.actor, schedule_id=given.schedule)
    return FeedMade(path=f"/on-call/feeds/{token}.ics")


@offer.delete("/calendar-feeds/{feed}", needs=VIEW)
def revoke_feed(request: ApiRequest, feed: str) -> None:
    """The address opens nothing from now on."""
    commands.revoke_feed(request.actor, feed_id=feed)


class AbsenceNoted(Body):
    """A person (oneself when left out) is away from `start` until `end`."""

    start: Instant
    end: Instant
    person: str = ""
    note: Annotated[str, Field(max_length=200)] = ""


class CalendarConnected(Body):
    """A calendar address (iCalendar). `words`: only events whose title holds one of them count; empty: every event."""

    url: Annotated[str, Field(max_length=2000)]
    person: str = ""
    words: Annotated[str, Field(max_length=200)] = ""


class TurnNote(Body):
    """A word for who comes on next."""

    text: Annotated[str, Field(min_length=1, max_length=2000)]


@offer.get("/absences", Page[queries.AbsenceView], needs=VIEW)
def absences(request: ApiRequest, person: str = "", cursor: str = "", limit: Limit = 50) -> Page[queries.AbsenceView]:
    """Who is away and until when, of one person or everybody; what is over is left out."""
    return page_of(queries.absences(request.actor, person_id=person), cursor, limit, key=lambda row: row.id)


@offer.post("/absences", Made, needs=VIEW, status=201)
def add_absence(request: ApiRequest, given: AbsenceNoted) -> Made:
    """Note an absence: one's own, or anybody's for who may change schedules."""
    made = commands.add_absence(
        request.actor, start=given.start, end=given.end, person_id=given.person, note=given.note
    )
    return Made(id=made)


@offer.delete("/absences/{absence}", needs=VIEW)
def remove_absence(request: ApiRequest, absence: str) -> None:
    """The person is there again. One that a connected calendar brings is changed there."""
    commands.remove_absence(request.actor, absence_id=absence)


@offer.put("/absence-calendar", queries.AbsenceCalendarView, needs=VIEW)
def connect_calendar(request: ApiRequest, given: CalendarConnected) -> queries.AbsenceCalendarView:
    """Read a person's absences from a calendar address, now and every half hour. The address is never told again."""
    commands.connect_calendar(request.actor, url=given.url, person_id=given.person, words=given.words)
    found = queries.absence_calendar(request.actor, person_id=given.person or request.actor.person)
    assert found is not None
    return found


@offer.delete("/absence-calendar", needs=VIEW)
def disconnect_calendar(request: ApiRequest, person: str = "") -> None:
    """Ask the calendar no more; what came from it goes."""
    commands.disconnect_calendar(request.actor, person_id=person)


@offer.get("/schedules/{schedule}/notes", list[queries.NoteView], needs=VIEW)
def notes(request: ApiRequest, schedule: str) -> list[queries.NoteView]:
    """The latest words that who went off left, newest first."""
    return queries.handover_notes(request.actor, schedule_id=schedule)


@offer.post("/schedules/{schedule}/notes", Made, needs=OVERRIDE, status=201)
def leave_note(request: ApiRequest, schedule: str, given: TurnNote) -> Made:
    """Leave a word for who comes on next; it goes with the notice of their shift."""
    return Made(id=commands.leave_note(request.actor, schedule_id=schedule, text=given.text))
