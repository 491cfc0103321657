"""The chat page of an incident: what to do first, what it came to, trying again, leaving."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from tests.access.things.chat import Chat
from tocsin.core.engine.testing import run_engine
from tocsin.domain.accounts import commands as accounts
from tocsin.domain.chat import ports
from tocsin.domain.incidents import commands
from tocsin.kernel.actor import system

SYSTEM = system("test")
PAGE = "/incidents/INC-1/chat/"


class Moody(Chat):
    """Refuses at first."""

    refuses = True

    def open(self, name: str, *, again: bool) -> ports.Opened | ports.Reply:
        return ports.Permanent("no room is left") if self.refuses else super().open(name, again=again)


@pytest.fixture
def chat(db: None) -> Iterator[Moody]:
    before = ports.chats()
    made = Moody()
    ports.register_chat(made)
    yield made
    ports._chats.clear()
    ports._chats.update(before)


@pytest.fixture
def ben(chat: Moody) -> Client:
    person = accounts.add_person(SYSTEM, email="ben@example.org", name="Ben", roles=["responder"])
    commands.declare(SYSTEM, title="Checkout fails", kind="disruption", severity="low", page=False)
    client = Client()
    client.force_login(get_user_model().objects.get(id=person), "django.contrib.auth.backends.ModelBackend")
    return client


def see(client: Client) -> str:
    return client.get(PAGE).content.decode()


def press(client: Client, path: str) -> None:
    answer: Any = client.post(PAGE + path)
    assert answer.status_code == 302
    run_engine(periodic=False)


def test_a_channel_is_opened_refused_tried_again_and_left(ben: Client, chat: Moody) -> None:
    assert "No channel yet" in see(ben)
    press(ben, "open/test-chat/")
    shown = see(ben)
    assert "Failed" in shown
    assert "no room is left" in shown
    chat.refuses = False
    id_ = shown.partition("/chat/")[2].partition("/retry/")[0].rpartition("/chat/")[2]
    press(ben, f"{id_}/retry/")
    shown = see(ben)
    assert "#inc-1-checkout-fails" in shown
    assert "https://chat.example.org/C1" in shown
    press(ben, f"{id_}/leave/")
    assert "Left" in see(ben)


def test_a_restricted_incident_says_why_it_has_none(ben: Client) -> None:
    commands.restrict(SYSTEM, incident="INC-1", reason="A look")
    admin = accounts.add_person(SYSTEM, email="sec@example.org", name="Sec", roles=["security"])
    client = Client()
    client.force_login(get_user_model().objects.get(id=admin), "django.contrib.auth.backends.ModelBackend")
    assert "No chat for a restricted incident" in see(client)
    assert client.post(f"{PAGE}open/test-chat/").status_code == 409
    assert ben.get(PAGE).status_code == 404
