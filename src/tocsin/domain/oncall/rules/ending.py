"""How those who were paged hear that it is over: by what, when, or not at all.

Pure. Promises: nobody is woken to hear it; a telephone number is used only where its owner wants that; what can change
the message that stands in a chat does so and makes no noise.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from tocsin.domain.oncall.rules.personal import Quiet

PURPOSE = "page_over"
"""Of the messages that tell of an end."""
PURPOSE_TAKEN = "page_taken"
"""Of those that change a chat's page once somebody has it."""
SETTLES = timedelta(seconds=30)
"""So long after the end people are told: a slip is taken back by then, and what ends together is one message."""
TAKEN_SETTLES = timedelta(seconds=12)
"""An acknowledgement can be taken back for ten seconds."""
LOOK_AGAIN = timedelta(minutes=1)
GIVE_UP = timedelta(hours=25)
"""A page that is still on its way is tried for 24 h (the product's defaults, Quiet hours of the machine)."""


class How(StrEnum):
    """How a subject ended for who was paged about it."""

    RESOLVED = "resolved"
    DISMISSED = "dismissed"
    MERGED = "merged"
    STOOD_DOWN = "stood_down"
    MITIGATED = "mitigated"
    """Not over, but nobody is called for it any more: the harm has stopped, and it is watched until it is resolved."""
    TAKEN = "taken"
    """Not over: somebody has it, and who else was paged need do nothing."""


class Wish(StrEnum):
    """What a person wants to hear of an end."""

    QUIETLY = "quietly"
    TEXTS = "texts"
    """Also by text message, where a page came by one."""
    NEVER = "never"
    """Nothing new; what stands in a chat is still changed."""


class Way(StrEnum):
    """What becomes of one message whose subject is over."""

    EDIT = "edit"
    SEND = "send"
    LATER = "later"
    SPARED = "spared"


@dataclass(frozen=True, slots=True)
class Choice:
    """The way, and when to look again (later only)."""

    way: Way
    due: datetime | None = None


@dataclass(frozen=True, slots=True)
class Manner:
    """What a channel is like: it can change what it sent; it is a text message; it is spoken; it rings."""

    edits: bool = False
    texts: bool = False
    speaks: bool = False
    rings: bool = False


def choose(manner: Manner, *, wish: Wish, edit_only: bool, quiet: Quiet | None, at: datetime) -> Choice:
    """By what the reader of one message hears that it is over. A call is never made for it."""
    if manner.edits:
        return Choice(Way.EDIT)
    if edit_only or wish is Wish.NEVER or manner.speaks or (manner.texts and wish is not Wish.TEXTS):
        return Choice(Way.SPARED)
    until = quiet.until(at) if quiet and manner.rings else None
    return Choice(Way.LATER, until) if until else Choice(Way.SEND)
