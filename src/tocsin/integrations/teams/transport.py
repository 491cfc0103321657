"""Posts a message to a Teams chat or channel through a workflow ('When a Teams webhook request is received').

The body is a message with one Adaptive Card, version 1.4 (learn.microsoft.com: Incoming webhooks with Workflows).
A workflow answers 202 before it has posted: *sent* means that it was taken, not that it is seen.
"""

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from tocsin.core.outgoing import Answer, check_url
from tocsin.domain.delivery.asking import ask, read_status
from tocsin.domain.delivery.brief import headline
from tocsin.domain.delivery.ports import (
    Capability,
    Cleaned,
    DestinationView,
    FormField,
    Message,
    Permanent,
    Reply,
    Traits,
    register_transport,
)
from tocsin.kernel.errors import Invalid

# Teams takes 28 KB in all.
_TEXT, _TITLE, _FACTS = 6000, 300, 10
_BREAKS = re.compile(r"\n+")
STYLES = {"critical": "attention", "high": "warning"}


class TeamsTransport:
    """A message as a card."""

    kind = "teams"
    name = "Microsoft Teams"
    capabilities: frozenset[Capability] = frozenset()
    fields: tuple[FormField, ...] = (
        FormField(
            "address",
            "Workflow address",
            "Teams: the channel's menu, Workflows, 'Post to a channel when a webhook request is received'.",
            required=True,
            secret=True,
            placeholder="https://….logic.azure.com/workflows/…",
        ),
    )
    traits = Traits("message-2", note="a channel that is read, wakes nobody", text_length=_TEXT)

    def clean(self, address: str, config: Mapping[str, str]) -> Cleaned:
        """A whole address; its query is the secret."""
        url = check_url(address, field="address")
        parts = urlsplit(url)
        if parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost"):
            raise Invalid("address: a workflow's address begins with https://; copy it whole.", field="address")
        if not parts.path.strip("/"):
            raise Invalid("address: this is not a workflow; copy the whole address that Teams shows.", field="address")
        return Cleaned(url, f"{parts.scheme}://{parts.netloc}/…", {})

    def lane(self, destination: DestinationView) -> str:
        """One lane per host."""
        return f"teams:{urlsplit(destination.address).hostname}"

    def problem(self) -> str:
        """Needs no setting."""
        return ""

    def send(self, destination: DestinationView, message: Message, idempotency_key: str) -> Reply:
        """Post once. A workflow cannot drop a second copy."""
        headers = {"Content-Type": "application/json; charset=utf-8"}
        answer = ask("POST", destination.address, headers=headers, content=payload(message))
        return read(answer) if isinstance(answer, Answer) else answer


def payload(message: Message) -> bytes:
    """A message with one card: the title by its severity, the text, and one button that opens the page."""
    title: dict[str, Any] = {
        "type": "TextBlock",
        "text": escaped(headline(message)[:_TITLE]),
        "weight": "Bolder",
        "size": "Medium",
        "wrap": True,
    }
    if style := "good" if message.over else STYLES.get(message.severity):
        title["color"] = style
    body: list[dict[str, Any]] = [title]
    if message.text.strip():
        body.append({"type": "TextBlock", "text": escaped(message.text.strip()[:_TEXT]), "wrap": True})
    card: dict[str, Any] = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": body,
        "msteams": {"width": "Full"},
    }
    if message.url:
        card["actions"] = [{"type": "Action.OpenUrl", "title": message.action or "Open", "url": message.url}]
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
    return json.dumps({"type": "message", "attachments": [attachment]}, ensure_ascii=False).encode()


def escaped(text: str) -> str:
    """Cards read a little Markdown: what others wrote makes no link, no list and no emphasis. Lines stay lines."""
    safe = "".join(f"\\{c}" if c in r"\*_[]`" else c for c in text)
    return _BREAKS.sub("\n\n", safe.replace("\r", ""))


def read(answer: Answer) -> Reply:
    """A workflow that was removed or switched off answers 400, 401, 404 or 410; the rest by its status."""
    if answer.status in (400, 401, 403, 404, 410):
        return Permanent(f"{answer.words}: the workflow was removed, changed or switched off in Teams.")
    return read_status(answer)


register_transport(TeamsTransport.kind, TeamsTransport())
