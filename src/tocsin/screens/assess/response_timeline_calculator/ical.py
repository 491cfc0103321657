"""Deadlines as an iCalendar file (RFC 5545): an event at each due time, with an alarm when it is at risk.

Of a restricted incident it names the reference only: a calendar is seen by more people than the incident.
"""

from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from icalendar import Alarm, Calendar, Event

from tocsin.domain.incidents.queries import DeadlineView, IncidentView
from tocsin.kernel.clock import now

_LASTS = timedelta(minutes=15)


def calendar_of(seen: IncidentView, deadlines: Iterable[DeadlineView]) -> bytes:
    """The file. What is met already is left out: nobody waits for it."""
    made = Calendar()
    made.add("prodid", "-//Tocsin//Deadlines//EN")
    made.add("version", "2.0")
    made.add("x-wr-calname", f"Deadlines of {seen.reference}")
    for due in deadlines:
        if due.met_at is None:
            made.add_component(_event(seen, due))
    return bytes(made.to_ical())


def _event(seen: IncidentView, due: DeadlineView) -> Event:
    event = Event()
    event.add("uid", f"{due.id}@tocsin")
    event.add("dtstamp", now())
    event.add("dtstart", due.due_at)
    event.add("dtend", due.due_at + _LASTS)
    event.add("summary", f"{seen.reference}: {due.words} due")
    told = "" if seen.restricted else f"{seen.title}\n"
    event.add("description", f"{told}{due.words}, {due.term} from {due.starts_at:%Y-%m-%d %H:%M} UTC")
    event.add("url", f"{settings.PUBLIC_URL}{seen.url}deadlines/")
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", f"{due.words} is at risk")
    alarm.add("trigger", due.at_risk_at - due.due_at)
    event.add_component(alarm)
    return event
