"""Decisions teach and can be forgotten; templates declare with roles, tasks and a message; what is alike is found."""

import pytest

from tocsin.core.engine.testing import run_engine
from tocsin.domain.alerts import commands as alerts
from tocsin.domain.alerts.tests.conftest import Feed, alert
from tocsin.domain.catalog import commands as catalog
from tocsin.domain.incidents import commands as incidents
from tocsin.domain.incidents import queries as incident_queries
from tocsin.domain.incidents.tests.conftest import SYSTEM, World, world
from tocsin.domain.triage import commands, queries
from tocsin.kernel.errors import Conflict, Denied, Invalid, NotFound

__all__ = ["world"]


def happened(world: World, key: str, *, kind: str = "", dismiss: bool = False) -> str:
    """An alert made an incident, and a person decided about it; its reference."""
    world.alert(key=key, severity="critical")
    row = incident_queries.proposals(SYSTEM)[0].row
    amina = world.actor("Yusuf")
    if dismiss:
        incidents.dismiss(amina, incident=row.id, reason="A test")
    else:
        incidents.confirm(amina, incident=row.id, kind=kind)
        incidents.resolve(amina, incident=row.id, note="Done", root_cause=f"Cause of {key}", reason="We know")
        incidents.close(amina, incident=row.id, reason="Done")
    world.alert(key=key, action="resolve")
    world.later(hours=1)
    return row.reference


def hint(world: World, key: str) -> queries.HintView:
    world.alert(key=key, severity="critical")
    found = incident_queries.proposals(SYSTEM)[0]
    return queries.hints(SYSTEM, {"x": [group.group_id for group in found.groups]})["x"]


def test_what_people_confirmed_is_proposed_next_time_and_forgotten_on_request(world: World) -> None:
    refs = [happened(world, "LoginBurst", kind="security") for _ in range(3)]
    found = hint(world, "LoginBurst")
    assert found.guess is not None
    assert (found.guess.outcome, found.guess.sure, found.lessons) == ("security", False, 3)
    assert "Alert LoginBurst: confirmed as security 3 of 3 times." in found.guess.reasons
    yusuf = world.actor("Yusuf")
    assert commands.forget(yusuf, incident=refs[0]) == 1
    world.later(seconds=6)
    assert queries.learned(yusuf).total == 2
    assert commands.remember(yusuf, incident=refs[0]) == 1
    world.later(seconds=6)
    assert queries.learned(yusuf).total == 3
    assert commands.forget(yusuf, feature="alert:LoginBurst") == 3
    world.later(seconds=6)
    assert queries.hints(SYSTEM, {"x": []})["x"].guess is None


def test_it_learns_from_the_labels_that_the_alerts_of_a_group_agree_in(world: World) -> None:
    """A group is made by the alert's name alone; team and job are what the next, other alert has in common with it."""
    source = Feed(alerts.add_integration(SYSTEM, kind="prometheus", name="Batch").id)
    for number in range(3):
        source.prometheus(*(alert(f"Night{number}", instance=f"w-{n}", team="batch") for n in range(2)))
        run_engine()
        row = incident_queries.proposals(SYSTEM)[0].row
        incidents.dismiss(world.actor("Amina"), incident=row.id, reason="Runs again by itself")
        run_engine()
    world.later(seconds=6)
    source.prometheus(alert("Night9", instance="w-7", team="batch", annotations={"summary": "Run 9 did not end"}))
    run_engine()
    found = incident_queries.proposals(SYSTEM)[0]
    told = queries.hints(SYSTEM, {"x": [group.group_id for group in found.groups]})["x"].guess
    assert told is not None
    assert "Label team=batch: dismissed 3 of 3 times." in told.reasons
    assert not any("instance" in reason for reason in told.reasons)


def test_titles_that_differ_in_a_number_are_the_same_words(world: World) -> None:
    declared = [
        incidents.declare(world.actor("Amina"), title=f"Disk of db-{n} is full", kind="disruption", page=False)
        for n in (3, 7)
    ]
    incidents.resolve(world.actor("Amina"), incident=declared[0], note="Grown", root_cause="Logs", reason="We know")
    run_engine()
    [found] = queries.similar(world.actor("Vera"), declared[1])
    assert (found.incident.root_cause, found.reasons) == ("Logs", ("the same words (2)", "the same kind (1)"))


def test_learning_changes_no_page_and_no_severity(world: World) -> None:
    for _ in range(2):
        happened(world, "CronLate", dismiss=True)
    world.paged()
    world.alert(key="CronLate", severity="critical")
    assert world.paged()
    row = incident_queries.proposals(SYSTEM)[0].row
    assert (row.severity, row.kind) == ("critical", "disruption")


def test_a_dismissal_that_was_taken_back_teaches_nothing_until_it_is_decided_anew(world: World) -> None:
    ref = happened(world, "HighLatency", dismiss=True)
    assert queries.learned(SYSTEM).lessons[0].outcome == "dismissed"
    incidents.reopen(world.actor("Amina"), incident=ref, reason="It was one")
    run_engine()
    assert queries.learned(SYSTEM).lessons == ()
    incidents.confirm(world.actor("Amina"), incident=ref)
    run_engine()
    assert queries.learned(SYSTEM).lessons[0].outcome == "disruption"
    world.later(seconds=6)
    assert queries.learned(SYSTEM).total == 1


