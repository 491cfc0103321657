"""Who is told: list, file in, file out. Addresses leave only in the export of those who may manage the page."""

import csv
import io
from collections.abc import Iterator

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.html import format_html
from django.views.decorators.http import require_POST, require_safe

from tocsin.domain.statuspage import commands, queries
from tocsin.domain.statuspage.permissions import MANAGE
from tocsin.domain.statuspage.queries import SubscriberView
from tocsin.screens.communicate.status_page_editor.forms import ImportForm
from tocsin.ui.access import ScreenRequest
from tocsin.ui.csv import cell
from tocsin.ui.tables import Column, Filter, Query, Slice, Table

_STATES = [("active", "Told"), ("pending", "Asked"), ("broken", "Broken"), ("left", "Left")]
_KINDS = [("mail", "Mail"), ("webhook", "Webhook"), ("slack", "Slack")]
_MARKS = {"active": "ok", "pending": "wait", "broken": "bad", "left": "off"}
_COLUMNS: list[Column[SubscriberView]] = [
    Column(
        "hint",
        "Subscriber",
        lambda s: format_html(
            '<div class="t-subj"><span><bdi>{}</bdi></span><span class="t-meta">{}</span></div>',
            s.hint,
            s.last_answer or (f"{len(s.components)} components" if s.components else "everything"),
        ),
        plain=lambda s: s.hint,
    ),
    Column("kind", "Kind", lambda s: dict(_KINDS).get(s.kind, s.kind)),
    Column("state", "State", lambda s: dict(_STATES).get(s.state, s.state)),
    Column("failures", "Refused", lambda s: s.failures, number=True, narrow=False),
    Column("since", "Since", lambda s: s.confirmed_at or s.created_at, narrow=False),
    Column("remove", "Remove", lambda s: ""),
]
_TABLE: Table[SubscriberView] = Table(
    "subscribers",
    "Subscribers",
    _COLUMNS,
    filters=[Filter("state", "State", _STATES), Filter("kind", "Kind", _KINDS)],
    size=50,
)


@require_safe
def listing(request: ScreenRequest) -> HttpResponseBase:
    """Everybody who asked to be told, newest first."""

    def fetch(query: Query) -> Slice[SubscriberView]:
        found = queries.subscribers(
            request.actor,
            state=query.filters.get("state", ""),
            kind=query.filters.get("kind", ""),
            text=query.text,
            offset=query.offset,
            limit=query.limit,
        )
        return Slice(found.rows, found.total)

    counts = queries.subscribers(request.actor, limit=0).counts
    context = {
        "tab": "status_page",
        "part": "subscribers",
        "table": _TABLE.page(request, fetch),
        "counts": [(word, counts.get(state, 0), _MARKS[state]) for state, word in _STATES],
        "manages": True,
    }
    return _TABLE.csv(request, fetch) or render(request, "status_page_editor/subscribers.html", context)


@require_safe
def export(request: ScreenRequest) -> HttpResponseBase:
    """Every subscriber with the address, as CSV that the import takes back."""
    request.actor.require(MANAGE)
    rows = queries.subscriber_rows(request.actor)

    def lines() -> Iterator[str]:
        for row in [("kind", "address", "state", "components", "since"), *rows]:
            line = io.StringIO()
            csv.writer(line).writerow([cell(value) for value in row])
            yield line.getvalue()

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="subscribers.csv"'
    return response


def import_(request: ScreenRequest) -> HttpResponseBase:
    """Take over a list; what cannot be used is named by its line."""
    request.actor.require(MANAGE)
    form = ImportForm(request.POST or None, request.FILES or None)
    done = None
    if request.method == "POST" and form.is_valid():
        text = io.TextIOWrapper(form.cleaned_data["file"].file, encoding="utf-8-sig", errors="replace", newline="")
        with form.refusals():
            done = commands.import_subscribers(request.actor, rows=csv.reader(text))
    context = {"tab": "status_page", "part": "subscribers", "form": form, "done": done, "manages": True}
    return render(
        request, "status_page_editor/import.html", context, status=422 if form.is_bound and done is None else 200
    )


@require_POST
def remove(request: ScreenRequest, subscriber: str) -> HttpResponse:
    """Take one off the list."""
    commands.remove_subscriber(request.actor, subscriber_id=str(subscriber))
    messages.success(request, "Removed; the address is forgotten.")
    return redirect("status_subscribers")
