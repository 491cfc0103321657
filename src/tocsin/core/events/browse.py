"""The log as a list that people look through: several streams at once, narrowed, with the hash of each entry.

Never shows an entry to anybody outside its audience. Which streams somebody may see is asked before.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from tocsin.core.events.models import Entry
from tocsin.core.events.types import Event, Recorded, recorded
from tocsin.core.secrets.sealing import keys_once
from tocsin.core.visibility import visible
from tocsin.kernel.actor import Actor

_BATCH, _ROUNDS = 200, 10


@dataclass(frozen=True, slots=True)
class Sought:
    """What to look for; an empty field narrows nothing. `actor` is part of a name; `until` itself is left out."""

    type: str = ""
    actor: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """One entry as it is kept in the log."""

    entry: Recorded[Event]
    hash: str
    previous_hash: str


def browse(
    actor: Actor, streams: Sequence[str], sought: Sought, *, offset: int = 0, limit: int = 50
) -> tuple[list[Kept], int]:
    """Entries for this reader, newest first, and how many there are. Two queries, and one per author sealed for."""
    rows = _narrowed(actor, streams, sought)
    with keys_once():
        shown = rows.order_by("-id")[offset : offset + limit]
        return [Kept(recorded(row), row.hash, row.previous_hash) for row in shown], rows.count()


def browse_all(
    actor: Actor, sought: Sought, *, kind: str = "", before: int | None = None, limit: int = 50
) -> tuple[list[Kept], int | None]:
    """Entries of every subject that this reader may see, newest first, and the id to go on below (None: the end).

    Asks the gates for what was read, at most ten times; a page may then be shorter although more follows.
    """
    rows = _sought(actor, Entry.objects.all(), sought)
    if kind:
        rows = rows.filter(stream__startswith=f"{kind}:")
    with keys_once():
        return _seen(actor, rows, before, limit)


def _seen(actor: Actor, rows: QuerySet[Entry], before: int | None, limit: int) -> tuple[list[Kept], int | None]:
    found: list[Kept] = []
    for _ in range(_ROUNDS):
        batch = list((rows if before is None else rows.filter(id__lt=before)).order_by("-id")[:_BATCH])
        allowed = visible(actor, {row.stream for row in batch})
        for row in batch:
            if row.stream in allowed:
                found.append(Kept(recorded(row), row.hash, row.previous_hash))
            before = row.id
            if len(found) == limit:
                return found, before
        if len(batch) < _BATCH:
            return found, None
    return found, before


def types_of(actor: Actor, streams: Sequence[str]) -> list[str]:
    """Types of the entries that this reader may see, by name. One query."""
    rows = _narrowed(actor, streams, Sought()).order_by("type")
    return list(rows.values_list("type", flat=True).distinct())


def hidden_from(actor: Actor, streams: Sequence[str]) -> bool:
    """True when these streams hold an entry that is not for this reader. One query."""
    if actor.is_system:
        return False
    return Entry.objects.filter(stream__in=streams).exclude(audience__in=_audiences(actor)).exists()


def _narrowed(actor: Actor, streams: Sequence[str], sought: Sought) -> QuerySet[Entry]:
    return _sought(actor, Entry.objects.filter(stream__in=streams), sought)


def _sought(actor: Actor, rows: QuerySet[Entry], sought: Sought) -> QuerySet[Entry]:
    if not actor.is_system:
        rows = rows.filter(audience__in=_audiences(actor))
    if sought.type:
        rows = rows.filter(type=sought.type)
    if sought.actor:
        rows = rows.filter(actor_name__icontains=sought.actor)
    if sought.since:
        rows = rows.filter(occurred_at__gte=sought.since)
    if sought.until:
        rows = rows.filter(occurred_at__lt=sought.until)
    return rows


def _audiences(actor: Actor) -> list[str]:
    mine = [f"person:{actor.person}"] if actor.person else []
    return ["", *(f"role:{role}" for role in sorted(actor.roles)), *mine]
