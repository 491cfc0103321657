"""People are told of their shifts: a day before, when they begin, and once when coming ones changed."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tocsin.core.engine.testing import run_engine
from tocsin.core.log import read_stream
from tocsin.domain.oncall import commands, queries
from tocsin.domain.oncall.commands import notices
from tocsin.domain.oncall.rules.changes import Duty, Known, differing
from tocsin.domain.oncall.tests.conftest import SYSTEM, World
from tocsin.kernel.errors import Invalid

MONDAY = datetime(2026, 11, 30, 9, tzinfo=UTC)


@pytest.fixture
def schedule(world: World) -> str:
    """Mateo this week, Linh from Monday 30 November 09:00 UTC on."""
    for name in ("Mateo", "Linh"):
        world.add(name)
    made = save(world)
    notices.tell_changes()
    return made


def save(world: World, *, schedule_id: str | None = None, names: tuple[str, ...] = ("Mateo", "Linh")) -> str:
    people = tuple(world.people[name] for name in names)
    layer = commands.LayerInput(people, time(9), date(2026, 11, 23))
    return commands.save_schedule(SYSTEM, name="Payments", time_zone="UTC", layers=[layer], schedule_id=schedule_id)


def later(world: World, **duration: int) -> None:
    """Time passes, and the workers of notices run every other minute."""
    for _ in range(int(timedelta(**duration) / timedelta(minutes=2))):
        world.clock.shift(timedelta(minutes=2))
        notices.tell_changes()


def told(world: World) -> list[tuple[str, str]]:
    run_engine(periodic=False)
    found = [(who, message.title) for who, message in world.phone.sent]
    world.phone.sent.clear()
    return found


def test_who_comes_on_is_told_a_day_before_and_at_the_start_once_each(world: World, schedule: str) -> None:
    world.clock.move_to(MONDAY - timedelta(days=1))
    notices.tell_starting()
    notices.tell_starting()
    run_engine(periodic=False)
    (notice,) = [message for _, message in world.phone.sent]
    assert not notice.urgent
    assert "Your shift: Mon 30 Nov 09:00 to Mon 7 Dec 09:00 (UTC)." in notice.text
    assert "Before you: Mateo.\nAfter you: Mateo." in notice.text
    assert told(world) == [("Linh", "On call from Mon 30 Nov 09:00 (UTC): Payments")]
    for minutes in (1, 2):
        world.clock.move_to(MONDAY + timedelta(minutes=minutes))
        notices.tell_starting()
    assert told(world) == [("Linh", "You are on call now: Payments")]


def test_an_engine_that_was_down_tells_late_but_not_what_is_stale(world: World, schedule: str) -> None:
    world.clock.move_to(MONDAY + timedelta(minutes=50))
    notices.tell_starting()
    assert told(world) == [("Linh", "You are on call now: Payments")]
    world.clock.move_to(MONDAY + timedelta(days=7, hours=2))
    notices.tell_starting()
    assert told(world) == []


def test_the_word_that_was_left_goes_with_the_notice(world: World, schedule: str) -> None:
    commands.leave_note(world.actor("Mateo"), schedule_id=schedule, text="The ledger is slow on Mondays.")
    world.clock.move_to(MONDAY + timedelta(minutes=1))
    notices.tell_starting()
    run_engine(periodic=False)
    (notice,) = [message for who, message in world.phone.sent if who == "Linh"]
    assert notice.text.endswith("Mateo: The ledger is slow on Mondays.")
    assert [note.text for note in queries.handover_notes(SYSTEM, schedule_id=schedule)] == [
        "The ledger is slow on Mondays."
    ]
    assert [r.event.sentence() for r in read_stream(f"schedule:{schedule}")][-1].endswith(
        "The ledger is slow on Mondays."
    )
    with pytest.raises(Invalid, match="write 1 to 2000 characters"):
        commands.leave_note(world.actor("Mateo"), schedule_id=schedule, text="  ")


def test_a_schedule_without_notices_tells_nobody(world: World, schedule: str) -> None:
    layer = commands.LayerInput((world.people["Mateo"], world.people["Linh"]), time(9), date(2026, 11, 23))
    commands.save_schedule(
        SYSTEM,
        name="Payments",
        time_zone="UTC",
        layers=[layer],
        schedule_id=schedule,
        options=commands.ScheduleOptions(notices=()),
    )
    world.clock.move_to(MONDAY + timedelta(minutes=1))
    assert notices.tell_starting() == 0
    assert told(world) == []


def test_changes_of_one_sitting_are_told_once_and_together(world: World, schedule: str) -> None:
    for day in (2, 4):
        start = MONDAY + timedelta(days=day)
        commands.add_override(
            SYSTEM, schedule_id=schedule, person_id=world.people["Mateo"], start=start, end=start + timedelta(hours=8)
        )
        later(world, minutes=4)
    assert told(world) == []
    later(world, minutes=12)
    run_engine(periodic=False)
    messages = dict(world.phone.sent)
    assert set(messages) == {"Mateo", "Linh"}
    assert "New: Wed 2 Dec 09:00 to 17:00 (UTC), Payments" in messages["Mateo"].text
    assert "New: Fri 4 Dec 09:00 to 17:00 (UTC), Payments" in messages["Mateo"].text
    assert "No longer: Mon 30 Nov 09:00 to Mon 7 Dec 09:00 (UTC), Payments" in messages["Linh"].text
    told(world)
    later(world, minutes=30)
    assert told(world) == []


def test_shifts_at_the_same_hours_are_told_in_one_line(world: World, schedule: str) -> None:
    nights = (
        commands.LayerInput((world.people["Mateo"],), time(0), date(2026, 11, 23)),
        commands.LayerInput(
            (world.people["Linh"],),
            time(0),
            date(2026, 12, 1),
            restrictions=tuple(commands.Window(day, time(1), time(5)) for day in range(7)),
        ),
    )
    commands.save_schedule(SYSTEM, name="Search", time_zone="UTC", layers=nights)
    later(world, minutes=14)
    run_engine(periodic=False)
    (text,) = [message.text for who, message in world.phone.sent if who == "Linh"]
    assert "New: 01:00 to 05:00 on 21 days from Tue 1 Dec to Mon 21 Dec (UTC), Search" in text


def test_a_change_that_was_undone_in_time_is_not_told(world: World, schedule: str) -> None:
    override = commands.add_override(
        SYSTEM, schedule_id=schedule, person_id=world.people["Mateo"], start=MONDAY, end=MONDAY + timedelta(hours=8)
    )
    later(world, minutes=6)
    commands.remove_override(SYSTEM, override_id=override)
    later(world, minutes=30)
    assert told(world) == []


def test_who_is_put_on_a_schedule_is_told(world: World, schedule: str) -> None:
    world.add("Kim")
    save(world, schedule_id=schedule, names=("Mateo", "Linh", "Kim"))
    later(world, minutes=20)
    assert ("Kim", "Your shifts on call changed") in told(world)


moments = st.integers(0, 40).map(lambda n: MONDAY + timedelta(hours=n))


@st.composite
def duties(draw: st.DrawFn) -> tuple[Duty, ...]:
    edges = sorted(draw(st.sets(moments, max_size=8)))
    return tuple(Duty("s", a, b) for a, b in zip(edges[::2], edges[1::2], strict=False))


@settings(deadline=None)
@example((Duty("s", MONDAY + timedelta(hours=30), MONDAY + timedelta(hours=31)),), 30, 20)
@given(duties(), st.integers(0, 30), st.integers(20, 40))
def test_time_alone_changes_nothing(found: tuple[Duty, ...], hours: int, ahead: int) -> None:
    told_ = Known(found, MONDAY + timedelta(hours=30))
    at, until = MONDAY + timedelta(hours=hours), MONDAY + timedelta(hours=hours + ahead)
    later = tuple(
        Duty(d.schedule, d.start if d.start and d.start > at else None, d.end if d.end and d.end < until else None)
        for d in found
        if (d.end is None or d.end > at) and (d.start is None or d.start < until)
    )
    assert differing(told_, Known(later, until), at) == ([], [])
