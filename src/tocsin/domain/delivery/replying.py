"""What people write back, read as a verb; and whether they want no more messages. Pure."""

import re
from enum import StrEnum

from tocsin.domain.delivery.doors import Verb


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ACKNOWLEDGE = _words("1 ack acknowledge acknowledged yes y ok okay mine ja übernehme oui sí si tomo")
_PASS_ON = _words("2 pass next weiter weitergeben passer suivant pasar siguiente")
# The words that carriers and Twilio honour themselves.
_STOP = _words("stop stopall unsubscribe end quit cancel optout revoke")
_START = _words("start unstop")
_EVERYTHING = _words("all alle alles everything tout tous toutes todo todos todas")
ALL = "*"
"""Stands for a reference: everything that waits for whoever replies."""
_REFERENCE = re.compile(r"\b([A-Z][A-Z0-9]{1,9}-\d+)\b")
_WORD = re.compile(r"[\w]+")
_LOOKED_AT = 400


class Wish(StrEnum):
    """Whether messages are wanted at all."""

    STOP = "stop"
    START = "start"


def verb_of(text: str) -> Verb | None:
    """What the first word asks for; None when it is not known."""
    word = _first(text)
    if word in _ACKNOWLEDGE:
        return Verb.ACKNOWLEDGE
    return Verb.PASS_ON if word in _PASS_ON else None


def wish_of(text: str) -> Wish | None:
    """Stop or start, when the text is that word alone, as carriers read it."""
    words = _WORD.findall(text[:_LOOKED_AT].lower())
    if len(words) != 1:
        return None
    if words[0] in _STOP:
        return Wish.STOP
    return Wish.START if words[0] in _START else None


def reference_of(text: str) -> str:
    """The reference that a reply names (INC-42), in capitals; `ALL` for '1 all'; '' when it names none."""
    if set(_WORD.findall(text[:_LOOKED_AT].lower())[1:2]) & _EVERYTHING:
        return ALL
    found = _REFERENCE.search(text[:_LOOKED_AT].upper())
    return found[1] if found else ""


def _first(text: str) -> str:
    found = _WORD.search(text[:_LOOKED_AT].lower())
    return found[0] if found else ""
