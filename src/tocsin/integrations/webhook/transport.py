"""Posts a message as a signed webhook. Hides signing and what a status means; never shows what the other side wrote.

Signature and headers: the Standard Webhooks specification (`webhook-id`, `webhook-timestamp`, `webhook-signature`).
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from tocsin.core.outgoing import AddressRefused, Answer, BadUrl, NoAnswer, Unreachable, request
from tocsin.domain.delivery.ports import (
    Accepted,
    Capability,
    Cleaned,
    DestinationView,
    Message,
    Permanent,
    Reply,
    Temporary,
    Unknown,
    register_transport,
)
from tocsin.domain.delivery.signing import signed
from tocsin.integrations.webhook import config
from tocsin.kernel.clock import now

TIMEOUT = 15.0
LONGEST_WAIT = timedelta(hours=1)
# Refusals that time can mend: timeouts, conflicts, locks, early data, rate limits.
_TEMPORARY = frozenset({408, 409, 423, 425, 429})


class WebhookTransport:
    """A message as a POST of JSON."""

    kind = "webhook"
    name = "Webhook"
    capabilities = frozenset({Capability.IDEMPOTENT})
    fields = config.FIELDS

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
        try:
            answer = request(
                "POST", destination.address, headers=headers, content=body, timeout=TIMEOUT, max_bytes=1024
            )
        except (AddressRefused, BadUrl) as refused:
            return Permanent(str(refused))
        except Unreachable as error:
            return Temporary(str(error))
        except NoAnswer as error:
            return Unknown(str(error))
        return read(answer)


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
        },
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def signed_headers(id_: str, at: datetime, body: bytes, secrets: Mapping[str, str]) -> dict[str, str]:
    """The three headers; one signature per live secret, so that a receiver can change over."""
    return signed(id_, at, body, [secrets[n] for n in ("secret", "previous_secret") if secrets.get(n)])


def read(answer: Answer) -> Reply:
    """What a status means. Only its own words are kept, nothing of the body."""
    if answer.ok:
        return Accepted(answer=answer.words)
    if 300 <= answer.status < 400:
        return Permanent(f"{answer.words}: Tocsin follows no redirect; enter the final address.")
    if answer.status in _TEMPORARY or answer.status >= 500:
        return Temporary(answer.words, retry_after=_retry_after(answer.headers.get("retry-after", "")))
    return Permanent(answer.words)


def _retry_after(value: str) -> timedelta | None:
    value = value.strip()
    try:
        wait = timedelta(seconds=int(value)) if value.isdigit() else parsedate_to_datetime(value) - now()
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(wait, timedelta(0)), LONGEST_WAIT)


register_transport(WebhookTransport.kind, WebhookTransport())
