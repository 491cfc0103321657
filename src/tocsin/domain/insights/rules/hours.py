"""When a page reached somebody: at which hour of their own day, in their working hours, in their sleep. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from tocsin.kernel.business_time import Calendar

SLEEP_FROM, SLEEP_TO = 22, 7
"""Hours of a person's own day between which a page counts as interrupted sleep."""


@dataclass(slots=True)
class Load:
    """What reached one person: pages in all, those outside working hours, those in the night, and by hour."""

    pages: int = 0
    interruptions: int = 0
    nights: int = 0
    by_hour: list[int] = field(default_factory=lambda: [0] * 24)


def is_night(hour: int) -> bool:
    """Whether people sleep at that hour."""
    return hour >= SLEEP_FROM or hour < SLEEP_TO


def loads(
    pages: Iterable[tuple[str, datetime]], *, zones: Mapping[str, tzinfo], zone: tzinfo, calendar: Calendar
) -> dict[str, Load]:
    """The load by person. `zones`: where each person lives; others live where the organisation does.

    Working hours are the organisation's, read on the person's own clock: 9 to 17 is 9 to 17 wherever they are.
    """
    found: dict[str, Load] = {}
    for person, at in pages:
        local = at.astimezone(zones.get(person, zone))
        load = found.setdefault(person, Load())
        load.pages += 1
        load.by_hour[local.hour] += 1
        load.nights += is_night(local.hour)
        load.interruptions += not calendar.is_open(local.replace(tzinfo=zone))
    return found
