"""Two people, or two engines, at the same moment: each in a thread with a connection of its own."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.db import connection

from tocsin.core.engine.testing import run_engine
from tocsin.domain.alerts.queries import GroupRow
from tocsin.domain.incidents import commands, queries
from tocsin.domain.incidents.commands import alerting
from tocsin.domain.incidents.models import Incident, IncidentGroup
from tocsin.domain.incidents.tests.conftest import START, World
from tocsin.kernel.errors import Refused
from tocsin.kernel.ids import new_id

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], object]) -> list[str]:
    """Run all acts together; what each ended with: done, or the name of its refusal."""
    ready, ends = threading.Barrier(len(acts)), []

    def run(act: Callable[[], object]) -> None:
        ready.wait()
        try:
            act()
            ends.append("done")
        except Refused as refused:
            ends.append(type(refused).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(ends)


def group(service: str, severity: str = "critical", at: datetime = START) -> GroupRow:
    """A group of alerts that just opened."""
    return GroupRow(
        id=str(new_id()), title="Down", state="open", severity=severity, labels={}, integration_id=None,
        integration="Prometheus", route_id=None, route="", service_id=service, service="Checkout",
        services=(service,), policy_id="", unrouted="", starts_at=at, created_at=at, flushed_at=at, quiet_at=None,
        firing=1, stale=0, total=1,
    )  # fmt: skip


def test_groups_of_one_service_taken_by_several_engines_make_one_incident(world: World) -> None:
    groups = [group(world.checkout) for _ in range(4)]
    names = {world.checkout: "Checkout"}
    spoke = [lambda g=g: alerting.group_spoke(g, names, at=START) for g in groups]  # type: ignore[misc]
    assert at_once(*spoke) == ["done"] * 4
    assert Incident.objects.count() == 1
    assert IncidentGroup.objects.filter(current=True).count() == 4
    run_engine()
    assert world.paged() == ["Mateo"]


def test_incidents_declared_at_once_get_numbers_of_their_own(world: World) -> None:
    mateo = world.actor("Mateo")
    declare = [
        lambda n=n: commands.declare(mateo, title=f"Trouble {n}", kind="disruption", severity="low")  # type: ignore[misc]
        for n in range(4)
    ]
    assert at_once(*declare) == ["done"] * 4
    assert sorted(Incident.objects.values_list("number", flat=True)) == [1, 2, 3, 4]


def test_of_two_who_resolve_at_once_one_is_told_that_it_is_resolved(world: World) -> None:
    world.alert()
    actors = [world.actor(name) for name in ("Mateo", "Siobhan")]
    assert at_once(*(lambda a=a: commands.resolve(a, incident="INC-1", reason="Seen by hand") for a in actors)) == [
        "Conflict",
        "done",
    ]  # type: ignore[misc]
    assert world.types(world.the_incident()).count("resolved") == 1


def test_of_two_who_acknowledge_at_once_one_has_it(world: World) -> None:
    world.alert()
    actors = [world.actor(name) for name in ("Mateo", "Siobhan")]
    assert at_once(*(lambda a=a: commands.acknowledge(a, incident="INC-1") for a in actors)) == ["done", "done"]  # type: ignore[misc]
    run_engine()
    row = world.the_incident()
    assert row.state == "responding"
    assert world.types(row).count("responding") == 1
    assert len(queries.hub(world.actor("Amina"), "INC-1").roles) == 1


def test_two_who_merge_incidents_into_each_other_leave_one_open(world: World) -> None:
    world.alert("checkout")
    world.alert("search")
    mateo = world.actor("Mateo")
    ends = at_once(
        lambda: commands.merge(mateo, incident="INC-1", into="INC-2"),
        lambda: commands.merge(mateo, incident="INC-2", into="INC-1"),
    )
    assert ends == ["Conflict", "done"]
    assert sorted(Incident.objects.values_list("state", flat=True)) == ["detected", "merged"]


def test_what_an_alert_said_before_the_resolve_does_not_reopen_it(world: World) -> None:
    spoke = group(world.checkout)
    alerting.group_spoke(spoke, {world.checkout: "Checkout"}, at=START)
    world.later(minutes=2)
    commands.resolve(world.actor("Mateo"), incident="INC-1", reason="Seen by hand")
    alerting.group_spoke(spoke, {world.checkout: "Checkout"}, at=datetime(2026, 11, 24, 2, 48, tzinfo=UTC))
    assert world.the_incident().state == "resolved"
    world.later(minutes=1)
    alerting.group_spoke(spoke, {world.checkout: "Checkout"}, at=datetime(2026, 11, 24, 2, 50, tzinfo=UTC))
    assert world.the_incident().state == "responding"
