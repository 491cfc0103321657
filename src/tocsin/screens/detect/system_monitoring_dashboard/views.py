"""The dashboard, its parts (refetched when something changes), and the same for the services of one incident."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tocsin.core.engine.health import health as own_health
from tocsin.domain.alerts import queries as alerts
from tocsin.domain.alerts.queries import AlertFilter, AlertRow
from tocsin.domain.catalog import queries as catalog
from tocsin.domain.catalog.queries import ServiceView
from tocsin.domain.incidents import queries as incidents
from tocsin.domain.incidents.queries import IncidentFilters
from tocsin.domain.monitoring import queries as monitoring
from tocsin.domain.monitoring.permissions import ARRANGE
from tocsin.domain.monitoring.queries import CheckView
from tocsin.kernel.clock import now
from tocsin.kernel.errors import NotFound
from tocsin.screens import check_looks as looks
from tocsin.screens.detect.system_monitoring_dashboard import picture
from tocsin.screens.incident import incident_page
from tocsin.ui.access import ScreenRequest
from tocsin.ui.parts import Chip, Day
from tocsin.ui.plots import Mark

T = TypeVar("T")
_PAGE = 15
_STREAM = 8
_FIRST = {"failing": 0, "stale": 1, "unknown": 2, "ok": 3}


@dataclass(frozen=True, slots=True)
class CheckRow:
    """A check with its pictures."""

    check: CheckView
    kind: str
    word: str
    days: list[Day]
    days_label: str
    share: str
    values: list[float]
    abnormal: list[bool]
    took: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for: range, filters, pages. `services` narrows to those of one incident."""

    range: str
    words: str
    back: timedelta
    team: str
    state: str
    text: str
    page: int
    checks_page: int
    services: tuple[str, ...] | None = None

    @property
    def filtered(self) -> bool:
        """True when services are left out by a filter."""
        return bool(self.team or self.state or self.text)


def _asked(request: ScreenRequest, services: tuple[str, ...] | None = None) -> Asked:
    chosen = request.GET.get("range", "1h")
    chosen = chosen if chosen in looks.RANGES else "1h"
    words, back = looks.RANGES[chosen]
    said = request.GET.get
    return Asked(
        range=chosen,
        words=words,
        back=back,
        team=said("team", ""),
        state=said("state", ""),
        text=said("q", "").strip(),
        page=_number(said("page", "")),
        checks_page=_number(said("checks", "")),
        services=services,
    )


def _number(text: str) -> int:
    return max(1, int(text)) if text.isdigit() and len(text) < 7 else 1


@require_safe
@never_cache
def dashboard(request: ScreenRequest) -> HttpResponseBase:
    """Everything on one page. A fixed number of queries, whatever is stored."""
    asked = _asked(request)
    context: dict[str, Any] = {
        "place": "monitoring",
        "asked": asked,
        "ranges": [Chip(word, _address(request, range=key), key == asked.range) for key, (word, _) in _ranges()],
        "arranges": request.actor.has(ARRANGE),
        "query": request.GET.urlencode(),
        "states": picture.STATES,
    }
    context |= _all(request, asked)
    context["teams"] = sorted({(s.owner_team_id, s.owner_team) for s in context["services_all"] if s.owner_team_id})
    return render(request, "system_monitoring_dashboard/dashboard.html", context)


@require_safe
@never_cache
def part(request: ScreenRequest, part: str) -> HttpResponseBase:
    """One part alone, for refreshing what is quiet."""
    build = _all if part == "stats" else _PARTS.get(part)
    if build is None:
        raise NotFound("There is no such part of the dashboard.")
    context = {"query": request.GET.urlencode(), "asked": (asked := _asked(request)), **build(request, asked)}
    return render(request, f"system_monitoring_dashboard/parts/{part}.html", context)


