"""An incident that turns out to be about security is shut at once; a missed public word calls its owner once."""

from tocsin.domain.incidents import commands, queries
from tocsin.domain.incidents.events import DeadlineBreached
from tocsin.domain.incidents.rules.severity import Answer, Fact
from tocsin.domain.incidents.tests.conftest import SYSTEM, World
from tocsin.domain.oncall import queries as oncall

HIGH = [Answer(Fact.USERS, ("many",)), Answer(Fact.OPERATIONS, ("degraded",)), Answer(Fact.DATA, ("intact",))]


def test_an_incident_that_becomes_one_of_security_is_restricted_until_the_security_lead_releases_it(
    world: World,
) -> None:
    mateo = world.actor("Mateo")
    incident = commands.declare(mateo, title="Odd logins", kind="disruption", page=False)
    commands.change(mateo, incident=incident, kind="security")
    assert queries.row(mateo, incident).restricted
    assert queries.incidents(world.actor("Siobhan")).total == 0
    assert world.types(world.the_incident())[-1] == "restricted"
    commands.release(world.actor("Yusuf"), incident=incident, reason="Only a forgotten password")
    assert queries.incidents(world.actor("Siobhan")).total == 1


def test_a_proposal_confirmed_as_security_is_restricted_and_who_was_paged_stays_in(world: World) -> None:
    world.alert()
    commands.confirm(world.actor("Amina"), incident="INC-1", kind="security")
    assert queries.row(world.actor("Mateo"), "INC-1").restricted
    assert queries.row(world.actor("Amina"), "INC-1").restricted
    assert queries.incidents(world.actor("Vera")).total == 0


def test_a_promise_that_moves_and_is_missed_again_calls_whoever_is_on_it_only_once(world: World) -> None:
    mateo = world.actor("Mateo")
    world.alert()
    commands.acknowledge(mateo, incident="INC-1")
    world.after(minutes=11)
    assert waiting(world) == ["Mateo"]
    commands.acknowledge(mateo, incident="INC-1")
    commands.assess(mateo, incident="INC-1", answers=HIGH)
    world.after(minutes=10)
    missed = [e.event.kind for e in world.log(world.the_incident()) if isinstance(e.event, DeadlineBreached)]
    assert missed.count("public_post") == 2
    assert waiting(world) == []


def waiting(world: World) -> list[str]:
    """Whose pages are open."""
    pages = oncall.paging(SYSTEM, f"incident:{world.the_incident().id}").pages
    return [page.person for page in pages if page.state == "open"]
