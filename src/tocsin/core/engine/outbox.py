"""Puts work into the outbox, in the caller's transaction. Never runs anything."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from django.db import connection

from tocsin.core.engine.models import Job
from tocsin.core.engine.wake import wake_engine, wake_on_commit
from tocsin.kernel.clock import now

_COLUMNS = (
    "kind", "key", "lane", "payload", "due_at", "created_at", "attempts", "lease_version", "leased_by", "last_error",
    "dead",
)  # fmt: skip
_MARKS = f"({', '.join(['%s'] * len(_COLUMNS))})"
_INSERT = f"INSERT INTO {Job._meta.db_table} ({', '.join(_COLUMNS)}) VALUES"
_KNOWN = "ON CONFLICT (kind, key) WHERE NOT dead DO UPDATE SET"
_LEAVE = (
    f"{_KNOWN} lease_version = {Job._meta.db_table}.lease_version + 1 WHERE {Job._meta.db_table}.lease_until IS NULL"
)
"""Who does the job just now may have looked already: then it is done once more. An effect that runs is left alone."""
_MOVE = (
    f"{_KNOWN} payload = excluded.payload, due_at = excluded.due_at,"
    " lane = excluded.lane, created_at = excluded.created_at, attempts = 0, last_error = '',"
    f" lease_version = {Job._meta.db_table}.lease_version + 1"
)
"""The version tells who does the job just now that it was moved, and is not over with what they did."""


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
    enqueue_many([Draft(kind, msgspec.json.encode(payload).decode(), key, due or now(), lane)], move=True)


def enqueue_many(drafts: Iterable[Draft], *, move: bool = False) -> None:
    """Put in many jobs with one query. A key that is already live keeps its payload and time, or with `move` takes the
    new ones."""
    rows = _once(drafts, last=move)
    if not rows:
        return
    instant: Any = connection.ops.adapt_datetimefield_value
    created = instant(now())
    values = [
        value
        for d in rows
        for value in (d.kind, d.key, d.lane, d.payload, instant(d.due), created, 0, 0, "", "", False)
    ]
    marks = ", ".join([_MARKS] * len(rows))
    with connection.cursor() as cursor:
        cursor.execute(f"{_INSERT} {marks} {_MOVE if move else _LEAVE}", values)
    _wake_if_due(min(row.due for row in rows))


def _once(drafts: Iterable[Draft], *, last: bool) -> list[Draft]:
    """Each key once: the first that names it, or the last."""
    found: dict[object, Draft] = {}
    for number, draft in enumerate(drafts):
        name = (draft.kind, draft.key) if draft.key is not None else number
        if last or name not in found:
            found[name] = draft
    return list(found.values())


def cancel(kind: str, key: str) -> bool:
    """Remove the live job of this key; False when there is none."""
    deleted, _ = Job.objects.filter(kind=kind, key=key, dead=False).delete()
    return bool(deleted)


def _wake_if_due(due: datetime) -> None:
    if due <= now():
        wake_on_commit(wake_engine)
