"""Reads of the log: one stream in order, or many streams' news for the live stream. Never across streams by id."""

from collections.abc import Collection, Iterator, Mapping

from django.db.models import Q

from tocsin.core.events.models import Checkpoint, Entry, Stream
from tocsin.core.events.types import Event, Recorded, recorded

PAGE = 500
NEWS = 2000
_STREAMS_AT_ONCE = 400
"""SQLite refuses conditions of more than a thousand parts."""


def read_stream(stream: str, *, after: int = 0, limit: int = PAGE) -> list[Recorded[Event]]:
    """Entries of one stream with seq above `after`, oldest first. One query."""
    rows = Entry.objects.filter(stream=stream, seq__gt=after).order_by("seq")[:limit]
    return [recorded(row) for row in rows]


def read_stream_back(stream: str, *, before: int | None = None, limit: int = PAGE) -> list[Recorded[Event]]:
    """The newest entries of one stream (below `before`), newest first. One query."""
    rows = Entry.objects.filter(stream=stream)
    if before is not None:
        rows = rows.filter(seq__lt=before)
    return [recorded(row) for row in rows.order_by("-seq")[:limit]]


def read_streams_back(streams: list[str], *, limit: int = PAGE) -> list[Recorded[Event]]:
    """The newest entries of several streams by time, newest first. One query."""
    rows = Entry.objects.filter(stream__in=streams).order_by("-occurred_at", "-id")[:limit]
    return [recorded(row) for row in rows]


def walk_back(
    streams: list[str], *, before: int | None = None, types: Collection[str] = (), limit: int = PAGE
) -> Iterator[Recorded[Event]]:
    """Entries of several streams as they were written, newest first, below the entry `before`; one by one, so that
    who asks can stop. `types` narrows to those event types; `limit` is how many are fetched at a time.
    """
    rows = Entry.objects.filter(stream__in=streams).order_by("-id")
    if before is not None:
        rows = rows.filter(id__lt=before)
    if types:
        rows = rows.filter(type__in=types)
    return (recorded(row) for row in rows.iterator(chunk_size=limit))


def heads(streams: list[str]) -> dict[str, int]:
    """Number of the last entry of each stream; 0 for one that does not exist. One query."""
    found = dict(Stream.objects.filter(key__in=streams).values_list("key", "head_seq"))
    return {key: found.get(key, 0) for key in streams}


def news(positions: Mapping[str, int], *, limit: int = NEWS) -> list[Recorded[Event]]:
    """Entries above the given position of each stream, in order within a stream. Two queries at most.

    At most `limit`, of at most 400 streams: who asks again from where these end gets the rest.
    """
    moved = [key for key, seq in heads(list(positions)).items() if seq > positions[key]][:_STREAMS_AT_ONCE]
    if not moved:
        return []
    wanted = Q()
    for key in moved:
        wanted |= Q(stream=key, seq__gt=positions[key])
    return [recorded(row) for row in Entry.objects.filter(wanted).order_by("stream", "seq")[:limit]]


def latest_checkpoint() -> Checkpoint | None:
    """The newest checkpoint, if any."""
    return Checkpoint.objects.order_by("-number").first()
