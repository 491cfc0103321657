"""What the last days lost: a share of each day and a percentage over all, from the spans of a component's states.

Hides days that begin in the page's zone, DST days included. Never rounds up to 100 %.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from math import floor
from zoneinfo import ZoneInfo

from tocsin.domain.statuspage.rules.states import ComponentStatus, worst

DAYS = 90
LOST = {ComponentStatus.MAJOR: 1.0, ComponentStatus.PARTIAL: 0.3}
"""What a state costs: a partial outage counts 30 %, a major one 100 %, everything else nothing."""


@dataclass(frozen=True, slots=True)
class Span:
    """A component was in this state from `since` until `until` (None: still is)."""

    status: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class DayLost:
    """One day: its worst state ('' when nothing is known of it), the share of it and the seconds spent in that."""

    day: date
    worst: str
    share: float
    seconds: float = 0.0


def days(
    spans: Sequence[Span], *, now: datetime, zone: ZoneInfo, start: date | None, count: int = DAYS
) -> list[DayLost]:
    """The last `count` days, today last. Days before `start` or before the first span are unknown."""
    today = now.astimezone(zone).date()
    found = []
    for back in range(count - 1, -1, -1):
        day = today - timedelta(days=back)
        begin, end = _begin(day, zone), min(_begin(day + timedelta(days=1), zone), now)
        inside = [] if start and day < start else _cut(spans, begin, end)
        known = [(span, seconds) for span, seconds in inside if seconds > 0]
        if not known:
            found.append(DayLost(day, "", 0.0))
            continue
        worst_of = worst(span.status for span, _ in known)
        lost = sum(s for span, s in known if span.status == worst_of) if worst_of.rank else 0.0
        found.append(DayLost(day, worst_of, lost / max(1.0, (end - begin).total_seconds()), lost))
    return found


def uptime(
    spans: Sequence[Span], *, now: datetime, zone: ZoneInfo, start: date | None, count: int = DAYS
) -> float | None:
    """Per cent over the last `count` days, rounded down to two places; None when nothing is known."""
    first = now.astimezone(zone).date() - timedelta(days=count - 1)
    begin = _begin(max(first, start) if start else first, zone)
    inside = _cut(spans, begin, now)
    known = sum(seconds for _, seconds in inside)
    if known <= 0:
        return None
    lost = sum(seconds * LOST.get(ComponentStatus(span.status), 0.0) for span, seconds in inside)
    return floor(10_000 * (1 - lost / known) + 1e-9) / 100


def _begin(day: date, zone: ZoneInfo) -> datetime:
    # In UTC, because Python subtracts two times of one zone by the wall clock and forgets the change of an hour.
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def _cut(spans: Sequence[Span], begin: datetime, end: datetime) -> list[tuple[Span, float]]:
    found = []
    for span in spans:
        left, right = max(span.since, begin), min(span.until or end, end)
        if left < right:
            found.append((span, (right - left).total_seconds()))
    return found
