"""Shifts as an iCalendar file (RFC 5545). Times are in UTC, so that no zone definition can be out of date.

A shift keeps its UID as long as it begins at the same time by the same schedule; each change of the schedule raises
SEQUENCE, so that calendar programs take what is new. The same content gives the same bytes.
"""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from icalendar import Calendar, Event

from tocsin.domain.oncall.queries import FeedContent, LaneView, ShiftView

_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
REFRESH = timedelta(hours=1)


def calendar_of(content: FeedContent) -> bytes:
    """The file."""
    made = Calendar()
    made.add("prodid", "-//Tocsin//On call//EN")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", content.name)
    made.add("x-wr-timezone", "UTC")
    made.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", "PT1H")
    for lane in content.duty.lanes:
        for shift in lane.shifts:
            made.add_component(_event(lane, shift, own=bool(content.person_id)))
    return bytes(made.to_ical())


def _event(lane: LaneView, shift: ShiftView, *, own: bool) -> Event:
    event = Event()
    event.add("uid", f"{lane.schedule_id}-{shift.start:%Y%m%dT%H%M%SZ}@tocsin")
    event.add("dtstamp", lane.changed_at.replace(microsecond=0))
    event.add("last-modified", lane.changed_at.replace(microsecond=0))
    event.add("sequence", max(int((lane.changed_at - _EPOCH).total_seconds() // 60), 0))
    event.add("dtstart", shift.start)
    event.add("dtend", shift.end)
    who = "" if own else f"{shift.person or 'Nobody'}: "
    event.add("summary", f"{who}on call, {lane.schedule}" if who else f"On call: {lane.schedule}")
    notes = [f"Instead of {shift.instead}, who is away."] if shift.instead else []
    notes += ["By an override."] if shift.override else []
    notes += ["Nobody is on call in this time."] if not shift.person_id else []
    if notes:
        event.add("description", " ".join(notes))
    event.add("transp", "TRANSPARENT")
    event.add("url", f"{settings.PUBLIC_URL}/on-call/schedules/{lane.schedule_id}/")
    return event
