"""The incident's home as people on a bad night use it: who may, what happens, what stays after an error."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from tocsin.domain.accounts import commands as accounts
from tocsin.domain.accounts.queries import actor_of
from tocsin.domain.incidents import commands, queries
from tocsin.kernel.actor import Actor, Role, system

HOUSE = system("test")
pytestmark = pytest.mark.django_db


def person(name: str, *roles: Role) -> Actor:
    email = f"{name.split()[0].lower()}@example.org"
    return actor_of(accounts.add_person(HOUSE, email=email, name=name, roles=roles or (Role.RESPONDER,)))


def signed_in(actor: Actor) -> Client:
    client = Client()
    client.force_login(get_user_model().objects.get(id=actor.person), "django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def amina() -> Actor:
    return person("Amina Diallo", Role.COMMANDER)


@pytest.fixture
def mateo() -> Actor:
    return person("Mateo Fuentes")


@pytest.fixture
def ref(amina: Actor) -> str:
    made = commands.declare(amina, title="Checkout failing", kind="disruption", severity="critical", page=False)
    return queries.row(amina, made).reference


def see(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, response.content.decode()[:2000]
    return response.content.decode()


def test_the_hub_opens(amina: Actor, ref: str) -> None:
    assert "Checkout failing" in see(signed_in(amina), f"/incidents/{ref}/")
