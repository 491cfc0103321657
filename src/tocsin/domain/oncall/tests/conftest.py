"""A small world for the tests of paging: people with phones and mailboxes, a provider that obeys, time that moves."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from tests.harness.houses import house
from tocsin.core.engine.testing import run_engine
from tocsin.core.log import read_stream
from tocsin.core.visibility import register_gate
from tocsin.domain.accounts import commands as accounts
from tocsin.domain.accounts.queries import actor_of
from tocsin.domain.catalog import commands as catalog
from tocsin.domain.delivery import commands as delivery
from tocsin.domain.delivery import ports
from tocsin.domain.delivery.ports import Accepted, Capability, Cleaned, DestinationView, Message, Permanent, Reply
from tocsin.domain.delivery.queries import destinations
from tocsin.domain.oncall import commands
from tocsin.kernel.actor import Actor, Role, system
from tocsin.kernel.subject import Subject

START = datetime(2026, 11, 24, 2, 47, tzinfo=UTC)
SYSTEM = system("test")
INCIDENT = Subject("drill", "42", "DRILL-42", "Checkout failing", "/drills/42/")

register_gate("drill", lambda actor, ids: set(ids))


@dataclass
class Provider:
    """A recording transport: every message that left, and what to answer per address."""

    kind: str
    capabilities: frozenset[Capability]
    name: str = "Test"
    fields: tuple[ports.FormField, ...] = ()
    sent: list[tuple[str, Message]] = field(default_factory=list)
    answers: dict[str, Reply] = field(default_factory=dict)

    @property
    def traits(self) -> ports.Traits:
        return ports.Traits(word=self.kind)

    def clean(self, address: str, config: object) -> Cleaned:
        return Cleaned(address, address, {})

    def lane(self, destination: DestinationView) -> str:
        return self.kind

    def problem(self) -> str:
        return ""

    def send(self, destination: DestinationView, message: Message, idempotency_key: str) -> Reply:
        answer = self.answers.get(destination.address, Accepted())
        if isinstance(answer, Accepted):
            self.sent.append((destination.address, message))
        return answer


class World:
    """What a test does and asks."""

    def __init__(self, clock: time_machine.Traveller, phone: Provider, mailbox: Provider) -> None:
        self.clock, self.phone, self.mailbox = clock, phone, mailbox
        self.people: dict[str, str] = {}
        self.administrator = self.add("Ada", roles=(Role.ADMINISTRATOR,))

    def add(
        self, name: str, *, methods: tuple[str, ...] = ("phone",), roles: tuple[Role, ...] = (Role.RESPONDER,)
    ) -> str:
        id_ = accounts.add_person(SYSTEM, email=f"{name.lower()}@example.org", name=name, roles=roles)
        run_engine()
        for given in destinations(SYSTEM, id_):  # a mailbox that came with the address; tests name their own
            delivery.remove_destination(SYSTEM, destination_id=given.id)
        for kind in methods:
            delivery.add_destination(SYSTEM, kind=f"test-{kind}", address=name, person_id=id_, vouched=True)
        self.people[name] = id_
        return id_

    def actor(self, name: str) -> Actor:
        return actor_of(self.people[name])

    def policy(self, *steps: tuple[str, ...], rounds: int = 3, name: str = "Payments") -> str:
        given = [
            commands.StepInput(tuple(commands.TargetInput("person", self.people[n]) for n in step)) for step in steps
        ]
        return commands.save_policy(SYSTEM, name=name, steps=given, rounds=rounds)

    def service(self, name: str, policy: str | None) -> str:
        id_ = catalog.add_service(SYSTEM, name=name)
        commands.set_service_policy(SYSTEM, service_id=id_, policy_id=policy)
        return id_

    def page(self, severity: str = "critical", **changes: object) -> str:
        given: dict[str, object] = {"subject": INCIDENT, "severity": severity, "summary": "38 % of requests fail"}
        id_ = commands.page(SYSTEM, **(given | changes))  # type: ignore[arg-type]
        run_engine()
        return id_

    def after(self, **duration: float) -> None:
        """Time passes in steps of a minute at most, and the engine does what is due."""
        left = timedelta(**duration)
        while left > timedelta(0):
            step = min(left, timedelta(minutes=1))
            self.clock.shift(step)
            left -= step
            run_engine()

    def paged(self) -> list[str]:
        """Whose phones rang since the last question, in order."""
        names = [address for address, _ in self.phone.sent]
        self.phone.sent.clear()
        return names

    def token(self, name: str, provider: Provider | None = None) -> str:
        """The token in the newest message to this person."""
        found = [m for address, m in (provider or self.phone).sent if address == name]
        return found[-1].url.rpartition("/p/")[2]

    def said(self, *types: str) -> list[str]:
        """Sentences on the subject's stream, of these event types only."""
        return [r.event.sentence() for r in read_stream(INCIDENT.stream) if not types or r.type in types]

    def types(self) -> list[str]:
        return [r.type.removeprefix("oncall.") for r in read_stream(INCIDENT.stream) if r.type.startswith("oncall.")]


@house(at=START)
def world(clock: time_machine.Traveller) -> World:
    """Quiet night, 24 November 2026, 02:47 UTC."""
    phone = Provider("test-phone", frozenset({Capability.WAKES}))
    mailbox = Provider("test-mail", frozenset())
    for provider in (phone, mailbox):
        ports.register_transport(provider.kind, provider)
    return World(clock, phone, mailbox)


@pytest.fixture
def refuse(world: World) -> Callable[[str, Provider], None]:
    """Make a provider refuse an address for good."""

    def do(name: str, provider: Provider) -> None:
        provider.answers[name] = Permanent("550 no such number")

    return do


__all__ = ["INCIDENT", "START", "SYSTEM", "World"]
