"""The staff's view: the same truth as the log, restricted incidents only for those who may see them. Live."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tocsin.core.engine.health import dead_letters, health
from tocsin.domain.alerts.queries import ingest_rate
from tocsin.domain.assurance import queries as assurance
from tocsin.domain.delivery.queries import conservation
from tocsin.domain.incidents import queries as incidents
from tocsin.domain.incidents.queries import DeadlineView, IncidentRow
from tocsin.domain.statuspage import queries as statuspage
from tocsin.domain.statuspage.queries import PublicIncidentView
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.ui.access import ScreenRequest
from tocsin.ui.tables import Column, Table, from_list

_UPDATES = frozenset({"internal_update", "public_update", "public_post"})
_MOST = 200


@dataclass(frozen=True, slots=True)
class Open:
    """What is open: our incidents, and what stands in public alone."""

    lines: list["Line"]
    alone: list[PublicIncidentView]


@dataclass(frozen=True, slots=True)
class Line:
    """One incident with its next promised update and what the public reads of it."""

    row: IncidentRow
    update: DeadlineView | None
    public: PublicIncidentView | None

    @property
    def begun(self) -> datetime:
        """Since when people know of it."""
        return self.row.declared_at or self.row.alarm_at


_COLUMNS: list[Column[Line]] = [
    Column("reference", "Reference", lambda i: i.row.reference),
    Column("title", "Incident", lambda i: i.row.title),
    Column("severity", "Severity", lambda i: i.row.severity),
    Column("state", "State", lambda i: i.row.state),
    Column("components", "Services", lambda i: ", ".join(s.name for s in i.row.services)),
    Column("leader", "Leads", lambda i: i.row.commander.name if i.row.commander else ""),
    Column("update", "Next update due", lambda i: i.update.due_at if i.update else None),
    Column("public", "In public", lambda i: i.public.status if i.public else ""),
]
_TABLE: Table[Line] = Table("internal-status", "Open incidents", _COLUMNS, size=_MOST)


@require_safe
def page(request: ScreenRequest) -> HttpResponseBase:
    """The whole page. A fixed number of queries."""
    found = _open(request.actor)
    file = _TABLE.csv(request, from_list(found.lines, _COLUMNS))
    return file or render(request, "internal_status_page/page.html", _context(request.actor, found))


@require_safe
def parts(request: ScreenRequest) -> HttpResponseBase:
    """Its inside alone, for the live refresh."""
    context = _context(request.actor, _open(request.actor))
    return render(request, "internal_status_page/parts.html", context)


def _open(actor: Actor) -> Open:
    rows = incidents.open_incidents(actor, limit=_MOST)
    due: dict[str, DeadlineView] = {}
    for one in incidents.deadlines_due(actor, limit=5 * _MOST):
        if one.deadline.kind in _UPDATES:
            due.setdefault(one.incident_id, one.deadline)
    published = statuspage.incidents(actor, open_only=True, limit=_MOST)
    public = {view.inside: view for view in published}
    inside = {row.id for row in rows}
    return Open(
        lines=[Line(row, due.get(row.id), public.get(row.id)) for row in rows],
        alone=[view for view in published if view.inside not in inside],
    )


def _context(actor: Actor, found: Open) -> dict[str, Any]:
    at = now()
    own = health()
    day = conservation(at - timedelta(days=1))
    return {
        "lines": found.lines,
        "alone": found.alone,
        "components": statuspage.components(actor),
        "publication": statuspage.publication(actor),
        "own": own,
        "failing": [worker for worker in own.workers if worker.failures],
        "letters": dead_letters(5),
        "intake": ingest_rate(actor),
        "reach": assurance.findings(actor, limit=200),
        "books": assurance.books(actor, day),
        "pulse": assurance.pulse_standing(actor),
        "day": day,
        "all": conservation(),
        "at": at,
    }
