"""A message as a notification in a browser, through whatever push service that browser uses.

Hides encryption and tokens. A subscription that the push service no longer knows is ended, and its person is told.
"""

import json
from collections.abc import Mapping
from hashlib import sha256
from urllib.parse import urlsplit

from tocsin.core.outgoing import Answer
from tocsin.domain.delivery.asking import ask, read_status
from tocsin.domain.delivery.brief import headline
from tocsin.domain.delivery.buttons import button_url
from tocsin.domain.delivery.doors import Verb
from tocsin.domain.delivery.phrases import phrase
from tocsin.domain.delivery.ports import (
    Accepted,
    Capability,
    Cleaned,
    DestinationView,
    Message,
    Permanent,
    Reply,
    Traits,
    register_opening,
    register_transport,
)
from tocsin.domain.delivery.rules import one_line
from tocsin.integrations.webpush import config, sealing
from tocsin.kernel.clock import now

KEEP_FOR = 3600
"""Seconds for which the push service keeps a message for a browser that is away: a page is old after an hour."""
_TEXT = 500


class WebPushTransport:
    """A message as a notification."""

    kind = config.KIND
    name = "This browser"
    capabilities = frozenset({Capability.WAKES, Capability.IDEMPOTENT, Capability.TWO_WAY, Capability.EDITS})
    fields = config.FIELDS
    traits = Traits(
        "bell-ringing",
        config.CHANNEL,
        "notifications here, also when no page is open",
        proof="browser",
        word="browser notification",
    )

    def clean(self, address: str, given: Mapping[str, str]) -> Cleaned:
        """A whole subscription."""
        return config.clean(address, given)

    def lane(self, destination: DestinationView) -> str:
        """One lane per push service."""
        return f"webpush:{urlsplit(destination.address).hostname}"

    def problem(self) -> str:
        """Needs no setting: the key is made when it is first needed."""
        return ""

    def send(self, destination: DestinationView, message: Message, idempotency_key: str) -> Reply:
        """Post one notification. A second copy takes the place of one that still waits (Topic, RFC 8030)."""
        key = config.vapid_key()
        body = sealing.sealed(
            payload(message, idempotency_key),
            receiver=config.decoded(destination.config["p256dh"]),
            secret=config.decoded(destination.config["auth"]),
        )
        headers = {
            "Authorization": sealing.vapid(destination.address, key=key, contact=config.contact(), now=now()),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(KEEP_FOR),
            "Urgency": "high" if message.urgent else "low" if message.over else "normal",
            "Topic": config.encoded(sha256(idempotency_key.encode()).digest())[:32],
        }
        answer = ask("POST", destination.address, headers=headers, content=body)
        return read(answer) if isinstance(answer, Answer) else answer


def payload(message: Message, delivery: str) -> bytes:
    """What the service worker shows: few words, the link, and where its button posts. Fits one record."""
    shown = {
        "title": headline(message)[:200],
        "body": one_line(message.text, _TEXT),
        "url": message.url,
        "tag": message.reference or delivery,
        "urgent": message.urgent,
        "silent": message.over,
        "answer": button_url(delivery, Verb.ACKNOWLEDGE) if message.replies else "",
        "button": phrase("take", message.language),
        "failed": phrase("not_taken", message.language),
    }
    while len(raw := json.dumps(shown, ensure_ascii=False, separators=(",", ":")).encode()) > sealing.MOST:
        shown["body"], shown["title"] = str(shown["body"])[: len(str(shown["body"])) // 2], str(shown["title"])[:120]
        if not shown["body"]:
            break
    return raw


def read(answer: Answer) -> Reply:
    """RFC 8030: 201 is taken; 404 and 410 end the subscription; 413 is too long, 429 too much."""
    if answer.ok:
        return Accepted(answer.headers.get("location", "")[:200], answer.words)
    if answer.status in (404, 410):
        return Permanent(f"{answer.words}: the browser ended its subscription.", ended=True)
    if answer.status in (400, 401, 403):
        return Permanent(f"{answer.words}: the push service does not take Tocsin's key here; add the browser again.")
    return read_status(answer)


def opening(address: str) -> str:
    """The public key that a browser needs to subscribe; the private one is made when there is none."""
    return config.encoded(config.public_bytes(config.vapid_key()))


register_transport(config.KIND, WebPushTransport())
register_opening(config.KIND, opening)
