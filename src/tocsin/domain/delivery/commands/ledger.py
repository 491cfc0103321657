"""How a delivery's row moves: begun, answered, settled. Each step is one short transaction, written with its event.

Used by this room's commands and workers only; nobody else moves a row.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from django.db import transaction

from tocsin.core.log import append
from tocsin.core.secrets.sealing import SealBroken
from tocsin.domain.delivery import events
from tocsin.domain.delivery.models import Attempt, Delivery
from tocsin.domain.delivery.ports import DeliveryView, DestinationView, Message, reason_not_to_send, traceless
from tocsin.domain.delivery.rules import GIVE_UP_AFTER, SETTLED, Decision, Outcome, State, one_line
from tocsin.domain.delivery.snapshots import delivery_view, destination_view
from tocsin.domain.delivery.work import put_out
from tocsin.kernel.actor import Actor, system
from tocsin.kernel.clock import now

ENGINE = system("delivery")
_EVENTS = {
    State.QUEUED: events.Delayed,
    State.SENT: events.Sent,
    State.DELIVERED: events.Delivered,
    State.FAILED: events.Failed,
    State.UNKNOWN: events.Unknown,
    State.SUPPRESSED: events.Suppressed,
}


@dataclass(frozen=True, slots=True)
class Begun:
    """An attempt that was begun: all that is needed to send without the database."""

    delivery: DeliveryView
    destination: DestinationView
    message: Message
    attempt: int
    number: int
    doubtful: bool


def begin(delivery_id: str) -> Begun | None:
    """Start an attempt: the row is `leased`, the attempt stands in the ledger. None when there is nothing to send.

    An attempt still open here was left by an engine that died: it becomes `unknown`, and the same key goes out again.
    """
    try:
        with transaction.atomic():
            row = locked(delivery_id)
            if row is None or row.state in SETTLED:
                return None
            return _begin(row, _earlier(row))
    except SealBroken as problem:
        with transaction.atomic():
            row = locked(delivery_id, sealed=True)
            if row is not None and row.state not in SETTLED:
                settle(row, State.FAILED, f"The message cannot be opened any more: {problem}")
        return None


def _begin(row: Delivery, earlier: "_Earlier") -> Begun | None:
    # Before it is asked whether it is still wanted: an attempt that is older than an answer was leased before it.
    at = now()
    reason = row.stop_reason or _no_destination(row) or reason_not_to_send(delivery_view(row))
    if reason:
        settle(row, State.SUPPRESSED, reason)
        return None
    if earlier.last and now() - row.created_at > GIVE_UP_AFTER:
        settle(row, State.FAILED, f"Given up after 24 h. {row.answer}")
        return None
    assert row.destination is not None
    attempt = Attempt.objects.create(delivery=row, number=earlier.last + 1, at=at)
    row.state = State.LEASED
    row.save(update_fields=["state"])
    return Begun(
        delivery=delivery_view(row),
        destination=destination_view(row.destination),
        message=_said(row),
        attempt=attempt.id,
        number=attempt.number,
        doubtful=earlier.doubtful,
    )


def _said(row: Delivery) -> Message:
    """What it says, with the provider's name of the message that it follows."""
    message = msgspec.json.decode(row.message, type=Message)
    if not message.follows:
        return message
    earlier = Delivery.objects.filter(id=UUID(message.follows[0])).values_list("provider_id", flat=True).first()
    return replace(message, earlier=earlier or "")


def _no_destination(row: Delivery) -> str:
    if row.destination is None:
        return "The contact method was removed."
    return "" if row.destination.enabled else "The contact method is switched off."


@dataclass(frozen=True, slots=True)
class _Earlier:
    """The number of the last attempt (0: none), and whether one of them may have arrived."""

    last: int
    doubtful: bool


def _earlier(row: Delivery) -> _Earlier:
    """What was tried so far. One query; an attempt that its engine abandoned is closed by another, as unknown."""
    tried = list(row.attempts.values_list("number", "outcome"))
    doubtful = any(outcome == Outcome.UNKNOWN for _, outcome in tried)
    if any(not outcome for _, outcome in tried):
        answer = "The engine stopped before the answer could be written down."
        row.attempts.filter(outcome="").update(outcome=Outcome.UNKNOWN, answer=answer)
        if not doubtful:
            tell(row, State.UNKNOWN, answer)
        doubtful = True
    return _Earlier(max((number for number, _ in tried), default=0), doubtful)


def conclude(begun: Begun, outcome: Outcome, decision: Decision, *, duration: timedelta, provider_id: str) -> None:
    """Write down what an attempt came to, in the transaction that settles its job.

    What an attempt did is a fact even when another engine has the job meanwhile: a success always counts.
    """
    Attempt.objects.filter(id=begun.attempt).update(
        outcome=outcome,
        answer=one_line(decision.answer),
        duration_ms=int(duration.total_seconds() * 1000),
    )
    row = locked(begun.delivery.id)
    if row is None:
        return
    if row.state in SETTLED and (decision.state is not State.SENT or row.state in {State.SENT, State.DELIVERED}):
        return
    if provider_id:
        row.provider_id = provider_id[:200]
        row.save(update_fields=["provider_id"])
    if decision.wait is None:
        settle(row, decision.state, decision.answer)
    elif row.stop_reason:
        settle(row, State.SUPPRESSED, row.stop_reason)
    else:
        _wait(row, decision, doubt_is_new=not begun.doubtful, first=begun.number == 1)


def _wait(row: Delivery, decision: Decision, *, doubt_is_new: bool, first: bool) -> None:
    assert decision.wait is not None
    row.state, row.answer, row.next_at = decision.state, one_line(decision.answer), now() + decision.wait
    row.save(update_fields=["state", "answer", "next_at"])
    if decision.state is State.UNKNOWN and doubt_is_new:
        tell(row, State.UNKNOWN, decision.answer)
    elif decision.state is State.QUEUED and first:
        tell(row, State.QUEUED, decision.answer)


def put_back(delivery_id: str, due: datetime) -> None:
    """Make the delivery's job due later, without a word to the provider's circuit breaker."""
    row = Delivery.objects.select_related("destination").filter(id=delivery_id).first()
    if row is not None and row.state not in SETTLED:
        put_out(row, due=due)


def settle(row: Delivery, state: State, answer: str, *, actor: Actor = ENGINE) -> None:
    """Move a row to a state from which nothing more is tried, with its event."""
    row.state, row.answer, row.settled_at, row.next_at = state, one_line(answer), now(), None
    row.save(update_fields=["state", "answer", "settled_at", "next_at"])
    tell(row, state, answer, actor)


def tell(row: Delivery, state: State, answer: str, actor: Actor = ENGINE) -> None:
    """Append the event of a state on the stream `delivery:<id>`; none for a purpose that leaves no trace."""
    if traceless(row.purpose):
        return
    said = _EVENTS[state](
        delivery=str(row.id),
        purpose=row.purpose,
        key=row.key,
        subject_kind=row.subject_kind,
        subject_id=row.subject_id,
        person=str(row.person_id or ""),
        kind=row.kind,
        answer=one_line(answer),
    )
    append(f"delivery:{row.id}", said, actor)


def locked(delivery_id: str, *, sealed: bool = False) -> Delivery | None:
    """The row, locked, with destination and person; `sealed`: without what stands sealed."""
    try:
        rows = Delivery.objects.select_for_update(of=("self",)).filter(id=UUID(delivery_id))
    except ValueError:
        return None
    if sealed:
        return rows.defer("message").first()
    return rows.select_related("destination", "person").first()
