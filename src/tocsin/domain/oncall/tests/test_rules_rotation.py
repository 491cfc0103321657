"""Uneven turns, holidays, follow the sun, and who stands in for people who are away."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.domain.oncall.public_holidays import days_off
from tocsin.domain.oncall.rules.regions import Region, follow_the_sun
from tocsin.domain.oncall.rules.schedule import (
    Absence,
    Every,
    Layer,
    OnHolidays,
    Override,
    Restriction,
    Rotation,
    Schedule,
    gaps,
    on_call,
    problems,
    shifts,
)
from tocsin.domain.oncall.tests.test_rules_schedule import berlin, drawn, layer, schedule
from tocsin.kernel.tests.test_wall_clock import ZONES, changes

SPLIT = Rotation(Every.DAYS, pattern=(5, 2))


def test_working_days_and_weekends_are_turns_of_their_own() -> None:
    plan = schedule(layer("ada", "bo", "cy", rotation=SPLIT))
    assert drawn(plan, "2026-11-02 09:00", "2026-11-17 00:00") == [
        ("11-02 09:00", "ada"),
        ("11-07 09:00", "bo"),
        ("11-09 09:00", "cy"),
        ("11-14 09:00", "ada"),
        ("11-16 09:00", "bo"),
    ]


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 6), st.lists(st.integers(1, 9), min_size=1, max_size=4).map(tuple))
def test_everybody_gets_each_kind_of_turn_equally_often(count: int, pattern: tuple[int, ...]) -> None:
    names = tuple("abcdef"[:count])
    plan = schedule(layer(*names, zone="UTC", handoff=time(0), rotation=Rotation(Every.DAYS, pattern=pattern)))
    start = datetime(2026, 11, 2, tzinfo=UTC)
    rounds = count * len(pattern) * count
    got: Counter[tuple[str, int]] = Counter()
    at = start
    for number in range(rounds * len(pattern)):
        length = timedelta(days=pattern[number % len(pattern)])
        (who,) = on_call(plan, at)
        assert on_call(plan, at + length - timedelta(seconds=1)) == (who,)
        got[who, number % len(pattern)] += 1
        at += length
    assert set(got.values()) == {rounds // count}


def test_uneven_hours_are_elapsed_hours() -> None:
    plan = schedule(layer("ada", "bo", "cy", rotation=Rotation(Every.HOURS, pattern=(12, 6, 6))))
    assert [who for _, who in drawn(plan, "2026-11-02 09:00", "2026-11-03 21:00")] == ["ada", "bo", "cy", "bo"]
    assert drawn(plan, "2026-11-02 22:00", "2026-11-03 02:00")[0] == ("11-02 22:00", "bo")


def test_a_turn_of_no_length_is_named() -> None:
    broken = schedule(layer("ada", rotation=Rotation(Every.DAYS, pattern=(5, 0))))
    assert [problem.field for problem in problems(broken)] == ["rotation"]


def test_regions_hand_over_as_the_day_goes_round_also_where_clocks_change() -> None:
    regions = [
        Region("Sydney", "Australia/Sydney", time(7), time(15), ("kim", "lee")),
        Region("Berlin", "Europe/Berlin", time(6), time(14), ("ada",)),
        Region("Denver", "America/Denver", time(6), time(15), ("bo",)),
    ]
    layers = tuple(follow_the_sun(regions, start=date(2026, 1, 5)))
    assert [one.name for one in layers] == ["Sydney", "Berlin", "Denver"]
    plan = Schedule("s", "Sun", layers)
    day = datetime(2026, 7, 6, tzinfo=UTC)
    assert [s.person for s in shifts(plan, day, day + timedelta(days=1))] == ["kim", "ada", "bo", "kim"]
    assert [s.person for s in shifts(plan, day + timedelta(days=7), day + timedelta(days=7, hours=3))] == ["lee"]
    winter = datetime(2026, 12, 7, tzinfo=UTC)
    assert [(s.start.hour, s.end.hour) for s in gaps(plan, winter, winter + timedelta(days=1))] == [(4, 5)]


def test_a_layer_counts_only_on_the_holidays_of_its_region_or_never() -> None:
    bavaria = days_off("DE-BY")
    feast = layer(
        "eve", order=2, start=date(2026, 1, 1), handoff=time(0), on_holidays=OnHolidays.ONLY, holidays=bavaria
    )
    usual = layer(
        "ada", order=1, start=date(2026, 1, 1), handoff=time(0), on_holidays=OnHolidays.NEVER, holidays=bavaria
    )
    plan = schedule(usual, feast)
    assert drawn(plan, "2026-01-05 00:00", "2026-01-08 00:00") == [
        ("01-05 00:00", "ada"),
        ("01-06 00:00", "eve"),
        ("01-07 00:00", "ada"),
    ]
    assert [s.person for s in gaps(schedule(usual), berlin("2026-01-05 00:00"), berlin("2026-01-08 00:00"))] == [None]
    berliner = schedule(layer("ada", start=date(2026, 1, 1), on_holidays=OnHolidays.NEVER, holidays=days_off("DE-BE")))
    assert not gaps(berliner, berlin("2026-01-05 00:00"), berlin("2026-01-08 00:00"))


def away(person: str, start: str, end: str, *, gone: bool = False) -> Absence:
    return Absence(person, berlin(start), berlin(end), gone)


def test_the_next_in_the_rotation_stands_in_for_who_is_away() -> None:
    week = layer("ada", "bo", "cy", rotation=Rotation(Every.WEEKS))
    off = (away("ada", "2026-11-04 00:00", "2026-11-06 00:00"), away("bo", "2026-11-05 00:00", "2026-11-05 12:00"))
    warned = Schedule("s", "P", (week,), absences=off)
    assert [s.person for s in shifts(warned, berlin("2026-11-03 00:00"), berlin("2026-11-08 00:00"))] == ["ada"]
    plan = Schedule("s", "P", (week,), absences=off, next_takes_over=True)
    found = shifts(plan, berlin("2026-11-03 00:00"), berlin("2026-11-08 00:00"))
    assert [(s.person, s.instead) for s in found] == [
        ("ada", ""),
        ("bo", "ada"),
        ("cy", "ada"),
        ("bo", "ada"),
        ("ada", ""),
    ]


def test_when_everyone_is_away_it_stays_with_whose_turn_it_is() -> None:
    off = tuple(away(name, "2026-11-03 00:00", "2026-11-04 00:00") for name in ("ada", "bo"))
    plan = Schedule("s", "P", (layer("ada", "bo"),), absences=off, next_takes_over=True)
    assert on_call(plan, berlin("2026-11-03 12:00")) == ("bo",)


def test_who_was_deactivated_is_never_on_call_from_then_on_and_nobody_else_loses_a_turn() -> None:
    gone = (away("ada", "2026-11-04 12:00", "2036-11-04 00:00", gone=True),)
    cover = Override("o", berlin("2026-11-04 00:00"), berlin("2026-11-06 00:00"), "ada")
    plan = Schedule("s", "P", (layer("ada", "bo", "cy"),), (cover,), gone)
    assert drawn(plan, "2026-11-03 20:00", "2026-11-06 08:00") == [
        ("11-03 20:00", "bo"),
        ("11-04 00:00", "ada"),
        ("11-04 12:00", "cy"),
        ("11-05 09:00", "bo"),
    ]
    alone = Schedule("s", "P", (layer("bo", order=0, rotation=Rotation()), layer("ada", order=1)), absences=gone)
    assert on_call(alone, berlin("2026-11-04 11:00")) == ("ada",)
    assert on_call(alone, berlin("2026-11-04 13:00")) == ("bo",)


def test_at_every_change_of_every_zone_turns_and_hours_tile_the_time() -> None:
    """Each change of 2020 to 2035 once per distinct clock: a daily turn over it, and a night shift above it."""
    seen: set[tuple[datetime, ...]] = set()
    for zone in ZONES:
        found = tuple(changes(zone))
        if not found or found in seen:
            continue
        seen.add(found)
        nights = tuple(Restriction(day, time(22), time(2, 30)) for day in range(7))
        plan = schedule(
            layer("ada", "bo", "cy", order=0, zone=zone, handoff=time(2, 15), start=date(2019, 12, 1)),
            layer("eve", order=1, zone=zone, handoff=time(0), start=date(2019, 12, 1), restrictions=nights),
        )
        for change in found:
            start, end = change - timedelta(days=2), change + timedelta(days=2)
            tiled = shifts(plan, start, end)
            assert (tiled[0].start, tiled[-1].end) == (start, end), zone
            assert all(a.end == b.start and a.person != b.person and a.person for a, b in pairwise(tiled)), zone


people = st.sampled_from(["ada", "bo", "cy", "di"])


@st.composite
def absences(draw: st.DrawFn, near: datetime) -> Absence:
    start = near + draw(st.timedeltas(timedelta(days=-9), timedelta(days=20)))
    length = draw(st.timedeltas(timedelta(hours=1), timedelta(days=9)))
    return Absence(draw(people), start, start + length, draw(st.booleans()))


@settings(deadline=None, max_examples=100)
@given(
    st.data(),
    st.datetimes(datetime.fromisoformat("2020-01-01"), datetime.fromisoformat("2035-12-01"), timezones=st.just(UTC)),
)
def test_absences_leave_no_hole_no_double_and_nobody_on_call_who_need_not_be(
    data: st.DataObject, near: datetime
) -> None:
    off = tuple(data.draw(st.lists(absences(near), max_size=5)))
    zone = data.draw(st.sampled_from(ZONES))
    pattern = data.draw(st.lists(st.integers(1, 9), min_size=1, max_size=3).map(tuple))
    rotation = Rotation(data.draw(st.sampled_from(list(Every))), pattern=pattern)
    names = tuple(data.draw(st.lists(people, min_size=1, max_size=4, unique=True)))
    one = Layer("l", 0, names, rotation, time(9), zone, date(2019, 1, 7))
    plan = Schedule("s", "P", (one,), absences=off, next_takes_over=data.draw(st.booleans()))
    found = shifts(plan, near, near + timedelta(days=14))
    assert found[0].start == near
    assert found[-1].end == near + timedelta(days=14)
    assert all(a.end == b.start for a, b in pairwise(found))
    for shift in found:
        at = shift.start + (shift.end - shift.start) / 2
        here = [n for n in names if not any(a.person == n and a.start <= at < a.end for a in off)]
        kept = [n for n in names if not any(a.person == n and a.gone and a.start <= at < a.end for a in off)]
        assert on_call(plan, at) == ((shift.person,) if shift.person else ())
        if shift.person is None:
            assert not kept
        else:
            assert shift.person in (here if here and plan.next_takes_over else kept)


@pytest.mark.parametrize("zone", ["Pacific/Apia", "Pacific/Kwajalein"])
def test_a_turn_on_a_skipped_day_begins_where_the_day_was_left_out(zone: str) -> None:
    day = {"Pacific/Apia": date(2011, 12, 29), "Pacific/Kwajalein": date(1993, 8, 20)}[zone]
    plan = schedule(layer("ada", "bo", "cy", zone=zone, handoff=time(9), start=day))
    start = datetime.combine(day, time(9), ZoneInfo(zone)).astimezone(UTC)
    found = shifts(plan, start, start + timedelta(days=2))
    hours = [(s.person, (s.end - s.start) / timedelta(hours=1)) for s in found]
    assert hours == [("ada", 15), ("bo", 9), ("cy", 24)]
    assert all(a.end == b.start for a, b in pairwise(found))
