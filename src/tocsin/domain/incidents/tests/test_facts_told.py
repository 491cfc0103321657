"""Facts that other rooms tell an assessment: the worst counts, each is named, changes are news, faults are left out."""

from collections.abc import Iterator

import pytest

from tocsin.domain.incidents import commands, ports, queries
from tocsin.domain.incidents.ports import Asked, Told, register_facts
from tocsin.domain.incidents.rules.severity import Answer, Fact
from tocsin.domain.incidents.tests.conftest import World

FEW = [Answer(Fact.USERS, ("few",)), Answer(Fact.OPERATIONS, ("normal",)), Answer(Fact.DATA, ("intact",))]


@pytest.fixture
def directory() -> Iterator[list[Told]]:
    """A customer directory whose answers a test changes."""
    said: list[Told] = []
    register_facts("customer directory", lambda asked: list(said))
    yield said
    ports._sources.clear()


def declared(world: World) -> str:
    return commands.declare(
        world.actor("Amina"), title="Slow", kind="disruption", severity="high", services=[world.checkout], page=False
    )


def users(world: World, incident: str) -> queries.PrefilledView:
    return next(p for p in queries.assessment(world.actor("Amina"), incident).prefilled if p.fact == "users")


def test_the_worst_answer_counts_and_names_its_source(world: World, directory: list[Told]) -> None:
    incident = declared(world)
    assert users(world, incident).source == "catalogue"
    directory.append(Told(Fact.USERS, "all", "8,420 of 9,100 customers cannot pay"))
    found = users(world, incident)
    assert (found.choice, found.source) == ("all", "customer directory")
    assert found.because == "8,420 of 9,100 customers cannot pay; catalogue: Checkout is tier 3"


def test_what_a_source_says_differently_suggests_to_assess_again(world: World, directory: list[Told]) -> None:
    incident = declared(world)
    directory.append(Told(Fact.USERS, "few", "12 customers wait"))
    commands.assess(world.actor("Amina"), incident=incident, answers=FEW)
    assert queries.hub(world.actor("Amina"), incident).news == ()
    directory[0] = Told(Fact.USERS, "few", "14 customers wait")
    assert queries.hub(world.actor("Amina"), incident).news == ()
    directory[0] = Told(Fact.USERS, "many", "900 customers wait")
    assert queries.hub(world.actor("Amina"), incident).news == ("Customer directory: 900 customers wait.",)


def test_a_source_that_fails_or_talks_nonsense_is_left_out(world: World, directory: list[Told]) -> None:
    def broken(asked: Asked) -> list[Told]:
        raise RuntimeError("no database")

    incident = declared(world)
    register_facts("tickets", broken)
    directory.append(Told(Fact.USERS, "everybody", "?"))
    assert users(world, incident).source == "catalogue"
