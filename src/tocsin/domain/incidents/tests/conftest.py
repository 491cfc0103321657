"""A night at a small shop: people with phones and mailboxes, two services, a Prometheus for each, time that moves."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import msgspec
import time_machine

from tests.harness.houses import house
from tocsin.core.engine.testing import run_engine
from tocsin.core.log import Event, Recorded, read_stream
from tocsin.domain.accounts import commands as accounts
from tocsin.domain.accounts.queries import actor_of
from tocsin.domain.alerts import commands as alerts
from tocsin.domain.alerts.ports import Call, Received, accepted, load_sources, sources
from tocsin.domain.catalog import commands as catalog
from tocsin.domain.delivery import commands as delivery
from tocsin.domain.delivery import ports
from tocsin.domain.delivery.ports import Accepted, Capability, Cleaned, DestinationView, Message, Reply
from tocsin.domain.incidents.models import Incident
from tocsin.domain.oncall import commands as oncall
from tocsin.kernel.actor import Actor, Role, system
from tocsin.kernel.clock import now

START = datetime(2026, 11, 24, 2, 47, tzinfo=UTC)
SYSTEM = system("test")


@dataclass
class Provider:
    """A transport that records every message that left."""

    kind: str
    capabilities: frozenset[Capability]
    name: str = "Test"
    fields: tuple[ports.FormField, ...] = ()
    sent: list[tuple[str, Message]] = field(default_factory=list)

    def clean(self, address: str, config: object) -> Cleaned:
        return Cleaned(address, address, {})

    def lane(self, destination: DestinationView) -> str:
        return self.kind

    def problem(self) -> str:
        return ""

    def send(self, destination: DestinationView, message: Message, idempotency_key: str) -> Reply:
        self.sent.append((destination.address, message))
        return Accepted()


class World:
    """What a test does and asks."""

    def __init__(self, clock: time_machine.Traveller, phone: Provider) -> None:
        self.clock, self.phone = clock, phone
        self.people: dict[str, str] = {}
        self.add("Ada", Role.ADMINISTRATOR)
        self.add("Mateo", Role.RESPONDER)
        self.add("Siobhan", Role.RESPONDER)
        self.add("Amina", Role.COMMANDER)
        self.add("Yusuf", Role.SECURITY)
        self.add("Vera", Role.VIEWER)
        self.checkout = self.service("Checkout", "Mateo", "Siobhan")
        self.search = self.service("Search", "Siobhan")
        self.sources: dict[str, str] = {}
        for name, service in (("checkout", self.checkout), ("search", self.search), ("loose", None)):
            made = alerts.add_integration(SYSTEM, kind="prometheus", name=f"Prometheus {name}", service=service)
            self.sources[name] = made.id
        run_engine()

    def add(self, name: str, *roles: Role) -> str:
        id_ = accounts.add_person(SYSTEM, email=f"{name.lower()}@example.org", name=name, roles=roles)
        delivery.add_destination(SYSTEM, kind="test-phone", address=name, person_id=id_, vouched=True)
        self.people[name] = id_
        return id_

    def service(self, name: str, *line: str) -> str:
        id_ = catalog.add_service(SYSTEM, name=name)
        steps = [oncall.StepInput((oncall.TargetInput("person", self.people[n]),)) for n in line]
        policy = oncall.save_policy(SYSTEM, name=f"{name} line", steps=steps)
        oncall.set_service_policy(SYSTEM, service_id=id_, policy_id=policy)
        return id_

    def actor(self, name: str) -> Actor:
        return actor_of(self.people[name])

    def alert(
        self,
        source: str = "checkout",
        action: str = "trigger",
        key: str = "k",
        severity: str = "critical",
        instance: str = "db-1",
    ) -> None:
        """A monitoring tool speaks, and the engine does all that follows, after the group's wait of 30 s if it must."""
        labels = {"alertname": key, "instance": instance, **({"severity": severity} if severity else {})}
        body: dict[str, object] = {"labels": labels, "annotations": {"summary": f"{source} fails ({key})"}}
        if action == "resolve":
            body["endsAt"] = now().isoformat()
        raw = msgspec.json.encode([body])
        call = Call("POST", "/api/v2/alerts", raw, integration=self.sources[source])
        received = sources()["alertmanager"].receive(call)
        assert isinstance(received, Received), received
        rows = [accepted(self.sources[source], "alertmanager", item.name, item.raw) for item in received.items]
        alerts.accept(SYSTEM, rows=rows)
        run_engine()
        if severity != "critical":
            self.later(seconds=31)

    def after(self, **duration: float) -> None:
        """Time passes in steps of a minute at most, and the engine does what is due."""
        left = timedelta(**duration)
        while left > timedelta(0):
            step = min(left, timedelta(minutes=1))
            self.clock.shift(step)
            left -= step
            run_engine()

    def later(self, **duration: float) -> None:
        """Time passes in one jump."""
        self.clock.shift(timedelta(**duration))
        run_engine()

    def paged(self) -> list[str]:
        """Who got a message since the last question, in order."""
        names = [address for address, _ in self.phone.sent]
        self.phone.sent.clear()
        return names

    def tap_link(self, name: str) -> None:
        """The person opens the newest link and presses the big button."""
        found = [m for address, m in self.phone.sent if address == name]
        oncall.acknowledge_by_link(found[-1].url.rpartition("/p/")[2])
        run_engine()

    def the_incident(self) -> Incident:
        return Incident.objects.get()

    def log(self, row: Incident) -> list[Recorded[Event]]:
        return read_stream(f"incident:{row.id}")

    def types(self, row: Incident) -> list[str]:
        return [r.type.removeprefix("incidents.") for r in self.log(row) if r.type.startswith("incidents.")]


@house(at=START)
def world(clock: time_machine.Traveller) -> World:
    """Quiet night, 24 November 2026, 02:47 UTC."""
    load_sources()
    phone = Provider("test-phone", frozenset({Capability.WAKES}))
    ports.register_transport(phone.kind, phone)
    return World(clock, phone)
