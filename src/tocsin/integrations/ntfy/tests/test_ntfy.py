"""ntfy: what is published, its buttons, and what each answer means; against a server on the loopback."""

import json
from typing import Any

import pytest
from django.test import Client

from tocsin.core.outgoing.tests.peer import Peer
from tocsin.integrations.ntfy.transport import NtfyTransport
from tocsin.kernel.errors import Invalid

HERE = "https://tocsin.example.org"


def published(peer: Peer, number: int = 0) -> tuple[str, dict[str, Any]]:
    head, _, body = peer.requests[number].partition(b"\r\n\r\n")
    return head.decode(), json.loads(body)


def test_a_page_is_published_as_json_with_priority_and_buttons_that_answer(peer: Peer, ada: Any) -> None:
    peer.replies("200 OK", body=b'{"id":"xE73Iyuabi","event":"message"}')
    ada.add("ntfy", f"http://127.0.0.1:{peer.port}/pages", token="tk_abc")
    ada.page()
    head, body = published(peer)
    assert head.startswith("POST / HTTP/1.1")
    assert "Authorization: Bearer tk_abc" in head
    assert (body["topic"], body["priority"], body["tags"]) == ("pages", 5, ["rotating_light"])
    assert body["title"] == "Critical: INC-42 Checkout is failing"
    assert [(one["action"], one["label"]) for one in body["actions"]] == [
        ("http", "Acknowledge"),
        ("http", "Pass on"),
        ("view", "Open"),
    ]
    assert body["click"].startswith(f"{HERE}/p/")
    take, pass_on, _ = body["actions"]
    assert (take["method"], take["clear"]) == ("POST", True)
    answer = Client().post(pass_on["url"].removeprefix(HERE))
    assert (answer.status_code, b"nobody else" in answer.content) == (409, True)
    assert Client().post(take["url"].removeprefix(HERE)).status_code == 200
    assert ada.holds() == "button in ntfy"


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("401 Unauthorized", "failed"),
        ("403 Forbidden", "failed"),
        ("413 Content Too Large", "failed"),
        ("429 Too Many Requests", "queued"),
        ("507 Insufficient Storage", "queued"),
        ("504 Gateway Timeout", "unknown"),
    ],
)
def test_each_refusal_is_told_apart(peer: Peer, ada: Any, status: str, state: str) -> None:
    peer.replies(status, body=b'{"code":1,"http":1,"error":"no"}')
    ada.add("ntfy", f"http://127.0.0.1:{peer.port}/pages")
    ada.page()
    [row] = ada.sent("ntfy")
    assert (row.state, ": no" in row.answer) == (state, True)


def test_only_a_topic_is_taken_and_colleagues_do_not_see_its_name() -> None:
    cleaned = NtfyTransport().clean("https://ntfy.sh/tocsin-7f3a91/", {})
    assert (cleaned.address, cleaned.hint) == ("https://ntfy.sh/tocsin-7f3a91", "ntfy.sh/toc…")
    for wrong in ("https://ntfy.sh", "https://ntfy.sh/a/b", "https://ntfy.sh/a?auth=x", "ntfy://ntfy.sh/a", "topic"):
        with pytest.raises(Invalid):
            NtfyTransport().clean(wrong, {})


def test_its_end_takes_the_place_of_the_page_and_makes_no_noise(peer: Peer, ada: Any) -> None:
    peer.replies("200 OK", body=b'{"id":"xE73Iyuabi","event":"message"}')
    ada.add("ntfy", f"http://127.0.0.1:{peer.port}/pages")
    ada.page()
    peer.replies("200 OK", body=b'{"id":"yF84Jzvbcj","event":"message"}')
    ada.ends()
    body = published(peer, 1)[1]
    assert (body["title"], body["sequence_id"]) == ("Resolved: INC-42 Checkout is failing", "xE73Iyuabi")
    assert (body["priority"], body["tags"]) == (2, ["white_check_mark"])
    assert [one["label"] for one in body["actions"]] == ["Open"]
