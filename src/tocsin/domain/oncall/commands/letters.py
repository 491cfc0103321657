"""Tells people something about their duty that wakes nobody: one message each, by their first contact method.

Runs inside the caller's transaction; the sending itself is the delivery room's. Never pages.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from tocsin.domain.accounts import queries as accounts
from tocsin.domain.delivery import commands as delivery
from tocsin.domain.delivery import queries as destinations
from tocsin.domain.delivery.ports import message_about
from tocsin.domain.oncall.models import Schedule
from tocsin.domain.oncall.schedule_snapshots import READER
from tocsin.kernel.business_time import zone_of
from tocsin.kernel.subject import Subject

PURPOSE = "oncall.notice"


@dataclass(frozen=True, slots=True)
class Words:
    """What is said to one person. `path` is where the button leads."""

    title: str
    text: str
    path: str
    action: str = "Open"


def subject_of(row: Schedule) -> Subject:
    """The schedule as a subject of messages."""
    return Subject("schedule", str(row.id), row.name, row.name, f"/on-call/schedules/{row.id}/")


def tell(subject: Subject, person_ids: Collection[str], key: str, words: Callable[[str], Words]) -> int:
    """Send `words(zone)` to each active person, in their own zone, once for each `key`; how many have a way.

    Four queries and five to send, however many people.
    """
    people = [p for p in accounts.people(READER, person_ids) if p.active]
    methods = destinations.contact_methods(READER, [p.id for p in people])
    default = accounts.organisation().time_zone
    letters = []
    for person in people:
        way = next((method for method in methods.get(person.id, []) if method.verified), None)
        if way is None:
            continue
        said = words(person.time_zone or default)
        message = message_about(
            subject,
            title=said.title[:200],
            text=said.text,
            url=f"{settings.PUBLIC_URL}{said.path}",
            action=said.action,
        )
        letters.append(delivery.Letter(way.id, message, f"{key}:{person.id}"))
    delivery.send_many(READER, letters=letters, subject=subject, purpose=PURPOSE)
    return len(letters)


def span(start: datetime, end: datetime, zone: str) -> str:
    """`"Sat 28 Nov 08:00 to 20:00 (Europe/Berlin)"`: on the wall of a zone, which is named."""
    a, b = (at.astimezone(zone_of(zone)) for at in (start, end))
    until = f"{b:%H:%M}" if a.date() == b.date() else f"{b:%a %-d %b %H:%M}"
    return f"{a:%a %-d %b %H:%M} to {until} ({zone})"
