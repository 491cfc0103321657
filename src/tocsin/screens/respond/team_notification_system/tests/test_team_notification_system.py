"""The notifications of an incident as browsers meet them: who was reached, who cannot be, who is called."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tocsin.core.engine.testing import run_engine
from tocsin.domain.accounts import commands as accounts
from tocsin.domain.accounts.queries import actor_of
from tocsin.domain.delivery import commands as delivery
from tocsin.domain.incidents import commands, queries
from tocsin.kernel.actor import Role, system

HOUSE = system("test")
pytestmark = pytest.mark.django_db


def reachable(name: str) -> str:
    made = person(name, Role.RESPONDER)
    delivery.add_destination(HOUSE, person_id=made, kind="mail", address=f"{name.lower()}@example.org")
    return made


def person(name: str, *roles: Role) -> str:
    return accounts.add_person(HOUSE, email=f"{name.lower()}@example.org", name=name, roles=list(roles))


def signed_in(role: Role) -> Client:
    made = person(f"The-{role}", role)
    client = Client()
    client.force_login(get_user_model().objects.get(id=made), "django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture(autouse=True)
def mail(settings: Any) -> None:
    settings.MAIL_URL = "smtp://mail.example.org"


@pytest.fixture
def incident() -> str:
    made = commands.declare(HOUSE, title="Checkout fails", kind="disruption", severity="low", page=False)
    return queries.row(HOUSE, made).reference


@pytest.fixture
def responder() -> Client:
    return signed_in(Role.RESPONDER)


def test_nobody_paged_says_what_will_appear(responder: Client, incident: str) -> None:
    page = responder.get(f"/incidents/{incident}/notifications/")
    assert "Nobody was paged yet" in page.content.decode()


def test_who_cannot_be_reached_is_shown_before_anything_is_sent(responder: Client, incident: str) -> None:
    mute, proved = person("Mute", Role.RESPONDER), reachable("Proved")
    answer = responder.post(
        f"/incidents/{incident}/notifications/activate/", {"people": [mute, proved]}, headers={"HX-Request": "true"}
    )
    called = {one.person.name: one for one, *_ in answer.context["called"]}
    assert list(called) == ["Mute", "Proved"]
    assert called["Mute"].how == "none"
    assert "Cannot be reached" in answer.content.decode()
    assert queries.incident(HOUSE, incident).team_activated_at is None


def test_a_team_and_a_person_are_called_and_then_listed(responder: Client, incident: str) -> None:
    farid, mateo = reachable("Farid"), reachable("Mateo")
    team = accounts.add_team(HOUSE, name="Payments", members=[mateo])
    answer = responder.post(
        f"/incidents/{incident}/notifications/activate/", {"do": "page", "teams": [team], "people": [farid]}
    )
    assert answer["Location"] == f"/incidents/{incident}/notifications/"
    run_engine()
    assert queries.incident(HOUSE, incident).team_activated_at is not None
    page = responder.get(answer["Location"]).content.decode()
    assert "Farid" in page
    assert "Mateo" in page
    assert "2 people are being paged" in page
    part = responder.get(f"/incidents/{incident}/notifications/paged/").content.decode()
    assert "Farid" in part
    assert "<html" not in part


def test_a_team_of_its_commander_alone_cannot_be_stood_down(responder: Client, incident: str) -> None:
    responder.post(f"/incidents/{incident}/acknowledge/")
    board = responder.get(f"/incidents/{incident}/notifications/").content.decode()
    assert "You lead: hand over to stand down" in board
    assert "Stand the team down" not in board
    ben = reachable("Ben")
    commands.activate_response_team(HOUSE, incident=incident, people=[ben])
    assert "Stand the team down" in responder.get(f"/incidents/{incident}/notifications/").content.decode()


def test_who_declines_is_said_to_decline(responder: Client, incident: str) -> None:
    ben = reachable("Ben")
    commands.activate_response_team(HOUSE, incident=incident, people=[ben])
    run_engine()
    commands.decline(actor_of(ben), incident=incident, reason="On a train")
    page = responder.get(f"/incidents/{incident}/notifications/").content.decode()
    # Once on the board, once in the table of messages.
    assert page.count("Declined</span>") == 2


def test_calling_only_who_cannot_be_reached_says_so_and_the_page_still_opens(responder: Client, incident: str) -> None:
    mute = person("Mute", Role.RESPONDER)
    answer = responder.post(f"/incidents/{incident}/notifications/activate/", {"do": "page", "people": [mute]})
    run_engine()
    page = responder.get(answer["Location"]).content.decode()
    assert "Not reached: Mute" in page
    assert "Nobody could be reached" in page


def test_nobody_chosen_is_refused_and_the_message_is_kept(responder: Client, incident: str) -> None:
    answer = responder.post(
        f"/incidents/{incident}/notifications/activate/", {"do": "page", "message": "Come to the bridge"}
    )
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "Choose at least one active person" in text
    assert "Come to the bridge" in text


def test_viewers_look_but_do_not_call_and_strangers_sign_in(incident: str) -> None:
    viewer = signed_in(Role.VIEWER)
    page = viewer.get(f"/incidents/{incident}/notifications/")
    assert page.status_code == 200
    assert "Activate Response Team</span></a>" not in page.content.decode()
    assert viewer.get(f"/incidents/{incident}/notifications/activate/").status_code == 403
    assert Client().get(f"/incidents/{incident}/notifications/")["Location"].startswith("/accounts/login/")


def test_a_restricted_incident_is_not_there_for_others(responder: Client) -> None:
    made = commands.declare(HOUSE, title="Stolen key", kind="security", severity="low", page=False)
    reference = queries.row(HOUSE, made).reference
    for path in ("", "paged/", "activate/"):
        assert responder.get(f"/incidents/{reference}/notifications/{path}").status_code == 404


def test_three_people_and_thirty_take_the_same_queries(responder: Client, incident: str) -> None:
    def count(path: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert responder.get(f"/incidents/{incident}/notifications/{path}").status_code == 200
        return len(captured)

    def call(number: int) -> None:
        people = [reachable(f"P{number}x{n}") for n in range(number)]
        commands.activate_response_team(HOUSE, incident=incident, people=people)
        run_engine()

    call(3)
    paths = ("", "paged/", "activate/")
    before = [count(path) for path in paths]
    call(27)
    assert [count(path) for path in paths] == before
