"""A page of a small shop, a mail server that remembers, and a clock that stands still until it is moved."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import time_machine

from tests.harness.houses import house
from tocsin.core.engine.testing import run_engine
from tocsin.domain.accounts import commands as accounts
from tocsin.domain.accounts.queries import actor_of
from tocsin.domain.catalog import commands as catalog
from tocsin.domain.delivery import ports
from tocsin.domain.delivery.ports import Accepted, Capability, Cleaned, DestinationView, Message, Permanent, Reply
from tocsin.domain.statuspage import commands
from tocsin.domain.statuspage.models import Asset
from tocsin.kernel.actor import Actor, Role, system
from tocsin.kernel.errors import Invalid

START = datetime(2026, 11, 24, 2, 47, tzinfo=UTC)
SYSTEM = system("test")


@dataclass
class Mailbox:
    """A transport that remembers; addresses with 'broken' in them are refused by the other side."""

    kind: str = "mail"
    name: str = "Mail"
    capabilities: frozenset[Capability] = frozenset()
    fields: tuple[ports.FormField, ...] = ()
    sent: list[tuple[str, Message]] = field(default_factory=list)

    def clean(self, address: str, config: object) -> Cleaned:
        if "@" not in address:
            raise Invalid("address: this is not a mail address.", field="address")
        return Cleaned(address.lower(), address[:1] + "…@" + address.rpartition("@")[2], {})

    def lane(self, destination: DestinationView) -> str:
        return "smtp"

    def problem(self) -> str:
        return ""

    def send(self, destination: DestinationView, message: Message, idempotency_key: str) -> Reply:
        if "broken" in destination.address:
            return Permanent("550 no such mailbox")
        self.sent.append((destination.address, message))
        return Accepted()


class Shop:
    """What a test does and asks."""

    def __init__(self, clock: time_machine.Traveller, mail: Mailbox) -> None:
        self.clock, self.mail = clock, mail
        self.people: dict[str, Actor] = {}
        for name, role in (("Ada", Role.ADMINISTRATOR), ("Cora", Role.COMMUNICATOR), ("Vera", Role.VIEWER)):
            self.person(name, role)
        self.service = catalog.add_service(SYSTEM, name="Checkout")
        commands.save_page(SYSTEM, name="Larkfield", time_zone="Europe/Berlin")
        self.checkout = commands.add_component(SYSTEM, name="Checkout", service_id=self.service)
        self.search = commands.add_component(SYSTEM, name="Search")
        run_engine(periodic=False)

    def person(self, name: str, role: Role) -> Actor:
        id_ = accounts.add_person(SYSTEM, email=f"{name.lower()}@example.org", name=name, roles=[role])
        self.people[name] = actor_of(id_)
        return self.people[name]

    def later(self, **duration: float) -> None:
        self.clock.shift(timedelta(**duration))
        run_engine()

    def file(self, path: str) -> str:
        """A served file, after the engine did what is due."""
        run_engine(periodic=False)
        return bytes(Asset.objects.get(path=path).body).decode()

    def has(self, path: str) -> bool:
        run_engine(periodic=False)
        return Asset.objects.filter(path=path).exists()

    def broken(self, **more: str) -> str:
        """An incident on the checkout; its id."""
        given = {"title": "Checkout fails", "status": "investigating", "body": "Cards are refused."} | more
        return commands.open_incident(SYSTEM, components={self.checkout: "major_outage"}, **given)

    def subscribed(self, address: str, *components: str) -> None:
        """Somebody subscribes and confirms by the link in the message."""
        commands.subscribe(SYSTEM, kind="mail", address=address, components=components)
        run_engine(periodic=False)
        link = self.mail.sent[-1][1].url
        commands.confirm(link.rstrip("/").rpartition("/")[2])
        self.mail.sent.clear()

    def told(self) -> list[str]:
        """Which subscribers got a message since the last question; pages of our own people are others' matter."""
        run_engine(periodic=False)
        about = [(to, one) for to, one in self.mail.sent if one.attributes.get("type", "").startswith("statuspage")]
        found = sorted(to for to, _ in about)
        self.mail.sent.clear()
        return found


@house(at=START)
def shop(clock: time_machine.Traveller) -> Shop:
    """24 November 2026, 02:47 UTC, everything operational."""
    mail = Mailbox()
    ports.register_transport("mail", mail)
    return Shop(clock, mail)
