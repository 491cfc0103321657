"""What becomes of one duty: its report was submitted, the authorities hold it, it is not applicable after all."""

from datetime import datetime

from django.db import transaction

from tocsin.domain.obligations.commands.filing import (
    Open,
    author,
    close,
    obligation_of,
    opened,
    past,
    record,
    register,
    stop,
    text,
)
from tocsin.domain.obligations.events import Decided, Submitted
from tocsin.domain.obligations.models import Obligation, Submission
from tocsin.domain.obligations.rules.regimes import Clock
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Conflict, Invalid


def submit(
    actor: Actor, *, incident: str, obligation: str, at: datetime | None = None, reference: str = "", note: str = ""
) -> None:
    """Record that a report was submitted, by whom, when and under which reference; the next clocks of its chain start.

    A further submission (an updated report) is kept as well. A late one needs the reasons for the delay in `note`.
    Event `obligations.submitted`. Raises `Invalid`, `Conflict`.
    """
    when = past(at, "at") if at else now()
    ref, said = text(reference, "reference")[:200], text(note, "note")
    with transaction.atomic():
        found, row, clock = _found(actor, incident, obligation)
        if row.why_not:
            raise Conflict(f"It is not owed: {row.why_not}", field="obligation")
        if row.due_at and when > row.due_at and row.met_at is None and not said:
            raise Invalid(
                f"note: it was due at {row.due_at:%Y-%m-%d %H:%M} UTC; write the reasons for the delay.", field="note"
            )
        Submission.objects.create(obligation=row, at=when, reference=ref, note=said, by=actor.name, recorded_at=now())
        again = "again " if row.met_at else ""
        words = f"{_name(found, row)}: '{clock.owed}' {again}submitted to {clock.to} at {when:%Y-%m-%d %H:%M} UTC"
        words += f", reference {ref}" if ref else ""
        register(found, "submitted", words[:300], regime=row.regime, owed=clock.owed, reason=said)
        told = Submitted(
            author=author(actor),
            regime=row.regime,
            said=f"recorded: {words}",
            reason=said,
            obligation=str(row.id),
            at=when,
            reference=ref,
        )
        record(found, told)
        close(found)


def hold(actor: Actor, *, incident: str, obligation: str, until: datetime | None, reason: str) -> None:
    """The authorities delay a duty until a time, for a reason; `until` None ends the hold. Event `obligations.decided`.

    While it is held nobody is reminded; its end moves to that time when that is later. Raises `Invalid`, `Conflict`.
    """
    said = text(reason, "reason", needed="say who asked for the delay and in which form.")
    if until is not None and until <= now():
        raise Invalid("until: this time has passed; write one ahead, or end the hold.", field="until")
    with transaction.atomic():
        found, row, clock = _found(actor, incident, obligation)
        if until is not None and not clock.hold:
            raise Conflict(f"'{clock.owed}' knows no delay by authorities; edit the clock if that is wrong.")
        if row.met_at is not None:
            raise Conflict(f"'{clock.owed}' was submitted already.")
        stop(row)
        row.held_until, row.hold_reason = until, said if until else ""
        row.reminded_at = row.breached_at = None
        row.save(update_fields=["held_until", "hold_reason", "reminded_at", "breached_at"])
        kept = f"held until {until:%Y-%m-%d %H:%M} UTC" if until else "no longer held"
        _decided(found, row, clock, "held" if until else "released", kept, said)


def waive(actor: Actor, *, incident: str, obligation: str, reason: str) -> None:
    """One duty of a regime is not applicable, for a reason that is kept. Event `obligations.decided`."""
    said = text(reason, "reason", needed="say why it is not applicable; it is kept in the register.")
    with transaction.atomic():
        found, row, clock = _found(actor, incident, obligation)
        if row.met_at is not None:
            raise Conflict(f"'{clock.owed}' was submitted already.")
        row.waived = said
        row.save(update_fields=["waived"])
        _decided(found, row, clock, "waived", "not applicable", said)


def owe_again(actor: Actor, *, incident: str, obligation: str, reason: str) -> None:
    """A waived duty is owed after all. Event `obligations.decided`."""
    said = text(reason, "reason", needed="say why it is owed after all.")
    with transaction.atomic():
        found, row, clock = _found(actor, incident, obligation)
        if not row.waived:
            raise Conflict(f"'{clock.owed}' is owed already.")
        row.waived = ""
        row.save(update_fields=["waived"])
        _decided(found, row, clock, "restored", "owed again", said)


def _found(actor: Actor, incident: str, obligation: str) -> tuple[Open, Obligation, Clock]:
    found = opened(actor, incident, deciding=True)
    row = obligation_of(found, obligation)
    regime = found.book.regime(row.regime)
    clock = regime.clock(row.clock) if regime else None
    if clock is None:
        raise Conflict("The edition in use has no such clock any more; what was recorded stays.")
    return found, row, clock


def _name(found: Open, row: Obligation) -> str:
    regime = found.book.regime(row.regime)
    return regime.name if regime else row.regime


def _decided(found: Open, row: Obligation, clock: Clock, decision: str, words: str, reason: str) -> None:
    said = f"{_name(found, row)}: '{clock.owed}' is {words}"
    register(found, decision, said, regime=row.regime, owed=clock.owed, reason=reason)
    told = Decided(
        author=author(found.actor), regime=row.regime, decision=decision, said=f"recorded: {said}", reason=reason
    )
    record(found, told)
    close(found)
