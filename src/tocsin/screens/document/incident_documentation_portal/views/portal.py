"""The portal: every incident with its report, what lacks one, and the action items of all."""

from datetime import timedelta

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from tocsin.domain.catalog.queries import services
from tocsin.domain.incidents.queries import IncidentFilters
from tocsin.domain.incidents.rules.states import Kind, State
from tocsin.domain.knowledge import queries
from tocsin.domain.knowledge.permissions import VIEW
from tocsin.domain.knowledge.queries import ActionItemView, Figures, PortalFilters, PortalRow
from tocsin.domain.knowledge.rules.review import ReviewState
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.kernel.actor import Actor
from tocsin.screens.document.incident_documentation_portal.looks import REVIEW_LOOKS
from tocsin.screens.incident import STATE_LOOKS, whole
from tocsin.ui.access import ScreenRequest
from tocsin.ui.parts import Chip
from tocsin.ui.shell import Action
from tocsin.ui.tables import Column, Filter, Query, Slice, Table
from tocsin.ui.templatetags.tocsin import severity, state, when


def palette(actor: Actor) -> list[Action]:
    """What the command palette offers."""
    if not actor.has(VIEW):
        return []
    return [Action("Incident Documentation Portal", reverse("documentation_portal"), group="Go to", icon="file-text")]


@require_safe
def listing(request: ScreenRequest) -> HttpResponseBase:
    """All incidents that the viewer may see, with their reports."""
    columns = _table([(s.id, s.name) for s in services(request.actor)])

    def fetch(query: Query) -> Slice[PortalRow]:
        sort = f"-{query.sort}" if query.descending else query.sort or "-began"
        number = query.offset // query.limit + 1
        found = queries.portal(request.actor, _filters(query), page=number, size=query.limit, sort=sort)
        return Slice(found.rows, found.total)

    csv = columns.csv(request, fetch)
    if csv is not None:
        return csv
    page = columns.page(request, fetch)
    found = queries.figures(request.actor)
    context = {
        "place": "knowledge",
        "table": page,
        "figures": found,
        "lengths": _lengths(found),
        "chips": _chips(page.query, found),
        "empty": not page.rows and not page.filtered,
    }
    return render(request, "incident_documentation_portal/portal.html", context)


@require_safe
def action_items(request: ScreenRequest) -> HttpResponseBase:
    """Action items of all reports, overdue first."""
    actor = request.actor

    def fetch(query: Query) -> Slice[ActionItemView]:
        chosen = query.filters.get("state", "open")
        wanted = "" if chosen == "all" else chosen
        sort = f"-{query.sort}" if query.descending else query.sort or "due"
        rows = queries.action_items(
            actor, state=wanted, text=query.text, sort=sort, offset=query.offset, limit=query.limit
        )
        return Slice(rows, queries.count_items(actor, state=wanted, text=query.text)[0])

    csv = ITEMS.csv(request, fetch)
    if csv is not None:
        return csv
    context = {"place": "knowledge", "table": ITEMS.page(request, fetch)}
    return render(request, "incident_documentation_portal/items.html", context)


def _filters(query: Query) -> PortalFilters:
    chosen = query.filters
    return PortalFilters(
        incidents=IncidentFilters(
            states=_one(chosen.get("state"), State),
            severities=_one(chosen.get("severity"), Severity),
            kinds=_one(chosen.get("kind"), Kind),
            service_id=chosen.get("service", ""),
        ),
        text=query.text,
        review=chosen.get("review", "") if chosen.get("review") in {"none", *ReviewState} else "",
        open_items=chosen.get("items") == "open",
        lacking=chosen.get("lacking") == "yes",
    )


def _one(value: str | None, known: type[State] | type[Severity] | type[Kind]) -> tuple[str, ...]:
    return (value,) if value and value in set(known) else ()


def _chips(query: Query, found: Figures) -> list[Chip]:
    chosen, where = dict(query.filters), reverse("documentation_portal")
    return [
        Chip("All", where, not chosen and not query.text),
        Chip("Lacks a report", f"{where}?lacking=yes", chosen == {"lacking": "yes"}, found.lacking),
        Chip("In review", f"{where}?review=in_review", chosen == {"review": "in_review"}),
        Chip("Published", f"{where}?review=published", chosen == {"review": "published"}),
        Chip("Open action items", f"{where}?items=open", chosen == {"items": "open"}),
    ]


def _lengths(found: Figures) -> list[tuple[str, str]]:
    named = (("to acknowledge", found.acknowledge), ("to mitigate", found.mitigate), ("to resolve", found.resolve))
    return [(f"median {words}", whole(length)) for words, length in named if length is not None]


