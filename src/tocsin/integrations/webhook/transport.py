"""Posts a message as a signed webhook. Hides signing and what a status means; never shows what the other side wrote.

Signature and headers: the Standard Webhooks specification (`webhook-id`, `webhook-timestamp`, `webhook-signature`).
"""

import json
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlsplit

from tocsin.core.outgoing import Answer
from tocsin.domain.delivery.asking import ask, read_status
from tocsin.domain.delivery.ports import (
    Capability,
    Cleaned,
    DestinationView,
    Message,
    Reply,
    Traits,
    register_transport,
)
from tocsin.domain.delivery.signing import signed
from tocsin.integrations.webhook import config
from tocsin.kernel.clock import now


class WebhookTransport:
    """A message as a POST of JSON."""

    kind = "webhook"
    name = "Webhook"
    capabilities = frozenset({Capability.IDEMPOTENT})
    fields = config.FIELDS
    traits = Traits("webhook", note="for programs", word="webhook")

    def clean(self, address: str, given: Mapping[str, str]) -> Cleaned:
        """Checked address and secrets."""
        return config.clean(address, given)

    def lane(self, destination: DestinationView) -> str:
        """One lane per host: a slow receiver holds up nobody else."""
        return f"webhook:{urlsplit(destination.address).hostname}"

    def problem(self) -> str:
        """Needs no setting."""
        return ""

    def send(self, destination: DestinationView, message: Message, idempotency_key: str) -> Reply:
        """Post once; the receiver can drop a copy by `webhook-id`."""
        body = payload(message)
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Tocsin",
            **signed_headers(f"msg_{idempotency_key}", now(), body, destination.config),
        }
        answer = ask("POST", destination.address, headers=headers, content=body)
        return read_status(answer) if isinstance(answer, Answer) else answer


def payload(message: Message) -> bytes:
    """The body: type, time of the event, and the message. The same bytes for every attempt."""
    content = {
        "type": f"tocsin.{message.attributes.get('type', 'message')}",
        "timestamp": message.occurred_at,
        "data": {
            "title": message.title,
            "text": message.text,
            "url": message.url,
            "reference": message.reference,
            "severity": message.severity,
            "urgent": message.urgent,
            "attributes": dict(message.attributes),
            **({"follows": [f"msg_{id_}" for id_ in message.follows]} if message.follows else {}),
        },
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def signed_headers(id_: str, at: datetime, body: bytes, secrets: Mapping[str, str]) -> dict[str, str]:
    """The three headers; one signature per live secret, so that a receiver can change over."""
    return signed(id_, at, body, [secrets[n] for n in ("secret", "previous_secret") if secrets.get(n)])


register_transport(WebhookTransport.kind, WebhookTransport())
