"""Microsoft Teams: the card as a workflow takes it, and what each status means."""

import json
from typing import Any

import pytest

from tocsin.core.outgoing.tests.peer import Peer
from tocsin.domain.delivery.ports import Message
from tocsin.integrations.teams.transport import TeamsTransport, escaped, payload
from tocsin.kernel.errors import Invalid


def test_a_page_is_a_card_with_a_button_that_opens_it(peer: Peer, ada: Any) -> None:
    peer.replies("202 Accepted")
    ada.add("teams", f"http://127.0.0.1:{peer.port}/workflows/1?sig=secret")
    ada.page()
    body = json.loads(peer.requests[0].partition(b"\r\n\r\n")[2])
    [attachment] = body["attachments"]
    assert (body["type"], attachment["contentType"]) == ("message", "application/vnd.microsoft.card.adaptive")
    card = attachment["content"]
    assert (card["type"], card["version"]) == ("AdaptiveCard", "1.4")
    assert card["body"][0]["text"] == "Critical: INC-42 Checkout is failing"
    assert card["body"][0]["color"] == "attention"
    [action] = card["actions"]
    assert (action["type"], action["title"]) == ("Action.OpenUrl", "Acknowledge")
    assert ada.sent("teams")[0].answer == "202 Accepted"


def test_the_end_is_a_green_card_that_asks_for_nothing(peer: Peer, ada: Any) -> None:
    peer.replies("202 Accepted")
    ada.add("teams", f"http://127.0.0.1:{peer.port}/workflows/1?sig=secret")
    ada.page()
    ada.ends()
    [attachment] = json.loads(peer.requests[-1].partition(b"\r\n\r\n")[2])["attachments"]
    title, text = attachment["content"]["body"]
    assert (title["text"], title["color"]) == ("Resolved: INC-42 Checkout is failing", "good")
    sentence, nothing = text["text"].split("\n\n")
    assert sentence.startswith("Resolved by Ben at ")
    assert nothing == "Nothing more is asked of you."
    assert [action["title"] for action in attachment["content"]["actions"]] == ["Open"]


@pytest.mark.parametrize(
    ("status", "state"),
    [("401 Unauthorized", "failed"), ("404 Not Found", "failed"), ("410 Gone", "failed"),
     ("429 Too Many Requests", "queued"), ("502 Bad Gateway", "queued"), ("504 Gateway Timeout", "unknown")],
)  # fmt: skip
def test_each_refusal_is_told_apart(peer: Peer, ada: Any, status: str, state: str) -> None:
    peer.replies(status)
    ada.add("teams", f"http://127.0.0.1:{peer.port}/workflows/1?sig=secret")
    ada.page()
    assert ada.sent("teams")[0].state == state


def test_a_long_text_stays_below_what_teams_takes_and_makes_no_link() -> None:
    assert len(payload(Message("t" * 900, "ж*" * 9000))) < 28 * 1024
    assert escaped("[a](http://evil) *b*\nc") == "\\[a\\](http://evil) \\*b\\*\n\nc"


def test_only_a_whole_workflow_is_taken_and_its_secret_is_never_shown() -> None:
    whole = "https://prod-1.westeurope.logic.azure.com/workflows/1/triggers/manual/paths/invoke?sig=secret"
    assert "secret" not in TeamsTransport().clean(whole, {}).hint
    for wrong in ("https://prod-1.westeurope.logic.azure.com", "http://example.org/x", "teams"):
        with pytest.raises(Invalid):
            TeamsTransport().clean(wrong, {})
