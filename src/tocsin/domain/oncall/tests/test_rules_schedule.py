"""Who is on call: turns, layers, overrides, and every zone's daylight saving."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tocsin.domain.oncall.rules.schedule import (
    Every,
    Layer,
    Override,
    Restriction,
    Rotation,
    Schedule,
    gaps,
    next_change,
    on_call,
    problems,
    shifts,
)

ZONES = sorted(available_timezones())
DAILY, WEEKLY = Rotation(Every.DAYS), Rotation(Every.WEEKS)
MONDAY = date(2026, 11, 2)


def layer(*people: str, order: int = 1, rotation: Rotation = DAILY, **more: object) -> Layer:
    given = {"handoff": time(9), "zone": "Europe/Berlin", "start": MONDAY} | more
    return Layer(id=f"l{order}", order=order, people=people, rotation=rotation, **given)  # type: ignore[arg-type]


def schedule(*layers: Layer, overrides: tuple[Override, ...] = ()) -> Schedule:
    return Schedule("s", "Platform", layers, overrides)


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Berlin"))


def drawn(of: Schedule, start: str, end: str) -> list[tuple[str, str]]:
    zone = ZoneInfo("Europe/Berlin")
    return [
        (shift.start.astimezone(zone).strftime("%m-%d %H:%M"), shift.person or "-")
        for shift in shifts(of, berlin(start), berlin(end))
    ]


def test_people_take_daily_turns_from_the_handoff_on() -> None:
    assert drawn(schedule(layer("ada", "bo")), "2026-11-02 00:00", "2026-11-05 00:00") == [
        ("11-02 00:00", "-"),
        ("11-02 09:00", "ada"),
        ("11-03 09:00", "bo"),
        ("11-04 09:00", "ada"),
    ]


def test_a_week_turns_on_the_weekday_of_its_start_through_winter_time() -> None:
    plan = schedule(layer("ada", "bo", rotation=WEEKLY, start=date(2026, 10, 19)))
    assert drawn(plan, "2026-10-20 00:00", "2026-11-03 00:00") == [
        ("10-20 00:00", "ada"),
        ("10-26 09:00", "bo"),
        ("11-02 09:00", "ada"),
    ]


def test_a_custom_rotation_follows_the_sun_in_elapsed_hours() -> None:
    plan = schedule(layer("ada", "bo", "cy", rotation=Rotation(Every.HOURS, 8)))
    assert drawn(plan, "2026-11-02 12:00", "2026-11-03 10:00") == [
        ("11-02 12:00", "ada"),
        ("11-02 17:00", "bo"),
        ("11-03 01:00", "cy"),
        ("11-03 09:00", "ada"),
    ]


def test_a_higher_layer_wins_only_in_its_hours() -> None:
    nights = layer("eve", order=2, restrictions=tuple(Restriction(day, time(22), time(6)) for day in range(7)))
    plan = schedule(nights, layer("ada", rotation=WEEKLY))
    assert drawn(plan, "2026-11-03 20:00", "2026-11-04 23:00") == [
        ("11-03 20:00", "ada"),
        ("11-03 22:00", "eve"),
        ("11-04 06:00", "ada"),
        ("11-04 22:00", "eve"),
    ]


def test_overrides_win_and_the_later_one_wins_among_them() -> None:
    cover = Override("o1", berlin("2026-11-03 12:00"), berlin("2026-11-03 18:00"), "cy")
    again = Override("o2", berlin("2026-11-03 14:00"), berlin("2026-11-03 16:00"), "di")
    plan = schedule(layer("ada", rotation=WEEKLY), overrides=(cover, again))
    assert drawn(plan, "2026-11-03 10:00", "2026-11-03 20:00") == [
        ("11-03 10:00", "ada"),
        ("11-03 12:00", "cy"),
        ("11-03 14:00", "di"),
        ("11-03 16:00", "cy"),
        ("11-03 18:00", "ada"),
    ]


def test_an_override_of_one_person_touches_only_that_persons_turns() -> None:
    holiday = Override("o1", berlin("2026-11-02 12:00"), berlin("2026-11-05 12:00"), "cy", replaces="bo")
    plan = schedule(layer("ada", "bo"), overrides=(holiday,))
    assert drawn(plan, "2026-11-02 10:00", "2026-11-06 00:00") == [
        ("11-02 10:00", "ada"),
        ("11-03 09:00", "cy"),
        ("11-04 09:00", "ada"),
        ("11-05 09:00", "cy"),
        ("11-05 12:00", "bo"),
    ]


def test_the_next_change_is_found_far_ahead_and_may_never_come() -> None:
    alone = schedule(layer("ada"))
    assert next_change(alone, berlin("2026-11-03 00:00")) is None
    leave = Override("o", berlin("2027-06-01 00:00"), berlin("2027-06-02 00:00"), "bo")
    assert next_change(schedule(layer("ada"), overrides=(leave,)), berlin("2026-11-03 00:00")) == leave.start


@pytest.mark.parametrize(
    ("broken", "field"),
    [
        (layer(), "people"),
        (layer("ada", zone="Mars/Olympus"), "zone"),
        (layer("ada", rotation=Rotation(Every.DAYS, 0)), "rotation"),
        (layer("ada", rotation=Rotation(Every.HOURS, 10**15)), "rotation"),
        (layer("ada", end=MONDAY), "end"),
        (layer("ada", start=date(1, 1, 1)), "start"),
        (layer("ada", end=date(9999, 12, 31), zone="America/New_York", handoff=time(23)), "start"),
        (layer("ada", restrictions=(Restriction(7, time(1), time(2)),)), "restrictions"),
    ],
)
def test_a_broken_layer_is_named_and_the_layer_below_still_answers(broken: Layer, field: str) -> None:
    plan = schedule(layer("bo", order=0), broken)
    assert [problem.field for problem in problems(plan)] == [field]
    assert on_call(plan, berlin("2026-11-04 12:00")) == ("bo",)


def test_an_empty_schedule_is_one_gap_and_says_so() -> None:
    empty = schedule()
    assert on_call(empty, berlin("2026-11-04 12:00")) == ()
    assert len(gaps(empty, berlin("2026-11-04 00:00"), berlin("2026-11-05 00:00"))) == 1
    assert problems(empty)


@pytest.mark.parametrize(
    ("zone", "around"),
    [
        ("Australia/Lord_Howe", datetime(2026, 4, 4, tzinfo=UTC)),
        ("Australia/Lord_Howe", datetime(2026, 10, 3, tzinfo=UTC)),
        ("Pacific/Apia", datetime(2011, 12, 29, tzinfo=UTC)),
        ("America/Havana", datetime(2026, 3, 8, tzinfo=UTC)),
        ("Africa/Cairo", datetime(2026, 10, 29, tzinfo=UTC)),
        ("Antarctica/Troll", datetime(2026, 3, 28, tzinfo=UTC)),
    ],
)
@pytest.mark.parametrize("handoff", [time(0), time(0, 30), time(1, 45), time(2, 15), time(23, 59)])
def test_no_hole_and_no_double_where_clocks_change(zone: str, around: datetime, handoff: time) -> None:
    start = around.date() - timedelta(days=9)
    plan = schedule(layer("ada", "bo", "cy", zone=zone, handoff=handoff, start=start))
    found = shifts(plan, around - timedelta(days=3), around + timedelta(days=4))
    assert all(a.end == b.start and a.person != b.person for a, b in pairwise(found))
    assert all(shift.person for shift in found)


def test_every_zone_hands_over_once_a_day_without_hole_or_double() -> None:
    """Each zone through one year of 2020 to 2035, at an hour in which clocks like to change."""
    following = {"ada": "bo", "bo": "cy", "cy": "ada"}
    for number, zone in enumerate(ZONES):
        start = datetime(2020 + number % 16, 1, 1, tzinfo=UTC)
        plan = schedule(layer("ada", "bo", "cy", zone=zone, handoff=time(2, 15), start=date(2019, 12, 1)))
        found = shifts(plan, start, start + timedelta(days=366))
        assert len(found) in (366, 367, 368), zone
        for one, two in pairwise(found):
            assert one.end == two.start, zone
            assert two.person == following[one.person or ""], zone


times = st.times().map(lambda at: at.replace(second=0, microsecond=0))
people = st.lists(st.sampled_from(["ada", "bo", "cy", "di"]), max_size=4).map(tuple)
instants = st.datetimes(
    datetime.fromisoformat("2020-01-01"), datetime.fromisoformat("2035-12-31"), timezones=st.just(UTC)
)
layers = st.builds(
    Layer,
    id=st.uuids().map(str),
    order=st.integers(0, 3),
    people=people,
    rotation=st.builds(Rotation, st.sampled_from(list(Every)), st.integers(1, 10)),
    handoff=times,
    zone=st.sampled_from(ZONES),
    start=st.dates(date(2010, 1, 1), date(2035, 12, 31)),
    end=st.none(),
    restrictions=st.lists(st.builds(Restriction, st.integers(0, 6), times, times), max_size=4).map(tuple),
)


@st.composite
def plans(draw: st.DrawFn, near: datetime) -> Schedule:
    def override() -> Override:
        start = near + draw(st.timedeltas(timedelta(days=-20), timedelta(days=20)))
        length = draw(st.timedeltas(timedelta(0), timedelta(days=9)))
        return Override("o", start, start + length, draw(st.sampled_from("abc")), draw(st.sampled_from(["", "ada"])))

    overrides = tuple(override() for _ in range(draw(st.integers(0, 3))))
    return Schedule("s", "Any", tuple(draw(st.lists(layers, max_size=3))), overrides)


@settings(deadline=None, max_examples=150)
@given(st.data(), instants, st.timedeltas(timedelta(seconds=1), timedelta(days=20)))
def test_shifts_tile_the_time_and_agree_with_who_is_on_call(
    data: st.DataObject, start: datetime, span: timedelta
) -> None:
    plan = data.draw(plans(start))
    found = shifts(plan, start, start + span)
    assert found[0].start == start
    assert found[-1].end == start + span
    assert all(a.end == b.start for a, b in pairwise(found))
    for shift in found:
        assert shift.end > shift.start
        middle = shift.start + (shift.end - shift.start) / 2
        for at in (shift.start, middle, shift.end - timedelta(microseconds=1)):
            assert on_call(plan, at) == ((shift.person,) if shift.person else ())


@settings(deadline=None, max_examples=150)
@given(st.sampled_from(ZONES), times, instants, st.integers(1, 9))
def test_the_wall_clock_alone_tells_whose_day_it_is(zone: str, handoff: time, at: datetime, days: int) -> None:
    local = at.astimezone(ZoneInfo(zone))
    assume(local.fold == 0 and local.replace(fold=1).utcoffset() == local.utcoffset())
    start = date(2019, 12, 1)
    turn_day = local.date() if local.time() >= handoff else local.date() - timedelta(days=1)
    names = ("ada", "bo", "cy")
    expected = names[(turn_day - start).days // days % 3]
    plan = schedule(layer(*names, rotation=Rotation(Every.DAYS, days), zone=zone, handoff=handoff, start=start))
    assert on_call(plan, at) == (expected,)


@settings(deadline=None, max_examples=60)
@given(st.data(), instants)
def test_the_next_change_is_the_first_one(data: st.DataObject, at: datetime) -> None:
    plan = data.draw(plans(at))
    change = next_change(plan, at, timedelta(days=30))
    until = change or at + timedelta(days=30)
    assert {shift.person for shift in shifts(plan, at, until)} == {(on_call(plan, at) or (None,))[0]}
    assert change is None or on_call(plan, change) != on_call(plan, at)
