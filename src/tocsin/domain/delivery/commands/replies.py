"""Answers that came back through a channel: found out what they answer, and handed to the room whose message it was.

The rooms decide what an answer does; here is only which message it belongs to.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

import msgspec

from tocsin.domain.delivery.commands.destinations import address_hash
from tocsin.domain.delivery.doors import Answered, Verb, answerable, answering_of
from tocsin.domain.delivery.models import Delivery
from tocsin.domain.delivery.permissions import SEND
from tocsin.domain.delivery.ports import DeliveryView, DestinationView, Message, reason_not_to_send
from tocsin.domain.delivery.replying import ALL
from tocsin.domain.delivery.snapshots import delivery_view, destination_view
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import NotFound, Refused

ANSWERED_WITHIN = timedelta(hours=24)
_MOST = 60
_NAMED = 5


def answer_delivery(actor: Actor, *, delivery_id: str, verb: Verb, via: str) -> Answered:
    """Answer this message, in the name of its person. Never raises for one that is over. Raises `NotFound`."""
    actor.require(SEND)
    return _answer(_row(delivery_id), verb, via)


def answer_from(
    actor: Actor, *, kinds: Iterable[str], address: str, verb: Verb, via: str, reference: str = ""
) -> Answered | None:
    """Answer the newest message to this address that its person has not answered yet, or the newest about `reference`.

    `ALL` as reference acknowledges whatever waits there. None when no message of the last 24 hours can be answered
    from there.
    """
    actor.require(SEND)
    if reference == ALL and verb is Verb.ACKNOWLEDGE:
        return _answer_all(kinds, address, via)
    last: Answered | None = None
    rows = _answerable_from(kinds, address, "" if reference == ALL else reference)
    for row in rows:
        found = _answer(row, verb, via)
        last = last or found
        if found.state != "again":
            return replace(found, waiting=len(_waiting(kinds, address))) if found.counted else found
    return last


def _answer_all(kinds: Iterable[str], address: str, via: str) -> Answered | None:
    """Acknowledge everything that waits at this address; when nothing does, as one answer to the newest."""
    found = [_answer(row, Verb.ACKNOWLEDGE, via) for row in _waiting(kinds, address)]
    taken = [each for each in found if each.state == "yours"]
    if len(taken) < 2:
        newest = _answerable_from(kinds, address, "")[:1]
        return taken[0] if taken else (_answer(newest[0], Verb.ACKNOWLEDGE, via) if newest else None)
    names = ", ".join(each.reference for each in taken[:_NAMED])
    names += f" +{len(taken) - _NAMED}" if len(taken) > _NAMED else ""
    return Answered("all", f"{names} are yours.", reference=names)


def _waiting(kinds: Iterable[str], address: str) -> list[Delivery]:
    """The newest message of each subject that still waits for an answer from this address."""
    newest: dict[tuple[str, str], Delivery] = {}
    for row in _answerable_from(kinds, address, ""):
        newest.setdefault((row.subject_kind, row.subject_id), row)
    return [row for row in newest.values() if not reason_not_to_send(delivery_view(row))]


@dataclass(frozen=True, slots=True)
class Said:
    """A message that was put out: its delivery, where it goes, what it says, and why it is no longer wanted, or ''."""

    delivery: DeliveryView
    destination: DestinationView
    message: Message
    unwanted: str


def said_in(actor: Actor, *, delivery_id: str) -> Said:
    """What a message says, for a provider that asks while it hands it over. Raises `NotFound`."""
    actor.require(SEND)
    row = _row(delivery_id)
    if row.destination is None:
        raise NotFound("The contact method was removed.")
    message = msgspec.json.decode(row.message, type=Message)
    delivery = delivery_view(row)
    return Said(delivery, destination_view(row.destination), message, reason_not_to_send(delivery))


def language_at(actor: Actor, *, kinds: Iterable[str], address: str) -> str:
    """The language of whoever was written to at this address last; '' when nobody was."""
    actor.require(SEND)
    hashes = [address_hash(kind, address) for kind in kinds]
    row = Delivery.objects.filter(destination__address_hash__in=hashes).select_related("person")
    last = row.order_by("-created_at").first()
    return last.person.language if last is not None and last.person else ""


def _answer(row: Delivery, verb: Verb, via: str) -> Answered:
    answering = answering_of(row.purpose)
    if answering is None:
        return Answered("over", "This message needs no answer.", reference=row.subject_reference)
    try:
        return answering(delivery_view(row), verb, via)
    except Refused as refused:
        return Answered("refused", refused.sentence, reference=row.subject_reference)


def _answerable_from(kinds: Iterable[str], address: str, reference: str) -> list[Delivery]:
    hashes = [address_hash(kind, address) for kind in kinds]
    rows = Delivery.objects.filter(
        destination__address_hash__in=hashes,
        destination__person__isnull=False,
        purpose__in=answerable(),
        created_at__gt=now() - ANSWERED_WITHIN,
    )
    if reference:
        rows = rows.filter(subject_reference=reference)
    return list(rows.select_related("destination", "person").order_by("-created_at", "-id")[:_MOST])


def _row(delivery_id: str) -> Delivery:
    missing = NotFound("There is no such message.")
    try:
        row = Delivery.objects.select_related("destination", "person").filter(id=UUID(delivery_id)).first()
    except ValueError:
        raise missing from None
    if row is None:
        raise missing
    return row
