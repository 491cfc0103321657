"""Reads the whole log on request and once a day, by the engine, and keeps what it found.

Hides how long it takes: who asked sees the count grow and may leave. A fault stands as an alarm until a later
reading finds none.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
from django.db import transaction

from tocsin.core.alarms.standing import look
from tocsin.core.events.models import Entry, Verification
from tocsin.core.events.verify import verify_log
from tocsin.core.work import Done, JobView, effect, enqueue, periodic
from tocsin.kernel.actor import STAFF, Actor, Permission, system
from tocsin.kernel.clock import now

VERIFY = Permission("log.verify", STAFF, "verify the whole log")
JOB = "events.verify"
SHOWN_FAULTS = 50
_BY_ITSELF = system("log.verify")


class Verify(msgspec.Struct):
    """Payload: the row that keeps the result."""

    verification: int


@dataclass(frozen=True, slots=True)
class VerificationView:
    """One reading. While it runs, `read` of `entries` are done; `faults` are sentences, `fault_count` all of them."""

    asked_at: datetime
    asked_by: str
    finished_at: datetime | None
    read: int
    entries: int
    checkpoints: int
    faults: list[str]
    fault_count: int


def ask(actor: Actor) -> None:
    """Have the whole log read. Nothing happens when a reading is under way. Raises `Denied`."""
    actor.require(VERIFY)
    with transaction.atomic():
        running = Verification.objects.filter(finished_at=None, asked_at__gt=now() - timedelta(hours=2)).exists()
        if not running:
            row = Verification.objects.create(asked_at=now(), asked_by=actor.name, entries=Entry.objects.count())
            enqueue(JOB, Verify(verification=row.id), key=str(row.id))


def latest() -> VerificationView | None:
    """The newest reading, running or done. One query."""
    row = Verification.objects.order_by("-id").first()
    if row is None:
        return None
    return VerificationView(
        asked_at=row.asked_at,
        asked_by=row.asked_by,
        finished_at=row.finished_at,
        read=row.read,
        entries=row.entries,
        checkpoints=row.checkpoints,
        faults=row.faults,
        fault_count=row.fault_count,
    )


@effect(JOB, Verify, timeout=timedelta(hours=1))
def verify(payload: Verify, job: JobView) -> Done:
    """Read everything; the row tells how far it is."""
    row = Verification.objects.filter(id=payload.verification)

    def tell(read: int) -> None:
        row.update(read=read)

    verdict = verify_log(tell)
    faults = [f"{fault.stream or 'checkpoints'}: {fault.sentence}" for fault in verdict.faults]

    def record() -> None:
        row.update(
            finished_at=now(),
            read=verdict.entries,
            entries=verdict.entries,
            checkpoints=verdict.checkpoints,
            faults=faults[:SHOWN_FAULTS],
            fault_count=len(faults),
        )
        look("log", f"The event log is not whole: {len(faults)} faults, the first: {faults[0]}." if faults else "")

    return Done(record=record)


@periodic("events.verify_daily", every=timedelta(days=1))
def verify_daily() -> None:
    """Ask once a day, so that tampering is found although nobody looks."""
    ask(_BY_ITSELF)
    kept = list(Verification.objects.order_by("-id").values_list("id", flat=True)[:30])
    Verification.objects.exclude(id__in=kept).delete()
