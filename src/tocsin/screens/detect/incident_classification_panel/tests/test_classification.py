"""The panel as browsers meet it: proposals with reasons, decisions, routes and silences."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from tocsin.core.engine.testing import run_engine
from tocsin.domain.accounts import commands as accounts
from tocsin.domain.alerts import commands as alert_commands
from tocsin.domain.alerts import queries as alert_queries
from tocsin.domain.catalog import commands as catalog
from tocsin.domain.incidents import queries
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.kernel.actor import Role, system

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


@pytest.fixture
def proposed() -> str:
    made = alert_commands.add_integration(HOUSE, kind="generic", name="Cron")
    alert_commands.send_test_alert(HOUSE, integration_id=made.id, severity=Severity.CRITICAL)
    run_engine()
    return queries.proposals(HOUSE)[0].row.reference


def test_an_empty_panel_says_what_will_appear(commander: Client) -> None:
    assert "Nothing waits for a decision" in commander.get(PANEL).content.decode()


def test_a_proposal_shows_its_reasons_and_the_missing_route(commander: Client, proposed: str) -> None:
    page = commander.get(PANEL).content.decode()
    assert proposed in page
    assert "No route takes alerts" in page
    assert f"{PANEL}{proposed}/confirm/" in page
    assert "Test alert from Cron" in commander.get(f"{PANEL}alerts/").content.decode()


def test_another_severity_needs_a_reason_and_the_input_stays(commander: Client, proposed: str) -> None:
    said = {"kind": "disruption", "severity": "low", "reason": ""}
    answer = commander.post(f"{PANEL}{proposed}/confirm/", said)
    assert answer.status_code == 422
    assert commander.post(f"{PANEL}{proposed}/confirm/", {**said, "reason": "Only a test"}).status_code == 302
    row = queries.row(HOUSE, proposed)
    assert (row.state, row.severity) == ("triaged", "low")


def test_a_proposal_is_dismissed_with_a_reason_and_then_gone(commander: Client, proposed: str) -> None:
    assert commander.post(f"{PANEL}{proposed}/dismiss/", {"reason": ""}).status_code == 422
    assert commander.post(f"{PANEL}{proposed}/dismiss/", {"reason": "A test"}).status_code == 302
    assert queries.row(HOUSE, proposed).state == "dismissed"
    assert commander.get(f"{PANEL}{proposed}/confirm/").status_code == 404


def test_its_alerts_are_silenced_and_the_silence_is_ended(commander: Client, proposed: str) -> None:
    said = {"matchers": 'alertname="TestAlert"', "lasts": "2h", "comment": "New disk"}
    assert commander.post(f"{PANEL}{proposed}/silence/", said).status_code == 302
    silence = alert_queries.silences(HOUSE)[0]
    assert "New disk" in commander.get(f"{PANEL}silences/").content.decode()
    commander.post(f"{PANEL}silences/{silence.id}/expire/")
    assert alert_queries.silences(HOUSE) == []


def test_a_route_is_added_asked_and_removed(commander: Client) -> None:
    service = catalog.add_service(HOUSE, name="Web")
    said = {"name": "Web alerts", "matchers": 'team="web"', "service": service, "group_by": "alertname"}
    assert commander.post(f"{PANEL}routes/", {**said, "matchers": "team~web"}).status_code == 422
    assert commander.post(f"{PANEL}routes/", said).status_code == 302
    asked = commander.get(f"{PANEL}routes/", {"labels": 'team="web"'}).content.decode()
    assert "Web alerts takes it: Web." in asked
    assert "No route takes alerts" in commander.get(f"{PANEL}routes/", {"labels": 'team="db"'}).content.decode()
    commander.post(f"{PANEL}routes/{alert_queries.routes(HOUSE)[0].id}/remove/")
    assert alert_queries.routes(HOUSE) == []


def test_viewers_look_and_decide_nothing(proposed: str) -> None:
    viewer = signed_in(Role.VIEWER)
    for path in ("", "alerts/", "routes/", "silences/"):
        assert viewer.get(f"{PANEL}{path}").status_code == 200
        assert Client().get(f"{PANEL}{path}")["Location"].startswith("/accounts/login/")
    for path in (f"{proposed}/dismiss/", "routes/", "silences/"):
        assert viewer.post(f"{PANEL}{path}", {"reason": "No"}).status_code == 403
