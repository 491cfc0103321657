"""An incident's channels: asked for by a person or by the severity, left by a person or when nothing may be told."""

from datetime import datetime

from django.db import IntegrityError, transaction

from tocsin.core.log import append
from tocsin.domain.chat.events import ChannelClosed
from tocsin.domain.chat.jobs import open_soon, tell_soon
from tocsin.domain.chat.models import ChatChannel
from tocsin.domain.chat.naming import SELF
from tocsin.domain.chat.permissions import OPEN
from tocsin.domain.chat.ports import Chat, chat_of, chats
from tocsin.domain.delivery.ports import reason_to_keep
from tocsin.domain.incidents import queries as incidents
from tocsin.domain.incidents.queries import IncidentRow
from tocsin.domain.incidents.rules.states import ACTIVE_STATES, State
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Conflict, Invalid, NotFound
from tocsin.kernel.ids import id_of


def open_channel(actor: Actor, *, incident: str, vendor: str) -> str:
    """Have a channel made for the incident; returns the id of its row. One that there is already is returned.

    Raises `NotFound`, `Invalid(vendor)`, `Conflict` for a restricted incident, one that is over, or a vendor that is
    not set up. Event `chat.channel_opened` once the vendor has made it.
    """
    actor.require(OPEN)
    row = incidents.row(actor, incident)
    chat = _usable(vendor)
    if row.restricted:
        raise Conflict(f"{row.reference} is restricted: nothing of it goes into a chat.")
    if State(row.state) not in ACTIVE_STATES:
        raise Conflict(f"{row.reference} is {row.state}; a channel is for what still goes on.")
    return str(_ask(row, chat, actor.person or None).id)


def retry_channel(actor: Actor, *, channel: str) -> None:
    """Try again what the vendor refused. Raises `NotFound`, `Conflict` when nothing failed."""
    actor.require(OPEN)
    with transaction.atomic():
        row = _seen(actor, channel)
        if row.state != "failed":
            raise Conflict("Nothing failed here; there is nothing to try again.")
        row.state, row.problem = ("open" if row.place else "asked"), ""
        row.save(update_fields=["state", "problem"])
        (tell_soon if row.place else open_soon)(row)


def close_channel(actor: Actor, *, channel: str) -> None:
    """Follow the channel no longer; it stays at the vendor's. Event `chat.channel_closed`. Raises `NotFound`."""
    actor.require(OPEN)
    with transaction.atomic():
        row = _seen(actor, channel)
        if row.state != "closed":
            close(row, actor, "somebody left it", now())


def close(row: ChatChannel, actor: Actor, reason: str, at: datetime) -> None:
    """Close a locked row."""
    chat = chat_of(row.vendor)
    row.state, row.closed_at = "closed", at
    row.save(update_fields=["state", "closed_at"])
    event = ChannelClosed(vendor=row.vendor, title=chat.title if chat else row.vendor, name=row.name, reason=reason)
    append(f"incident:{row.incident_id}", event, actor)


def reconcile(incident_id: str) -> None:
    """What follows from a change of the incident: channels that its severity wants are asked for, news are told,
    and nothing goes on in a chat about one that is restricted or closed.
    """
    try:
        row = incidents.row(SELF, incident_id)
    except NotFound:
        return
    ended = State(row.state) not in ACTIVE_STATES and State(row.state) is not State.RESOLVED
    rows = list(
        ChatChannel.objects.select_for_update().filter(incident_id=id_of(row.id)).exclude(state="closed").order_by("id")
    )
    for known in rows:
        if row.restricted:
            close(known, SELF, "the incident is restricted", now())
        elif known.state == "open":
            tell_soon(known)
    if not row.restricted and not ended and State(row.state) in ACTIVE_STATES:
        _ask_where_wanted(row, {known.vendor for known in rows})


def _ask_where_wanted(row: IncidentRow, known: set[str]) -> None:
    """Where the severity wants a channel and none was ever made (one that somebody left is not made again), unless
    the incident is a rehearsal: a drill calls nobody into a real chat.
    """
    for vendor, chat in chats().items():
        if vendor in known or row.severity not in chat.severities() or chat.problem():
            continue
        known_once = ChatChannel.objects.filter(incident_id=id_of(row.id), vendor=vendor).exists()
        if not known_once and not reason_to_keep(f"incident:{row.id}"):
            _ask(row, chat, None)


def _ask(row: IncidentRow, chat: Chat, person: str | None) -> ChatChannel:
    known = ChatChannel.objects.filter(incident_id=id_of(row.id), vendor=chat.vendor).exclude(state="closed")
    try:
        with transaction.atomic():
            if (found := known.first()) is not None:
                return found
            made = ChatChannel.objects.create(
                incident_id=id_of(row.id), vendor=chat.vendor, asked_by_id=person, asked_at=now()
            )
            open_soon(made)
            return made
    except IntegrityError:
        return known.get()


def _usable(vendor: str) -> Chat:
    chat = chat_of(vendor)
    if chat is None:
        raise Invalid(f"vendor: choose one of {', '.join(chats()) or 'none: there is no chat'}.", field="vendor")
    if problem := chat.problem():
        raise Conflict(problem)
    return chat


def _seen(actor: Actor, channel: str) -> ChatChannel:
    row = ChatChannel.objects.select_for_update().filter(id=id_of(channel)).first()
    if row is None:
        raise NotFound("There is no such channel.")
    incidents.row(actor, str(row.incident_id))
    return row
