"""Payloads and names of this room's work. Commands put it in, `workers` does it; neither imports the other."""

import msgspec

from tocsin.core.work import enqueue
from tocsin.domain.chat.models import ChatChannel, Heard

OPEN = "chat.open"
TELL = "chat.tell"
ACT = "chat.act"
MEET = "chat.meet"
ANSWER = "chat.answer"
INVITE = "chat.invite"


class OfChannel(msgspec.Struct, frozen=True):
    """The channel's id."""

    channel: str


class OfPlace(msgspec.Struct, frozen=True):
    """A place of a vendor, whose words are carried out in their order."""

    vendor: str
    place: str


class OfUser(msgspec.Struct, frozen=True):
    """A user of a vendor, met in a place."""

    vendor: str
    user: str
    place: str


class OfHeard(msgspec.Struct, frozen=True):
    """Something heard that is to be answered."""

    heard: int


class Invite(msgspec.Struct, frozen=True):
    """People to bring into a channel, by id."""

    channel: str
    people: list[str]


def open_soon(row: ChatChannel) -> None:
    """Have the channel made."""
    enqueue(OPEN, OfChannel(str(row.id)), key=str(row.id), lane=f"chat:{row.vendor}")


def tell_soon(row: ChatChannel) -> None:
    """Have said there what the log has and the channel has not. One job for a channel: its order holds."""
    enqueue(TELL, OfChannel(str(row.id)), key=str(row.id), lane=f"chat:{row.vendor}")


def invite_soon(row: ChatChannel, people: list[str]) -> None:
    """Have these people brought in."""
    if people:
        key = f"{row.id}:{','.join(sorted(people))}"[:120]
        enqueue(INVITE, Invite(str(row.id), people), key=key, lane=f"chat:{row.vendor}")


def act_soon(vendor: str, place: str) -> None:
    """Have carried out what was said in a place, in its order."""
    enqueue(ACT, OfPlace(vendor, place), key=f"{vendor}:{place}"[:120])


def meet_soon(vendor: str, user: str, place: str) -> None:
    """Have the vendor asked who that is."""
    enqueue(MEET, OfUser(vendor, user, place), key=f"{vendor}:{user}"[:120], lane=f"chat:{vendor}")


def answer_soon(row: Heard) -> None:
    """Have the order answered."""
    enqueue(ANSWER, OfHeard(row.id), key=str(row.id), lane=f"chat:{row.vendor}")