@require_safe
@never_cache
def of_incident(request: ScreenRequest, ref: str) -> HttpResponseBase:
    """The same for the services of one incident only."""
    context = incident_page(request, ref, stage="detect", screen="system_monitoring_dashboard")
    seen = context["incident"]
    asked = _asked(request, tuple(service.id for service in seen.services))
    marks = [Mark(seen.alarm_at, seen.reference)]
    context |= {
        "asked": asked,
        "ranges": [Chip(word, _address(request, range=key), key == asked.range) for key, (word, _) in _ranges()],
        **_services(request, asked),
        **_checks(request, asked),
        **_alerts(request, asked),
        "plots": _plots(request, asked, marks),
    }
    return render(request, "system_monitoring_dashboard/incident.html", context)


def _all(request: ScreenRequest, asked: Asked) -> dict[str, Any]:
    """What every part says."""
    context: dict[str, Any] = {}
    for build in _PARTS.values():
        context |= build(request, asked)
    return context


def _once(request: ScreenRequest, name: str, ask: Callable[[], T]) -> T:
    """What two parts of one page ask for is asked once; kept with the request, so never for longer."""
    kept: dict[str, Any] = request.__dict__.setdefault("_asked_once", {})
    if name not in kept:
        kept[name] = ask()
    found: T = kept[name]
    return found


def _ranges() -> Collection[tuple[str, tuple[str, timedelta]]]:
    return looks.RANGES.items()


def _address(request: ScreenRequest, **changes: str) -> str:
    said = request.GET.copy()
    for name, value in changes.items():
        said[name] = value
    return f"?{said.urlencode()}"


