"""'Validate Fix' over real alerts, and what resolving demands."""

from datetime import timedelta

import pytest

from tocsin.core.engine.testing import run_engine
from tocsin.domain.alerts import commands as alerts
from tocsin.domain.incidents import commands, queries
from tocsin.domain.incidents.tests.conftest import SYSTEM, World
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Conflict, Denied, Invalid, NotFound


def states(world: World) -> dict[str, str]:
    return {gate.key: gate.state for gate in queries.gates_now(world.actor("Mateo"), "INC-1")[1]}


def test_a_fix_holds_once_its_alert_is_resolved_and_then_it_can_be_resolved(world: World) -> None:
    mateo = world.actor("Mateo")
    world.alert()
    assert not commands.validate_fix(mateo, incident_id="INC-1").passed
    with pytest.raises(Invalid, match="still fires"):
        commands.resolve(mateo, incident="INC-1")
    world.alert(action="resolve")
    world.later(minutes=1)
    kept = commands.validate_fix(mateo, incident_id="INC-1")
    assert (kept.passed, kept.stands, kept.by and kept.by.name) == (True, True, "Mateo")
    commands.resolve(mateo, incident="INC-1")
    told = [entry.event.sentence() for entry in world.log(world.the_incident())]
    assert "validated the fix: it does not hold yet" in told
    assert "resolved it; the fix is validated" in told
    assert len(queries.validations(mateo, "INC-1")) == 2


def test_without_a_validation_a_reason_is_demanded_and_kept(world: World) -> None:
    mateo = world.actor("Mateo")
    incident = commands.declare(mateo, title="Tills stand still", kind="disruption", page=False)
    with pytest.raises(Invalid, match="Nothing proves it"):
        commands.resolve(mateo, incident=incident, note="Restarted")
    commands.resolve(mateo, incident=incident, reason="The shop owner says it works")
    assert queries.incident(mateo, incident).resolved_without == "The shop owner says it works"
    assert world.log(world.the_incident())[-1].event.sentence() == "resolved it without a validated fix"


def test_an_alert_after_the_validation_makes_it_worthless_even_when_it_has_gone_again(world: World) -> None:
    mateo = world.actor("Mateo")
    world.alert()
    world.alert(action="resolve")
    world.later(minutes=1)
    assert commands.validate_fix(mateo, incident_id="INC-1").passed
    world.later(minutes=1)
    world.alert()
    world.alert(action="resolve")
    world.later(minutes=1)
    assert not queries.validations(mateo, "INC-1")[0].stands
    with pytest.raises(Invalid, match="since the last bad signal"):
        commands.resolve(mateo, incident="INC-1")


def test_a_silence_is_no_mend(world: World) -> None:
    world.alert()
    alerts.add_silence(SYSTEM, matchers='alertname="k"', ends_at=now() + timedelta(hours=2), comment="Be quiet")
    run_engine()
    assert states(world)["alerts"] == "failed"


def test_what_a_silence_keeps_out_of_the_incident_is_seen_all_the_same(world: World) -> None:
    world.alert()
    world.alert(action="resolve")
    alerts.add_silence(SYSTEM, matchers='alertname="other"', ends_at=now() + timedelta(hours=2), comment="Be quiet")
    run_engine()
    assert states(world)["alerts"] == "passed"
    world.alert(key="other")
    passed, gates = queries.gates_now(world.actor("Mateo"), "INC-1")
    assert not passed
    assert any("only silenced" in fact for fact in gates[0].facts)


def test_a_source_that_fell_silent_proves_nothing(world: World) -> None:
    world.alert()
    world.after(minutes=16)
    assert states(world)["alerts"] in ("unknown", "failed")
    assert not commands.validate_fix(world.actor("Mateo"), incident_id="INC-1").passed


def test_a_reopened_incident_needs_a_new_validation(world: World) -> None:
    mateo = world.actor("Mateo")
    world.alert()
    world.alert(action="resolve")
    world.later(minutes=1)
    commands.validate_fix(mateo, incident_id="INC-1")
    commands.resolve(mateo, incident="INC-1")
    world.later(minutes=1)
    commands.reopen(mateo, incident="INC-1", reason="Customers still call")
    with pytest.raises(Invalid):
        commands.resolve(mateo, incident="INC-1")


def test_who_may_not_respond_validates_nothing_and_a_closed_file_stays_shut(world: World) -> None:
    mateo = world.actor("Mateo")
    incident = commands.declare(mateo, title="Tills stand still", kind="disruption", page=False)
    with pytest.raises(Denied):
        commands.validate_fix(world.actor("Vera"), incident_id=incident)
    commands.dismiss(mateo, incident=incident, reason="A rehearsal")
    with pytest.raises(Conflict):
        commands.validate_fix(mateo, incident_id=incident)


def test_a_change_is_linked_once_and_unlinked(world: World) -> None:
    mateo = world.actor("Mateo")
    incident = commands.declare(mateo, title="Tills stand still", kind="disruption", page=False)
    given = {"summary": "Deploy 41 of the till", "url": "https://example.org/d/41", "part": "cause"}
    link = commands.link_change(mateo, incident=incident, **given)
    assert queries.linked_changes(mateo, incident)[0].summary == "Deploy 41 of the till"
    with pytest.raises(Invalid, match="begins with https"):
        commands.link_change(mateo, incident=incident, summary="x", url="javascript:alert(1)")
    commands.unlink_change(mateo, link=link)
    assert queries.linked_changes(mateo, incident) == []
    with pytest.raises(NotFound):
        commands.unlink_change(mateo, link=link)
