"""Puts the answers of rooms side by side: how every service does, from its alerts, checks and incidents.

Pure but for the clock. The worst sign decides; what is silenced or stale never makes a service look well.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin.domain.alerts.queries import MaintenanceView
from tocsin.domain.catalog.queries import ServiceView
from tocsin.domain.incidents.queries import IncidentRow
from tocsin.domain.monitoring.queries import CheckView, Point
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.screens import check_looks as looks
from tocsin.ui.parts import Day
from tocsin.ui.plots import Line, Mark, Plot, number

HOURS = 24
_HARM = {
    "critical": ("bad", "Major outage"),
    "unknown": ("bad", "Not sized yet"),
    "high": ("high", "Partial outage"),
    "medium": ("warn", "Degraded"),
    "low": ("warn", "Degraded"),
}
_RANK = {"bad": 0, "high": 1, "warn": 2, "unknown": 3, "care": 4, "wait": 5, "ok": 6}
STATES = [("ill", "Not well"), ("care", "Maintenance"), ("well", "Well")]


@dataclass(frozen=True, slots=True)
class Health:
    """A service and how it does. `why` names the signs; `took` is the slowest of its checks now."""

    service: ServiceView
    kind: str
    word: str
    why: str
    hours: list[Day]
    hours_label: str
    checks: str
    took: str
    incident: IncidentRow | None

    @property
    def well(self) -> bool:
        """True when nothing speaks against it and something may speak for it."""
        return self.kind in ("ok", "wait")


@dataclass(frozen=True, slots=True)
class Signs:
    """Everything that tells of services, by service."""

    alerts: Mapping[str, Mapping[str, int]]
    checks: Mapping[str, Sequence[CheckView]]
    incidents: Mapping[str, IncidentRow]
    maintained: frozenset[str]


def signs(
    alerts: Mapping[str, Mapping[str, int]],
    checks: Iterable[CheckView],
    incidents: Iterable[IncidentRow],
    windows: Iterable[MaintenanceView],
) -> Signs:
    """Sort what rooms say by service."""
    by_service: dict[str, list[CheckView]] = {}
    for check in checks:
        by_service.setdefault(check.service_id or "", []).append(check)
    worst: dict[str, IncidentRow] = {}
    for row in incidents:
        for service in row.services:
            worst.setdefault(service.id, row)
    maintained = {id_ for window in windows if window.state == "under way" for id_, _ in window.services}
    return Signs(alerts, by_service, worst, frozenset(maintained))


def standing(service_id: str, seen: Signs) -> tuple[str, str, str]:
    """Kind, word and reasons of one service: the worst of its open alerts and its checks."""
    alerts = {name: n for name, n in seen.alerts.get(service_id, {}).items() if name != "muted"}
    muted = seen.alerts.get(service_id, {}).get("muted", 0)
    checks = [check for check in seen.checks.get(service_id, ()) if not check.paused]
    failing = [check for check in checks if check.state == "failing"]
    stale = sum(check.state == "stale" for check in checks)
    signs_ = [Severity(name) for name in alerts] + [Severity(check.severity) for check in failing]
    reasons = [_count(sum(alerts.values()), "alert")] if alerts else []
    reasons += [f"{len(failing)} of {len(checks)} checks failing"] if failing else []
    reasons += [f"{_count(stale, 'check')} stale"] if stale else []
    reasons += [f"{_count(muted, 'alert')} kept quiet"] if muted else []
    if service_id in seen.maintained:
        return "care", "Maintenance", ", ".join(reasons)
    if signs_:
        kind, word = _HARM[max(signs_, key=lambda severity: severity.rank).value]
        return kind, word, ", ".join(reasons)
    if stale or muted:
        return "unknown", "Unknown", ", ".join(reasons)
    if not checks:
        return "wait", "No check", "no alert"
    asked = all(check.state == "ok" for check in checks)
    return ("ok", "Well", "") if asked else ("wait", "Not asked yet", "")


def health(
    services: Iterable[ServiceView], seen: Signs, hours: Mapping[str, Sequence[Point]], since: datetime
) -> list[Health]:
    """Every service, worst first, then the most important, then by name."""
    found = [_health(service, seen, hours, since) for service in services]
    return sorted(found, key=lambda h: (_RANK[h.kind], h.incident is None, h.service.tier, h.service.name.lower()))


def _health(service: ServiceView, seen: Signs, hours: Mapping[str, Sequence[Point]], since: datetime) -> Health:
    checks = [check for check in seen.checks.get(service.id, ()) if not check.paused]
    kind, word, why = standing(service.id, seen)
    joined = _joined([hours[check.id] for check in checks if check.id in hours])
    slowest = max((check.latency_ms for check in checks if check.latency_ms is not None), default=None)
    good = sum(check.state == "ok" for check in checks)
    return Health(
        service=service,
        kind=kind,
        word=word,
        why=why,
        hours=looks.bars(joined) if joined else [Day("none")] * HOURS,
        hours_label=looks.bars_label(service.name, joined, "24 hours"),
        checks=f"{good} of {len(checks)}" if checks else "",
        took=looks.took(slowest) if slowest is not None else "",
        incident=seen.incidents.get(service.id),
    )


def _joined(several: Sequence[Sequence[Point]]) -> list[Point]:
    """Hours of all checks of a service as one row: the worst check of each hour counts."""
    return [
        max(points, key=lambda p: (p.failed / p.runs if p.runs else -1, p.runs))
        for points in zip(*several, strict=True)
    ]


def _count(number_: int, what: str) -> str:
    return f"{number_:,} {what}{'' if number_ == 1 else 's'}"


def rate(counted: Sequence[tuple[datetime, int]], start: datetime, end: datetime, marks: Sequence[Mark] = ()) -> Plot:
    """Signals a minute, in at most some hundred steps; a minute without any is zero."""
    step = max(timedelta(minutes=1), (end - start) / 120)
    steps = int((end - start) / step)
    first = start.replace(second=0, microsecond=0)
    sums = [0.0] * (steps + 1)
    for at, signals in counted:
        place = int((at - first) / step)
        if 0 <= place <= steps:
            sums[place] += signals
    minutes = step / timedelta(minutes=1)
    # The step that is still under way would look like a fall.
    values = [round(total / minutes, 2) for total in sums[:steps]] or [0.0]
    times = [first + step * n for n in range(len(values))]
    whole = int(sum(sums))
    label = (
        f"{_count(whole, 'signal')} taken in, at most {number(max(values))} a minute"
        if whole
        else "No signal was taken in"
    )
    return Plot(
        label=label,
        times=times,
        lines=[Line("Signals a minute", values)],
        start=first,
        end=end,
        marks=marks,
        whole=True,
    )
