"""Apprise to a real server on the loopback: one target, one result, and never to where it may not go."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

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
from tocsin.integrations.apprise.config import clean
from tocsin.integrations.apprise.transport import AppriseTransport
from tocsin.kernel.errors import Invalid

FIXTURE = json.loads((Path(__file__).parent.parent / "fixtures" / "json.json").read_text())
PAGE = Message(title="Critical: INC-42 Checkout fails", text="Error rate 41 %", urgent=True)


@pytest.fixture
def peer(settings: Any) -> Iterator[Peer]:
    settings.OUTGOING_ALLOW = ["127.0.0.1"]
    with listening() as running:
        yield running


def deliver(url: str) -> Reply:
    cleaned = clean(url, {})
    return AppriseTransport().send(
        DestinationView("1", "2", "apprise", cleaned.address, cleaned.hint, "", {}, True, None, 0), PAGE, "key-1"
    )


def test_a_message_arrives(peer: Peer) -> None:
    assert deliver(f"json://127.0.0.1:{peer.port}/topic") == Accepted(answer="accepted")
    assert json.loads(peer.requests[0].partition(b"\r\n\r\n")[2]) == FIXTURE


def test_the_end_of_a_page_is_told_as_a_success(peer: Peer, ada: Any) -> None:
    ada.add("apprise", f"json://127.0.0.1:{peer.port}/topic")
    ada.page()
    ada.ends()
    said = [json.loads(raw.partition(b"\r\n\r\n")[2]) for raw in peer.requests]
    assert [(each["title"], each["type"]) for each in said] == [
        ("Critical: INC-42 Checkout is failing", "failure"),
        ("Resolved: INC-42 Checkout is failing", "success"),
    ]
    assert said[1]["message"].startswith("Resolved by Ben at ")


def test_each_target_has_a_result_of_its_own(peer: Peer, ada: Any) -> None:
    ada.add("apprise", f"json://127.0.0.1:{peer.port}/topic")
    ada.add("apprise", "json://192.0.2.1/nowhere")
    ada.page()
    assert sorted(row.state for row in ada.sent("apprise")) == ["failed", "sent"]


@pytest.mark.parametrize(
    ("status", "kind"),
    [("403 No", Permanent), ("404 None", Permanent), ("429 Many", Temporary), ("500 Oops", Temporary)],
)
def test_the_products_status_decides(peer: Peer, status: str, kind: type) -> None:
    peer.replies(status, body=b"canary")
    reply = deliver(f"json://user:hunter2@127.0.0.1:{peer.port}/")
    assert isinstance(reply, kind)
    assert status[:3] in reply.answer
    assert "canary" not in reply.answer
    assert "hunter2" not in reply.answer


def test_a_broken_connection_is_unknown(peer: Peer) -> None:
    peer.answer = None
    assert isinstance(deliver(f"json://127.0.0.1:{peer.port}/"), Unknown)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433"])
def test_a_private_address_is_never_connected_to(peer: Peer, settings: Any, host: str) -> None:
    settings.OUTGOING_ALLOW = []
    assert isinstance(deliver(f"json://{host}:{peer.port}/"), Permanent)
    time.sleep(0.02)
    assert peer.connections == 0


def test_a_redirect_inward_reaches_nothing(peer: Peer) -> None:
    with listening("127.0.0.2") as inside:
        peer.replies("302 Found", f"Location: http://127.0.0.2:{inside.port}/")
        assert not isinstance(deliver(f"json://127.0.0.1:{peer.port}/?redirect=yes"), Accepted)
        time.sleep(0.02)
        assert inside.connections == 0


def test_an_unknown_product_is_final() -> None:
    assert isinstance(deliver("nosuchproduct://token/chat"), Permanent)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ntfy",
        "ntfy://",
        "syslog://localhost",
        "dbus://",
        "macosx://x",
        "file:///etc/passwd",
        "https://example.org/hook",
        "fcm://project@apikey/device?keyfile=/etc/passwd",
        "json://example.org/\r\nX: y",
        "json://example.org/ json://example.net/",
    ],
)
def test_what_acts_on_this_machine_or_reads_files_is_refused(url: str) -> None:
    with pytest.raises(Invalid) as refused:
        clean(url, {})
    assert refused.value.field == "address"
