"""The search page as browsers meet it: what it finds, narrows, and never betrays."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from tocsin.domain.accounts import commands, queries
from tocsin.domain.incidents import commands as incidents
from tocsin.kernel.actor import Actor, Role, system

HOUSE = system("test")
pytestmark = pytest.mark.django_db


@pytest.fixture
def ben() -> Client:
    made = commands.add_person(HOUSE, email="ben@example.org", name="Ben", roles=[Role.RESPONDER])
    actor: Actor = queries.actor_of(made)
    client = Client()
    client.force_login(get_user_model().objects.get(id=actor.person), "django.contrib.auth.backends.ModelBackend")
    return client


def text(client: Client, path: str) -> str:
    page = client.get(path)
    assert page.status_code == 200
    return page.content.decode()


def test_it_finds_by_words_and_reference_and_says_when_there_is_nothing(ben: Client) -> None:
    incidents.declare(HOUSE, title="Checkout fails in Porto", kind="disruption", page=False)
    assert "Checkout fails in Porto" in text(ben, "/search/?q=port")
    assert "Checkout fails in Porto" in text(ben, "/search/?q=porto&kind=incident")
    assert "Nothing found" in text(ben, "/search/?q=zebra")
    assert "Find anything" in text(ben, "/search/")
    assert "Checkout fails" in ben.get("/search/?q=porto&format=csv").content.decode()


def test_it_offers_what_can_be_done_by_that_name(ben: Client) -> None:
    assert 'href="/health/"' in text(ben, "/search/?q=health")


def test_a_restricted_incident_is_not_found_by_others(ben: Client) -> None:
    incidents.declare(HOUSE, title="Stolen laptop", kind="security", page=False)
    assert "Stolen laptop" not in text(ben, "/search/?q=stolen")


def test_strange_input_harms_nothing(ben: Client) -> None:
    assert "&lt;script&gt;" in text(ben, "/search/?q=%22%27<script>*OR%20NEAR(")
