"""Failures that systems of this kind are known for, each asked once. More of the list stands where its room is."""

from datetime import timedelta

import pytest

from tocsin.core.engine.testing import run_engine
from tocsin.domain.delivery.ports import Temporary
from tocsin.domain.oncall import commands, queries
from tocsin.domain.oncall.models import Escalation, Page
from tocsin.domain.oncall.tests.conftest import INCIDENT, SYSTEM, World
from tocsin.kernel.errors import Conflict

pytestmark = pytest.mark.django_db


@pytest.fixture
def line(world: World) -> str:
    """Mateo first, then Linh."""
    world.add("Mateo")
    world.add("Linh")
    return world.policy(("Mateo",), ("Linh",))


def test_a_link_used_twice_says_so_and_changes_nothing(world: World, line: str) -> None:
    world.page(policy_id=line)
    token = world.token("Mateo")
    assert commands.acknowledge_by_link(token).first
    again = commands.acknowledge_by_link(token)
    assert (again.first, again.sentence) == (False, "You have it already.")
    assert world.types().count("acknowledged") == 1


def test_a_forwarded_link_answers_in_the_name_of_whom_it_was_sent_to(world: World, line: str) -> None:
    world.page(policy_id=line)
    commands.acknowledge_by_link(world.token("Mateo"), via="link forwarded to Linh")
    view = queries.paging(SYSTEM, INCIDENT.stream)
    assert (view.acknowledged_by, view.acknowledged_via) == ("Mateo", "link forwarded to Linh")


def test_a_link_after_the_end_says_why_it_is_over(world: World, line: str) -> None:
    world.page(policy_id=line)
    token = world.token("Mateo")
    commands.stop_paging(SYSTEM, subject=INCIDENT, reason="resolved by Ada")
    assert commands.acknowledge_by_link(token).sentence == "Paging is over: resolved by Ada."
    assert "acknowledged" not in world.types()


def test_a_link_that_is_too_old_acts_no_more(world: World, line: str) -> None:
    world.page(policy_id=line)
    token = world.token("Mateo")
    world.clock.shift(timedelta(hours=25))
    with pytest.raises(Conflict, match="more than 24 h old"):
        commands.acknowledge_by_link(token)


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_clock_that_jumps_an_hour_neither_loses_nor_doubles_a_page(world: World, line: str, hours: int) -> None:
    world.page(policy_id=line)
    assert world.paged() == ["Mateo"]
    world.clock.shift(timedelta(hours=hours))
    world.after(minutes=5)
    called = world.paged()
    assert called[:1] == ["Linh"], "no later than the wait that was left, whatever the clock says"
    assert len(called) <= 2
    assert Page.objects.values("wave", "person").distinct().count() == Page.objects.count()


@pytest.mark.parametrize("severity", ["high", "medium", "low"])
def test_an_acknowledged_page_does_not_come_back_months_later(world: World, line: str, severity: str) -> None:
    world.page(severity, policy_id=line)
    commands.acknowledge(world.actor("Mateo"), subject=INCIDENT)
    world.paged()
    for _ in range(3):
        world.clock.shift(timedelta(days=30))
        run_engine()
    assert world.paged() == []


def test_an_escalation_that_was_asked_again_never_falls_silent(world: World, line: str) -> None:
    world.page(policy_id=line)
    commands.acknowledge(world.actor("Mateo"), subject=INCIDENT)
    world.paged()
    world.after(minutes=30)
    assert world.paged() == ["Mateo"]
    row = Escalation.objects.get()
    assert row.next_at is not None
    world.after(minutes=9)
    assert world.paged() == ["Linh", "Mateo"], "whoever left the question unanswered is not waited for again"


def test_an_answer_by_someone_who_was_deactivated_meanwhile_is_refused_and_paging_goes_on(
    world: World, line: str
) -> None:
    from tocsin.domain.accounts import commands as accounts
    from tocsin.kernel.errors import Refused

    world.page(policy_id=line)
    token = world.token("Mateo")
    accounts.deactivate_person(SYSTEM, person_id=world.people["Mateo"])
    with pytest.raises(Refused):
        commands.acknowledge_by_link(token)
    world.paged()
    world.after(minutes=4)
    assert world.paged() == ["Linh"]


def test_a_provider_that_rests_a_moment_ends_no_personal_call(world: World) -> None:
    person = world.add("Mateo")
    world.phone.answers["Mateo"] = Temporary("429 Too Many Requests")
    commands.page_people(SYSTEM, subject=INCIDENT, people=[person], severity="critical", reason="Help")
    run_engine()
    assert Escalation.objects.get().state == "running"
    world.phone.answers.clear()
    world.after(minutes=1)
    assert world.paged() == ["Mateo"]
