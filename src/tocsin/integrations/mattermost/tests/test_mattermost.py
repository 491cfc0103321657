"""Mattermost: the attachment, buttons that answer, nobody mentioned, and what each status means."""

import json
from typing import Any

import pytest
from django.test import Client

from tocsin.core.outgoing.tests.peer import Peer
from tocsin.integrations.mattermost.transport import MattermostTransport, escaped
from tocsin.kernel.errors import Invalid

HERE = "https://tocsin.example.org"


def posted(peer: Peer, number: int = 0) -> dict[str, Any]:
    body = json.loads(peer.requests[number].partition(b"\r\n\r\n")[2])
    return body["attachments"][0]  # type: ignore[no-any-return]


def test_a_page_is_an_attachment_whose_button_acknowledges(peer: Peer, ada: Any) -> None:
    ada.add("mattermost", f"http://127.0.0.1:{peer.port}/hooks/secret")
    ada.page()
    attachment = posted(peer)
    assert attachment["fallback"] == "Critical: INC-42 Checkout is failing"
    assert attachment["title_link"].startswith(f"{HERE}/p/")
    take, pass_on = attachment["actions"]
    assert (take["name"], pass_on["name"]) == ("Acknowledge", "Pass on")
    path = take["integration"]["url"].removeprefix(HERE)
    pressed = {"user_id": "u1", "user_name": "ada", "channel_id": "c1", "context": {}}
    answer = Client().post(path, json.dumps(pressed), content_type="application/json")
    assert (answer.status_code, answer.json()) == (200, {"ephemeral_text": "INC-42 is yours."})
    assert ada.holds() == "button in Mattermost"
    assert Client().post(path.replace("/mattermost/", "/button/")).status_code == 403


def test_the_end_is_an_attachment_without_buttons(peer: Peer, ada: Any) -> None:
    ada.add("mattermost", f"http://127.0.0.1:{peer.port}/hooks/secret")
    ada.page()
    ada.ends()
    attachment = posted(peer, -1)
    assert attachment["fallback"] == "Resolved: INC-42 Checkout is failing"
    assert attachment["text"].startswith("Resolved by Ben at ")
    assert attachment["color"] != posted(peer)["color"]
    assert "actions" not in attachment


@pytest.mark.parametrize(
    ("status", "state"),
    [("200 OK", "sent"), ("400 Bad Request", "failed"), ("403 Forbidden", "failed"), ("404 Not Found", "failed"),
     ("429 Too Many Requests", "queued"), ("500 Internal Server Error", "queued")],
)  # fmt: skip
def test_each_answer_is_told_apart(peer: Peer, ada: Any, status: str, state: str) -> None:
    peer.replies(status)
    ada.add("mattermost", f"http://127.0.0.1:{peer.port}/hooks/secret")
    ada.page()
    assert ada.sent("mattermost")[0].state == state


def test_what_others_wrote_mentions_nobody_and_makes_no_link() -> None:
    assert "@channel" not in escaped("@channel [free](http://evil) *now*")
    assert escaped("[a](b)") == "\\[a\\](b)"


def test_only_a_whole_webhook_is_taken_and_its_secret_is_never_shown() -> None:
    assert MattermostTransport().clean("https://chat.example.org/hooks/abc", {}).hint == "https://chat.example.org/…"
    with pytest.raises(Invalid):
        MattermostTransport().clean("https://chat.example.org", {})
