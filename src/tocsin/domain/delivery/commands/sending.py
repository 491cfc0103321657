"""Messages to send: put into the ledger and the outbox, held back, confirmed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import transaction
from django.db.models import F, QuerySet

from tocsin.core.work import cancel, enqueue_many
from tocsin.domain.accounts.queries import zone_expression
from tocsin.domain.delivery.commands.ledger import locked, settle
from tocsin.domain.delivery.commands.owning import destination_of
from tocsin.domain.delivery.doors import answering_of
from tocsin.domain.delivery.limits import TEST, check_rate
from tocsin.domain.delivery.models import Delivery, Destination
from tocsin.domain.delivery.permissions import SEND
from tocsin.domain.delivery.ports import Message, Reader, Written
from tocsin.domain.delivery.rules import State, one_line
from tocsin.domain.delivery.work import SEND_JOB, drafts_of, put_out
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Invalid, NotFound, Unavailable
from tocsin.kernel.ids import new_id
from tocsin.kernel.subject import Subject

_KEY_LENGTH = 120


def send(actor: Actor, *, destination_id: str, message: Written, subject: Subject, purpose: str, key: str) -> str:
    """Have a message sent; the id of its delivery. In the caller's transaction: it goes out only if that commits.

    The same `key` again changes nothing and returns the same id. Raises `Denied`, `NotFound`, `Invalid(key)`.
    """
    actor.require(SEND)
    if not key or len(key) > _KEY_LENGTH:
        raise Invalid(f"key: give 1 to {_KEY_LENGTH} characters that name this message once.", field="key")
    at = now()
    with transaction.atomic():
        destination = _destination(destination_id)
        if destination is not None:
            row = Delivery(key=key, **_fields(destination, message, subject, purpose, at))
            Delivery.objects.bulk_create([row], ignore_conflicts=True)
        kept = Delivery.objects.filter(key=key).values_list("id", flat=True).first()
        if kept is None:
            raise NotFound("There is no such contact method; it may have been removed.")
        if destination is not None and kept == row.id:
            put_out(row)
    return str(kept)


@dataclass(frozen=True, slots=True)
class Letter:
    """One of many messages about the same thing: where it goes, what it says, the key that names it once."""

    destination_id: str
    message: Written
    key: str


def send_many(actor: Actor, *, letters: Sequence[Letter], subject: Subject, purpose: str) -> int:
    """Have many messages sent, in the caller's transaction, with a ledger row for each; how many are new.

    A key that is known changes nothing; a destination that is gone is left out. Five queries for all of them.
    """
    actor.require(SEND)
    at = now()
    known = set(Delivery.objects.filter(key__in=[one.key for one in letters]).values_list("key", flat=True))
    places = _places().in_bulk([UUID(one.destination_id) for one in letters])
    rows = [
        Delivery(key=one.key, **_fields(place, one.message, subject, purpose, at))
        for one in {one.key: one for one in letters}.values()
        if one.key not in known and (place := places.get(UUID(one.destination_id)))
    ]
    with transaction.atomic():
        Delivery.objects.bulk_create(rows, ignore_conflicts=True)
        # Somebody may have taken a key in between: only what is in the ledger goes out.
        kept = set(Delivery.objects.filter(id__in=[row.id for row in rows]).values_list("id", flat=True))
        enqueue_many(drafts_of([row for row in rows if row.id in kept], at))
    return len(kept)


def _fields(destination: Destination, written: Written, subject: Subject, purpose: str, at: datetime) -> dict[str, Any]:
    reader = Reader(getattr(destination, "language", "") or "", getattr(destination, "zone", "") or "UTC")
    message = written if isinstance(written, Message) else written(reader)
    return {
        "purpose": purpose,
        "destination": destination,
        "person_id": destination.person_id,
        "kind": destination.kind,
        "address_hint": destination.address_hint,
        "subject_kind": subject.kind,
        "subject_id": subject.id,
        "subject_reference": subject.reference[:120],
        "subject_url": subject.url[:300],
        "message": _encoded(message, at.isoformat(), purpose, reader),
        "urgent": message.urgent,
        "created_at": at,
        "next_at": at,
    }


def _places() -> QuerySet[Destination]:
    return Destination.objects.annotate(language=F("person__language"), zone=zone_expression("person__time_zone"))


def _destination(id_: str) -> Destination | None:
    try:
        return _places().filter(id=UUID(id_)).first()
    except ValueError:
        return None


def _encoded(message: Message, at: str, purpose: str, reader: Reader) -> str:
    whole = replace(
        message,
        occurred_at=message.occurred_at or at,
        language=message.language or reader.language,
        replies=answering_of(purpose) is not None,
    )
    return msgspec.json.encode(whole).decode()


def suppress(actor: Actor, *, delivery_id: str, reason: str) -> bool:
    """Hold a message back, for a reason that is kept; False when it is settled already.

    One that is being sent at this moment goes on; only a further attempt is held back.
    """
    actor.require(SEND)
    if not reason.strip():
        raise Invalid("reason: say why this message is held back.", field="reason")
    with transaction.atomic():
        row = locked(delivery_id)
        if row is None:
            raise NotFound("There is no such delivery.")
        if row.state in {State.QUEUED, State.UNKNOWN}:
            cancel(SEND_JOB, row.key)
            settle(row, State.SUPPRESSED, reason, actor=actor)
            return True
        if row.state == State.LEASED:
            row.stop_reason = one_line(reason, 300)
            row.save(update_fields=["stop_reason"])
            return True
        return False


def note_receipt(actor: Actor, *, delivery_id: str, arrived: bool | None, answer: str) -> None:
    """Write down what the provider told later: it arrived, it did not, or (None) the provider has it.

    That it has it clears a doubt, so that it is not sent twice. Events sent, delivered or failed. Raises `NotFound`;
    `Unavailable` when it is told that a message failed which is still being handed over: tell it again later.
    """
    actor.require(SEND)
    with transaction.atomic():
        row = locked(delivery_id)
        if row is None:
            raise NotFound("There is no such delivery.")
        if arrived is False and row.state == State.LEASED:
            raise Unavailable("The message is still being handed over; tell it again in a moment.")
        state = State.SENT if arrived is None else State.DELIVERED if arrived else State.FAILED
        if row.state in _MOVES[state]:
            cancel(SEND_JOB, row.key)
            settle(row, state, answer, actor=actor)


_MOVES = {
    State.SENT: {State.UNKNOWN},
    State.DELIVERED: set(State) - {State.DELIVERED},
    State.FAILED: {State.SENT},
}
"""From which states a receipt moves a delivery to each."""


def send_test(actor: Actor, *, destination_id: str) -> str:
    """Send a test message to one's own contact method (administrators: any); the id of its delivery.

    Raises `Denied`, `NotFound`, `Conflict` (more than 10 in an hour).
    """
    destination = destination_of(actor, destination_id)
    check_rate(destination.id, TEST)
    message = Message(
        title="Test message from Tocsin",
        text=f"{actor.name} asked for this test message. Nothing has happened, and nothing needs to be done.",
        reference="Test",
    )
    subject = Subject("destination", str(destination.id), "Test", "Test message", "")
    return send(
        actor,
        destination_id=destination_id,
        message=message,
        subject=subject,
        purpose=TEST,
        key=f"{TEST}:{new_id()}",
    )
