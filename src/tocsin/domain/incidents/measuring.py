"""Incidents as numbers: when each was taken, engaged, mitigated and resolved, and which promises were kept.

Reads only. Restricted incidents are counted for those who may see them; drills, dismissed and merged ones for nobody.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from tocsin.domain.incidents.access import seen_by
from tocsin.domain.incidents.models import AffectedService, Deadline, Incident, IncidentGroup
from tocsin.domain.incidents.permissions import VIEW
from tocsin.domain.incidents.rules.deadlines import DeadlineKind
from tocsin.domain.incidents.rules.states import State
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now

MOST = 50_000


@dataclass(frozen=True, slots=True)
class Measured:
    """One incident and when it came how far; None: not (yet)."""

    id: str
    reference: str
    kind: str
    severity: str
    began_at: datetime
    acknowledged_at: datetime | None
    engaged_at: datetime | None
    mitigated_at: datetime | None
    resolved_at: datetime | None


@dataclass(frozen=True, slots=True)
class Kept:
    """Promises of one kind: how many were due, and how many were met in time."""

    kind: str
    words: str
    due: int
    in_time: int


def measured(
    actor: Actor, since: datetime, until: datetime, *, services: Collection[str] | None = None
) -> list[Measured]:
    """Incidents whose alarm was in that time, oldest first. One query. `services`: those that affect one of them."""
    names = ("id", "number", "kind", "severity", "alarm_at")
    times = ("acknowledged_at", "engaged_at", "mitigated_at", "resolved_at")
    rows = _rows(actor, since, until, services).order_by("alarm_at").values_list(*names, *times)[:MOST]
    return [
        Measured(str(id_), f"INC-{number}", kind, severity, began, *moments)
        for id_, number, kind, severity, began, *moments in rows.iterator()
    ]


def services_of_incidents(actor: Actor, since: datetime, until: datetime) -> dict[str, list[str]]:
    """Ids of the affected services by incident. One query."""
    links = AffectedService.objects.filter(incident__in=_rows(actor, since, until, None))
    found: dict[str, list[str]] = {}
    for incident, service in links.values_list("incident_id", "service_id").iterator():
        found.setdefault(str(incident), []).append(str(service))
    return found


def sources_of_incidents(actor: Actor, since: datetime, until: datetime) -> dict[str, set[str]]:
    """Ids of the sources whose alerts belong to each incident. One query."""
    links = IncidentGroup.objects.filter(incident__in=_rows(actor, since, until, None)).exclude(integration_id="")
    found: dict[str, set[str]] = {}
    for incident, source in links.values_list("incident_id", "integration_id").distinct().iterator():
        found.setdefault(str(incident), set()).add(source)
    return found


def groups_taken(actor: Actor, since: datetime, until: datetime) -> QuerySet[Any]:
    """Ids of the alert groups of incidents that somebody acknowledged, as a subquery. No query of its own."""
    taken = _rows(actor, since, until, None).filter(acknowledged_at__isnull=False)
    return IncidentGroup.objects.filter(incident__in=taken).values("group_id")


def promises_kept(
    actor: Actor, since: datetime, until: datetime, *, services: Collection[str] | None = None
) -> list[Kept]:
    """By kind of deadline: due by now, and met in time. One query."""
    owed = Deadline.objects.filter(incident__in=_rows(actor, since, until, services))
    counted = (
        owed.order_by()
        .values("kind")
        .annotate(
            due=Count("id", filter=Q(due_at__lte=now()) | Q(met_at__isnull=False)),
            in_time=Count("id", filter=Q(met_at__isnull=False, met_at__lte=F("due_at"))),
        )
    )
    by_kind = {row["kind"]: (row["due"], row["in_time"]) for row in counted}
    return [Kept(k.value, k.words, *by_kind[k.value]) for k in DeadlineKind if by_kind.get(k.value, (0, 0))[0]]


def _rows(actor: Actor, since: datetime, until: datetime, services: Collection[str] | None) -> QuerySet[Incident]:
    actor.require(VIEW)
    rows = seen_by(actor, Incident.objects.filter(alarm_at__gte=since, alarm_at__lt=until, practice=False))
    rows = rows.exclude(state__in=[State.DISMISSED, State.MERGED])
    if services is None:
        return rows
    return rows.filter(id__in=AffectedService.objects.filter(service__in=list(services)).values("incident"))


def rehearsed() -> set[str]:
    """The streams of drills. One query."""
    return {f"incident:{id_}" for id_ in Incident.objects.filter(practice=True).values_list("id", flat=True)}
