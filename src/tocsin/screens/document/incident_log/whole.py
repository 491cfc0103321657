"""The Incident Log over everything: every subject's entries that the reader may see, and readings of the whole log.

Shows only what the log gives to this reader and never widens it.
"""

from dataclasses import replace

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST, require_safe

from tocsin.core.events import verifying
from tocsin.core.events.browse import Kept, browse_all
from tocsin.core.events.read import latest_checkpoint
from tocsin.core.search.find import Hit, described
from tocsin.kernel.actor import Actor
from tocsin.kernel.errors import Invalid
from tocsin.screens.document.incident_log.entries import COLUMNS, CSV_COLUMNS, sought
from tocsin.ui.access import ScreenRequest
from tocsin.ui.tables import Column, Filter, Query, Slice, Table

KINDS = [
    ("incident", "Incidents"),
    ("alert_group", "Alerts"),
    ("delivery", "Messages"),
    ("check", "Checks"),
    ("schedule", "Schedules"),
    ("policy", "Escalation policies"),
    ("service", "Services"),
    ("person", "People"),
]
FILTERS = [
    Filter("kind", "About", KINDS),
    Filter("type", "Type, as incidents.declared"),
    Filter("who", "Who"),
    Filter("since", "Since, as 2026-11-24 02:50"),
    Filter("until", "Until, as 2026-11-24 04:00"),
]


class _Everything:
    """The table of one request: it learns what the shown streams are about in one query."""

    def __init__(self, actor: Actor) -> None:
        self._actor = actor
        self._about: dict[str, Hit] = {}
        about = Column("about", "About", self._name)
        entry = replace(COLUMNS[0], value=self._entry)
        columns: list[Column[Kept]] = [entry, *COLUMNS[1:]]
        self.table: Table[Kept] = Table("log", "Incident Log", columns, filters=FILTERS, search=False, size=50)
        self.download = replace(self.table, columns=[CSV_COLUMNS[0], about, *CSV_COLUMNS[1:]])

    def fetch(self, query: Query) -> Slice[Kept]:
        """One page. Raises `Invalid` for a time or a place that cannot be read."""
        if query.after and not query.after.isdigit():
            raise Invalid("after: this page does not exist; start at the first.", field="after")
        before = int(query.after) if query.after else None
        kind = query.filters.get("kind", "")
        rows, more = browse_all(self._actor, sought(query), kind=kind, before=before, limit=query.limit)
        self._about = described({row.entry.stream for row in rows})
        return Slice(rows, None, str(more) if more else "")

    def _entry(self, kept: Kept) -> SafeString:
        return format_html("{}<br>{}", COLUMNS[0].value(kept), self._link(kept))

    def _link(self, kept: Kept) -> SafeString:
        hit = self._about.get(kept.entry.stream)
        if hit is None:
            return format_html('<span class="t-meta">{}</span>', self._name(kept))
        name = hit.reference or hit.title
        return format_html('<a class="t-small" href="{}"><bdi>{}</bdi></a>', hit.url, name)

    def _name(self, kept: Kept) -> str:
        hit = self._about.get(kept.entry.stream)
        return (hit.reference or hit.title) if hit else kept.entry.stream.partition(":")[0].replace("_", " ")


@require_safe
def everything(request: ScreenRequest) -> HttpResponseBase:
    """Every entry that the reader may see, newest first, and how the last reading of the whole log went."""
    shown = _Everything(request.actor)
    download = shown.download.csv(request, shown.fetch)
    if download is not None:
        return download
    context = {
        "table": shown.table.page(request, shown.fetch),
        "reading": verifying.latest(),
        "checkpoint": latest_checkpoint(),
        "may_verify": request.actor.has(verifying.VERIFY),
    }
    return render(request, "incident_log/everything.html", context)


@require_safe
def reading(request: ScreenRequest) -> HttpResponseBase:
    """How far the reading is: the part of the page that renews itself."""
    return render(request, "incident_log/reading.html", {"reading": verifying.latest()})


@require_POST
def verify(request: ScreenRequest) -> HttpResponseBase:
    """Have the whole log read by an engine."""
    verifying.ask(request.actor)
    messages.info(request, "The whole log is being read. You may leave this page.")
    return redirect("log")
