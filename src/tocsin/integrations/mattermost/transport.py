"""Posts a message to a Mattermost channel through an incoming webhook, as an attachment with buttons.

(developers.mattermost.com: Incoming webhooks; Interactive messages.) Hides its Markdown; nobody can be mentioned.
"""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from tocsin.core.outgoing import Answer, check_url
from tocsin.domain.delivery.asking import ask, read_status
from tocsin.domain.delivery.brief import headline
from tocsin.domain.delivery.buttons import button_url
from tocsin.domain.delivery.doors import Verb
from tocsin.domain.delivery.phrases import phrase
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

DOOR = "mattermost"
_TEXT, _TITLE = 7000, 250
COLOURS = {"critical": "#c0182b", "high": "#b45309", "medium": "#8a6d00", "low": "#475467"}
OVER = "#15803d"


class MattermostTransport:
    """A message in one channel."""

    kind = "mattermost"
    name = "Mattermost"
    capabilities = frozenset({Capability.TWO_WAY})
    fields: tuple[FormField, ...] = (
        FormField(
            "address",
            "Webhook address",
            "Mattermost: Integrations, Incoming Webhooks; copy the address it shows.",
            required=True,
            secret=True,
            placeholder="https://chat.example.org/hooks/…",
        ),
    )
    traits = Traits("message-2", note="a channel that is read, with a button", text_length=_TEXT)

    def clean(self, address: str, config: Mapping[str, str]) -> Cleaned:
        """A whole webhook; its path is the secret."""
        url = check_url(address, field="address")
        parts = urlsplit(url)
        if not parts.path.strip("/"):
            raise Invalid(
                "address: this is not a webhook; copy the whole address that Mattermost shows.", field="address"
            )
        return Cleaned(url, f"{parts.scheme}://{parts.netloc}/…", {})

    def lane(self, destination: DestinationView) -> str:
        """One lane per server."""
        return f"mattermost:{urlsplit(destination.address).hostname}"

    def problem(self) -> str:
        """Needs no setting."""
        return ""

    def send(self, destination: DestinationView, message: Message, idempotency_key: str) -> Reply:
        """Post once. Mattermost cannot drop a second copy."""
        headers = {"Content-Type": "application/json; charset=utf-8"}
        answer = ask("POST", destination.address, headers=headers, content=payload(message, idempotency_key))
        return read(answer) if isinstance(answer, Answer) else answer


def payload(message: Message, delivery: str) -> bytes:
    """The body of an incoming webhook: one attachment; buttons only where an answer does something."""
    title = headline(message)[:_TITLE]
    attachment: dict[str, Any] = {
        "fallback": title,
        "title": escaped(title),
        "text": escaped(message.text.strip()[:_TEXT]),
    }
    if message.url:
        attachment["title_link"] = message.url
    if colour := OVER if message.over else COLOURS.get(message.severity):
        attachment["color"] = colour
    if message.replies:
        attachment["actions"] = [
            _action("take", Verb.ACKNOWLEDGE, "primary", message, delivery),
            _action("pass", Verb.PASS_ON, "default", message, delivery),
        ]
    return json.dumps({"text": "", "attachments": [attachment]}, ensure_ascii=False).encode()


def _action(word: str, verb: Verb, style: str, message: Message, delivery: str) -> dict[str, Any]:
    return {
        "id": word,
        "name": phrase(word, message.language),
        "type": "button",
        "style": style,
        "integration": {"url": button_url(delivery, verb, door=DOOR), "context": {}},
    }


def escaped(text: str) -> str:
    """Markdown that does nothing: no mention, no link, no image by what others wrote."""
    safe = text.replace("@", "@\u200b")
    return "".join(f"\\{c}" if c in r"\`*_[]<>#~|!" else c for c in safe)


def read(answer: Answer) -> Reply:
    """A webhook that was removed (400, 403 or 404) is over; the rest by its status."""
    if answer.status in (400, 403, 404):
        return Permanent(f"{answer.words}: the webhook was removed or is switched off in Mattermost.")
    return read_status(answer)


register_transport(MattermostTransport.kind, MattermostTransport())
