"""The fast wall clock: every zone of the database, every change of its clock from 2020 to 2035."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.kernel.business_time import wall_instant
from tocsin.kernel.errors import Invalid
from tocsin.kernel.wall_clock import WallClock

ZONES = sorted(available_timezones())
TIMES = (time(0), time(0, 30), time(1, 45), time(2, 15), time(3), time(23, 59))


def changes(zone: str) -> Iterator[datetime]:
    """The weeks of 2020 to 2035 in which the zone's clock changes, each narrowed to a day (UTC)."""
    info = ZoneInfo(zone)
    at, week = datetime(2019, 12, 30, tzinfo=UTC), timedelta(days=7)
    before = at.astimezone(info).utcoffset()
    while at.year < 2036:
        after = (at + week).astimezone(info).utcoffset()
        if after != before:
            yield next(d for n in range(1, 8) if (d := at + timedelta(days=n)).astimezone(info).utcoffset() != before)
        at, before = at + week, after


def test_at_every_change_of_every_zone_it_says_what_the_careful_way_says() -> None:
    seen: set[tuple[object, ...]] = set()
    for zone in ZONES:
        found = tuple(changes(zone))
        behaviour = (*found, *(at.astimezone(ZoneInfo(zone)).utcoffset() for at in found))
        if behaviour in seen:  # an alias: the same clock under another name
            continue
        seen.add(behaviour)
        clock = WallClock(zone)
        for change in found:
            days = [change.date() + timedelta(days=n) for n in (-2, -1, 0, 1)]
            for moment in [(day, at) for day in days for at in TIMES]:
                assert clock.instant(*moment) == wall_instant(zone, datetime.combine(*moment)), (zone, moment)
    assert len(seen) > 30


@settings(deadline=None, max_examples=300)
@given(st.sampled_from(ZONES), st.dates(date(1970, 1, 2), date(2060, 1, 1)), st.times())
def test_on_any_day_it_says_what_the_careful_way_says(zone: str, day: date, at: time) -> None:
    assert WallClock(zone).instant(day, at) == wall_instant(zone, datetime.combine(day, at))


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", date(2026, 3, 29), 23.0),
        ("Australia/Lord_Howe", date(2026, 4, 5), 24.5),
        ("Antarctica/Troll", date(2026, 3, 29), 22.0),
        ("Pacific/Apia", date(2011, 12, 30), 0.0),
        ("Pacific/Kwajalein", date(1993, 8, 21), 0.0),
        ("UTC", date(2026, 3, 29), 24.0),
    ],
)
def test_a_day_is_as_long_as_its_clock_makes_it(zone: str, day: date, hours: float) -> None:
    assert WallClock(zone).day_length(day) == timedelta(hours=hours)


def test_a_zone_that_does_not_exist_is_refused_with_the_mend() -> None:
    with pytest.raises(Invalid, match="write one like Europe/Berlin"):
        WallClock("Mars/Olympus")
