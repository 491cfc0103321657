"""Reads of the chat room: the channels of an incident, whom the chats know, and what can be opened."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from tocsin.domain.chat.models import Acquaintance, ChatChannel
from tocsin.domain.chat.permissions import VIEW
from tocsin.domain.chat.ports import chats
from tocsin.domain.incidents import queries as incidents
from tocsin.kernel.actor import ADMINISTRATORS, Actor
from tocsin.kernel.ids import id_of


@dataclass(frozen=True, slots=True)
class ChannelView:
    """A channel of an incident. `state`: asked, open, closed, failed; `said` and `heard` count mirrored messages."""

    id: str
    vendor: str
    title: str
    name: str
    url: str
    state: str
    problem: str
    two_way: bool
    opened_at: datetime | None
    closed_at: datetime | None
    said: int
    heard: int


@dataclass(frozen=True, slots=True)
class VendorView:
    """A chat in which the incident has no channel; `problem` says why it can have none, with the mend."""

    vendor: str
    title: str
    problem: str


@dataclass(frozen=True, slots=True)
class AcquaintanceView:
    """A user of a chat and who that is here; an empty person: nobody."""

    vendor: str
    title: str
    user: str
    name: str
    person_id: str
    person: str


def channels(actor: Actor, incident: str) -> list[ChannelView]:
    """Channels of an incident, newest first. Two queries and those of the incident. Raises `NotFound`."""
    actor.require(VIEW)
    row, known = incidents.row(actor, incident), chats()
    rows = ChatChannel.objects.filter(incident_id=id_of(row.id)).annotate(
        said=Count("mirrored", filter=Q(mirrored__heard=False)), heard=Count("mirrored", filter=Q(mirrored__heard=True))
    )
    return [
        ChannelView(
            id=str(one.id),
            vendor=one.vendor,
            title=known[one.vendor].title if one.vendor in known else one.vendor,
            name=one.name,
            url=one.url,
            state=one.state,
            problem=one.problem,
            two_way=one.vendor in known and known[one.vendor].two_way,
            opened_at=one.opened_at,
            closed_at=one.closed_at,
            said=one.said,
            heard=one.heard,
        )
        for one in rows.order_by("-asked_at")
    ]


def vendors(actor: Actor) -> list[VendorView]:
    """All chats, with what each lacks. One query for each vendor there is."""
    actor.require(VIEW)
    return [VendorView(name, chat.title, chat.problem()) for name, chat in chats().items()]


def acquaintances(actor: Actor) -> list[AcquaintanceView]:
    """Whom the chats know: administrators see all, others themselves. One query."""
    actor.require(VIEW)
    rows = Acquaintance.objects.select_related("person").order_by("vendor", "name", "user")
    if not actor.is_system and not actor.roles & ADMINISTRATORS:
        rows = rows.filter(person_id=id_of(actor.person))
    known = chats()
    return [
        AcquaintanceView(
            row.vendor,
            known[row.vendor].title if row.vendor in known else row.vendor,
            row.user,
            row.name,
            str(row.person_id or ""),
            str(row.person) if row.person else "",
        )
        for row in rows[:500]
    ]
