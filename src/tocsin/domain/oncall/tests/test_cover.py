"""Cover: asked, taken, declined, taken back, run out; what becomes of who is on call, and who is told."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from tocsin.core.engine.testing import run_engine
from tocsin.core.log import read_stream
from tocsin.domain.accounts.queries import actor_of
from tocsin.domain.delivery.ports import Message
from tocsin.domain.oncall import commands, queries
from tocsin.domain.oncall.tests.conftest import SYSTEM, World
from tocsin.kernel.actor import Role
from tocsin.kernel.errors import Conflict, Denied, Invalid

EVERYBODY = "Everybody who was asked has said that they cannot: you stay on call."
START = datetime(2026, 11, 28, 8, tzinfo=UTC)
END = datetime(2026, 11, 28, 20, tzinfo=UTC)


@pytest.fixture
def schedule(world: World) -> str:
    """Mateo is on call this week, Linh and Kim are in the rotation after him."""
    for name in ("Mateo", "Linh", "Kim"):
        world.add(name)
    people = tuple(world.people[name] for name in ("Mateo", "Linh", "Kim"))
    layer = commands.LayerInput(people, time(9), date(2026, 11, 23))
    return commands.save_schedule(SYSTEM, name="Payments", time_zone="Europe/Berlin", layers=[layer])


def ask(world: World, schedule: str, name: str = "Mateo", **more: object) -> str:
    given: dict[str, object] = {"start": START, "end": END, "note": "A wedding"} | more
    made = commands.ask_cover(world.actor(name), schedule_id=schedule, **given)  # type: ignore[arg-type]
    run_engine()
    return made


def told(world: World) -> list[tuple[str, str]]:
    """Who was told what since the last question."""
    run_engine()
    found = sorted((who, message.title) for who, message in world.phone.sent)
    world.phone.sent.clear()
    return found


def world_sent(world: World) -> list[tuple[str, Message]]:
    run_engine()
    found = list(world.phone.sent)
    world.phone.sent.clear()
    return found


def on_call(schedule: str) -> list[str]:
    found = queries.shifts_of(SYSTEM, schedule, start=START - timedelta(hours=1), end=END + timedelta(hours=1))
    people = {one.person for one in found}
    names = {id_: actor_of(id_).name for id_ in people if id_}
    return [names.get(one.person or "", "nobody") for one in found]


def story(schedule: str) -> list[str]:
    return [r.type.removeprefix("oncall.") for r in read_stream(f"schedule:{schedule}")]


def test_colleagues_are_asked_and_whoever_takes_it_is_put_on_call(world: World, schedule: str) -> None:
    made = ask(world, schedule)
    (first, _) = [message for _, message in world.phone.sent]
    assert "Mateo asks: can someone take Sat 28 Nov 08:00 to 20:00 (UTC), Payments?" in first.text
    assert first.text.endswith("A wedding")
    assert first.url.endswith(f"/on-call/cover/{made}/")
    assert not first.urgent
    assert told(world) == [("Kim", "Cover for Mateo?"), ("Linh", "Cover for Mateo?")]
    assert on_call(schedule) == ["Mateo"]
    commands.accept_cover(world.actor("Kim"), cover_id=made)
    assert on_call(schedule) == ["Mateo", "Kim", "Mateo"]
    assert told(world) == [
        ("Kim", "You cover for Mateo"),
        ("Linh", "Kim covers for Mateo"),
        ("Mateo", "Kim covers for you"),
    ]
    assert story(schedule) == ["schedule_saved", "cover_asked", "override_added", "cover_accepted"]


def test_a_swap_sets_both_ways_in_the_same_moment(world: World, schedule: str) -> None:
    monday = datetime(2026, 12, 1, 9, tzinfo=UTC)
    made = ask(world, schedule, in_return=(monday, monday + timedelta(hours=8)))
    commands.accept_cover(world.actor("Linh"), cover_id=made)
    assert on_call(schedule) == ["Mateo", "Linh", "Mateo"]
    overrides = queries.schedule(SYSTEM, schedule).overrides
    assert [(o.person, o.replaces) for o in overrides] == [("Linh", "Mateo"), ("Mateo", "Linh")]


def test_only_one_of_two_who_accept_gets_it(world: World, schedule: str) -> None:
    made = ask(world, schedule)
    commands.accept_cover(world.actor("Kim"), cover_id=made)
    with pytest.raises(Conflict, match="Kim has taken it already"):
        commands.accept_cover(world.actor("Linh"), cover_id=made)
    assert len(queries.schedule(SYSTEM, schedule).overrides) == 1


def test_when_everybody_asked_declines_the_asker_is_told_and_stays_on_call(world: World, schedule: str) -> None:
    made = ask(world, schedule)
    told(world)
    commands.decline_cover(world.actor("Kim"), cover_id=made)
    commands.decline_cover(world.actor("Kim"), cover_id=made)
    assert told(world) == []
    commands.decline_cover(world.actor("Linh"), cover_id=made)
    assert told(world) == [("Mateo", "Nobody who was asked can cover for you")]
    assert queries.cover(SYSTEM, made).declined == ("Kim", "Linh")
    assert on_call(schedule) == ["Mateo"]


def test_the_asker_takes_it_back_and_the_rotation_holds(world: World, schedule: str) -> None:
    made = ask(world, schedule)
    commands.accept_cover(world.actor("Kim"), cover_id=made)
    told(world)
    commands.take_back_cover(world.actor("Mateo"), cover_id=made)
    assert on_call(schedule) == ["Mateo"]
    assert told(world) == [("Kim", "Cover for Mateo is no longer needed")]
    with pytest.raises(Conflict, match="settled already"):
        commands.take_back_cover(world.actor("Mateo"), cover_id=made)
    with pytest.raises(Conflict, match="taken back or has run out"):
        commands.accept_cover(world.actor("Linh"), cover_id=made)


def test_who_took_it_gives_it_back_and_the_others_are_asked_again(world: World, schedule: str) -> None:
    made = ask(world, schedule)
    commands.accept_cover(world.actor("Kim"), cover_id=made)
    told(world)
    commands.take_back_cover(world.actor("Kim"), cover_id=made)
    assert on_call(schedule) == ["Mateo"]
    assert queries.cover(SYSTEM, made).state == "open"
    assert told(world) == [("Linh", "Cover for Mateo?"), ("Mateo", "Kim cannot cover for you after all")]
    commands.accept_cover(world.actor("Linh"), cover_id=made)
    assert on_call(schedule) == ["Mateo", "Linh", "Mateo"]


def test_the_asker_is_told_each_time_that_somebody_gives_it_back(world: World, schedule: str) -> None:
    made = ask(world, schedule)
    commands.decline_cover(world.actor("Linh"), cover_id=made)
    for name in ("Kim", "Linh"):
        told(world)
        commands.accept_cover(world.actor(name), cover_id=made)
        assert name not in queries.cover(SYSTEM, made).declined
        assert ("Mateo", f"{name} covers for you") in told(world)
        commands.take_back_cover(world.actor(name), cover_id=made)
        assert [message.text for who, message in world_sent(world) if who == "Mateo"] == [
            f"{name} cannot cover for you after all: Sat 28 Nov 08:00 to 20:00 (UTC), Payments. {EVERYBODY}"
        ]


def test_who_was_asked_and_has_not_answered_hears_that_somebody_has_taken_it(world: World, schedule: str) -> None:
    world.add("Nils")
    made = ask(world, schedule, asked=[world.people[name] for name in ("Linh", "Kim", "Nils")])
    commands.decline_cover(world.actor("Nils"), cover_id=made)
    told(world)
    commands.accept_cover(world.actor("Kim"), cover_id=made)
    assert told(world) == [
        ("Kim", "You cover for Mateo"),
        ("Linh", "Kim covers for Mateo"),
        ("Mateo", "Kim covers for you"),
    ]


def test_nothing_is_given_in_return_to_who_is_not_on_call_then(world: World, schedule: str) -> None:
    monday = datetime(2026, 12, 1, 9, tzinfo=UTC)
    made = ask(world, schedule, in_return=(monday, monday + timedelta(hours=8)))
    told(world)
    commands.accept_cover(world.actor("Kim"), cover_id=made)
    assert [o.person for o in queries.schedule(SYSTEM, schedule).overrides] == ["Kim"]
    run_engine()
    assert not [message for _, message in world.phone.sent if "In return" in message.text]


def test_a_request_that_nobody_took_runs_out_when_its_time_begins(world: World, schedule: str) -> None:
    made = ask(world, schedule)
    told(world)
    world.clock.move_to(START + timedelta(minutes=1))
    run_engine()
    assert queries.cover(SYSTEM, made).state == "expired"
    assert ("Mateo", "Nobody covers for you, and you stay on call") in told(world)
    assert story(schedule)[-1] == "cover_expired"


def test_what_has_begun_is_not_taken_back(world: World, schedule: str) -> None:
    made = ask(world, schedule)
    commands.accept_cover(world.actor("Kim"), cover_id=made)
    world.clock.move_to(START + timedelta(minutes=1))
    with pytest.raises(Conflict, match="has begun; set an override"):
        commands.take_back_cover(world.actor("Kim"), cover_id=made)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"end": START}, "end"),
        ({"start": datetime(2026, 11, 20, tzinfo=UTC)}, "start"),
        ({"end": START + timedelta(days=90)}, "end"),
        ({"start": START + timedelta(days=4), "end": START + timedelta(days=5)}, "start"),
        ({"asked": ["no such person"]}, "asked"),
        ({"in_return": (END, START)}, "return_end"),
    ],
)
def test_a_request_that_makes_no_sense_names_the_field(
    world: World, schedule: str, changes: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        ask(world, schedule, **changes)
    assert refused.value.field == field
    assert queries.covers(SYSTEM) == []


def test_the_same_time_is_asked_for_once(world: World, schedule: str) -> None:
    ask(world, schedule)
    with pytest.raises(Conflict, match="asked for already"):
        ask(world, schedule, end=END - timedelta(hours=1))


def test_one_cannot_cover_for_oneself_nor_ask_or_withdraw_for_others(world: World, schedule: str) -> None:
    made = ask(world, schedule)
    with pytest.raises(Invalid, match="your own request"):
        commands.accept_cover(world.actor("Mateo"), cover_id=made)
    with pytest.raises(Denied):
        commands.take_back_cover(world.actor("Linh"), cover_id=made)
    with pytest.raises(Denied):
        ask(world, schedule, "Linh", person_id=world.people["Mateo"])
    world.add("Vera", roles=(Role.VIEWER,))
    with pytest.raises(Denied):
        commands.accept_cover(world.actor("Vera"), cover_id=made)
