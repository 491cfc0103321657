"""What a vendor of chats fills, and what it hands in. Knows no vendor; a new one is `chat.py` in its folder.

Texts here are plain. A person of the chat is written `<@id>`; the vendor turns it into its own spelling and back.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Protocol

from tocsin.domain.delivery.ports import Accepted, Permanent, Reply, Temporary, Unknown

__all__ = [
    "Accepted",
    "Button",
    "Chat",
    "Opened",
    "Permanent",
    "Reply",
    "Said",
    "Saying",
    "Temporary",
    "Unknown",
    "Who",
    "chat_of",
    "chats",
    "load_chats",
    "register_chat",
]


@dataclass(frozen=True, slots=True)
class Button:
    """Something to press below a message: `order` is what it does, as if it had been typed; or it opens `url`."""

    label: str
    order: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Saying:
    """One message. `author` is empty when Tocsin itself speaks. `key` names it once, to find it again."""

    text: str
    author: str = ""
    key: str = ""
    buttons: tuple[Button, ...] = ()
    quiet: bool = False
    """It only tells what a machine noticed: drawn small where the vendor can."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A channel of the vendor: its id there, its name, and an address that opens it."""

    place: str
    name: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Who:
    """A person of the chat. `email` is one that the vendor has verified; '' when it does not tell."""

    email: str
    name: str


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody of the chat did, verified and in our words.

    `kind`: `order` (typed or pressed) or `message` (in a channel). `name` is the vendor's for it, the same when it is
    handed in twice. `back` is where an order is answered privately, `revises` the message that this one replaces; by
    no text, when it was deleted.
    """

    kind: str
    name: str
    place: str
    user: str
    user_name: str
    text: str
    back: str = ""
    revises: str = ""


class Chat(Protocol):
    """A vendor of chats. Stateless and thread-safe; every call is outside a transaction and takes under 30 s."""

    vendor: str
    title: str
    two_way: bool

    def problem(self) -> str:
        """Why it cannot be used, with the mend; '' when it can."""
        ...

    def severities(self) -> frozenset[str]:
        """Incidents of which severities get a channel by themselves."""
        ...

    def open(self, name: str, *, again: bool) -> Opened | Reply:
        """Make a channel called `name`. `again`: an earlier call may have made it, then that one is meant."""
        ...

    def invite(self, place: str, emails: Mapping[str, str]) -> Reply:
        """Bring people in by their mail address; `emails` maps person ids to them. Who is unknown there is left out."""
        ...

    def topic(self, place: str, topic: str) -> Reply:
        """Say on top of the channel how it stands."""
        ...

    def say(self, place: str, saying: Saying) -> Reply:
        """Post a message. Its `Accepted.provider_id` names it."""
        ...

    def find(self, place: str, key: str) -> str | None:
        """The vendor's name for the message with this key; '' when it is not there, None when nobody knows."""
        ...

    def answer(self, back: str, saying: Saying) -> Reply:
        """Answer an order, seen only by who gave it."""
        ...

    def who(self, user: str) -> Who | Reply:
        """Who that is."""
        ...


_chats: dict[str, Chat] = {}


def register_chat(chat: Chat) -> None:
    """Make a vendor known."""
    _chats[chat.vendor] = chat


def chats() -> dict[str, Chat]:
    """All vendors by name."""
    return dict(sorted(_chats.items()))


def chat_of(vendor: str) -> Chat | None:
    """One vendor; None when it is gone."""
    return _chats.get(vendor)


def load_chats() -> None:
    """Import the `chat` module of every vendor that has one; each registers itself."""
    import_module("tocsin.integrations").discover("chat")
