"""Signs what leaves as a webhook, by the Standard Webhooks specification: three headers, one or two live secrets.

Hides how a secret is written. Sends nothing.
"""

import hashlib
import hmac
import secrets
from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Iterable
from datetime import UTC, datetime

from tocsin.kernel.errors import Invalid

PREFIX = "whsec_"


def new_secret() -> str:
    """A fresh secret of 24 bytes."""
    return PREFIX + b64encode(secrets.token_bytes(24)).decode()


def key_of(secret: str, *, field: str = "secret") -> bytes:
    """The key that a secret stands for. Raises `Invalid` naming `field`."""
    try:
        key = b64decode(secret.removeprefix(PREFIX), validate=True)
    except (Error, ValueError):
        key = b""
    if not 24 <= len(key) <= 64:
        raise Invalid(
            f"{field}: write whsec_ and 24 to 64 random bytes in base64, or leave it empty and Tocsin makes one.",
            field=field,
        )
    return key


def signed(id_: str, at: datetime, body: bytes, live: Iterable[str]) -> dict[str, str]:
    """The three headers; one signature per live secret, so that a receiver can change over."""
    timestamp = str(int(at.astimezone(UTC).timestamp()))
    content = f"{id_}.{timestamp}.".encode() + body
    signatures = [
        "v1," + b64encode(hmac.new(key_of(secret), content, hashlib.sha256).digest()).decode() for secret in live
    ]
    return {"webhook-id": id_, "webhook-timestamp": timestamp, "webhook-signature": " ".join(signatures)}
