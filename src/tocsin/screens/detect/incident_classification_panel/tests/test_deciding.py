"""Deciding by key, silencing with a look at what it covers, merging, splitting, ordering routes; and the way back."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.test import Client

from tocsin.core.engine.testing import run_engine
from tocsin.domain.accounts import commands as accounts
from tocsin.domain.alerts import commands as alert_commands
from tocsin.domain.alerts import queries as alert_queries
from tocsin.domain.alerts.ports import accepted
from tocsin.domain.catalog import commands as catalog
from tocsin.domain.incidents import commands, queries
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.kernel.actor import Role, system
from tocsin.kernel.clock import now
from tocsin.screens.detect.incident_classification_panel import proposals

HOUSE = system("test")
PANEL = "/detect/classification/"
pytestmark = pytest.mark.django_db


def signed_in(role: Role) -> Client:
    made = accounts.add_person(HOUSE, email=f"{role}@example.org", name=role.value.capitalize(), roles=[role])
    client = Client()
    client.force_login(get_user_model().objects.get(id=made), "django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def commander() -> Client:
    return signed_in(Role.COMMANDER)


def alarm(name: str, service: str = "") -> str:
    """A source speaks; returns the service."""
    about = service or catalog.add_service(HOUSE, name=f"Service of {name}")
    made = alert_commands.add_integration(HOUSE, kind="generic", name=name, service=about)
    alert_commands.send_test_alert(HOUSE, integration_id=made.id, severity=Severity.CRITICAL)
    run_engine()
    return about


def see(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def test_keys_are_about_one_proposal_and_move_to_the_next(commander: Client) -> None:
    for name in ("Cron", "Disk", "Net"):
        alarm(name)
    first, second, third = [proposal.row.reference for proposal in queries.proposals(HOUSE)]
    page = see(commander, PANEL)
    assert f"The keys are about {first}" in page
    assert f'href="?at={second}#p-{second}-h" data-key="J"' in page
    assert 'data-key="K"' not in page
    page = see(commander, f"{PANEL}?at={second}")
    assert f'href="{PANEL}{second}/confirm/" data-key="C"' in page
    assert f'href="?at={first}#p-{first}-h" data-key="K"' in page
    assert page.count('data-key="C"') == 1
    assert f"The keys are about {first}" in see(commander, f"{PANEL}?at=INC-999")
    assert third in page


def test_more_proposals_than_a_page_holds_are_counted_and_reached(
    commander: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proposals, "PAGE", 1)
    alarm("Cron")
    alarm("Disk")
    first, second = [proposal.row.reference for proposal in queries.proposals(HOUSE)]
    page = see(commander, PANEL)
    assert "1 to 1 of 2 proposals, worst first" in page
    assert f"p-{second}" not in page
    assert f"p-{second}" in see(commander, f"{PANEL}?page=2")
    assert commander.get(f"{PANEL}?page=99")["Location"] == f"{PANEL}?page=2"
    assert commander.post(f"{PANEL}{second}/dismiss/", {"reason": "A test"}).status_code == 302
    assert [proposal.row.reference for proposal in queries.proposals(HOUSE)] == [first]


def test_a_silence_shows_what_it_would_cover_before_it_is_set(commander: Client) -> None:
    alarm("Cron")
    alarm("Disk")
    ref = queries.proposals(HOUSE)[0].row.reference
    page = see(commander, f"{PANEL}{ref}/silence/")
    assert "2 open alerts</b> would be silent now" in page
    assert "0 open alerts</b>" in see(commander, f'{PANEL}silences/cover/?matchers=alertname="Other"')
    assert "This would cover every alert" in see(commander, f'{PANEL}silences/cover/?matchers=alertname=~".*"')
    look = {"matchers": 'alertname="TestAlert"', "lasts": "2h", "comment": "New disk", "look": "1"}
    assert commander.post(f"{PANEL}silences/", look).status_code == 200
    assert alert_queries.silences(HOUSE) == []


def test_a_silence_of_several_groups_proposes_what_their_alerts_share(commander: Client) -> None:
    service = alarm("Cron")
    disk = alert_commands.add_integration(HOUSE, kind="alertmanager", name="Tool", service=service)
    for name, instance in (("DiskFull", "db-1"), ("DiskFull", "db-2"), ("DiskSlow", "db-1")):
        labels = {"alertname": name, "instance": instance, "team": 'sto"re', "severity": "critical"}
        raw = json.dumps({"labels": labels, "annotations": {"summary": name}}).encode()
        alert_commands.accept(HOUSE, rows=[accepted(disk.id, "alertmanager", f"{name}{instance}", raw)])
    run_engine()
    ref = queries.proposals(HOUSE)[0].row.reference
    groups = {group.title: group.group_id for group in queries.hub(HOUSE, ref).groups}
    both = f"?group={groups['DiskFull']}&group={groups['DiskSlow']}"
    page = see(commander, f"{PANEL}{ref}/silence/{both}")
    assert 'value="team=&quot;sto\\&quot;re&quot;, severity=&quot;critical&quot;"' in page
    assert "3 open alerts</b> would be silent now" in page
    assert "These share nothing" in see(commander, f"{PANEL}{ref}/silence/")
    alone = see(commander, f"{PANEL}{ref}/silence/?group={groups['DiskFull']}")
    assert 'value="alertname=&quot;DiskFull&quot;"' in alone


def test_two_proposals_of_one_trouble_are_merged(commander: Client) -> None:
    service = alarm("Cron")
    one = queries.proposals(HOUSE)[0].row
    two = commands.declare(HOUSE, title="Shop slow", kind="disruption", services=[service], page=False)
    said = {"into": two, "reason": "The same disk"}
    page = commander.post(f"{PANEL}{one.reference}/merge/", said, follow=True).content.decode()
    assert f'action="/incidents/{one.reference}/unmerge/"' in page
    assert queries.row(HOUSE, one.id).state == "merged"
    assert [group.title for group in queries.hub(HOUSE, two).groups] == ["Test alert from Cron"]


def test_a_proposal_that_no_route_took_is_merged_as_well(commander: Client) -> None:
    service = alarm("Cron")
    alarm("Disk", service)
    for name in ("Loose", "Lost"):
        made = alert_commands.add_integration(HOUSE, kind="generic", name=name)
        alert_commands.send_test_alert(HOUSE, integration_id=made.id, severity=Severity.CRITICAL)
    run_engine()
    loose = next(each for each in queries.proposals(HOUSE) if not each.row.services)
    routed = next(each for each in queries.proposals(HOUSE) if each.row.services)
    assert f'href="{PANEL}{loose.row.reference}/merge/"' in see(commander, PANEL)
    page = see(commander, f"{PANEL}{loose.row.reference}/merge/")
    assert f"{routed.row.title} (Critical, Service of Cron)" in page
    said = {"into": routed.row.id}
    assert commander.post(f"{PANEL}{loose.row.reference}/merge/", said).status_code == 302
    assert queries.row(HOUSE, loose.row.id).state == "merged"


def test_alerts_that_are_other_trouble_are_split_off_also_after_it_is_confirmed(commander: Client) -> None:
    service = alarm("Cron")
    alarm("Disk", service)
    ref = queries.proposals(HOUSE)[0].row.reference
    commands.confirm(HOUSE, incident=ref)
    groups = queries.hub(HOUSE, ref).groups
    assert len(groups) == 2
    assert "Split off" in see(commander, f"/incidents/{ref}/classification/")
    said = {"group_ids": [groups[0].group_id], "title": "Only the disk"}
    response = commander.post(f"{PANEL}{ref}/split/", said)
    assert response["Location"] == f"/incidents/{ref}/classification/"
    assert len(queries.hub(HOUSE, ref).groups) == 1
    assert queries.incidents(HOUSE).rows[0].title == "Only the disk"
    assert commander.get(f"{PANEL}{ref}/confirm/").status_code == 404


def test_what_stays_after_a_split_is_what_its_own_alerts_say(commander: Client) -> None:
    """Else it is Critical for an alert that left, and a Critical one that comes later would page nobody."""
    service = alarm("Cron")
    disk = alert_commands.add_integration(HOUSE, kind="generic", name="Disk", service=service)
    alert_commands.send_test_alert(HOUSE, integration_id=disk.id, severity=Severity.LOW)
    run_engine()
    with time_machine.travel(now() + timedelta(minutes=1)):
        run_engine()
    ref = queries.proposals(HOUSE)[0].row.reference
    form = see(commander, f"{PANEL}{ref}/split/")
    assert "Test alert from Cron, 1 firing, Cron" in form
    loud = next(group for group in queries.hub(HOUSE, ref).groups if group.integration == "Cron")
    assert commander.post(f"{PANEL}{ref}/split/", {"group_ids": [loud.group_id]}).status_code == 302
    stays = queries.incident(HOUSE, ref)
    assert stays.severity == "low"
    assert [reason.sentence for reason in stays.reasons] == ["Disk says Low: Test alert from Disk"]
    assert any(entry.sentence.endswith("what stays is Low") for entry in queries.timeline(HOUSE, ref))
    gone = queries.incidents(HOUSE).rows[0]
    assert (gone.title, gone.severity) == ("Test alert from Cron", "critical")
    alert_commands.send_test_alert(HOUSE, integration_id=disk.id, severity=Severity.CRITICAL)
    run_engine()
    assert queries.incident(HOUSE, ref).severity == "critical"


def test_in_the_frame_it_says_what_the_incident_is_taken_for_and_why(commander: Client) -> None:
    alarm("Cron")
    ref = queries.proposals(HOUSE)[0].row.reference
    page = see(commander, f"/incidents/{ref}/classification/")
    assert "as the alert says" in page
    assert "Cron says Critical" in page
    assert f'href="/incidents/{ref}/do/triage/"' in page
    assert f'href="/incidents/{ref}/classification/" aria-current="page"' in page
    assert "Decide" not in see(signed_in(Role.VIEWER), f"/incidents/{ref}/classification/")


def test_a_dismissal_by_mistake_is_taken_back(commander: Client) -> None:
    alarm("Cron")
    ref = queries.proposals(HOUSE)[0].row.reference
    page = commander.post(f"{PANEL}{ref}/dismiss/", {"reason": "A test"}, follow=True).content.decode()
    assert f"/incidents/{ref}/take-back/" in page
    commander.post(f"/incidents/{ref}/take-back/")
    assert [proposal.row.reference for proposal in queries.proposals(HOUSE)] == [ref], "it waits for a word again"
    assert queries.row(HOUSE, ref).declared_at is None
    commands.confirm(HOUSE, incident=ref)
    commands.dismiss(HOUSE, incident=ref, reason="A test")
    commander.post(f"/incidents/{ref}/take-back/")
    assert queries.row(HOUSE, ref).state == "responding"


def test_a_route_is_changed_moved_switched_off_and_on(commander: Client) -> None:
    web, db = (catalog.add_service(HOUSE, name=name) for name in ("Web", "Database"))
    for name, service in (("First", web), ("Second", db)):
        alert_commands.save_route(HOUSE, name=name, matchers='team="web"', service=service)
    first, second = alert_queries.routes(HOUSE)
    commander.post(f"{PANEL}routes/{second.id}/move/", {"do": "up"})
    assert [route.name for route in alert_queries.routes(HOUSE)] == ["Second", "First"]
    said = {"name": "Second", "matchers": 'team="db"', "service": db, "continues": "on"}
    assert commander.post(f"{PANEL}routes/{second.id}/", said).status_code == 302
    changed = alert_queries.routes(HOUSE)[0]
    assert (changed.matchers, changed.continues) == ('team="db"', True)
    assert "First takes it: Web." in see(commander, f'{PANEL}routes/?labels=team="web"')
    commander.post(f"{PANEL}routes/{first.id}/enable/", {"do": "disable"})
    assert "Switched off" in see(commander, f"{PANEL}routes/")
    assert "No route takes alerts" in see(commander, f'{PANEL}routes/?labels=team="web"')
    commander.post(f"{PANEL}routes/{first.id}/enable/", {"do": "enable"})
    assert "Switched off" not in see(commander, f"{PANEL}routes/")
    assert commander.post(f"{PANEL}routes/{first.id}/", {**said, "matchers": "team~db"}).status_code == 422
    viewer = signed_in(Role.VIEWER)
    for path in ("", "move/", "enable/"):
        assert viewer.post(f"{PANEL}routes/{first.id}/{path}", said).status_code == 403


def test_an_incident_declared_by_mistake_is_taken_back() -> None:
    client = signed_in(Role.RESPONDER)
    said = {"title": "Oops", "kind": "disruption", "severity": "low"}
    page = client.post("/incidents/new/", said, follow=True).content.decode()
    assert "/incidents/INC-1/undeclare/" in page
    client.post("/incidents/INC-1/undeclare/")
    assert queries.row(HOUSE, "INC-1").state == "dismissed"
