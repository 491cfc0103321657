"""The only writer of the log. Locks heads in sorted order, so that writers of several streams never deadlock.

Every change of everything passes here, hence plain SQL: through the ORM it costs four times as much.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction

from tocsin.core.engine.outbox import Draft, enqueue_many
from tocsin.core.engine.wake import wake_listeners, wake_on_commit
from tocsin.core.events.models import Entry, Stream
from tocsin.core.events.reactions import reactions_to
from tocsin.core.events.types import Event, encode
from tocsin.kernel.actor import Actor
from tocsin.kernel.chain import GENESIS, entry_hash
from tocsin.kernel.clock import now, real_now

_HEADS = Stream._meta.db_table
_COLUMNS = (
    "stream", "seq", "type", "actor_id", "actor_name", "occurred_at", "recorded_at", "audience", "data",
    "previous_hash", "hash",
)  # fmt: skip
_MARKS = f"({', '.join(['%s'] * len(_COLUMNS))})"
_INSERT = f"INSERT INTO {Entry._meta.db_table} ({', '.join(_COLUMNS)}) VALUES"
_CHUNK = 1000
_held: "ContextVar[list[Pending] | None]" = ContextVar("log_held", default=None)


@dataclass(slots=True)
class _Head:
    """The end of one stream's chain, its row locked."""

    key: str
    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class Pending:
    """An event about to be written."""

    stream: str
    event: Event
    actor: Actor
    occurred_at: datetime | None = None
    audience: str = ""


def append(stream: str, event: Event, actor: Actor, *, occurred_at: datetime | None = None, audience: str = "") -> None:
    """Add one event to a stream, in the caller's transaction, with a job for every reaction to it."""
    pending = Pending(stream, event, actor, occurred_at, audience)
    held = _held.get()
    if held is None:
        append_many([pending])
    else:
        held.append(pending)


@contextmanager
def together() -> Iterator[None]:
    """Write what is appended within, in its order, with one statement for all at the end.

    For a change of many events. Inside a transaction, and around nothing that reads the log or survives a refusal.
    """
    if _held.get() is not None:
        yield
        return
    held: list[Pending] = []
    token = _held.set(held)
    try:
        yield
    finally:
        _held.reset(token)
    append_many(held)


def hold(stream: str) -> None:
    """Lock a stream's end until the caller's transaction is over, as appending to it does.

    For who first locks rows of a room and then says so in a stream to which others append before they come to these
    rows: a person acknowledges while somebody resolves. Whoever takes the stream first never meets the other half-way.
    """
    if connection.features.has_select_for_update:
        _locked([stream])


def append_many(pending: Sequence[Pending]) -> list[Entry]:
    """Add many events with a fixed number of queries; those of one stream keep their order.

    Raises `TransactionManagementError` outside a transaction: an event without its change would be a lie.
    """
    held = _held.get()
    if held:
        before, held[:] = list(held), []
        return append_many([*before, *pending])[len(before) :]
    if not pending:
        return []
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("The log is only written in the transaction of the change.")
    heads = _lock_heads({p.stream for p in pending})
    recorded_at = real_now()
    # When an account of the past is told (the demo), `now` is earlier; otherwise the two are the same instant.
    happened_at = min(now(), recorded_at)
    entries = [_chain(heads[p.stream], p, happened_at, recorded_at) for p in pending]
    _insert(entries)
    _move_heads(heads.values())
    drafts = [
        Draft(kind=reaction, payload=f'{{"entry":{entry.id}}}', key=str(entry.id), due=recorded_at)
        for entry in entries
        for reaction in reactions_to(entry.type)
    ]
    if drafts:
        enqueue_many(drafts)  # wakes the listeners too
    else:
        wake_on_commit(wake_listeners)
    return entries


def _lock_heads(keys: set[str]) -> dict[str, _Head]:
    ordered = sorted(keys)
    heads = _locked(ordered)
    missing = [key for key in ordered if key not in heads]
    if missing:
        heads |= _begun(missing)
        taken = [key for key in missing if key not in heads]
        if taken:  # somebody else began them a moment ago
            heads |= _locked(taken)
    return heads


def _locked(keys: Sequence[str]) -> dict[str, _Head]:
    lock = " FOR UPDATE" if connection.features.has_select_for_update else ""
    marks = ", ".join(["%s"] * len(keys))
    sql = f"SELECT key, head_seq, head_hash FROM {_HEADS} WHERE key IN ({marks}) ORDER BY key{lock}"  # noqa: S608
    return {row[0]: _Head(*row) for row in _fetched(sql, keys)}


def _begun(keys: Sequence[str]) -> dict[str, _Head]:
    """The heads of streams that had no entry; whoever inserts the row holds its lock."""
    sql = f"INSERT INTO {_HEADS} (key, head_seq, head_hash, checkpointed_seq) VALUES "  # noqa: S608
    marks = ", ".join(["(%s, 0, %s, 0)"] * len(keys))
    values = [value for key in keys for value in (key, GENESIS)]
    rows = _fetched(f"{sql}{marks} ON CONFLICT DO NOTHING RETURNING key, head_seq, head_hash", values)
    return {row[0]: _Head(*row) for row in rows}


def _fetched(sql: str, values: Sequence[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def _chain(head: _Head, pending: Pending, happened_at: datetime, recorded_at: datetime) -> Entry:
    entry = Entry(
        stream=head.key,
        seq=head.seq + 1,
        type=pending.event.type_name,
        actor_id=pending.actor.id[:120],
        actor_name=pending.actor.name[:200].replace("\0", "\N{REPLACEMENT CHARACTER}"),
        occurred_at=pending.occurred_at or happened_at,
        recorded_at=recorded_at,
        audience=pending.audience,
        data=encode(pending.event),
        previous_hash=head.hash,
    )
    entry.hash = entry_hash(as_hashed(entry))
    head.seq, head.hash = entry.seq, entry.hash
    return entry


def as_hashed(entry: Entry) -> dict[str, str | int]:
    """The fields of an entry as the hash sees them (and as an export writes them)."""
    return {
        "stream": entry.stream,
        "seq": entry.seq,
        "type": entry.type,
        "actor_id": entry.actor_id,
        "actor_name": entry.actor_name,
        "occurred_at": _instant(entry.occurred_at),
        "recorded_at": _instant(entry.recorded_at),
        "audience": entry.audience,
        "data": entry.data,
        "previous_hash": entry.previous_hash,
    }


def _instant(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds")


def _insert(entries: Sequence[Entry]) -> None:
    """Write the entries and set their ids."""
    adapt: Any = connection.ops.adapt_datetimefield_value
    instants = {"occurred_at", "recorded_at"}
    for start in range(0, len(entries), _CHUNK):
        chunk = entries[start : start + _CHUNK]
        values = [
            adapt(getattr(entry, name)) if name in instants else getattr(entry, name)
            for entry in chunk
            for name in _COLUMNS
        ]
        marks = ", ".join([_MARKS] * len(chunk))
        for entry, (id_,) in zip(chunk, _fetched(f"{_INSERT} {marks} RETURNING id", values), strict=True):
            entry.id = id_


def _move_heads(heads: Iterable[_Head]) -> None:
    rows = [(head.seq, head.hash, head.key) for head in heads]
    with connection.cursor() as cursor:
        cursor.executemany(f"UPDATE {_HEADS} SET head_seq = %s, head_hash = %s WHERE key = %s", rows)  # noqa: S608
