"""A shop on this machine that answers as told, a service it belongs to, and a clock."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db.models import Min

from tocsin.core.engine.models import Job
from tocsin.core.engine.testing import run_engine
from tocsin.core.outgoing.tests.peer import Peer, listening
from tocsin.domain.catalog import commands as catalog
from tocsin.domain.monitoring import commands, queries
from tocsin.domain.monitoring.jobs import LOOK
from tocsin.domain.monitoring.queries import CheckView
from tocsin.kernel.actor import Actor, Role
from tocsin.kernel.clock import now

ADMIN = Actor(id="person:1", name="Ada Admin", roles=frozenset(Role), person="1")
VIEWER = Actor(id="person:2", name="Vi Viewer", roles=frozenset({Role.VIEWER}), person="2")
NIGHT = datetime(2026, 11, 24, 2, 47, tzinfo=UTC)


@pytest.fixture
def shop(settings: Any) -> Iterator[Peer]:
    """A real HTTP server on the loopback, which the administrator has listed."""
    settings.OUTGOING_ALLOW = ["127.0.0.1"]
    with listening() as peer:
        peer.replies("200 OK", body=b"All is well")
        yield peer


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """A quiet night in which time stands still until it is moved."""
    with time_machine.travel(NIGHT, tick=False) as traveller:
        yield traveller


@pytest.fixture
def checkout(db: None) -> str:
    """Id of the service Checkout."""
    return catalog.add_service(ADMIN, name="Checkout", slug="checkout")


@pytest.fixture
def add(db: None, shop: Peer) -> Callable[..., str]:
    """Add a check of the shop."""

    def make(**fields: Any) -> str:
        given = {"name": "Shop", "target": f"http://127.0.0.1:{shop.port}/health", **fields}
        return commands.add_check(ADMIN, **given)

    return make


@pytest.fixture
def advance(clock: time_machine.Traveller) -> Callable[..., None]:
    """Let time pass from one check to the next, with an engine that works."""

    def pass_time(**duration: float) -> None:
        until = now() + timedelta(**duration)
        while now() < until:
            due = Job.objects.filter(kind=LOOK, dead=False).aggregate(at=Min("due_at"))["at"] or until
            clock.move_to(min(until, max(due, now() + timedelta(milliseconds=1))), tick=False)
            run_engine(periodic=False)
        run_engine()

    return pass_time


def seen(check_id: str) -> CheckView:
    """The check as it stands."""
    return queries.check(ADMIN, check_id)
