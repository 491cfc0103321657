"""Rows as the pictures that leave this room. A fixed number of queries, however much is published."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet

from tocsin.domain.statuspage.access import in_public
from tocsin.domain.statuspage.models import Component, Group, Named, Page, PublicIncident, StatusSpan, Update
from tocsin.domain.statuspage.rules.states import INCIDENT, MAINTENANCE
from tocsin.domain.statuspage.rules.uptime import DAYS, Span, days, uptime
from tocsin.domain.statuspage.views import (
    AffectedView,
    ComponentView,
    GroupView,
    PageView,
    Picture,
    PublicIncidentView,
    UpdateView,
)

LATEST = 50
"""Incidents in `incidents.json` and in the history (Statuspage v2)."""


def page_view(row: Page) -> PageView:
    """No query."""
    return PageView(
        id=str(row.id),
        code=row.code,
        name=row.name,
        url=row.url,
        support_url=row.support_url,
        about=row.about,
        time_zone=row.time_zone,
        languages=tuple(row.languages) or (str(settings.LANGUAGE_CODE),),
        published=row.published,
        opens_by_itself=row.opens_by_itself,
        created_at=row.created_at,
        updated_at=row.updated_at,
        version=row.version,
    )


def component_view(
    row: Component, spans: Sequence[Span] = (), at: datetime | None = None, zone: str = "UTC"
) -> ComponentView:
    """No query when `group` and `service` were joined."""
    tz = ZoneInfo(zone)
    known = bool(spans) and at is not None
    return ComponentView(
        id=str(row.id),
        code=row.code,
        name=row.name,
        description=row.description,
        status=row.status,
        position=row.position,
        showcase=row.showcase,
        only_show_if_degraded=row.only_show_if_degraded,
        start_date=row.start_date,
        group_id=str(row.group_id or ""),
        group_code=row.group.code if row.group else "",
        service_id=str(row.service_id or ""),
        service=row.service.name if row.service else "",
        created_at=row.created_at,
        updated_at=row.updated_at,
        version=row.version,
        days=tuple(days(spans, now=at, zone=tz, start=row.start_date)) if known and at else (),
        uptime=uptime(spans, now=at, zone=tz, start=row.start_date) if known and at else None,
    )


def group_views(components: Iterable[ComponentView]) -> list[GroupView]:
    """All groups with their components. One query."""
    inside: dict[str, list[ComponentView]] = defaultdict(list)
    for component in components:
        inside[component.group_id].append(component)
    return [
        GroupView(str(g.id), g.code, g.name, g.position, g.created_at, g.updated_at, tuple(inside[str(g.id)]))
        for g in Group.objects.order_by("position", "name")
    ]


def component_views(at: datetime, zone: str, *, history: bool = True) -> list[ComponentView]:
    """Components on the page, in their order. Two queries."""
    rows = list(Component.objects.filter(removed_at=None).select_related("group", "service"))
    rows.sort(key=lambda row: (row.position, row.name))
    spans: dict[UUID, list[Span]] = defaultdict(list)
    if history:
        since = at - timedelta(days=DAYS + 1)
        listed = StatusSpan.objects.filter(component__in=[row.id for row in rows]).order_by("since")
        for component, status, begin, end in listed.values_list("component_id", "status", "since", "until"):
            if end is None or end > since:
                spans[component].append(Span(status, begin, end))
    return [component_view(row, spans[row.id], at, zone) for row in rows]


def incident_views(rows: Sequence[PublicIncident]) -> list[PublicIncidentView]:
    """Incidents with their updates and components. Two queries."""
    ids = [row.id for row in rows]
    named: dict[UUID, list[ComponentView]] = defaultdict(list)
    for link in Named.objects.filter(incident__in=ids).select_related("component__group", "component__service"):
        named[link.incident_id].append(component_view(link.component))
    told: dict[UUID, list[UpdateView]] = defaultdict(list)
    for update in Update.objects.filter(incident__in=ids).order_by("-display_at", "-id"):
        told[update.incident_id].append(update_view(update))
    return [_incident_view(row, named[row.id], told[row.id]) for row in rows]


def update_view(row: Update) -> UpdateView:
    """No query."""
    return UpdateView(
        id=str(row.id),
        code=row.code,
        status=row.status,
        body=row.body,
        affected=tuple(AffectedView(**change) for change in row.affected),
        notify=row.notify,
        display_at=row.display_at,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def _incident_view(row: PublicIncident, named: list[ComponentView], told: list[UpdateView]) -> PublicIncidentView:
    return PublicIncidentView(
        id=str(row.id),
        code=row.code,
        kind=row.kind,
        title=row.title,
        status=row.status,
        impact=row.impact,
        inside=str(row.incident_id or ""),
        next_update_at=row.next_update_at,
        scheduled_for=row.scheduled_for,
        scheduled_until=row.scheduled_until,
        turns_by_itself=row.turns_by_itself,
        started_at=row.started_at,
        monitoring_at=row.monitoring_at,
        resolved_at=row.resolved_at,
        retracted_at=row.retracted_at,
        created_at=row.created_at,
        updated_at=row.updated_at,
        version=row.version,
        components=tuple(sorted(named, key=lambda component: (component.position, component.name))),
        updates=tuple(told),
    )


def _public(kind: str) -> QuerySet[PublicIncident]:
    return in_public(PublicIncident.objects.filter(kind=kind))


def picture(row: Page, at: datetime) -> Picture:
    """All that strangers see. Ten queries."""
    components = component_views(at, row.time_zone)
    groups = group_views(components)
    open_ = _public(INCIDENT).filter(resolved_at=None).order_by("-started_at", "-id")
    latest = _public(INCIDENT).order_by("-started_at", "-id")[:LATEST]
    incidents = _together(open_, latest)
    planned = _public(MAINTENANCE).filter(resolved_at=None).order_by("-scheduled_for", "-id")
    past = _public(MAINTENANCE).order_by("-scheduled_for", "-id")[:LATEST]
    maintenances = _together(planned, past)
    views = {view.id: view for view in incident_views([*incidents, *maintenances])}
    return Picture(
        at=at,
        page=page_view(row),
        groups=tuple(group for group in groups if group.components),
        loose=tuple(component for component in components if not component.group_id),
        incidents=tuple(views[str(one.id)] for one in incidents),
        maintenances=tuple(views[str(one.id)] for one in maintenances),
    )


def _together(*parts: QuerySet[PublicIncident]) -> list[PublicIncident]:
    found = {row.id: row for part in parts for row in part}
    return sorted(found.values(), key=lambda row: row.scheduled_for or row.started_at, reverse=True)
