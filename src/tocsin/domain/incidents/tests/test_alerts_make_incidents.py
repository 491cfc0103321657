"""Alerts become incidents and page at once; what follows joins, raises, falls quiet or begins anew."""

from tocsin.core.engine.testing import run_engine
from tocsin.domain.incidents import commands, queries
from tocsin.domain.incidents.models import Incident, IncidentGroup
from tocsin.domain.incidents.rules.severity import Answer, Fact
from tocsin.domain.incidents.tests.conftest import START, World


def test_a_critical_alert_becomes_an_incident_and_pages_before_anybody_confirms(world: World) -> None:
    world.alert()
    row = world.the_incident()
    assert (row.reference, row.state, row.severity, row.kind) == ("INC-1", "detected", "critical", "disruption")
    assert row.alarm_at == START
    assert row.reasons[0]["sentence"].startswith("Prometheus checkout says Critical")
    assert world.paged() == ["Mateo"]


def test_an_alert_that_was_already_over_when_it_was_read_still_makes_its_incident(world: World) -> None:
    world.alert()
    world.alert(action="resolve")
    assert world.the_incident().alerts_quiet_at is not None


def test_an_unrouted_alert_pages_the_catch_all_people_and_names_the_missing_route(world: World) -> None:
    world.alert("loose")
    row = world.the_incident()
    assert "route" in row.unrouted.lower()
    assert world.paged() == ["Ada"]
    assert row.unrouted in world.log(row)[0].event.sentence()


def test_an_alert_of_unknown_size_wakes(world: World) -> None:
    world.alert(severity="")
    assert world.the_incident().severity == "unknown"
    assert world.paged() == ["Mateo"]


def test_further_groups_of_the_same_service_join_the_open_incident_without_a_second_page(world: World) -> None:
    world.alert(key="a")
    world.paged()
    world.alert(key="b")
    assert Incident.objects.count() == 1
    assert IncidentGroup.objects.count() >= 1
    assert world.paged() == []


def test_another_service_makes_another_incident(world: World) -> None:
    world.alert("checkout")
    world.alert("search")
    assert sorted(Incident.objects.values_list("number", flat=True)) == [1, 2]


def test_a_raised_severity_pages_again_also_after_the_acknowledgement(world: World) -> None:
    world.alert(severity="high", key="a")
    assert world.the_incident().severity == "high"
    world.tap_link("Mateo")
    world.paged()
    world.alert(severity="critical", key="b")
    world.after(minutes=1)
    row = world.the_incident()
    assert row.severity == "critical"
    assert "severity_raised" in world.types(row)
    assert "Mateo" in world.paged()


def test_what_people_assessed_holds_until_an_alert_says_worse_than_any_before(world: World) -> None:
    world.alert(severity="critical", key="a")
    world.tap_link("Mateo")
    harmless = [Answer(Fact.USERS, ("few",)), Answer(Fact.OPERATIONS, ("normal",)), Answer(Fact.DATA, ("intact",))]
    commands.assess(world.actor("Mateo"), incident="INC-1", answers=harmless)
    world.paged()
    world.alert(severity="critical", key="b")
    world.after(minutes=6)
    assert world.the_incident().severity == "low"
    assert not [name for name, message in world.phone.sent if message.urgent]


def test_quiet_alerts_are_noted_and_the_incident_stays_open(world: World) -> None:
    world.alert()
    world.tap_link("Mateo")
    world.alert(action="resolve")
    row = world.the_incident()
    assert row.state == "responding"
    assert row.alerts_quiet_at is not None
    assert "alerts_quiet" in world.types(row)


def test_an_alert_back_within_fifteen_minutes_of_the_resolve_reopens_and_pages(world: World) -> None:
    world.alert()
    world.tap_link("Mateo")
    world.alert(action="resolve")
    commands.resolve(world.actor("Mateo"), incident="INC-1", reason="Seen by hand")
    run_engine()
    world.paged()
    world.later(minutes=5)
    world.alert()
    row = world.the_incident()
    assert row.state == "responding"
    assert "reopened" in world.types(row)
    assert world.paged() == ["Mateo"]


def test_an_incident_that_is_over_never_swallows_new_trouble(world: World) -> None:
    world.alert()
    world.tap_link("Mateo")
    world.alert(action="resolve")
    commands.resolve(world.actor("Mateo"), incident="INC-1", reason="Seen by hand")
    commands.close(world.actor("Amina"), incident="INC-1")
    run_engine()
    world.paged()
    world.later(minutes=5)
    world.alert()
    old, new = Incident.objects.order_by("number")
    assert old.state == "closed"
    assert new.state == "detected"
    assert world.paged() == ["Mateo"]


def test_a_dismissed_incident_stays_dismissed_while_its_alert_says_nothing_worse(world: World) -> None:
    world.alert(severity="high", key="a")
    commands.dismiss(world.actor("Mateo"), incident="INC-1", reason="planned work")
    world.paged()
    world.later(minutes=2)
    world.alert(severity="high", key="a")
    world.alert(severity="high", key="a", instance="another")
    world.after(minutes=2)
    assert Incident.objects.count() == 1
    assert world.paged() == []


def test_an_outage_never_vanishes_into_a_security_incident_of_the_same_service(world: World) -> None:
    yusuf = world.actor("Yusuf")
    commands.declare(yusuf, title="Card data leaked", kind="security", severity="high", services=[world.checkout])
    run_engine()
    world.alert()
    assert Incident.objects.count() == 2
    seen = queries.open_incidents(world.actor("Siobhan"))
    assert [row.reference for row in seen] == ["INC-2"]
