"""Outgoing webhooks, posted to a real server on the loopback and verified with the specification's own library."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from standardwebhooks.webhooks import Webhook as Verifier

from tocsin.core.engine.models import Job
from tocsin.core.engine.testing import run_engine
from tocsin.core.log import append, read_stream
from tocsin.core.outgoing.tests.peer import Peer, listening
from tocsin.core.visibility import register_gate
from tocsin.domain.accounts import commands as accounts
from tocsin.domain.accounts.queries import actor_of
from tocsin.domain.catalog import commands as catalog
from tocsin.domain.catalog.events import ServiceAdded
from tocsin.domain.delivery import commands, webhook_types
from tocsin.domain.delivery import webhook_queries as queries
from tocsin.kernel.actor import Actor, Role, system
from tocsin.kernel.errors import Conflict, Denied, Invalid

SYSTEM = system("test")
START = datetime(2026, 11, 24, 2, 47, tzinfo=UTC)


@pytest.fixture
def peer(settings: Any) -> Iterator[Peer]:
    settings.OUTGOING_ALLOW = ["127.0.0.1"]
    with listening() as running:
        yield running


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def ada(db: None) -> Actor:
    webhook_types.forget()
    return actor_of(accounts.add_person(SYSTEM, email="ada@example.org", name="Ada", roles=[Role.ADMINISTRATOR]))


def subscribed(ada: Actor, peer: Peer, *types: str) -> str:
    url = f"http://127.0.0.1:{peer.port}/hook"
    return commands.add_webhook(ada, name="Datalake", url=url, types=types or ["catalog.*"])


def parts(raw: bytes) -> tuple[dict[str, str], bytes]:
    head, _, body = raw.partition(b"\r\n\r\n")
    pairs = (line.decode().split(": ", 1) for line in head.split(b"\r\n")[1:])
    return {name.lower(): value for name, value in pairs}, body


def test_an_event_is_posted_signed_so_that_the_specifications_library_verifies_it(
    clock: time_machine.Traveller, ada: Actor, peer: Peer
) -> None:
    hook = subscribed(ada, peer)
    catalog.add_service(ada, name="Checkout")
    clock.shift(1)
    run_engine()
    headers, body = parts(peer.requests[0])
    said = Verifier(queries.webhook_secret(ada, hook)).verify(body, headers)
    assert said["type"] == "catalog.service_added"
    assert said["data"]["fields"]["name"] == "Checkout"
    assert said["data"]["actor"]["name"] == "Ada"
    notice = queries.notices(ada, hook)[0]
    assert headers["webhook-id"] == f"msg_{notice.id}"
    assert (notice.state, notice.answer) == ("sent", "200 OK")


def test_only_wanted_events_are_posted(ada: Actor, peer: Peer) -> None:
    subscribed(ada, peer, "incidents.*")
    catalog.add_service(ada, name="Checkout")
    run_engine()
    assert peer.requests == []


def test_what_its_owner_may_not_see_is_never_posted(ada: Actor, peer: Peer) -> None:
    register_gate("test-secret", lambda actor, ids: set())
    hook = subscribed(ada, peer)
    append("test-secret:1", ServiceAdded(service="1", name="Hidden"), SYSTEM)
    run_engine()
    assert peer.requests == []
    assert queries.notices(ada, hook) == []


def test_access_that_is_lost_before_the_post_holds_it_back(ada: Actor, peer: Peer) -> None:
    allowed = {"1"}
    register_gate("test-secret", lambda actor, ids: set(ids) & allowed)
    hook = subscribed(ada, peer)
    append("test-secret:1", ServiceAdded(service="1", name="Hidden"), SYSTEM)
    peer.replies("503 Service Unavailable")
    run_engine()
    allowed.clear()
    seen = len(peer.requests)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=5)):
        run_engine()
    assert len(peer.requests) == seen
    assert queries.notices(ada, hook)[0].state == "suppressed"


def test_a_refused_post_is_tried_again_with_the_same_id_and_bytes(
    clock: time_machine.Traveller, ada: Actor, peer: Peer
) -> None:
    hook = subscribed(ada, peer)
    peer.replies("500 Internal Server Error")
    catalog.add_service(ada, name="Checkout")
    run_engine()
    peer.replies("204 No Content")
    clock.shift(timedelta(seconds=20))
    run_engine()
    first, second = (parts(raw) for raw in peer.requests)
    assert first[0]["webhook-id"] == second[0]["webhook-id"]
    assert first[1] == second[1]
    assert [a.outcome for a in queries.notices(ada, hook)[0].attempts] == ["temporary", "accepted"]


def test_a_receiver_that_fails_again_and_again_is_quarantined_and_nothing_is_lost(
    clock: time_machine.Traveller, ada: Actor, peer: Peer
) -> None:
    hook = subscribed(ada, peer)
    peer.replies("500 Internal Server Error")
    for number in range(3):
        catalog.add_service(ada, name=f"Service {number}")
    for _ in range(12):
        run_engine()
        clock.shift(timedelta(minutes=6))
    assert queries.webhook(ada, hook).state == "quarantined"
    assert "delivery.webhook_quarantined" in [entry.type for entry in read_stream(f"webhook:{hook}")]
    tried = len(peer.requests)
    catalog.add_service(ada, name="Another")
    run_engine()
    assert len(peer.requests) == tried
    peer.replies("200 OK")
    assert commands.resume_webhook(ada, webhook_id=hook) == 4
    run_engine()
    assert {notice.state for notice in queries.notices(ada, hook)} == {"sent"}


def test_a_settled_notice_can_be_sent_again(ada: Actor, peer: Peer) -> None:
    hook = subscribed(ada, peer)
    catalog.add_service(ada, name="Checkout")
    run_engine()
    notice = queries.notices(ada, hook)[0]
    commands.send_again(ada, notice_id=notice.id)
    with pytest.raises(Conflict):
        commands.send_again(ada, notice_id=notice.id)
    run_engine()
    assert len(peer.requests) == 2
    assert parts(peer.requests[0])[1] == parts(peer.requests[1])[1]


def test_for_a_day_after_a_change_both_secrets_verify(ada: Actor, peer: Peer) -> None:
    hook = subscribed(ada, peer)
    old = queries.webhook_secret(ada, hook)
    commands.change_webhook_secret(ada, webhook_id=hook)
    commands.test_webhook(ada, webhook_id=hook)
    run_engine()
    headers, body = parts(peer.requests[0])
    for secret in (old, queries.webhook_secret(ada, hook)):
        assert Verifier(secret).verify(body, headers)["type"] == "tocsin.test"


def test_bad_wishes_are_refused_by_name(ada: Actor) -> None:
    with pytest.raises(Invalid, match="accounts"):
        commands.add_webhook(ada, name="x", url="https://example.org", types=["accounts.token_added"])
    with pytest.raises(Invalid, match="web address"):
        commands.add_webhook(ada, name="x", url="ftp://example.org", types=["*"])
    viewer = actor_of(accounts.add_person(SYSTEM, email="v@example.org", name="Vera", roles=[Role.VIEWER]))
    with pytest.raises(Denied):
        commands.add_webhook(viewer, name="x", url="https://example.org", types=["*"])


def test_without_a_webhook_no_event_costs_a_job(ada: Actor) -> None:
    catalog.add_service(ada, name="Checkout")
    assert not Job.objects.filter(kind="on:api.webhooks").exists()


def test_private_addresses_are_refused_at_the_post(settings: Any, ada: Actor) -> None:
    settings.OUTGOING_ALLOW = []
    hook = commands.add_webhook(ada, name="Inside", url="http://127.0.0.1:9/", types=["catalog.*"])
    catalog.add_service(ada, name="Checkout")
    run_engine()
    notice = queries.notices(ada, hook)[0]
    assert notice.state == "failed"
    assert "127.0.0.1" in notice.answer
