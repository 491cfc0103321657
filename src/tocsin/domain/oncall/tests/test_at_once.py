"""Two people and two engines at the same instant: one answer, one page, nothing lost."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from time import sleep

import pytest
from django.db import connection, transaction

from tocsin.core.log import append, read_stream
from tocsin.domain.oncall import commands
from tocsin.domain.oncall.events import PassedOn
from tocsin.domain.oncall.models import Escalation, Page
from tocsin.domain.oncall.tests.conftest import INCIDENT, SYSTEM, World

pytestmark = pytest.mark.django_db(transaction=True)


def both(*calls: object) -> list[object]:
    """Run the calls on threads of their own that start together."""
    barrier = Barrier(len(calls))

    def run(call: object) -> object:
        barrier.wait()
        try:
            return call()  # type: ignore[operator]
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_two_acknowledgements_at_the_same_instant_make_one_answer(transactional_db: None, world: World) -> None:
    world.add("Mateo")
    world.add("Linh")
    world.page(policy_id=world.policy(("Mateo", "Linh")))
    tokens = [world.token("Mateo"), world.token("Linh")]
    answers = both(*(lambda t=t: commands.acknowledge_by_link(t) for t in tokens))
    assert sorted(a.first for a in answers) == [False, True]  # type: ignore[attr-defined]
    assert [r.type for r in read_stream(INCIDENT.stream)].count("oncall.acknowledged") == 1


def test_two_alerts_of_one_incident_at_the_same_instant_page_once(transactional_db: None, world: World) -> None:
    world.add("Mateo")
    policy = world.policy(("Mateo",))

    def page() -> str:
        return commands.page(SYSTEM, subject=INCIDENT, severity="critical", policy_id=policy)

    assert len(set(both(page, page))) == 1
    assert (Escalation.objects.count(), Page.objects.count()) == (1, 1)


def test_a_person_who_answers_and_an_incident_that_ends_do_not_block_each_other(
    transactional_db: None, world: World
) -> None:
    world.add("Mateo")
    world.page(policy_id=world.policy(("Mateo",)))
    token, said = world.token("Mateo"), Event()

    def end() -> str:
        """As the room of incidents does: first it says so, then it stops the paging."""
        with transaction.atomic():
            append(INCIDENT.stream, PassedOn(person="", person_name="Nobody"), SYSTEM)
            said.set()
            sleep(0.3)  # the other gets as far as it can
            commands.stop_paging(SYSTEM, subject=INCIDENT.stream, reason="it is resolved")
        return "ended"

    def answer() -> str:
        said.wait(10)
        return commands.acknowledge_by_link(token).state

    assert both(end, answer) == ["ended", "over"]
    assert not Escalation.objects.exclude(state="stopped").exists()
