"""The demo organisation as an administrator sees it on Home and in the settings, and how it goes."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from tocsin.cli import demo
from tocsin.domain.accounts import commands, queries
from tocsin.kernel.actor import Actor, Role, system

HOUSE = system("test")
pytestmark = pytest.mark.django_db


def signed_in(actor: Actor) -> Client:
    client = Client()
    client.force_login(get_user_model().objects.get(id=actor.person), "django.contrib.auth.backends.ModelBackend")
    return client


def person(name: str, *roles: Role) -> Actor:
    return queries.actor_of(commands.add_person(HOUSE, email=f"{name.lower()}@example.org", name=name, roles=roles))


def text(client: Client, path: str = "/") -> str:
    page = client.get(path, follow=True)
    assert page.status_code == 200
    return page.content.decode()


def test_the_demo_is_named_and_goes_once_an_administrator_saw_what_goes_with_it() -> None:
    demo.load()
    ana, ben = person("Ana", Role.ADMINISTRATOR), person("Ben", Role.RESPONDER)
    assert "Remove the demo" in text(signed_in(ana))
    assert "Remove the demo" in text(signed_in(ana), "/settings/")
    assert "Remove the demo" not in text(signed_in(ben))
    assert signed_in(ben).post("/home/remove-demo/").status_code == 403
    asked = text(signed_in(ana), "/home/remove-demo/")
    assert "10 incidents with their alerts, updates and reports" in asked
    assert "9 services" in asked
    assert "INC-10" in text(signed_in(ana), "/incidents/?state=all")
    page = signed_in(ana).post("/home/remove-demo/", follow=True).content.decode()
    assert "Harbour Market is gone" in page
    assert "Remove the demo" not in page
    assert "INC-" not in text(signed_in(ana), "/incidents/?state=all")
