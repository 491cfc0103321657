"""Which alerts stand together, and when a group speaks.

Hides the group key and the waits (the product's defaults, Grouping). Never holds back a Critical alert, a
raised severity or a newly affected service.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tocsin.domain.alerts.rules.identity import Labels, clean, fingerprint
from tocsin.domain.oncall.rules.urgency import Severity

GROUP_WAIT = timedelta(seconds=30)
GROUP_INTERVAL = timedelta(minutes=5)
SETTLES_WITHIN = timedelta(seconds=10)
SETTLE_INTERVAL = timedelta(seconds=1)
"""One batch of a sender is folded in parts: a group that has just begun speaks soon of what still comes, after 1, 2, 4
and 8 seconds."""
ALL_LABELS = "..."
"""In `group_by`: every label, so that each alert is its own group."""


@dataclass(frozen=True, slots=True)
class Group:
    """What a group remembers: when it last spoke (`flushed_at`), when it speaks next, how bad it has been."""

    created_at: datetime
    flushed_at: datetime | None
    flush_at: datetime | None
    severity: Severity
    services: frozenset[str]


@dataclass(frozen=True, slots=True)
class GroupDecision:
    """The group with the alert in it, when it speaks, and why then."""

    group: Group
    flush_at: datetime
    reason: str


def group_labels(group_by: Iterable[str], labels: Labels) -> dict[str, str]:
    """The labels that alerts of one group share."""
    names = frozenset(group_by)
    kept = clean(labels)
    return kept if ALL_LABELS in names else {name: value for name, value in kept.items() if name in names}


def group_key(route_id: str, group_by: Iterable[str], labels: Labels) -> str:
    """The same for alerts of one route that agree in the labels grouped by."""
    return f"{route_id}:{fingerprint(group_labels(group_by, labels))}"


def join(group: Group | None, severity: Severity, service: str, now: datetime) -> GroupDecision:
    """An alert joins its group (None: it opens one). `flush_at` is never later than it was; past means due."""
    if group is None:
        wait = timedelta(0) if severity is Severity.CRITICAL else GROUP_WAIT
        group = Group(now, None, now + wait, severity, frozenset({service}))
        return GroupDecision(group, now + wait, "a new group" if wait else "a new group, Critical: no wait")
    raised = severity.rank > group.severity.rank
    new_service = service not in group.services
    joined = replace(
        group,
        severity=severity if raised else group.severity,
        services=group.services | {service},
    )
    if severity is Severity.CRITICAL and raised:
        return _speak(joined, now, "severity raised to Critical")
    if group.flushed_at is None:
        return _speak(joined, group.created_at + GROUP_WAIT, "bundled with the first alerts")
    if raised:
        return _speak(joined, now, f"severity raised to {severity.word}")
    if new_service:
        return _speak(joined, now, f"{service} is affected as well")
    if now - group.created_at < SETTLES_WITHIN:
        pause = max(SETTLE_INTERVAL, group.flushed_at - group.created_at)
        return _speak(joined, group.flushed_at + pause, "of the same moment as the first alerts")
    return _speak(joined, group.flushed_at + GROUP_INTERVAL, "bundled until the group speaks again")


def flushed(group: Group, now: datetime) -> Group:
    """The group has spoken."""
    return replace(group, flushed_at=now, flush_at=None)


def _speak(group: Group, at: datetime, reason: str) -> GroupDecision:
    flush_at = at if group.flush_at is None else min(at, group.flush_at)
    return GroupDecision(replace(group, flush_at=flush_at), flush_at, reason)
