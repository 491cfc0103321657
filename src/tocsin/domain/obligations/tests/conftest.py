"""A security incident at night, people with phones, time that moves."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import time_machine

from tests.harness.houses import house
from tocsin.core.engine.testing import run_engine
from tocsin.core.log import Event, Recorded, read_stream
from tocsin.domain.accounts import commands as accounts
from tocsin.domain.accounts.queries import actor_of
from tocsin.domain.delivery import commands as delivery
from tocsin.domain.delivery import ports
from tocsin.domain.delivery.ports import Accepted, Capability, Cleaned, DestinationView, Message, Reply
from tocsin.domain.incidents import commands as incidents
from tocsin.domain.incidents import queries as incident_queries
from tocsin.domain.obligations import queries
from tocsin.kernel.actor import Actor, Role, system

START = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
SYSTEM = system("test")


@dataclass
class Phone:
    """A transport that records every message that left."""

    sent: list[tuple[str, Message]]
    kind: str = "test-phone"
    name: str = "Test"
    capabilities: frozenset[Capability] = frozenset({Capability.WAKES})
    fields: tuple[ports.FormField, ...] = ()

    def clean(self, address: str, config: object) -> Cleaned:
        return Cleaned(address, address, {})

    def lane(self, destination: DestinationView) -> str:
        return self.kind

    def problem(self) -> str:
        return ""

    def send(self, destination: DestinationView, message: Message, idempotency_key: str) -> Reply:
        self.sent.append((destination.address, message))
        return Accepted()


class Night:
    """What a test does and asks."""

    def __init__(self, clock: time_machine.Traveller, phone: Phone) -> None:
        self.clock, self.phone, self.read = clock, phone, 0
        self.people = {name: self._add(name, role) for name, role in PEOPLE}
        self.id = incidents.declare(
            self.actor("Yusuf"), title="Leak of customers", kind="security", severity="critical", page=False
        )
        incidents.assign_role(self.actor("Yusuf"), incident=self.id, role="security", person=self.people["Yusuf"])
        run_engine(periodic=False)

    def _add(self, name: str, role: Role) -> str:
        id_ = accounts.add_person(SYSTEM, email=f"{name.lower()}@example.org", name=name, roles=[role])
        delivery.add_destination(SYSTEM, kind="test-phone", address=name, person_id=id_, vouched=True)
        return id_

    def actor(self, name: str) -> Actor:
        return actor_of(self.people[name])

    @property
    def yusuf(self) -> Actor:
        return self.actor("Yusuf")

    def legal(self, name: str = "Yusuf") -> queries.LegalView:
        return queries.legal(self.actor(name), self.id, incident_queries.incident(SYSTEM, self.id).kind)

    def duty(self, regime: str, clock: str) -> queries.ObligationView:
        return next(o for o in self.legal().obligations if (o.regime, o.key) == (regime, clock))

    def told(self) -> list[str]:
        """Who was told about legal clocks since the last question, as the log says it."""
        said = [name for entry in self.log()[self.read :] for name in getattr(entry.event, "names", ())]
        self.read = len(self.log())
        return said

    def log(self) -> list[Recorded[Event]]:
        return [r for r in read_stream(f"incident:{self.id}") if r.type.startswith("obligations.")]

    def later(self, **duration: float) -> None:
        """Time passes in one jump, and the engine does what is due."""
        self.clock.shift(timedelta(**duration))
        run_engine(periodic=False)


PEOPLE = (
    ("Ada", Role.ADMINISTRATOR),
    ("Yusuf", Role.SECURITY),
    ("Mateo", Role.RESPONDER),
    ("Vera", Role.VIEWER),
)


@house(at=START)
def night(clock: time_machine.Traveller) -> Night:
    """24 November 2026, 02:00 UTC: a breach was declared."""
    phone = Phone([])
    ports.register_transport(phone.kind, phone)
    made = Night(clock, phone)
    phone.sent.clear()
    return made
