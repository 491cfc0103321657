"""Mateo with a webhook and a mailbox, a real provider for each in a process outside, and a proxy in front of both."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from tests.harness import peers
from tests.harness.outside import Outside, outside
from tests.harness.proxy import Proxy, http_proxy, smtp_proxy
from tocsin.core.engine import loop
from tocsin.core.engine.testing import run_engine
from tocsin.core.outgoing import request
from tocsin.domain.accounts import commands as accounts
from tocsin.domain.delivery import asking, queries
from tocsin.domain.delivery import commands as delivery
from tocsin.domain.delivery.ports import DeliveryView, Message, load_transports
from tocsin.domain.oncall import commands as oncall
from tocsin.integrations.smtp import transport as smtp
from tocsin.kernel.actor import Role, system
from tocsin.kernel.subject import Subject

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SYSTEM = system("faults")


@pytest.fixture(scope="module")
def providers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outside]:
    """A mail server and a webhook receiver that note what they got."""
    file = tmp_path_factory.mktemp("outside") / "arrived.jsonl"
    with outside(file, peers.free_port(), peers.free_port()) as running:
        yield running


class AtOnce:
    """A pool that runs what it is given before it returns: what an engine hands out is done then."""

    def submit(self, function: Any, *arguments: Any) -> "Future[None]":
        """Run it now."""
        function(*arguments)
        return Future()


@dataclass
class Ward:
    """One person who is paged, the two providers, and the clock."""

    mateo: str
    http: Proxy
    smtp: Proxy
    providers: Outside
    clock: time_machine.Traveller
    policy: str

    def page(self, number: int = 1, severity: str = "medium") -> None:
        """Page Mateo about something new. `medium` uses his first method alone, `critical` all at once."""
        subject = Subject("trouble", f"{number}", f"T-{number}", f"Trouble {number}", f"/trouble/{number}/")
        oncall.page(SYSTEM, subject=subject, severity=severity, policy_id=self.policy)

    def tell(self, number: int) -> None:
        """Send one message that is no page to Mateo's first method: nothing follows when it fails."""
        [first, *_] = queries.destinations(SYSTEM, self.mateo)
        subject, message = Subject("trouble", "1", "T-1", "Trouble", "/"), Message(title="Told", text=f"{number}")
        delivery.send(
            SYSTEM, destination_id=first.id, message=message, subject=subject, purpose="faults", key=f"told {number}"
        )

    def work(self) -> None:
        """The engine does what is due now."""
        run_engine(periodic=False)

    def after(self, **duration: float) -> None:
        """Time passes; then the engine does what is due."""
        self.clock.shift(timedelta(**duration))
        self.work()

    def arrived(self, way: str) -> list[str]:
        """The keys of what came that way so far, in order; twice the same is a duplicate."""
        self.providers.news()
        own = {one.id for one in self.all(way)}
        return [one.delivery for one in self.providers.all if one.delivery in own]

    def all(self, way: str) -> list[DeliveryView]:
        """What the ledger has of a way, oldest first."""
        found = [one for one in queries.deliveries(SYSTEM) if one.kind == way and one.purpose in ("page", "faults")]
        return sorted(found, key=lambda one: one.created_at)

    def only(self, way: str) -> DeliveryView:
        """The one delivery of a way."""
        [found] = self.all(way)
        return found


@pytest.fixture
def ward(db: None, providers: Outside, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ward]:
    """At noon, when a page that must not wake may go out. Whoever is silent is given up after a second."""
    monkeypatch.setattr(smtp, "TIMEOUT", 1.0)
    monkeypatch.setattr(asking, "request", lambda *words, **given: request(*words, **{**given, "timeout": 1.0}))
    # An engine's thread looks after its own connection; here it is that of the test.
    monkeypatch.setattr(loop, "close_old_connections", lambda: None)
    load_transports()
    with (
        http_proxy(providers.web_port) as http,
        smtp_proxy(providers.mail_port) as mail,
        time_machine.travel(NOON, tick=False) as clock,
    ):
        settings.MAIL_URL = f"smtp://127.0.0.1:{mail.port}"
        settings.OUTGOING_ALLOW = ["127.0.0.1"]
        mateo = accounts.add_person(SYSTEM, email="mateo@example.org", name="Mateo", roles=(Role.RESPONDER,))
        target = oncall.TargetInput("person", mateo)
        policy = oncall.save_policy(SYSTEM, name="Faults", steps=[oncall.StepInput((target,))])
        run_engine(periodic=False)
        yield Ward(mateo, http, mail, providers, clock, policy)


@pytest.fixture
def methods(ward: Ward) -> Callable[..., None]:
    """Give Mateo these methods, best first, instead of those he has."""

    def give(*ways: str) -> None:
        for known in queries.destinations(SYSTEM, ward.mateo):
            delivery.remove_destination(SYSTEM, destination_id=known.id)
        addresses = {"webhook": f"http://127.0.0.1:{ward.http.port}/mateo", "mail": "mateo@example.org"}
        for way in ways:
            delivery.add_destination(SYSTEM, kind=way, address=addresses[way], person_id=ward.mateo, vouched=True)

    return give
