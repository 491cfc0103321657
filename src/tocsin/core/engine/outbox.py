"""Puts work into the outbox, in the caller's transaction. Never runs anything."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import msgspec
from django.db import transaction

from tocsin.core.engine.models import Job
from tocsin.core.engine.wake import wake_engine
from tocsin.kernel.clock import now


@dataclass(frozen=True, slots=True)
class Draft:
    """A job about to be put in."""

    kind: str
    payload: str
    key: str | None
    due: datetime
    lane: str = ""


def enqueue(
    kind: str, payload: msgspec.Struct, *, key: str | None = None, due: datetime | None = None, lane: str = ""
) -> None:
    """Put in one job. With a `key` that a live job of this kind has: that job is moved to `due` with the new payload.

    Jobs of one `lane` (a provider) share a limit and a circuit breaker, so that a slow one never blocks the rest.
    """
    body = msgspec.json.encode(payload).decode()
    at = due or now()
    if key is not None:
        moved = Job.objects.filter(kind=kind, key=key, dead=False).update(
            payload=body, due_at=at, lane=lane, attempts=0, last_error=""
        )
        if moved:
            _wake_if_due(at)
            return
    enqueue_many([Draft(kind, body, key, at, lane)])


def enqueue_many(drafts: Iterable[Draft]) -> None:
    """Put in many jobs with one query. A key that is already live is left as it is."""
    created = now()
    rows = [
        Job(kind=d.kind, key=d.key, lane=d.lane, payload=d.payload, due_at=d.due, created_at=created) for d in drafts
    ]
    if rows:
        Job.objects.bulk_create(rows, ignore_conflicts=True)
        _wake_if_due(min(row.due_at for row in rows))


def cancel(kind: str, key: str) -> bool:
    """Remove the live job of this key; False when there is none."""
    deleted, _ = Job.objects.filter(kind=kind, key=key, dead=False).delete()
    return bool(deleted)


def _wake_if_due(due: datetime) -> None:
    if due <= now():
        transaction.on_commit(wake_engine)
