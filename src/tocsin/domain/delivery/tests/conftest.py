"""A transport that answers as told, a person, and a contact method of that person."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from tocsin.domain.accounts.models import User
from tocsin.domain.delivery import ports
from tocsin.domain.delivery.commands import add_destination, send
from tocsin.domain.delivery.ports import (
    Accepted,
    Capability,
    Cleaned,
    DestinationView,
    FormField,
    Message,
    Reply,
    register_transport,
)
from tocsin.kernel.actor import Actor, Role, system
from tocsin.kernel.subject import Subject

SYSTEM = system("test")
SUBJECT = Subject("incident", "1", "INC-1", "Checkout fails", "/incidents/INC-1/")


@dataclass
class Pigeon:
    """Answers with `replies` in turn, the last for ever; keeps what it was given."""

    kind: str = "pigeon"
    name: str = "Pigeon"
    capabilities: frozenset[Capability] = frozenset({Capability.WAKES})
    fields: tuple[FormField, ...] = ()
    replies: list[Reply | Exception] = field(default_factory=lambda: [Accepted(answer="flew")])
    sent: list[tuple[str, Message, str]] = field(default_factory=list)
    on_send: Callable[[], Any] | None = None

    def clean(self, address: str, config: Mapping[str, str]) -> Cleaned:
        return Cleaned(address, address[:1] + "…", dict(config))

    def lane(self, destination: DestinationView) -> str:
        return "pigeon"

    def problem(self) -> str:
        return ""

    def send(self, destination: DestinationView, message: Message, idempotency_key: str) -> Reply:
        self.sent.append((destination.address, message, idempotency_key))
        if self.on_send:
            self.on_send()
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        if isinstance(reply, Exception):
            raise reply
        return reply


@pytest.fixture
def pigeon(monkeypatch: pytest.MonkeyPatch) -> Pigeon:
    monkeypatch.setattr(ports, "_transports", dict(ports._transports))
    monkeypatch.setattr(ports, "_rechecks", dict(ports._rechecks))
    bird = Pigeon()
    register_transport("pigeon", bird)
    return bird


@pytest.fixture
def mara(db: None) -> User:
    return User.objects.create(email="mara@example.org", name="Mara Okafor", roles=["responder"])


@pytest.fixture
def as_mara(mara: User) -> Actor:
    return Actor(f"person:{mara.id}", mara.name, frozenset({Role.RESPONDER}), person=str(mara.id))


@pytest.fixture
def loft(pigeon: Pigeon, mara: User) -> str:
    """Id of Mara's proved contact method."""
    return add_destination(SYSTEM, kind="pigeon", address="loft-1", person_id=str(mara.id), vouched=True)


def post(
    destination: str, key: str = "k1", *, purpose: str = "page", urgent: bool = False, title: str = "Hello"
) -> str:
    """Send a short message; the delivery's id."""
    message = Message(title=title, text="Text", urgent=urgent)
    return send(SYSTEM, destination_id=destination, message=message, subject=SUBJECT, purpose=purpose, key=key)
