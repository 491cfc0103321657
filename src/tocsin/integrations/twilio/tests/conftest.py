"""Ada with a phone that Twilio can reach, and a page to it."""

from collections.abc import Iterator
from typing import Any

import pytest

from tocsin.core.engine.testing import run_engine
from tocsin.core.visibility import register_gate
from tocsin.domain.accounts import commands as accounts
from tocsin.domain.delivery import commands, queries
from tocsin.domain.delivery.ports import DeliveryView
from tocsin.domain.oncall import commands as oncall
from tocsin.integrations.twilio.tests.fake import SID, TOKEN, FakeTwilio, running
from tocsin.kernel.actor import system
from tocsin.kernel.subject import Subject

SYSTEM = system("test")
PHONE = "+4915123456789"


@pytest.fixture
def twilio(settings: Any, db: None) -> Iterator[FakeTwilio]:
    """An account at a Twilio that answers."""
    settings.OUTGOING_ALLOW = ["127.0.0.1"]
    settings.PUBLIC_URL = "https://tocsin.example.org"
    with running() as fake:
        config = {
            "account_sid": SID,
            "auth_token": TOKEN,
            "sender": "+1 555 010 0100",
            "api": f"http://127.0.0.1:{fake.port}",
        }
        commands.save_channel(SYSTEM, name="twilio", config=config)
        yield fake


@pytest.fixture
def ada(db: None) -> str:
    """A person who can be paged."""
    register_gate("test", lambda actor, ids: set(ids))
    return accounts.add_person(SYSTEM, email="ada@example.org", name="Ada Lindqvist", roles=["responder"])


def with_phone(person: str, kind: str) -> str:
    """Give the person a proved phone; the contact method's id."""
    return commands.add_destination(SYSTEM, kind=kind, address=PHONE, person_id=person, vouched=True)


def page(*people: str, number: int = 42, title: str = "Checkout is failing", restricted: bool = False) -> Subject:
    """Page these people about a test subject, and send."""
    subject = Subject("test", str(number), f"INC-{number}", title, f"/x/{number}/", restricted=restricted)
    oncall.page_people(SYSTEM, subject=subject, people=people, severity="critical", reason="you own it")
    run_engine(periodic=False)
    return subject


def sent(kind: str) -> list[DeliveryView]:
    """Deliveries of this kind, newest first."""
    return [row for row in queries.deliveries(SYSTEM) if row.kind == kind]
