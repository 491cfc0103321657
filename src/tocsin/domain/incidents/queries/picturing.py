"""Turns rows of incidents into views, a whole list with a fixed number of queries. Never asks who may see them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from tocsin.domain.incidents.commands.timers import as_rule
from tocsin.domain.incidents.models import (
    AffectedService,
    Deadline,
    Incident,
    IncidentGroup,
    LinkedChange,
    RoleHolder,
    Task,
)
from tocsin.domain.incidents.proven import People, people_of
from tocsin.domain.incidents.rules.deadlines import Deadline as PlannedDeadline
from tocsin.domain.incidents.rules.deadlines import DeadlineKind, standing
from tocsin.domain.incidents.rules.roles import RoleName, role_words
from tocsin.domain.incidents.views import (
    AnswerView,
    DeadlineView,
    IncidentRow,
    LinkedChangeView,
    LinkedGroup,
    ReasonView,
    RoleView,
    ServiceRef,
    TaskView,
)
from tocsin.kernel.clock import now

LISTED = (
    "id", "number", "title", "kind", "severity", "state", "restricted", "alarm_at", "declared_at", "acknowledged_at",
    "resolved_at", "closed_at", "ended_at", "alerts_quiet_at", "unrouted", "version",
)  # fmt: skip
"""What a row of a list is made of. Answers and reasons are wide: reading them costs more than all these."""


def rows_of(found: Sequence[Incident]) -> list[IncidentRow]:
    """Rows for a list. Four queries for any number of incidents."""
    leads = RoleHolder.objects.filter(incident__in=found, role=RoleName.COMMANDER.value, ended_at=None, accepted=True)
    holders = dict(leads.values_list("incident_id", "person_id"))
    people = people_of(holders.values())
    services = services_of(found)
    upcoming = _next_deadlines(found)
    return [
        IncidentRow(
            **row_fields(row),
            services=tuple(services[row.id]),
            commander=people.get(str(holders[row.id])) if row.id in holders else None,
            next_deadline=upcoming.get(row.id),
        )
        for row in found
    ]


def row_fields(row: Incident) -> dict[str, Any]:
    """Those fields of an `IncidentRow` that stand in the row itself."""
    return {
        "id": str(row.id),
        "reference": row.reference,
        "title": row.title,
        "kind": row.kind,
        "severity": row.severity,
        "state": row.state,
        "url": row.url,
        "restricted": row.restricted,
        "alarm_at": row.alarm_at,
        "declared_at": row.declared_at,
        "acknowledged_at": row.acknowledged_at,
        "resolved_at": row.resolved_at,
        "ended_at": row.ended_at,
        "closed_at": row.closed_at,
        "alerts_quiet": row.alerts_quiet_at is not None,
        "unrouted": row.unrouted,
        "version": row.version,
    }


def services_of(found: Iterable[Incident]) -> defaultdict[Any, list[ServiceRef]]:
    """Affected services by incident, by name. One query."""
    listed: defaultdict[Any, list[ServiceRef]] = defaultdict(list)
    links = AffectedService.objects.filter(incident__in=list(found)).order_by("service__name")
    for incident_id, service_id, name in links.values_list("incident_id", "service_id", "service__name"):
        listed[incident_id].append(ServiceRef(str(service_id), name))
    return listed


def _next_deadlines(found: Sequence[Incident]) -> dict[Any, DeadlineView]:
    """What counts down in each incident: the first that is still owed. One query."""
    at = now()
    rows = Deadline.objects.filter(incident__in=found, met_at=None).order_by("-due_at")
    first = {row.incident_id: row for row in rows}
    return {incident: deadline_view(row, at) for incident, row in first.items()}


def deadline_view(row: Deadline, at: datetime) -> DeadlineView:
    """One deadline as it stands."""
    return planned_view(str(row.id), as_rule(row), at)


def planned_view(id_: str, planned: PlannedDeadline, at: datetime) -> DeadlineView:
    """One deadline of the rules; `id_` is empty for a what-if."""
    return DeadlineView(
        id=id_,
        kind=planned.kind.value,
        words=DeadlineKind(planned.kind).words,
        term=planned.term.words(),
        starts_at=planned.starts_at,
        at_risk_at=planned.at_risk_at,
        due_at=planned.due_at,
        met_at=planned.met_at,
        standing=standing(planned, at).value,
    )


def role_view(row: RoleHolder, people: People) -> RoleView:
    """One holder or offer."""
    return RoleView(
        id=str(row.id),
        role=row.role,
        words=role_words(row.role),
        person=people[str(row.person_id)],
        since=row.since,
        accepted=row.accepted,
        handed_over_by=people.get(str(row.handed_over_by_id)),
    )


def task_view(row: Task, people: People) -> TaskView:
    """One task."""
    return TaskView(
        id=str(row.id),
        title=row.title,
        kind=row.kind,
        owner=people.get(str(row.owner_id)),
        due_at=row.due_at,
        state=row.state,
        done_at=row.done_at,
        created_by=people.get(str(row.created_by_id)),
        created_at=row.created_at,
        version=row.version,
        overdue=row.state == "open" and row.due_at is not None and row.due_at <= now(),
    )


def group_view(row: IncidentGroup) -> LinkedGroup:
    """One linked group of alerts; its service must be loaded."""
    return LinkedGroup(
        group_id=str(row.group_id),
        title=row.title,
        severity=row.severity,
        service_id=str(row.service_id or ""),
        service=row.service.name if row.service else "",
        unrouted=row.unrouted,
        integration=row.integration,
        starts_at=row.starts_at,
        joined_at=row.joined_at,
        quiet=row.quiet_at is not None,
        stale=row.stale_at is not None,
    )


def change_view(row: LinkedChange, people: People) -> LinkedChangeView:
    """One linked change."""
    return LinkedChangeView(
        id=str(row.id),
        change_id=str(row.change_id or ""),
        summary=row.summary,
        source=row.source,
        url=row.url,
        part=row.part,
        happened_at=row.happened_at,
        linked_by=people.get(str(row.linked_by_id)),
    )


def answers_of(row: Incident) -> tuple[AnswerView, ...]:
    """What was answered when it was sized."""
    return tuple(
        AnswerView(fact=fact, choices=tuple(said["choices"]), because=said["because"])
        for fact, said in row.answers.items()
    )


def reasons_of(row: Incident) -> tuple[ReasonView, ...]:
    """Why it has its severity."""
    return tuple(ReasonView(**reason) for reason in row.reasons)
