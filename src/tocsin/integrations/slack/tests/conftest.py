"""A small organisation whose people are in a Slack workspace too."""

from collections.abc import Iterator
from typing import Any

import pytest

from tocsin.core.engine.testing import run_engine
from tocsin.domain.accounts import commands as accounts
from tocsin.domain.chat import subscribers
from tocsin.domain.delivery import commands as delivery
from tocsin.domain.incidents import commands as incidents
from tocsin.domain.incidents import queries
from tocsin.domain.incidents.queries import IncidentRow
from tocsin.integrations.slack.tests.fake import SECRET, TOKEN, FakeSlack, running
from tocsin.kernel.actor import system

SYSTEM = system("test")
ADA, BEN, VERA, ZOE = "U0ADA0001", "U0BEN0001", "U0VERA001", "U0ZOE0001"


@pytest.fixture
def people(db: None) -> dict[str, str]:
    """Ids of Ada (commander), Ben (responder) and Vera (viewer)."""
    roles = {"Ada": ["commander"], "Ben": ["responder"], "Vera": ["viewer"]}
    return {
        name: accounts.add_person(SYSTEM, email=f"{name.lower()}@example.org", name=name, roles=role)
        for name, role in roles.items()
    }


@pytest.fixture
def slack(settings: Any, people: dict[str, str]) -> Iterator[FakeSlack]:
    """The workspace, connected. Zoe is in it and nobody here."""
    settings.OUTGOING_ALLOW = ["127.0.0.1"]
    settings.PUBLIC_URL = "https://tocsin.example.org"
    with running() as fake:
        for id_, name in ((ADA, "Ada"), (BEN, "Ben"), (VERA, "Vera"), (ZOE, "Zoe")):
            fake.person(id_, f"{name.lower()}@example.org", name)
        config = {"bot_token": TOKEN, "signing_secret": SECRET, "api": f"http://127.0.0.1:{fake.port}/api"}
        delivery.save_channel(SYSTEM, name="slack", config=config)
        subscribers.forget()
        yield fake
        subscribers.forget()


def work() -> None:
    """The engine does all that is due."""
    run_engine(periodic=False)


def declared(title: str = "Checkout fails", severity: str = "critical", kind: str = "disruption") -> IncidentRow:
    """An incident, and what follows from it."""
    id_ = incidents.declare(SYSTEM, title=title, kind=kind, severity=severity)
    work()
    return queries.row(SYSTEM, id_)


def place(slack: FakeSlack) -> str:
    """The only channel."""
    (found,) = slack.channels
    return found
