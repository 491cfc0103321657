"""Identifiers: UUIDv7 for what people name, 128-bit tokens for links and keys."""

import hashlib
import secrets
from uuid import UUID

import uuid_utils.compat

_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"


def new_id() -> UUID:
    """A new UUIDv7: unique, and sorted by the time it was made."""
    return uuid_utils.compat.uuid7()


def uuid_of(text: object) -> UUID | None:
    """The UUID that the text spells; None for anything else, which no required column ever equals."""
    try:
        return UUID(str(text))
    except ValueError:
        return None


def id_of(text: object) -> UUID:
    """The same for looking up by primary key: the nil UUID, which nothing has, for anything else."""
    return uuid_of(text) or UUID(int=0)


def new_token(bits: int = 160) -> str:
    """A URL-safe secret of at least `bits` bits (security.md asks for 128)."""
    return secrets.token_urlsafe((bits + 7) // 8)


def new_key(length: int = 32) -> str:
    """A secret of lower-case letters and digits, the shape of a PagerDuty routing key."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def token_hash(token: str) -> str:
    """What is stored of a token. Unsalted on purpose: tokens are random, and looked up by this hash."""
    return hashlib.sha256(token.encode()).hexdigest()
