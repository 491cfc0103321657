"""The sign-in link as a browser meets it: GET changes nothing, POST signs in once."""

import pytest
from django.contrib.auth import get_user
from django.test import Client

from tocsin.domain.accounts import commands, queries
from tocsin.kernel.actor import Actor, Role, system

HOUSE = system("test")
PASSWORD = "a-long-and-unusual-sentence"
pytestmark = pytest.mark.django_db


@pytest.fixture
def ana() -> Actor:
    made = commands.add_person(HOUSE, email="ana@example.org", name="Ana Duarte", roles=[Role.ADMINISTRATOR])
    return queries.actor_of(made)


def test_looking_at_a_link_neither_signs_in_nor_spends_it(client: Client, ana: Actor) -> None:
    link = commands.sign_in_link(ana, "ana@example.org")
    for _ in range(3):
        shown = client.get(link)
        assert shown.status_code == 200
        assert "Ana" not in shown.content.decode()
        # Stricter would make browsers send `Origin: null`, and the press of the button would be refused.
        assert shown["Referrer-Policy"] == "same-origin"
        assert "no-store" in shown["Cache-Control"]
    assert not get_user(client).is_authenticated
    assert client.post(link).status_code == 302
    assert get_user(client).is_authenticated


def test_the_first_sign_in_leads_to_a_first_password(client: Client, ana: Actor) -> None:
    entered = client.post(commands.sign_in_link(ana, "ana@example.org"), follow=True)
    assert entered.redirect_chain[-1][0] == "/sign-in/password"
    refused = client.post("/sign-in/password", {"password": PASSWORD, "again": "other"})
    assert refused.status_code == 422
    assert "type the same password twice" in refused.content.decode()
    weak = client.post("/sign-in/password", {"password": "password", "again": "password"})
    assert "too short" in weak.content.decode()
    assert client.post("/sign-in/password", {"password": PASSWORD, "again": PASSWORD}).status_code == 302
    assert get_user(client).is_authenticated
    assert Client().login(username="ANA@example.org", password=PASSWORD)


def test_who_has_a_password_goes_straight_home(client: Client, ana: Actor) -> None:
    commands.set_first_password(ana, person_id=ana.person, password=PASSWORD)
    assert client.post(commands.sign_in_link(ana, "ana@example.org"))["Location"] == "/"


def test_a_spent_link_and_an_invented_one_get_the_same_answer(client: Client, ana: Actor) -> None:
    link = commands.sign_in_link(ana, "ana@example.org")
    client.post(link)
    stranger = Client()
    answers = [stranger.post(link), stranger.post("/sign-in/invented")]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert all("This link is used up or too old" in answer.content.decode() for answer in answers)
    assert not get_user(stranger).is_authenticated


def test_a_link_does_not_get_around_a_second_factor(client: Client, ana: Actor) -> None:
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
    from django.contrib.auth import get_user_model

    TOTP.activate(get_user_model().objects.get(), generate_totp_secret())
    answer = client.post(commands.sign_in_link(ana, "ana@example.org"))
    assert answer["Location"].startswith("/accounts/2fa/authenticate/")
    assert not get_user(client).is_authenticated


def test_a_forged_press_of_the_button_is_refused(ana: Actor) -> None:
    link = commands.sign_in_link(ana, "ana@example.org")
    assert Client(enforce_csrf_checks=True).post(link).status_code == 403


def test_nobody_signs_up_by_themselves(client: Client) -> None:
    given = {"email": "x@example.org", "password1": PASSWORD, "password2": PASSWORD}
    client.post("/accounts/signup/", given)
    assert queries.person_by_email("x@example.org") is None


def test_a_password_changed_in_the_browser_stands_in_the_log_and_ends_other_sessions(
    client: Client, ana: Actor
) -> None:
    commands.set_first_password(ana, person_id=ana.person, password=PASSWORD)
    other = Client()
    for browser in (client, other):
        answer = browser.post("/accounts/login/", {"login": "ana@example.org", "password": PASSWORD})
        assert answer.status_code == 302
    new = {"oldpassword": PASSWORD, "password1": PASSWORD + "!", "password2": PASSWORD + "!"}
    client.post("/accounts/password/change/", new)
    assert get_user(client).is_authenticated
    assert not get_user(other).is_authenticated
