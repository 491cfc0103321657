"""What Slack gets, and what its answers mean."""

import json
from pathlib import Path

import pytest

from tocsin.core.outgoing import Answer
from tocsin.domain.delivery.asking import read_status
from tocsin.domain.delivery.ports import Accepted, Message, Permanent, Temporary
from tocsin.integrations.slack.transport import SlackTransport, payload
from tocsin.kernel.errors import Invalid

FIXTURE = Path(__file__).parent.parent / "fixtures" / "message.json"


def test_a_message_is_written_as_slack_documents_it_and_mentions_nobody() -> None:
    message = Message(
        title="[Identified] Checkout is failing",
        text="A <!channel> storage fault & more",
        url="https://status.example.org/",
        action="Read",
    )
    assert json.loads(payload(message)) == json.loads(FIXTURE.read_text())


def test_a_long_text_is_cut_where_slack_would_refuse_it() -> None:
    written = json.loads(payload(Message(title="t" * 500, text="x" * 9000)))
    assert len(written["blocks"][0]["text"]["text"]) == 150
    assert len(written["blocks"][1]["text"]["text"]) < 3000


def test_only_a_whole_address_is_taken_and_its_secret_part_is_never_shown() -> None:
    cleaned = SlackTransport().clean("https://hooks.slack.com/services/T0/B0/secret", {})
    assert "secret" not in cleaned.hint
    for wrong in ("https://hooks.slack.com", "javascript:alert(1)", "hooks.slack.com/x"):
        with pytest.raises(Invalid):
            SlackTransport().clean(wrong, {})


@pytest.mark.parametrize(
    ("status", "kind"), [(200, Accepted), (404, Permanent), (410, Permanent), (429, Temporary), (503, Temporary)]
)
def test_each_status_is_told_apart(status: int, kind: type) -> None:
    assert isinstance(read_status(Answer(status, {"retry-after": "30"}, b"no_service", False, 1)), kind)
