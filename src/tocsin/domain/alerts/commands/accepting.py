"""The first write: signals into the inbox. Appends only, so that accepting costs the same however much is stored."""

from collections.abc import Sequence
from itertools import chain
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from tocsin.domain.alerts.commands.repeating import Item
from tocsin.domain.alerts.models import DeadLetter, InboxItem
from tocsin.domain.alerts.permissions import ACCEPT
from tocsin.domain.alerts.ports import Accepted
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now

_COLUMNS = ("integration", "source", "shard", "key", "raw", "received_at")
_ROW = f"({', '.join(['%s'] * len(_COLUMNS))})"
_INSERT = f"INSERT INTO {InboxItem._meta.db_table} ({', '.join(_COLUMNS)}) VALUES {_ROW}"  # noqa: S608
_MANY = 50
_INSERT_MANY = _INSERT + f", {_ROW}" * (_MANY - 1)
"""SQLite's driver lets other threads on for each statement: fifty rows in one let them read requests meanwhile."""


def accept(actor: Actor, *, rows: Sequence[Accepted]) -> None:
    """Append all rows in one transaction; none when one fails. Does not wake the engine."""
    actor.require(ACCEPT)
    at: Any = connection.ops.adapt_datetimefield_value(now())
    ids = {integration: _uuid(integration) for integration in {row.integration for row in rows}}
    with transaction.atomic(), connection.cursor() as cursor:
        values = [(ids[row.integration], row.source, row.shard, row.key, row.raw, at) for row in rows]
        whole = len(values) - len(values) % _MANY
        for start in range(0, whole, _MANY):
            cursor.execute(_INSERT_MANY, list(chain.from_iterable(values[start : start + _MANY])))
        cursor.executemany(_INSERT, values[whole:])


def bury_accepted(actor: Actor, *, row: Accepted, error: str) -> None:
    """Keep a row that the inbox refuses among the dead letters: durable and visible, not lost."""
    actor.require(ACCEPT)
    bury(
        InboxItem(integration=UUID(row.integration), source=row.source, key=row.key, raw=row.raw, received_at=now()),
        error,
    )


def bury(item: InboxItem | Item, error: str) -> None:
    """Write a dead letter for the item, in the caller's transaction."""
    DeadLetter.objects.create(
        integration=item.integration,
        source=item.source,
        key=item.key,
        raw=bytes(item.raw),
        received_at=item.received_at,
        buried_at=now(),
        error=error[:2000].replace("\0", "\N{REPLACEMENT CHARACTER}"),
    )


def _uuid(text: str) -> Any:
    return InboxItem._meta.get_field("integration").get_db_prep_value(UUID(text), connection, prepared=False)
