"""Alerts acknowledged where they come from, and routes that call more than one team."""

from typing import Any

import msgspec

from tocsin.core.engine.testing import run_engine
from tocsin.domain.alerts import commands as alerts
from tocsin.domain.alerts.models import Alert
from tocsin.domain.alerts.ports import Call, Received, accepted, sources
from tocsin.domain.incidents.tests.conftest import SYSTEM, World
from tocsin.domain.oncall import queries as oncall


def say(integration: str, action: str, key: str) -> None:
    """One PagerDuty event."""
    payload = {"summary": "Disk full", "source": "db-1", "severity": "critical"}
    body: dict[str, Any] = {"event_action": action, "dedup_key": key, "payload": payload}
    call = Call("POST", "/v2/enqueue", msgspec.json.encode(body), integration=integration)
    received = sources()["pagerduty"].receive(call)
    assert isinstance(received, Received)
    rows = [accepted(integration, "pagerduty", item.name, item.raw) for item in received.items]
    alerts.accept(SYSTEM, rows=rows)
    run_engine()


def test_an_acknowledgement_by_the_sending_tool_stops_the_page_once_all_its_alerts_are_known(world: World) -> None:
    source = alerts.add_integration(SYSTEM, kind="pagerduty", name="PagerDuty client", service=world.checkout).id
    say(source, "trigger", "a")
    say(source, "trigger", "b")
    assert world.paged() == ["Mateo"]
    say(source, "acknowledge", "a")
    row = world.the_incident()
    assert oncall.paging(SYSTEM, f"incident:{row.id}").acknowledged_at is None
    say(source, "acknowledge", "b")
    row = world.the_incident()
    assert oncall.paging(SYSTEM, f"incident:{row.id}").acknowledged_by == "PagerDuty client"
    assert row.state == "responding"
    world.after(minutes=4)
    assert world.paged() == []
    world.after(minutes=30)
    assert world.paged() != []  # nobody has done anything since: people are asked


def test_a_person_who_acknowledges_the_alert_takes_the_incident(world: World) -> None:
    world.alert()
    alerts.acknowledge_alert(world.actor("Siobhan"), alert_id=str(Alert.objects.get().id))
    run_engine()
    row = world.the_incident()
    assert oncall.paging(SYSTEM, f"incident:{row.id}").acknowledged_by == "Siobhan"


def test_a_route_that_continues_calls_the_next_team_as_well(world: World) -> None:
    ada = world.actor("Ada")
    alerts.save_route(ada, name="all", matchers="alertname=k", service=world.checkout, continues=True)
    alerts.save_route(ada, name="search", matchers="alertname=k", service=world.search)
    world.alert("loose")
    assert sorted(world.paged()) == ["Mateo", "Siobhan"]


def test_a_disabled_route_takes_nothing(world: World) -> None:
    ada = world.actor("Ada")
    route = alerts.save_route(ada, name="all", matchers="alertname=k", service=world.search)
    alerts.enable_route(ada, route_id=route, enabled=False)
    world.alert("checkout")
    assert world.paged() == ["Mateo"]
