"""Staff alerts as browsers meet them: reach before sending, results, the link's answers, history, settings of roles."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from tocsin.core.engine.testing import run_engine
from tocsin.domain.accounts import commands as accounts
from tocsin.domain.broadcasts import queries
from tocsin.domain.delivery import commands as delivery
from tocsin.domain.incidents import commands as incidents
from tocsin.kernel.actor import Role, system

HOUSE = system("test")
pytestmark = pytest.mark.django_db


@pytest.fixture
def leader(settings: Any) -> Client:
    settings.MAIL_URL = "smtp://mail.example.org"
    made = accounts.add_person(HOUSE, email="lea@example.org", name="Lea Berg", roles=[Role.COMMANDER], site="Plant 2")
    delivery.add_destination(HOUSE, person_id=made, kind="mail", address="lea@example.org")
    client = Client()
    client.force_login(get_user_model().objects.get(id=made), "django.contrib.auth.backends.ModelBackend")
    return client


def test_the_reach_is_said_before_anything_is_sent(leader: Client) -> None:
    assert "No staff alert yet" in leader.get("/staff-alerts/").content.decode()
    assert "Nobody is meant yet" in leader.get("/staff-alerts/new/").content.decode()
    given = {"sites": ["Plant 2"], "severity": "high", "most": "1"}
    part = leader.post("/staff-alerts/new/", given, headers={"HX-Request": "true"}).content.decode()
    assert "Send to 1 person" in part
    assert not queries.alerts(HOUSE)


def test_an_alert_is_sent_answered_followed_and_closed(leader: Client) -> None:
    given = {
        "do": "send", "title": "Smoke", "severity": "critical", "everyone": "on", "most": "2", "every": "5m",
        "question": "Are you safe?", "answers": "I am safe\nI need help",
    }  # fmt: skip
    answer = leader.post("/staff-alerts/new/", given)
    assert answer.status_code == 302, answer.content.decode()
    run_engine()
    page = leader.get(answer["Location"]).content.decode()
    assert "0 of 1 answered" in page
    leader.post(f"{answer['Location']}act/", {"do": "answer", "value": "I need help"})
    part = leader.get(f"{answer['Location']}?part=live", headers={"HX-Request": "true"}).content.decode()
    assert "1 of 1 answered" in part
    assert "I need help" in leader.get(f"{answer['Location']}?format=csv").content.decode()
    leader.post(f"{answer['Location']}act/", {"do": "close"})
    assert "Closed" in leader.get("/staff-alerts/").content.decode()


def test_who_needs_help_is_one_press_away_and_who_is_silent_can_be_called(leader: Client) -> None:
    for number, name in enumerate(("Kim", "Noa", "Sol")):
        made = accounts.add_person(
            HOUSE, email=f"{name}@example.org", name=name, site="Porto", phone=f"+35122123456{number}"
        )
        delivery.add_destination(HOUSE, person_id=made, kind="mail", address=f"{name}@example.org")
    given = {
        "do": "send", "title": "Smoke", "severity": "critical", "sites": ["Porto", "Plant 2"], "most": "1",
        "question": "Are you safe?", "answers": "I am safe\nI need help",
    }  # fmt: skip
    address = leader.post("/staff-alerts/new/", given)["Location"]
    run_engine()
    leader.post(f"{address}act/", {"do": "answer", "value": "I need help"})
    page = leader.get(address).content.decode()
    assert 'href="?answer=I+need+help"' in page
    assert 'href="tel:+351221234561"' in page
    helped = leader.get(f"{address}?answer=I+need+help").content.decode()
    assert "1 to 1 of 1" in helped
    assert "Kim" not in helped
    part = leader.get(f"{address}?part=live&answer=I+need+help", headers={"HX-Request": "true"}).content.decode()
    assert "1 to 1 of 1" in part
    assert "part=live&amp;part=live" not in part
    # What somebody types into the filter outlives the next look at the answers.
    assert 'id="filter-asked" hx-preserve' in part
    silent = leader.get(f"{address}?answer=Not+reached&format=csv").content.decode()
    assert silent.count("+35122123456") == 3


def test_an_incident_lists_its_alerts_and_its_roles_their_duties(leader: Client) -> None:
    made = incidents.declare(HOUSE, title="Checkout fails", kind="disruption", severity="low", page=False)
    assert "No staff alert yet" in leader.get("/incidents/INC-1/staff-alerts/").content.decode()
    me = str(get_user_model().objects.get(name="Lea Berg").id)
    leader.post("/incidents/INC-1/roles/answer/", {"role": "commander", "do": "take", "from": "matrix"})
    page = leader.get("/incidents/INC-1/roles/").content.decode()
    assert "Confirm the severity" in page
    assert made
    assert me
    board = leader.get("/incidents/INC-1/notifications/").content.decode()
    assert "You have joined" in board


def test_roles_and_response_teams_are_edited_under_settings(leader: Client) -> None:
    assert "Incident Commander" in leader.get("/settings/incident-roles/").content.decode()
    given = {"skills": "writing", "duties": "10 Write down who is here"}
    assert leader.post("/settings/incident-roles/scribe/", given).status_code == 302
    assert "changed by you" in leader.get("/settings/incident-roles/").content.decode()
    wrong = leader.post("/settings/incident-roles/scribe/", {"skills": "", "duties": "Write"})
    assert wrong.status_code == 422
    assert "Begin each line with minutes" in wrong.content.decode()
    assert leader.get("/settings/response-teams/add/").status_code == 200
