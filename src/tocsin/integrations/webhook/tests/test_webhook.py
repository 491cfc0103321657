"""Webhooks to a real server on the loopback, verified with the specification's own library."""

import json
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from tocsin.core.outgoing.tests.peer import Peer, listening
from tocsin.domain.delivery.ports import (
    Accepted,
    DestinationView,
    Message,
    Permanent,
    Reply,
    Temporary,
    Unknown,
)
from tocsin.integrations.webhook import config
from tocsin.integrations.webhook.transport import WebhookTransport
from tocsin.kernel.errors import Invalid

FIXTURE = (Path(__file__).parent.parent / "fixtures" / "message.json").read_bytes().strip()
PAGE = Message(
    title="Critical: INC-42 Checkout fails",
    text="Error rate 41 %",
    url="https://tocsin.example.org/p/abc",
    reference="INC-42",
    severity="critical",
    urgent=True,
    attributes={"region": "eu-west-1"},
    occurred_at="2026-11-03T09:12:00+00:00",
)


@pytest.fixture
def peer(settings: Any) -> Iterator[Peer]:
    settings.OUTGOING_ALLOW = ["127.0.0.1"]
    with listening() as running:
        yield running


def deliver(peer: Peer, secrets: dict[str, str] | None = None) -> Reply:
    url = f"http://127.0.0.1:{peer.port}/hook"
    cleaned = config.clean(url, secrets or {})
    destination = DestinationView("1", "", "webhook", cleaned.address, "", "", cleaned.config, True, None, 0)
    return WebhookTransport().send(destination, PAGE, "key-1")


def received(raw: bytes) -> tuple[dict[str, str], bytes]:
    head, _, body = raw.partition(b"\r\n\r\n")
    pairs = (line.decode().split(": ", 1) for line in head.split(b"\r\n")[1:])
    return {name.lower(): value for name, value in pairs}, body


def secret(letter: str) -> str:
    return "whsec_" + b64encode(letter.encode() * 24).decode()


def test_the_standard_library_verifies_and_reads_the_recorded_body(peer: Peer) -> None:
    assert deliver(peer, {"secret": secret("a")}) == Accepted(answer="200 OK")
    headers, body = received(peer.requests[0])
    assert Webhook(secret("a")).verify(body, headers) == json.loads(FIXTURE)
    assert body == FIXTURE
    assert headers["webhook-id"] == "msg_key-1"
    with pytest.raises(WebhookVerificationError):
        Webhook(secret("b")).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret("a")).verify(body.replace(b"41", b"42"), headers)


def test_while_the_secret_changes_both_verify(peer: Peer) -> None:
    deliver(peer, {"secret": secret("n"), "previous_secret": secret("o")})
    headers, body = received(peer.requests[0])
    for name in ("n", "o"):
        assert Webhook(secret(name)).verify(body, headers)


def test_a_missing_secret_is_made_and_a_weak_one_refused() -> None:
    first, second = (config.clean("https://example.org/hook/t0ken", {}) for _ in range(2))
    assert first.config["secret"] != second.config["secret"]
    assert first.hint == "https://example.org/…"
    with pytest.raises(Invalid) as refused:
        config.clean("https://example.org/", {"secret": "whsec_c2hvcnQ="})
    assert refused.value.field == "secret"


@pytest.mark.parametrize("status", ["400 Bad", "401 No", "404 Gone", "410 Gone", "301 Moved", "302 Found"])
def test_these_answers_are_final(peer: Peer, status: str) -> None:
    peer.replies(status, "Location: http://127.0.0.1:1/", body=b"canary <script>")
    reply = deliver(peer)
    assert isinstance(reply, Permanent)
    assert "canary" not in reply.answer
    assert peer.connections == 1


@pytest.mark.parametrize("status", ["408 Late", "425 Early", "429 Many", "500 Oops", "503 Away"])
def test_these_answers_may_change(peer: Peer, status: str) -> None:
    peer.replies(status, body=b"canary")
    reply = deliver(peer)
    assert isinstance(reply, Temporary)
    assert "canary" not in reply.answer


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("120", timedelta(minutes=2)),
        ("999999", timedelta(hours=1)),
        ("Tue, 03 Nov 2026 09:01:00 GMT", timedelta(minutes=1)),
        ("Tue, 03 Nov 2020 09:01:00 GMT", timedelta(0)),
        ("soon", None),
        ("9" * 400, None),
    ],
)
def test_retry_after_is_honoured_up_to_an_hour(peer: Peer, value: str, wait: timedelta | None) -> None:
    peer.replies("429 Many", f"Retry-After: {value}")
    with time_machine.travel(datetime(2026, 11, 3, 9, 0, tzinfo=UTC), tick=False):
        reply = deliver(peer)
    assert isinstance(reply, Temporary)
    assert reply.retry_after == wait


def test_a_broken_connection_after_the_request_is_unknown(peer: Peer) -> None:
    peer.answer = None
    assert isinstance(deliver(peer), Unknown)


def test_a_closed_port_is_temporary_and_a_private_address_final(peer: Peer, settings: Any) -> None:
    with listening() as gone:
        pass
    assert isinstance(deliver(gone), Temporary)
    settings.OUTGOING_ALLOW = []
    reply = deliver(peer)
    assert isinstance(reply, Permanent)
    assert "TOCSIN_OUTGOING_ALLOW" in reply.answer
    assert peer.connections == 0
