"""What the tests of vendors share: a peer that keeps requests, and Ada, who is reached in the vendor's way and paged.

Vendors never import each other, nor do their tests: these are fixtures.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from tocsin.core.engine.testing import run_engine
from tocsin.core.outgoing.tests.peer import Peer, listening
from tocsin.core.visibility import register_gate
from tocsin.domain.accounts import commands as accounts
from tocsin.domain.delivery import commands, queries
from tocsin.domain.delivery.ports import DeliveryView, DestinationView
from tocsin.domain.oncall import commands as oncall
from tocsin.domain.oncall import queries as paging
from tocsin.kernel.actor import system
from tocsin.kernel.clock import now
from tocsin.kernel.subject import Subject

SYSTEM = system("test")


@pytest.fixture
def peer(settings: Any) -> Iterator[Peer]:
    """A server on the loopback, which may be reached."""
    settings.OUTGOING_ALLOW = ["127.0.0.1"]
    settings.PUBLIC_URL = "https://tocsin.example.org"
    with listening() as running:
        yield running


@dataclass
class Ada:
    """A person with contact methods, and what became of her pages."""

    id: str

    def add(self, kind: str, address: str, **config: str) -> str:
        """A proved contact method; its id."""
        return commands.add_destination(
            SYSTEM, kind=kind, address=address, person_id=self.id, config=config, vouched=True
        )

    def page(self, number: int = 42, *, title: str = "Checkout is failing", restricted: bool = False) -> None:
        """Page her, and send what is due."""
        subject = Subject("test", str(number), f"INC-{number}", title, f"/x/{number}/", restricted=restricted)
        oncall.page_people(SYSTEM, subject=subject, people=[self.id], severity="critical", reason="you own it")
        run_engine(periodic=False)

    def ends(self, number: int = 42) -> None:
        """What she was paged about is over, and is told."""
        over = oncall.Over(oncall.How.RESOLVED, "Ben")
        oncall.stop_paging(SYSTEM, subject=f"test:{number}", reason="resolved by Ben", over=over)
        later = now() + timedelta(minutes=1)
        with time_machine.travel(later, tick=True):
            run_engine(periodic=False)

    def sent(self, kind: str) -> list[DeliveryView]:
        """What was sent to her in this way, newest first."""
        return [row for row in queries.deliveries(SYSTEM, person_id=self.id) if row.kind == kind]

    def method(self, id_: str) -> DestinationView:
        """One of her contact methods."""
        return next(one for one in queries.destinations(SYSTEM, self.id) if one.id == id_)

    def holds(self, number: int = 42) -> str:
        """How she acknowledged; '' when she did not."""
        return "".join(page.via for page in paging.paging(SYSTEM, f"test:{number}").pages)


@pytest.fixture
def ada(db: None) -> Ada:
    """Somebody who can be paged."""
    register_gate("test", lambda actor, ids: set(ids))
    return Ada(accounts.add_person(SYSTEM, email="ada@example.org", name="Ada Lindqvist", roles=["responder"]))
