"""Two people and two engines at the same instant: one answer, one page, nothing lost."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from tocsin.core.log import read_stream
from tocsin.domain.oncall import commands
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
