"""Working hours and terms across holidays, daylight saving and skipped days."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.kernel.business_time import (
    Calendar,
    Hours,
    Term,
    Unit,
    business_dates,
    business_days,
    business_hours,
    calendar_days,
    deadline,
    hours,
    minutes,
    months,
    part_way,
    wall_instant,
    zone_of,
)
from tocsin.kernel.errors import Invalid

ZONES = sorted(available_timezones())
BERLIN = Calendar.office("Europe/Berlin", holidays=frozenset({date(2026, 12, 25)}))
zones = st.sampled_from(ZONES)
SINCE, UNTIL = datetime.fromisoformat("2010-01-01"), datetime.fromisoformat("2035-01-01")
instants = st.datetimes(SINCE, UNTIL, timezones=st.just(UTC))


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.mark.parametrize(
    ("start", "term", "due"),
    [
        ("2026-11-23 10:00", minutes(5), "2026-11-23 10:05"),
        ("2026-11-20 16:00", hours(72), "2026-11-23 16:00"),
        ("2026-11-20 16:00", business_hours(2), "2026-11-23 10:00"),
        ("2026-11-20 16:00", business_hours(1), "2026-11-20 17:00"),
        ("2026-11-21 03:00", business_hours(4), "2026-11-23 13:00"),
        ("2026-11-23 12:00", business_days(1), "2026-11-24 12:00"),
        ("2026-12-24 12:00", business_days(1), "2026-12-28 12:00"),
        ("2026-11-20 12:00", business_days(5), "2026-11-27 12:00"),
        ("2026-12-22 12:00", business_dates(4), "2026-12-29 17:00"),
        ("2026-11-21 12:00", business_dates(1), "2026-11-23 17:00"),
        ("2026-03-28 12:00", calendar_days(1), "2026-03-29 12:00"),
        ("2026-03-28 12:00", hours(24), "2026-03-29 13:00"),
        ("2026-01-31 12:00", months(1), "2026-02-28 12:00"),
        ("2026-12-31 12:00", months(2), "2027-02-28 12:00"),
        ("2026-11-15 12:00", months(1), "2026-12-15 12:00"),
        ("2026-03-28 02:30", calendar_days(1), "2026-03-29 03:00"),
    ],
)
def test_a_term_runs_out_when_people_expect_it(start: str, term: Term, due: str) -> None:
    assert deadline(berlin(start), term, BERLIN) == berlin(due)


def test_at_risk_is_counted_in_the_terms_own_time() -> None:
    assert part_way(berlin("2026-11-20 16:00"), business_hours(5), BERLIN) == berlin("2026-11-23 12:00")
    assert part_way(berlin("2026-11-20 16:00"), hours(10), BERLIN) == berlin("2026-11-21 00:00")


def test_a_calendar_says_when_it_opens() -> None:
    assert BERLIN.is_open(berlin("2026-11-23 09:00"))
    assert not BERLIN.is_open(berlin("2026-11-23 17:00"))
    assert not BERLIN.is_open(berlin("2026-12-25 10:00"))
    assert BERLIN.next_open(berlin("2026-12-24 18:00")) == berlin("2026-12-28 09:00")


@pytest.mark.parametrize(
    ("zone", "local", "utc"),
    [
        ("Europe/Berlin", "2026-03-29 02:30", "2026-03-29 01:00"),
        ("Europe/Berlin", "2026-10-25 02:30", "2026-10-25 00:30"),
        ("Australia/Lord_Howe", "2026-10-04 02:15", "2026-10-03 15:30"),
        ("Pacific/Apia", "2011-12-30 09:00", "2011-12-30 10:00"),
        ("America/Havana", "2026-03-08 00:30", "2026-03-08 05:00"),
    ],
)
def test_a_wall_time_that_was_skipped_is_the_moment_of_the_skip(zone: str, local: str, utc: str) -> None:
    assert wall_instant(zone, datetime.fromisoformat(local)) == datetime.fromisoformat(utc).replace(tzinfo=UTC)


@given(
    zones,
    st.datetimes(SINCE, UNTIL),
    st.timedeltas(timedelta(0), timedelta(days=3)),
)
def test_later_wall_times_never_come_earlier(zone: str, local: datetime, later: timedelta) -> None:
    assert wall_instant(zone, local) <= wall_instant(zone, local + later)


@settings(deadline=None, max_examples=60)
@given(zones, instants, st.timedeltas(timedelta(0), timedelta(days=8)))
def test_the_time_between_is_the_time_added(zone: str, start: datetime, duration: timedelta) -> None:
    calendar = Calendar.office(zone, time(8, 30), time(18), holidays=frozenset({start.date()}))
    end = calendar.add(start, duration)
    assert calendar.between(start, end) == duration
    assert end >= start


@settings(deadline=None, max_examples=60)
@given(zones, instants, st.timedeltas(timedelta(0), timedelta(days=10)))
def test_a_calendar_that_never_closes_counts_elapsed_time(zone: str, start: datetime, span: timedelta) -> None:
    calendar = Calendar.always(zone)
    assert calendar.between(start, start + span) == span
    assert calendar.add(start, span) == start + span
    assert calendar.is_open(start)


@settings(deadline=None, max_examples=60)
@given(zones, instants, st.sampled_from(list(Unit)), st.integers(1, 12))
def test_a_deadline_lies_ahead_and_its_risk_before_it(zone: str, start: datetime, unit: Unit, amount: int) -> None:
    calendar = Calendar.office(zone)
    due = deadline(start, Term(amount, unit), calendar)
    assert start <= part_way(start, Term(amount, unit), calendar) <= due
    assert due.tzinfo is UTC


def test_bad_calendars_are_refused_with_the_field() -> None:
    for make, field in [
        (lambda: zone_of("Mars/Olympus"), "zone"),
        (lambda: zone_of("../etc/passwd"), "zone"),
        (lambda: Hours(time(9), time(9)), "closes"),
        (lambda: Calendar("UTC", ((),) * 7), "weekly"),
        (lambda: Calendar("UTC", ()), "weekly"),
        (lambda: Term(-1, Unit.HOURS), "amount"),
        (lambda: Term(10**8, Unit.MONTHS), "amount"),
        (lambda: deadline(datetime(2026, 1, 1, tzinfo=UTC), business_days(50_000), BERLIN), "amount"),
    ]:
        with pytest.raises(Invalid) as refusal:
            make()
        assert refusal.value.field == field