def _services(request: ScreenRequest, asked: Asked) -> dict[str, Any]:
    """Services, worst first."""
    actor, end = request.actor, now()
    found = catalog.services(actor, asked.services)
    checks = _once(request, "checks", lambda: monitoring.checks(actor, asked.services))
    open_alerts = _once(request, "alerts", lambda: alerts.by_service(actor))
    windows = _once(request, "windows", lambda: alerts.maintenances(actor))
    seen = picture.signs(open_alerts, checks, incidents.open_incidents(actor), windows)
    stands = {service.id: picture.standing(service.id, seen) for service in found}
    kept = [service for service in found if _fits(service, stands[service.id][0], asked)]
    # Sorted without pictures first, so that only those on this page ask for their hours.
    order = [h.service for h in picture.health(kept, seen, {}, end)]
    pages = max(1, -(-len(order) // _PAGE))
    page = min(asked.page, pages)
    shown = order[(page - 1) * _PAGE : page * _PAGE]
    hours = monitoring.hours(
        actor, [check.id for service in shown for check in seen.checks.get(service.id, ())], picture.HOURS
    )
    kinds = [kind for kind, _, _ in stands.values()]
    return {
        "services": picture.health(shown, seen, hours, end),
        "services_all": found,
        "services_total": len(found),
        "services_well": kinds.count("ok"),
        "services_unasked": kinds.count("wait"),
        "services_kept": len(order),
        "services_more": _address(request, page=str(page + 1)) if page < pages else "",
        "services_back": _address(request, page=str(page - 1)) if page > 1 else "",
    }


def _fits(service: ServiceView, kind: str, asked: Asked) -> bool:
    if asked.team and service.owner_team_id != asked.team:
        return False
    if asked.text and asked.text.lower() not in service.name.lower():
        return False
    if asked.state == "ill":
        return kind not in ("ok", "wait", "care")
    if asked.state == "well":
        return kind in ("ok", "wait")
    return not asked.state or kind == asked.state


def _checks(request: ScreenRequest, asked: Asked) -> dict[str, Any]:
    """Checks, failing ones first, with their days and the time they took."""
    found = _once(request, "checks", lambda: monitoring.checks(request.actor, asked.services))
    ordered = sorted(found, key=lambda c: (c.paused, _FIRST.get(c.state, 9), c.name.lower()))
    pages = max(1, -(-len(ordered) // _PAGE))
    page = min(asked.checks_page, pages)
    shown = ordered[(page - 1) * _PAGE : page * _PAGE]
    ids = [check.id for check in shown]
    days = monitoring.days(request.actor, ids)
    series = monitoring.several_series(request.actor, ids, now() - asked.back)
    return {
        "checks": [_check_row(check, days[check.id], series.get(check.id)) for check in shown],
        "checks_total": len(found),
        "check_counts": monitoring.counts(request.actor, found),
        "checks_more": _address(request, checks=str(page + 1)) if page < pages else "",
        "checks_back": _address(request, checks=str(page - 1)) if page > 1 else "",
    }


def _check_row(check: CheckView, days: list[monitoring.Point], series: monitoring.Series | None) -> CheckRow:
    values, abnormal = looks.spark(series)
    return CheckRow(
        check,
        *looks.look(check),
        days=looks.bars(days),
        days_label=looks.bars_label(check.name, days, "90 days"),
        share=looks.percent(looks.share(days)),
        values=values,
        abnormal=abnormal,
        took=looks.took(check.latency_ms),
    )


def _alerts(request: ScreenRequest, asked: Asked) -> dict[str, Any]:
    """The newest open alerts, the incidents that they belong to, and how many there are."""
    rows = _stream(request, asked)
    groups = {row.group_id for row in rows if row.group_id}
    by_service = _once(request, "alerts", lambda: alerts.by_service(request.actor))
    firing = {id_: counts for id_, counts in by_service.items() if asked.services is None or id_ in asked.services}
    muted = sum(counts.get("muted", 0) for counts in firing.values())
    return {
        "stream": rows,
        "references": incidents.references_of_groups(request.actor, groups),
        "firing": sum(sum(counts.values()) for counts in firing.values()) - muted,
        "muted": muted,
    }


def _stream(request: ScreenRequest, asked: Asked) -> list[AlertRow]:
    if asked.services is None:
        return alerts.alerts(request.actor, AlertFilter(limit=_STREAM)).alerts
    # An incident has a handful of services; each has an index of its own.
    several = [
        alerts.alerts(request.actor, AlertFilter(service_id=id_, limit=_STREAM)).alerts for id_ in asked.services[:10]
    ]
    return sorted((row for rows in several for row in rows), key=lambda row: row.starts_at, reverse=True)[:_STREAM]


def _intake(request: ScreenRequest, asked: Asked) -> dict[str, Any]:
    """How many signals arrive, with incidents marked, and what waits."""
    end = now()
    start = end - asked.back
    marks = [Mark(*one) for one in incidents.begun(request.actor, IncidentFilters(since=start))]
    counted = alerts.intake(request.actor, start.replace(second=0, microsecond=0))
    minute = (end - timedelta(minutes=1)).replace(second=0, microsecond=0)
    return {
        "rate": picture.rate(counted, start, end, marks),
        "rate_now": sum(n for at, n in counted if at == minute),
        "taken": alerts.ingest_rate(request.actor),
    }


def _own(request: ScreenRequest, asked: Asked) -> dict[str, Any]:
    """Tocsin's own workers, and what is kept quiet on purpose."""
    windows = _once(request, "windows", lambda: alerts.maintenances(request.actor))
    return {
        "own": own_health(),
        "silences": [s for s in alerts.silences(request.actor) if s.state == "active"],
        "windows": [w for w in windows if w.state == "under way"],
        "planned": next((w for w in windows if w.state == "planned"), None),
    }


def _plots(request: ScreenRequest, asked: Asked, marks: list[Mark]) -> list[tuple[CheckView, str, Any]]:
    """The series of the checks that say most: failing ones first, at most four."""
    end: datetime = now()
    found = _once(request, "checks", lambda: monitoring.checks(request.actor, asked.services))
    chosen = sorted((c for c in found if not c.paused), key=lambda c: (_FIRST.get(c.state, 9), c.name))[:4]
    series = monitoring.several_series(request.actor, [c.id for c in chosen], end - asked.back)
    return [
        (c, reverse("check", args=[c.id]), looks.plot(c, series[c.id], end - asked.back, end, marks))
        for c in chosen
        if c.id in series
    ]


_PARTS: dict[str, Callable[[ScreenRequest, Asked], dict[str, Any]]] = {
    "services": _services,
    "checks": _checks,
    "alerts": _alerts,
    "intake": _intake,
    "own": _own,
}
