"""Posts a message to a Slack channel through an incoming webhook. Hides Slack's escaping and what its answers mean.

Other chats that take the same body (Mattermost, Rocket.Chat) work too. Never shows what the other side wrote.
"""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from tocsin.core.outgoing import Answer, check_url
from tocsin.domain.delivery.asking import ask, read_status
from tocsin.domain.delivery.ports import (
    Capability,
    Cleaned,
    DestinationView,
    FormField,
    Message,
    Reply,
    Traits,
    register_transport,
)
from tocsin.kernel.errors import Invalid

# Slack cuts a section at 3,000 characters and refuses more.
_TEXT, _HEADER = 2900, 150


class SlackTransport:
    """A message as Slack blocks, with plain text for notifications."""

    kind = "slack"
    name = "Slack"
    capabilities: frozenset[Capability] = frozenset()
    traits = Traits("message-2", note="a channel that is read, wakes nobody")
    fields: tuple[FormField, ...] = (
        FormField(
            "address",
            "Webhook address",
            "Slack: Apps, Incoming Webhooks, Add to Slack; copy the address it shows.",
            required=True,
            placeholder="https://hooks.slack.com/services/…",
        ),
    )

    def clean(self, address: str, given: Mapping[str, str]) -> Cleaned:
        """An https address. Raises `Invalid(address)`."""
        url = check_url(address, field="address")
        if not urlsplit(url).path.strip("/"):
            raise Invalid("address: this is not a webhook; copy the whole address that Slack shows.", field="address")
        # The path is the secret: only the host may be shown.
        return Cleaned(url, "/".join(url.split("/")[:3]) + "/…", {})

    def lane(self, destination: DestinationView) -> str:
        """One lane per host: a slow one holds up nobody else."""
        return f"slack:{urlsplit(destination.address).hostname}"

    def problem(self) -> str:
        """Needs no setting."""
        return ""

    def send(self, destination: DestinationView, message: Message, idempotency_key: str) -> Reply:
        """Post once. Slack has no way to drop a second copy."""
        headers = {"Content-Type": "application/json; charset=utf-8"}
        answer = ask("POST", destination.address, headers=headers, content=payload(message))
        return read_status(answer) if isinstance(answer, Answer) else answer


def payload(message: Message) -> bytes:
    """The body of an incoming webhook: `text` for notifications, `blocks` for the channel."""
    title = message.title[:_HEADER]
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": {"type": "plain_text", "text": title or "Message", "emoji": False}}
    ]
    text = message.text.strip()[:_TEXT]
    if text:
        blocks.append({"type": "section", "text": {"type": "mrkdwn", "text": escaped(text), "verbatim": True}})
    if message.url:
        button = {"type": "plain_text", "text": (message.action or "Open")[:75], "emoji": False}
        blocks.append({"type": "actions", "elements": [{"type": "button", "text": button, "url": message.url}]})
    leave = message.attributes.get("unsubscribe_url")
    if leave:
        words = [{"type": "mrkdwn", "text": f"<{escaped(leave)}|Unsubscribe>"}]
        blocks.append({"type": "context", "elements": words})
    return json.dumps({"text": escaped(title), "blocks": blocks}, ensure_ascii=False).encode()


def escaped(text: str) -> str:
    """Slack's three control characters: nobody can mention a channel or forge a link."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


register_transport(SlackTransport.kind, SlackTransport())
