"""Lists over all incidents and their reports: the portal, its figures, action items. Restricted ones are left out for
those who may not see them, also from counts: the incidents' own gate decides.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from tocsin.core.search.dialect import matches
from tocsin.domain.incidents.queries import IncidentFilters, IncidentRow, incidents
from tocsin.domain.incidents.queries.lists import Course, courses, how_many
from tocsin.domain.knowledge.access import seen
from tocsin.domain.knowledge.models import ActionItem, Report
from tocsin.domain.knowledge.naming import TOCSIN
from tocsin.domain.knowledge.permissions import VIEW
from tocsin.domain.knowledge.queries.composing import people_of
from tocsin.domain.knowledge.queries.single import item_view
from tocsin.domain.knowledge.rules.review import ReviewState
from tocsin.domain.knowledge.views import ActionItemView, Figures, PortalFilters, PortalPage, PortalRow
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Invalid
from tocsin.kernel.ids import uuid_of

SEARCHED = 200
"""Hits of the full-text index that are looked at; the best come first."""
OWED = ("critical", "high", "unknown")
"""Severities whose review is due (the product's defaults, Severity)."""
OVER = ("resolved", "closed")
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
FIGURE_DAYS = 90
MEASURED = 1_000
"""Incidents that medians are taken over, the newest."""


def portal(actor: Actor, filters: PortalFilters, *, page: int = 1, size: int = 25, sort: str = "-began") -> PortalPage:
    """One page of incidents with their reports. A fixed number of queries. Raises `Invalid` for an unknown sort."""
    actor.require(VIEW)
    among, without = _narrowed(filters)
    wanted = _lacking(filters.incidents) if filters.lacking else filters.incidents
    found = incidents(actor, wanted, page=page, size=size, sort=sort, among=among, without=without)
    return PortalPage(_rows(actor, found.rows if found.page == page else ()), found.total)


def lacking(actor: Actor) -> int:
    """How many incidents are over, owe a review and have no report. One query."""
    return how_many(actor, _lacking(IncidentFilters()), without=_reports().values("incident_id"))


def figures(actor: Actor) -> Figures:
    """Medians over the incidents of the last 90 days, what lacks a report, what is to be done. Few queries."""
    since = now() - timedelta(days=FIGURE_DAYS)
    found = courses(actor, since, limit=MEASURED)
    items, overdue = count_items(actor)
    return Figures(
        days=FIGURE_DAYS,
        incidents=len(found),
        acknowledge=_median(c.acknowledged_at - c.began_at for c in found if c.acknowledged_at),
        mitigate=_median(c.mitigated_at - c.began_at for c in found if c.mitigated_at),
        resolve=_median(c.resolved_at - c.began_at for c in found if c.resolved_at),
        lacking=lacking(actor),
        open_items=items,
        overdue_items=overdue,
    )


def action_items(
    actor: Actor, *, state: str = "", text: str = "", sort: str = "due", offset: int = 0, limit: int = 2_000
) -> list[ActionItemView]:
    """Action items of all reports that the actor may see, those due first, first. A fixed number of queries.

    `state`: open, done, dropped, or all. `sort`: due, item or owner, with a minus turned round. Raises `Invalid`.
    """
    actor.require(VIEW)
    rows = _items(actor, state, text).select_related("report").defer("report__known", "report__changes")
    listed = list(rows.order_by(*_order(sort))[offset : offset + limit])
    people = people_of([id_ for item in listed for id_ in (item.owner_id, item.created_by_id)])
    names = _names({str(item.report.incident_id) for item in listed})
    return [item_view(item, people, *names[str(item.report.incident_id)]) for item in listed]


def count_items(actor: Actor, *, state: str = "open", text: str = "") -> tuple[int, int]:
    """How many such action items there are, and how many of them are overdue. Three queries."""
    actor.require(VIEW)
    late = Count("id", filter=Q(state="open", due_at__lt=now()))
    found = _items(actor, state, text).aggregate(all=Count("id"), late=late)
    return found["all"], found["late"]


def _items(actor: Actor, state: str, text: str) -> QuerySet[ActionItem]:
    rows = ActionItem.objects.filter(seen(actor, "report__"))
    if state:
        rows = rows.filter(state=state)
    said = text.strip()
    if said[:4].upper() == "INC-" and said[4:].isascii() and said[4:].isdigit() and len(said) <= 13:
        return rows.filter(report__incident__number=int(said[4:]))
    return rows.filter(Q(title__icontains=said) | Q(owner__name__icontains=said)) if said else rows


def _order(sort: str) -> list[Any]:
    columns = {"due": "due_at", "item": "title", "owner": "owner__name"}
    column = columns.get(sort.removeprefix("-"))
    if column is None:
        raise Invalid(f"sort: choose one of {', '.join(columns)}.", field="sort")
    wanted = F(column).desc(nulls_last=True) if sort.startswith("-") else F(column).asc(nulls_last=True)
    return [wanted, "created_at", "id"]


def _names(ids: set[str]) -> dict[str, tuple[str, str]]:
    """Reference and address by id. The gate was asked before."""
    if not ids:
        return {}
    rows = incidents(TOCSIN, size=len(ids), among=[uuid_of(id_) for id_ in ids]).rows
    return {row.id: (row.reference, row.url) for row in rows}


def _lacking(wanted: IncidentFilters) -> IncidentFilters:
    return replace(wanted, states=OVER, severities=wanted.severities or OWED)


def _reports() -> QuerySet[Report]:
    return Report.objects.exclude(known="")


def _narrowed(filters: PortalFilters) -> tuple[Any, QuerySet[Any] | None]:
    """Ids that must be among, and ids that must not: by the report, then by words."""
    reports = _reports()
    among: Any = None
    without: QuerySet[Any] | None = None
    if filters.lacking or filters.review == "none":
        without = reports.values("incident_id")
    elif filters.review:
        among = reports.filter(state=filters.review).values("incident_id")
    if filters.open_items:
        busy = ActionItem.objects.filter(state="open").values("report")
        rows = reports.filter(id__in=busy)
        among = (rows.filter(state=filters.review) if filters.review else rows).values("incident_id")
    if filters.text.strip():
        said = _said(filters.text)
        both = reports.filter(incident_id__in=said)
        among = said if among is None else both.filter(incident_id__in=among).values("incident_id")
    return among, without


def _said(text: str) -> list[Any]:
    """Incidents whose own text or whose report has the words."""
    found = matches(text, SEARCHED)
    by_kind: dict[str, list[Any]] = {"incident": [], "report": []}
    for hit in found:
        kind, _, id_ = hit.stream.partition(":")
        if kind in by_kind and (known := uuid_of(id_)):
            by_kind[kind].append(known)
    owners = Report.objects.filter(id__in=by_kind["report"]).values_list("incident_id", flat=True)
    return [*by_kind["incident"], *owners]


def _rows(actor: Actor, found: Sequence[IncidentRow]) -> tuple[PortalRow, ...]:
    ids = [row.id for row in found]
    overdue = Q(knowledge_items__state="open", knowledge_items__due_at__lt=now())
    rows = _reports().filter(incident_id__in=ids).defer("known", "changes")
    reports = {
        str(report.incident_id): report
        for report in rows.annotate(
            open_items=Count("knowledge_items", filter=Q(knowledge_items__state="open")),
            late_items=Count("knowledge_items", filter=overdue),
        )
    }
    went = {course.id: course for course in courses(actor, _BEGINNING, ids=ids)} if ids else {}
    return tuple(_row(row, reports.get(row.id), went.get(row.id)) for row in found)


def _row(row: IncidentRow, report: Any, course: Course | None) -> PortalRow:
    acknowledged = course.acknowledged_at - row.alarm_at if course and course.acknowledged_at else None
    lasted = course.resolved_at - row.alarm_at if course and course.resolved_at else None
    return PortalRow(
        incident=row,
        report_id=str(report.id) if report else "",
        review=report.state if report else "",
        review_words=ReviewState(report.state).words if report else "No report",
        generated_at=report.generated_at if report else None,
        open_items=report.open_items if report else 0,
        overdue_items=report.late_items if report else 0,
        acknowledged_after=acknowledged,
        lasted=lasted,
    )


def _median(lengths: Any) -> timedelta | None:
    seconds = [length.total_seconds() for length in lengths]
    return timedelta(seconds=median(seconds)) if seconds else None
