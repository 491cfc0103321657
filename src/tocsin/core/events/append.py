"""The only writer of the log. Locks heads in sorted order, so that writers of several streams never deadlock."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import connection, transaction

from tocsin.core.engine.outbox import Draft, enqueue_many
from tocsin.core.engine.wake import wake_listeners
from tocsin.core.events.models import Entry, Stream
from tocsin.core.events.reactions import reactions_to
from tocsin.core.events.types import Event, encode
from tocsin.kernel.actor import Actor
from tocsin.kernel.chain import entry_hash
from tocsin.kernel.clock import now, real_now


@dataclass(frozen=True, slots=True)
class Pending:
    """An event about to be written."""

    stream: str
    event: Event
    actor: Actor
    occurred_at: datetime | None = None
    audience: str = ""


def append(
    stream: str, event: Event, actor: Actor, *, occurred_at: datetime | None = None, audience: str = ""
) -> Entry:
    """Add one event to a stream, in the caller's transaction, with a job for every reaction to it."""
    return append_many([Pending(stream, event, actor, occurred_at, audience)])[0]


def append_many(pending: Sequence[Pending]) -> list[Entry]:
    """Add many events with a fixed number of queries; those of one stream keep their order.

    Raises `TransactionManagementError` outside a transaction: an event without its change would be a lie.
    """
    if not pending:
        return []
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("The log is only written in the transaction of the change.")
    heads = _lock_heads({p.stream for p in pending})
    recorded_at = real_now()
    # When an account of the past is told (the demo), `now` is earlier; otherwise the two are the same instant.
    happened_at = min(now(), recorded_at)
    entries = [_chain(heads[p.stream], p, happened_at, recorded_at) for p in pending]
    Entry.objects.bulk_create(entries)
    _move_heads(heads.values())
    drafts = [
        Draft(kind=reaction, payload=f'{{"entry":{entry.id}}}', key=str(entry.id), due=recorded_at)
        for entry in entries
        for reaction in reactions_to(entry.type)
    ]
    if drafts:
        enqueue_many(drafts)  # wakes the listeners too
    else:
        transaction.on_commit(wake_listeners)
    return entries


def _lock_heads(keys: set[str]) -> dict[str, Stream]:
    ordered = sorted(keys)
    heads = {s.key: s for s in Stream.objects.select_for_update().filter(key__in=ordered).order_by("key")}
    missing = [key for key in ordered if key not in heads]
    if missing:
        Stream.objects.bulk_create([Stream(key=key) for key in missing], ignore_conflicts=True)
        fresh = Stream.objects.select_for_update().filter(key__in=missing).order_by("key")
        heads |= {s.key: s for s in fresh}
    return heads


def _chain(head: Stream, pending: Pending, happened_at: datetime, recorded_at: datetime) -> Entry:
    entry = Entry(
        stream=head.key,
        seq=head.head_seq + 1,
        type=pending.event.type_name,
        actor_id=pending.actor.id[:120],
        actor_name=pending.actor.name[:200].replace("\0", "\N{REPLACEMENT CHARACTER}"),
        occurred_at=pending.occurred_at or happened_at,
        recorded_at=recorded_at,
        audience=pending.audience,
        data=encode(pending.event),
        previous_hash=head.head_hash,
    )
    entry.hash = entry_hash(as_hashed(entry))
    head.head_seq, head.head_hash = entry.seq, entry.hash
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


def _move_heads(heads: Iterable[Stream]) -> None:
    rows = [(s.head_seq, s.head_hash, s.key) for s in heads]
    table = connection.ops.quote_name(Stream._meta.db_table)
    with connection.cursor() as cursor:
        cursor.executemany(f"UPDATE {table} SET head_seq = %s, head_hash = %s WHERE key = %s", rows)  # noqa: S608
