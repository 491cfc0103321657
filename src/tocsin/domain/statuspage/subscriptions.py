"""The links that a subscriber gets: one to confirm, one to leave or to choose. Signed, so that nothing is stored.

A link to confirm runs out; one to leave never does. Hides how they are signed.
"""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, SignatureExpired, TimestampSigner
from django.utils.crypto import salted_hmac

from tocsin.kernel.errors import NotFound

CONFIRM_WITHIN = timedelta(days=2)
_LEAVE = TimestampSigner(salt="statuspage.leave")
_CONFIRM = TimestampSigner(salt="statuspage.confirm")


def leave_token(subscriber: UUID) -> str:
    """The secret part of the link by which somebody leaves."""
    return _signed(_LEAVE, subscriber)


def confirm_token(subscriber: UUID) -> str:
    """The secret part of the link by which somebody confirms."""
    return _signed(_CONFIRM, subscriber)


def leave_url(subscriber: UUID) -> str:
    """Absolute address of the page where somebody leaves."""
    return f"{settings.PUBLIC_URL}/status/subscription/{leave_token(subscriber)}/"


def confirm_url(subscriber: UUID) -> str:
    """Absolute address of the page where somebody confirms."""
    return f"{settings.PUBLIC_URL}/status/subscription/confirm/{confirm_token(subscriber)}/"


def opened(token: str) -> UUID:
    """Whose link to leave this is. Raises `NotFound`."""
    return _opened(_LEAVE, token, None)


def opened_to_confirm(token: str) -> UUID:
    """Whose link to confirm this is. Raises `NotFound`, also when it ran out."""
    return _opened(_CONFIRM, token, CONFIRM_WITHIN)


def address_hash(kind: str, address: str) -> str:
    """By what an address is found again although it stands sealed."""
    return salted_hmac(f"statuspage.address.{kind}", address, algorithm="sha256").hexdigest()


def _signed(signer: TimestampSigner, subscriber: UUID) -> str:
    return signer.sign(subscriber.hex).replace(":", ".")


def _opened(signer: TimestampSigner, token: str, age: timedelta | None) -> UUID:
    try:
        return UUID(signer.unsign(token.replace(".", ":"), max_age=age))
    except SignatureExpired:
        raise NotFound("This link has run out; subscribe again to get a new one.") from None
    except (BadSignature, ValueError):
        raise NotFound("This link is not one of ours; open it exactly as it stands in the message.") from None