def _table(offered: list[tuple[str, str]]) -> Table[PortalRow]:
    filters = [
        Filter("review", "Report", [("none", "No report"), *((s.value, s.words) for s in ReviewState)]),
        Filter("severity", "Severity", [(s.value, s.word) for s in Severity]),
        Filter("kind", "Kind", [(k.value, k.words) for k in Kind]),
        Filter("service", "Service", offered),
        Filter("state", "State", [(s.value, s.word) for s in State]),
        Filter("items", "Action items", [("open", "Some are open")]),
        Filter("lacking", "Report owed", [("yes", "Lacks a report")]),
    ]
    return Table("reports", "Incidents and their reports", COLUMNS, filters)


def _subject(row: PortalRow) -> SafeString:
    seen = row.incident
    lock = "Restricted, " if seen.restricted else ""
    where = ", ".join(service.name for service in seen.services) or Kind(seen.kind).words
    return format_html(
        '<div class="t-subj"><a class="t-cut" href="{}report/"><bdi>{}</bdi></a>'
        '<span class="t-meta"><span class="t-ref">{}</span> {}{}</span></div>',
        seen.url, seen.title, seen.reference, lock, where,
    )  # fmt: skip


def _review(row: PortalRow) -> SafeString:
    kind, icon = REVIEW_LOOKS[row.review]
    return state(kind, row.review_words, icon)


def _state(row: PortalRow) -> SafeString:
    kind, icon = STATE_LOOKS[State(row.incident.state)]
    return state(kind, State(row.incident.state).word, icon)


def _length(length: timedelta | None) -> str:
    return whole(length) if length is not None else ""


def _items(row: PortalRow) -> SafeString | str:
    if not row.open_items:
        return ""
    late = format_html(' <span class="t-bad">{} overdue</span>', row.overdue_items) if row.overdue_items else ""
    return format_html("{} open{}", row.open_items, late)


def _severity(row: PortalRow) -> SafeString:
    return severity(row.incident.severity)


def _title(row: PortalRow) -> str:
    return f"{row.incident.reference} {row.incident.title}"


COLUMNS: list[Column[PortalRow]] = [
    Column("incident", "Incident", _subject, sort="title", plain=_title),
    Column("severity", "Severity", _severity, sort="severity", plain=lambda r: r.incident.severity),
    Column("state", "State", _state, sort="state", narrow=False, plain=lambda r: r.incident.state),
    Column("report", "Report", _review, plain=lambda r: r.review_words),
    Column("items", "Action items", _items, narrow=False, plain=lambda r: r.open_items),
    Column("acknowledged", "Acknowledged after", lambda r: _length(r.acknowledged_after), number=True, narrow=False),
    Column("lasted", "Resolved after", lambda r: _length(r.lasted), number=True, narrow=False),
    Column("began", "Began", lambda r: when(r.incident.alarm_at), sort="began", plain=lambda r: r.incident.alarm_at),
]


def _item(row: ActionItemView) -> SafeString:
    return format_html(
        '<div class="t-subj"><a class="t-cut" href="{}"><bdi>{}</bdi></a>'
        '<span class="t-meta"><span class="t-ref">{}</span></span></div>',
        reverse("incident_report_item", kwargs={"ref": row.reference, "item": row.id}),
        row.title,
        row.reference,
    )


def _due(row: ActionItemView) -> SafeString | str:
    if row.due_at is None:
        return ""
    return format_html('<span class="{}">{}</span>', "t-bad" if row.overdue else "", when(row.due_at))


def _item_state(row: ActionItemView) -> SafeString:
    looks = {"open": ("wait", "Open"), "done": ("ok", "Done"), "dropped": ("off", "Dropped")}
    return state("warn", "Overdue", "") if row.overdue else state(*looks[row.state], "")


ITEM_COLUMNS: list[Column[ActionItemView]] = [
    Column("item", "Action item", _item, sort="item", plain=lambda r: r.title),
    Column("reference", "Incident", lambda r: r.reference, narrow=False),
    Column("owner", "Owner", lambda r: r.owner.name if r.owner else "nobody", sort="owner"),
    Column("due", "Due", _due, sort="due", plain=lambda r: r.due_at or ""),
    Column("state", "State", _item_state, plain=lambda r: r.state),
    Column("link", "Link", lambda r: r.link, narrow=False),
]
ITEMS: Table[ActionItemView] = Table(
    "action-items",
    "Action items",
    ITEM_COLUMNS,
    [Filter("state", "State", [("open", "Open"), ("done", "Done"), ("dropped", "Dropped"), ("all", "All")])],
)
