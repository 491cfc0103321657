"""Absences out of an iCalendar file: which of its events say that a person is away, and when. Pure.

Titles are only looked at, never kept: a calendar is private. Rules that repeat more often than daily are left out,
for they are no absences and can be made to cost hours.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from typing import Any

import recurring_ical_events
from icalendar import Calendar

from tocsin.kernel.errors import Invalid
from tocsin.kernel.wall_clock import wall_clock

MOST_EVENTS = 5_000
MOST_FOUND = 500
_TOO_OFTEN = ("SECONDLY", "MINUTELY", "HOURLY")


@dataclass(frozen=True, slots=True)
class Found:
    """One absence. `uid` is the same each time that the same occurrence is read."""

    uid: str
    start: datetime
    end: datetime


def clean_words(text: str, *, field: str = "words") -> str:
    """Words by which an event is an absence, once each, lower case; empty: every event is one."""
    words = list(dict.fromkeys(" ".join(part.lower().split()) for part in text.split(",")))
    kept = ", ".join(word for word in words if word)
    if len(kept) > 200:
        raise Invalid(f"{field}: write at most 200 characters.", field=field)
    return kept


def absences_in(content: bytes, zone: str, words: str, start: datetime, end: datetime) -> list[Found]:
    """The absences of [start, end) in a calendar file, in order; at most 500.

    Whole-day events are days in `zone`. Cancelled events never count; with `words` those whose title holds one of
    them or that Outlook marks as out of office, without them every event that is not marked as free.

    Raises `Invalid` with the field `calendar` for what is no calendar file, or has more than 5,000 events.
    """
    try:
        calendar = Calendar.from_ical(content)
        if calendar.name != "VCALENDAR":
            raise ValueError
    except (ValueError, KeyError, IndexError, AttributeError) as error:
        raise Invalid("calendar: this is not an iCalendar file (.ics).", field="calendar") from error
    events = calendar.walk("VEVENT")
    if len(events) > MOST_EVENTS:
        raise Invalid(f"calendar: it has more than {MOST_EVENTS} events; give a smaller one.", field="calendar")
    wanted = [word for word in (part.strip() for part in words.split(",")) if word]
    calendar.subcomponents = [
        part
        for part in calendar.subcomponents
        if part.name != "VEVENT" or (not _too_often(part) and _counts(part, wanted))
    ]
    try:
        seen = recurring_ical_events.of(calendar, skip_bad_series=True).between(start, end)
    except (ValueError, KeyError, TypeError, OverflowError) as error:
        raise Invalid("calendar: its dates cannot be read; export it anew.", field="calendar") from error
    spans = (_span(event, zone) for event in seen)
    once = {one.uid: one for one in spans if one and one.end > start}
    return sorted(once.values(), key=lambda one: one.start)[:MOST_FOUND]


def _too_often(event: Any) -> bool:
    rules = event.get("RRULE", [])
    for rule in rules if isinstance(rules, list) else [rules]:
        if any(str(value).upper() in _TOO_OFTEN for value in rule.get("FREQ", [])):
            return True
        if any(name in rule for name in ("BYHOUR", "BYMINUTE", "BYSECOND")):
            return True
    return False


def _counts(event: Any, words: Iterable[str]) -> bool:
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        return False
    if str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper() == "OOF":
        return True
    title = str(event.get("SUMMARY", "")).lower()
    listed = list(words)
    if listed:
        return any(word in title for word in listed)
    return str(event.get("TRANSP", "")).upper() != "TRANSPARENT"


def _span(event: Any, zone: str) -> Found | None:
    try:
        first = event["DTSTART"].dt
        last = event["DTEND"].dt if "DTEND" in event else None
    except (KeyError, AttributeError):
        return None
    if last is None:
        last = first if isinstance(first, datetime) else first + timedelta(days=1)
    start, end = _instant(first, zone), _instant(last, zone)
    if end <= start:
        return None
    uid = f"{event.get('UID', '')}|{start.isoformat()}"
    return Found(sha256(uid.encode()).hexdigest()[:32], start, end)


def _instant(value: date, zone: str) -> datetime:
    if not isinstance(value, datetime):
        return wall_clock(zone).instant(value, time(0))
    if value.tzinfo is None:
        return wall_clock(zone).instant(value.date(), value.time())
    return value.astimezone(UTC)
