"""One HTTP exchange of a transport with its provider, and what the status means where the provider says no more.

Hides how 'nothing went out' is told from 'nobody knows'. Keeps only the standard's words of a status, never a body.
"""

from collections.abc import Mapping
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import msgspec

from tocsin.core.outgoing import AddressRefused, Answer, BadUrl, NoAnswer, Unreachable, request
from tocsin.domain.delivery.ports import Accepted, Permanent, Reply, Temporary, Unknown
from tocsin.kernel.clock import now

TIMEOUT = 15.0
LONGEST_WAIT = timedelta(hours=1)
_ENOUGH = 64 * 1024
# Refusals that time can mend: timeouts, conflicts, locks, early data, rate limits.
LATER = frozenset({408, 409, 423, 425, 429})


def ask(
    method: str, url: str, *, headers: Mapping[str, str] | None = None, content: bytes = b"", timeout: float = TIMEOUT
) -> Answer | Permanent | Temporary | Unknown:
    """The provider's answer, or what it means that there is none."""
    try:
        return request(method, url, headers=headers, content=content, timeout=timeout, max_bytes=_ENOUGH)
    except (AddressRefused, BadUrl) as refused:
        return Permanent(str(refused))
    except Unreachable as error:
        return Temporary(str(error))
    except NoAnswer as error:
        return Unknown(str(error))


def read_status(answer: Answer, *, words: str = "") -> Reply:
    """What a status means by itself. `words` is said instead of the standard's phrase.

    A gateway that waited in vain for the provider behind it (504) does not know what became of the request.
    """
    said = words or answer.words
    if answer.ok:
        return Accepted(answer=said)
    if 300 <= answer.status < 400:
        return Permanent(f"{said}: Tocsin follows no redirect; enter the final address.")
    if answer.status == 504:
        return Unknown(said)
    if answer.status in LATER or answer.status >= 500:
        return Temporary(said, retry_after=retry_after(answer))
    return Permanent(said)


def retry_after(answer: Answer) -> timedelta | None:
    """How long the provider asks to wait (RFC 9110, seconds or a date), at most an hour."""
    value = answer.headers.get("retry-after", "").strip()
    try:
        wait = timedelta(seconds=int(value)) if value.isdigit() else parsedate_to_datetime(value) - now()
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(wait, timedelta(0)), LONGEST_WAIT)


def body_of(answer: Answer) -> dict[str, Any]:
    """The JSON object of an answer; an empty one when it is none."""
    try:
        found = msgspec.json.decode(answer.content)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return {}
    return found if isinstance(found, dict) else {}