def test_what_such_alerts_were_dismissed_as_stands_among_the_similar(world: World) -> None:
    ref = happened(world, "CronLate", dismiss=True)
    world.alert(key="CronLate", severity="critical")
    found = queries.similar(world.actor("Vera"), incident_queries.proposals(SYSTEM)[0].row.id)
    assert [(one.incident.reference, one.incident.dismissed) for one in found] == [(ref, True)]


def test_similar_incidents_come_with_what_mended_them_and_restricted_ones_stay_hidden(world: World) -> None:
    open_one = happened(world, "HighLatency", kind="disruption")
    happened(world, "HighLatency", kind="security")
    world.alert(key="HighLatency", severity="critical")
    row = incident_queries.proposals(SYSTEM)[0].row
    found = queries.similar(world.actor("Vera"), row.id)
    assert [one.incident.reference for one in found] == [open_one]
    assert found[0].incident.root_cause == "Cause of HighLatency"
    assert "the same alert HighLatency (5)" in found[0].reasons
    assert len(queries.similar(world.actor("Yusuf"), row.id)) == 2


def test_lessons_of_restricted_incidents_are_named_to_nobody_else(world: World) -> None:
    happened(world, "LoginBurst", kind="security")
    assert queries.learned(world.actor("Vera")).lessons == ()
    with pytest.raises(NotFound):
        commands.forget(world.actor("Amina"), incident=queries.learned(SYSTEM).lessons[0].reference)
    with pytest.raises(Denied):
        commands.forget(world.actor("Mateo"), feature="alert:LoginBurst")


def saved(world: World, **more: object) -> str:
    given = {
        "name": "Cards fail",
        "title": "Card payments fail",
        "kind": "disruption",
        "severity": "high",
        "services": [world.checkout],
        "roles": [("operations", world.people["Mateo"]), ("liaison", "")],
        "tasks": [("Call the bank", 30), ("Look at the ledger", 0)],
        "message": "Bank hotline: 555",
        **more,
    }
    return commands.save_template(world.actor("Amina"), **given)  # type: ignore[arg-type]


def test_a_template_declares_with_roles_tasks_message_and_pages(world: World) -> None:
    made = commands.declare_from(world.actor("Mateo"), template=saved(world))
    run_engine()
    seen = incident_queries.hub(SYSTEM, made)
    assert (seen.incident.title, seen.incident.severity) == ("Card payments fail", "high")
    assert [offer.person.name for offer in (*seen.offers, *seen.roles)] == ["Mateo"]
    assert sorted(task.title for task in seen.tasks) == [
        "Call the bank",
        "Find someone as Liaison",
        "Look at the ledger",
    ]
    assert "Mateo" in world.paged()
    assert "Bank hotline: 555" in [entry.body for entry in incident_queries.timeline(SYSTEM, made)]


def test_a_template_that_names_a_removed_service_says_so_and_declares_all_the_same(world: World) -> None:
    gone = catalog.add_service(SYSTEM, name="Old till")
    template = saved(world, services=[gone, world.checkout])
    catalog.remove_service(SYSTEM, service_id=gone)
    assert [service.gone for service in queries.template(SYSTEM, template).services] == [True, False]
    made = commands.declare_from(world.actor("Mateo"), template="cards FAIL", page=False)
    seen = incident_queries.incident(SYSTEM, made)
    assert [service.name for service in seen.services] == ["Checkout"]
    said = [entry.sentence for entry in incident_queries.timeline(SYSTEM, made)]
    assert "used the template Cards fail; it names services that are gone: Old till" in said
    saved(world, services=[gone], template_id=template)
    with pytest.raises(Invalid, match="not in the catalogue"):
        saved(world, name="Another", services=[gone])


def test_templates_are_refused_by_field_and_kept_apart(world: World) -> None:
    template = saved(world)
    with pytest.raises(Invalid, match="exists already"):
        saved(world)
    with pytest.raises(Invalid, match="severity"):
        saved(world, name="B", severity="awful")
    with pytest.raises(Invalid, match="roles"):
        saved(world, name="B", roles=[("king", "")])
    with pytest.raises(Denied):
        commands.remove_template(world.actor("Mateo"), template_id=template)
    saved(world, template_id=template, version=1, title="Cards fail again")
    with pytest.raises(Conflict, match="Someone else"):
        saved(world, template_id=template, version=1)
    commands.remove_template(world.actor("Amina"), template_id=template)
    with pytest.raises(NotFound):
        commands.declare_from(world.actor("Mateo"), template=template)


def test_services_and_alerts_are_split_off_into_a_linked_incident(world: World) -> None:
    made = incidents.declare(
        world.actor("Amina"),
        title="Two troubles",
        kind="disruption",
        severity="high",
        services=[world.checkout, world.search],
        page=False,
    )
    with pytest.raises(Invalid, match="something must remain"):
        incidents.split(world.actor("Amina"), incident=made, title="All", services=[world.checkout, world.search])
    other = incidents.split(
        world.actor("Amina"), incident=made, title="Search is slow", services=[world.search], reason="Another cause"
    )
    before, after = (incident_queries.incident(SYSTEM, id_) for id_ in (made, other))
    assert [s.name for s in before.services] == ["Checkout"]
    assert [s.name for s in after.services] == ["Search"]
    assert [(r.reference, r.relation) for r in before.related] == [(after.reference, "split into")]
    assert [(r.reference, r.relation) for r in after.related] == [(before.reference, "split from")]
    entry = next(e for e in incident_queries.timeline(SYSTEM, made) if e.type == "incidents.split")
    assert (entry.sentence, entry.body) == (f"split 1 service off into {after.reference}", "Another cause")
