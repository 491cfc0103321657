"""Single sign-on against a real OpenID provider: discovery, code, token and claims go over HTTP as in production."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest
from django.test import Client
from oidc_provider_mock import User, run_server_in_thread

from tocsin.domain.accounts import commands
from tocsin.domain.accounts.adapter import UNKNOWN
from tocsin.domain.accounts.queries import person
from tocsin.kernel.actor import Role, system

HOUSE = system("test")
pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore")]


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """Its address; it knows Ada with a verified address, and Mallory with one that is not."""
    people = [
        User(sub="ada", claims={"email": "Ada@example.org", "email_verified": True, "name": "Ada"}),
        User(sub="mallory", claims={"email": "ada@example.org", "email_verified": False}),
        User(sub="stranger", claims={"email": "stranger@example.org", "email_verified": True}),
    ]
    with run_server_in_thread(user_claims=people) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture(autouse=True)
def _by_settings(settings, provider: str) -> None:
    app = {"provider_id": "oidc", "name": "Staff", "client_id": "tocsin", "secret": "secret"}
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app | {"settings": {"server_url": provider}}]}}


def sign_in(subject: str) -> tuple[Client, str]:
    """Press the button, say at the provider who one is, come back; the browser, and the page where it ends."""
    browser = Client(enforce_csrf_checks=True)
    page = browser.get("/accounts/login/").content.decode()
    assert "Staff" in page
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token
    away = browser.post("/accounts/oidc/oidc/login/?process=login", {"csrfmiddlewaretoken": token[1]})
    assert away.status_code == 302
    back = httpx.post(away.url, data={"sub": subject})
    assert back.status_code in (302, 303), back.text
    target = urlsplit(back.headers["location"])
    assert target.path == "/accounts/oidc/oidc/login/callback/"
    ended = browser.get(f"{target.path}?{target.query}", follow=True)
    return browser, ended.content.decode()


def test_a_known_person_with_a_verified_address_comes_in_as_themselves() -> None:
    id_ = commands.add_person(HOUSE, email="ada@example.org", name="Ada", roles=[Role.RESPONDER])
    browser, _ = sign_in("ada")
    assert browser.session["_auth_user_id"] == id_
    assert browser.get("/incidents/").status_code == 200


@pytest.mark.parametrize("subject", ["mallory", "stranger"])
def test_an_address_that_is_unknown_or_not_verified_is_turned_away(subject: str) -> None:
    id_ = commands.add_person(HOUSE, email="ada@example.org", name="Ada", roles=[Role.RESPONDER])
    browser, page = sign_in(subject)
    assert "_auth_user_id" not in browser.session
    assert UNKNOWN in page
    assert person(HOUSE, id_).name == "Ada"


def test_someone_who_left_does_not_come_back_this_way() -> None:
    id_ = commands.add_person(HOUSE, email="ada@example.org", name="Ada", roles=[Role.RESPONDER])
    sign_in("ada")
    commands.deactivate_person(HOUSE, person_id=id_)
    browser, _ = sign_in("ada")
    assert "_auth_user_id" not in browser.session


def test_a_callback_that_nobody_asked_for_signs_nobody_in() -> None:
    commands.add_person(HOUSE, email="ada@example.org", name="Ada", roles=[Role.RESPONDER])
    browser = Client()
    browser.get("/accounts/oidc/oidc/login/callback/?code=stolen&state=guessed", follow=True)
    assert "_auth_user_id" not in browser.session
