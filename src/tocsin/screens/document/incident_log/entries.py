"""The entries of a log as a table: columns, filters, and how the address becomes a search.

Shows only what it is given and never widens it.
"""

from dataclasses import replace
from datetime import UTC, datetime

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from tocsin.core.events.browse import Kept, Sought, browse, types_of
from tocsin.kernel.actor import Actor
from tocsin.kernel.errors import Invalid
from tocsin.ui.tables import Column, Filter, Query, Slice, Table
from tocsin.ui.times import on_wall

SEARCHED = 1000
"""How many of the newest entries are searched for words; their text is sealed, so no index holds it."""


def _what(kept: Kept) -> SafeString:
    event = kept.entry.event
    body = format_html('<br><span class="t-2">{}</span>', event.body()) if event.body() else ""
    return format_html("<b><bdi>{}</bdi></b> {}{}", kept.entry.actor_name, on_wall(event.sentence()), body)


def _plain(kept: Kept) -> str:
    event = kept.entry.event
    return f"{event.sentence()}: {event.body()}" if event.body() else event.sentence()


def _at(kept: Kept) -> SafeString:
    at = kept.entry.occurred_at
    local = timezone.localtime(at)
    exact = at.astimezone(UTC).isoformat(timespec="milliseconds")
    return format_html(
        '<time class="t-nowrap" datetime="{}" title="{}">{}</time>', exact, exact, f"{local:%d %b %Y %H:%M:%S}"
    )


COLUMNS: list[Column[Kept]] = [
    Column("entry", "Entry", _what, plain=_plain),
    Column("at", "Time", _at, plain=lambda k: k.entry.occurred_at),
    Column(
        "type",
        "Type",
        lambda k: format_html("<code>{}</code>", k.entry.type),
        narrow=False,
        plain=lambda k: k.entry.type,
    ),
    Column(
        "hash",
        "Hash",
        lambda k: format_html('<code title="{}">{}</code>', k.hash, k.hash[:12]),
        narrow=False,
        plain=lambda k: k.hash,
    ),
]
CSV_COLUMNS: list[Column[Kept]] = [
    *COLUMNS[:1],
    Column("who", "Who", lambda k: k.entry.actor_name),
    *COLUMNS[1:],
    Column("previous", "Previous hash", lambda k: k.previous_hash),
]
_BASE: Table[Kept] = Table("incident-log", "Incident Log", COLUMNS, size=50)


class Entries:
    """The table of these streams for this reader."""

    def __init__(self, actor: Actor, streams: list[str]) -> None:
        self._actor, self._streams = actor, streams
        kinds = [(name, name.replace(".", ": ").replace("_", " ")) for name in types_of(actor, streams)]
        filters = [Filter("type", "Type", kinds), Filter("who", "Who")]
        filters += [Filter("since", "Since, as 2026-11-24 02:50"), Filter("until", "Until, as 2026-11-24 04:00")]
        self.table = replace(_BASE, filters=filters)
        self.download = replace(self.table, columns=CSV_COLUMNS)

    def fetch(self, query: Query) -> Slice[Kept]:
        """One page of what the address asks for. Raises `Invalid` for a time that cannot be read."""
        wanted = sought(query)
        if not query.text:
            rows, total = browse(self._actor, self._streams, wanted, offset=query.offset, limit=query.limit)
            return Slice(rows, total)
        rows, _ = browse(self._actor, self._streams, wanted, limit=SEARCHED)
        word = query.text.lower()
        found = [row for row in rows if word in f"{row.entry.actor_name} {_plain(row)}".lower()]
        return Slice(found[query.offset : query.offset + query.limit], len(found))


def sought(query: Query) -> Sought:
    """What the filters of the address look for. Raises `Invalid` for a time that cannot be read."""
    return Sought(
        type=query.filters.get("type", ""),
        actor=query.filters.get("who", ""),
        since=_instant("since", query.filters.get("since", "")),
        until=_instant("until", query.filters.get("until", "")),
    )


def _instant(field: str, text: str) -> datetime | None:
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise Invalid(f"{field}: '{text}' is not a time; write it as 2026-11-24 02:50.", field=field) from error
    return at if at.tzinfo else timezone.make_aware(at)
