"""How incidents belong together, and what a link to a ticket or a conference may be. Pure."""

import re
from enum import StrEnum
from urllib.parse import urlsplit

from tocsin.kernel.errors import Invalid


class Relation(StrEnum):
    """What an incident is to the other one."""

    RELATED = "related"
    DUPLICATE = "duplicate"
    CAUSED_BY = "caused_by"

    @property
    def words(self) -> str:
        """Read from the incident to the other: `caused by INC-7`."""
        return {"related": "related to", "duplicate": "duplicate of", "caused_by": "caused by"}[self.value]

    @property
    def back(self) -> str:
        """Read from the other: `caused INC-12`."""
        return {"related": "related to", "duplicate": "has the duplicate", "caused_by": "caused"}[self.value]


_PHONE = re.compile(r"\+?[0-9][0-9 ()./-]{2,38}\Z")
_PIN = re.compile(r"[0-9*#,]{1,20}\Z")


def address(text: str, field: str = "url") -> str:
    """A web address that a link may lead to, or empty. Raises `Invalid`."""
    url = text.strip()
    if not url:
        return ""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Invalid(f"{field}: this is no web address; copy it from the browser.", field=field) from None
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0 or len(url) > 2000 or " " in url:
        raise Invalid(f"{field}: write an address that begins with https://.", field=field)
    if parts.username or parts.password:
        raise Invalid(f"{field}: leave the user name and the password out of the address.", field=field)
    return url


def phone(text: str) -> str:
    """A phone number to dial into, or empty. Raises `Invalid`."""
    number = text.strip()
    if number and not _PHONE.match(number):
        raise Invalid("phone: write the number with its country code, like +49 30 1234567.", field="phone")
    return number


def pin(text: str) -> str:
    """What is typed after the number answers, or empty. Raises `Invalid`."""
    typed = re.sub(r"[\s-]", "", text)
    if typed and not _PIN.match(typed):
        raise Invalid("pin: only digits, * and #, at most 20.", field="pin")
    return typed


def dial(number: str, typed: str) -> str:
    """The address that a phone dials with one tap: the number, two pauses, the PIN and #. Empty without a number."""
    if not number:
        return ""
    digits = ("+" if number.startswith("+") else "") + re.sub(r"\D", "", number)
    return f"tel:{digits}" + (f",,{typed}{'' if typed.endswith('#') else '#'}".replace("#", "%23") if typed else "")
