"""Lists of incidents: pages, what is open, what is proposed, what is due, what is mine. Restricted ones are left out
for those who may not see them, also from counts.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When

from tocsin.domain.catalog.queries import graph
from tocsin.domain.catalog.rules.graph import reach
from tocsin.domain.incidents.access import seen_by
from tocsin.domain.incidents.commands.loading import found
from tocsin.domain.incidents.models import (
    AffectedService,
    Deadline,
    Incident,
    IncidentGroup,
    RoleHolder,
    Task,
    TeamTemplate,
)
from tocsin.domain.incidents.naming import TOCSIN
from tocsin.domain.incidents.permissions import VIEW
from tocsin.domain.incidents.proven import people_of
from tocsin.domain.incidents.queries.picturing import (
    LISTED,
    answers_of,
    deadline_view,
    group_view,
    reasons_of,
    role_view,
    rows_of,
    task_view,
)
from tocsin.domain.incidents.rules.states import ACTIVE_STATES, State
from tocsin.domain.incidents.views import (
    DueView,
    IncidentFilters,
    IncidentPage,
    IncidentRow,
    MineView,
    ProposalView,
    TeamTemplateView,
)
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Invalid
from tocsin.kernel.ids import id_of, uuid_of

_RANK = Case(
    *(When(severity=severity.value, then=Value(int(severity.rank))) for severity in Severity),
    default=Value(0),
    output_field=IntegerField(),
)


_SORTS: dict[str, str] = {
    "began": "alarm_at",
    "title": "title",
    "severity": "rank",
    "state": "state",
    "open": "ongoing",
}

_REHEARSED = Q(practice=True) & ~Q(state__in=list(ACTIVE_STATES))
"""Drills that are over: the log keeps them, lists leave them out."""
_ONGOING = Case(When(state__in=list(ACTIVE_STATES), then=Value(1)), default=Value(0), output_field=IntegerField())


def incidents(
    actor: Actor,
    filters: IncidentFilters | None = None,
    page: int = 1,
    size: int = 50,
    sort: str = "-began",
    *,
    among: Collection[Any] | QuerySet[Any] | None = None,
    without: QuerySet[Any] | None = None,
) -> IncidentPage:
    """One page of the incidents that the filters find, newest alarm first. Six queries.

    A drill that is over is found by its words only.

    `sort`: began, title, severity, state or open (those still worked on), with a minus turned round. `among` and
    `without` narrow by ids that a higher room knows; a subquery of its own table costs no query.
    """
    actor.require(VIEW)
    key = _SORTS.get(sort.removeprefix("-"))
    if key is None:
        raise Invalid(f"sort: choose one of {', '.join(_SORTS)}.", field="sort")
    rows = _found(actor, filters, among, without)
    total = rows.count()
    pages = max(1, -(-total // size))
    number = min(max(1, page), pages)
    wanted = f"-{key}" if sort.startswith("-") else key
    order = (wanted, "-alarm_at", "-number")
    # What is sorted are narrow entries of an index; the wide rows are read of this page alone.
    shown = rows.annotate(rank=_RANK, ongoing=_ONGOING).order_by(*order).values("id")
    listed = Incident.objects.filter(id__in=shown[(number - 1) * size : number * size]).only(*LISTED)
    found_rows = list(listed.annotate(rank=_RANK, ongoing=_ONGOING).order_by(*order))
    return IncidentPage(rows=tuple(rows_of(found_rows)), total=total, page=number, pages=pages)


def how_many(actor: Actor, filters: IncidentFilters, *, without: QuerySet[Any] | None = None) -> int:
    """The total that `incidents` would tell. One query."""
    actor.require(VIEW)
    return _found(actor, filters, None, without).count()


def _found(
    actor: Actor,
    filters: IncidentFilters | None,
    among: Collection[Any] | QuerySet[Any] | None,
    without: QuerySet[Any] | None,
) -> QuerySet[Incident]:
    rows = _filtered(seen_by(actor, Incident.objects.all()), filters or IncidentFilters())
    rows = rows.filter(id__in=among) if among is not None else rows
    return rows.exclude(id__in=without) if without is not None else rows


def begun(actor: Actor, filters: IncidentFilters, limit: int = 6) -> list[tuple[datetime, str]]:
    """When incidents began, and their references, the newest first: marks for a plot. One query."""
    actor.require(VIEW)
    rows = _found(actor, filters, None, None).only("number", "alarm_at").order_by("-alarm_at", "-number")
    return [(row.alarm_at, row.reference) for row in rows[:limit]]


@dataclass(frozen=True, slots=True)
class Course:
    """When an incident began and how far it came."""

    id: str
    began_at: datetime
    acknowledged_at: datetime | None
    mitigated_at: datetime | None
    resolved_at: datetime | None


def courses(actor: Actor, since: datetime, *, ids: Collection[str] | None = None, limit: int = 5_000) -> list[Course]:
    """When those that began since then (or those of `ids`) were acknowledged, mitigated and resolved. One query.

    Dismissed and merged ones are left out: they took nobody's time as incidents of their own. So are drills.
    """
    actor.require(VIEW)
    rows = seen_by(actor, Incident.objects.filter(alarm_at__gte=since, practice=False)).exclude(
        state__in=[State.DISMISSED, State.MERGED]
    )
    if ids is not None:
        rows = rows.filter(id__in=ids)
    names = ("id", "alarm_at", "acknowledged_at", "mitigated_at", "resolved_at")
    return [Course(str(id_), *times) for id_, *times in rows.order_by("-alarm_at").values_list(*names)[:limit]]


def _filtered(rows: QuerySet[Incident], wanted: IncidentFilters) -> QuerySet[Incident]:
    for field, values in (("state", wanted.states), ("severity", wanted.severities), ("kind", wanted.kinds)):
        if values:
            rows = rows.filter(**{f"{field}__in": values})
    if wanted.open_only:
        rows = rows.filter(state__in=ACTIVE_STATES)
    if wanted.service_id:
        rows = rows.filter(id__in=AffectedService.objects.filter(service=uuid_of(wanted.service_id)).values("incident"))
    if wanted.person_id:
        rows = rows.filter(id__in=RoleHolder.objects.filter(person=uuid_of(wanted.person_id)).values("incident"))
    if wanted.text.strip():
        key = found(wanted.text)
        words = Q(title__icontains=wanted.text.strip()) | Q(summary__icontains=wanted.text.strip())
        rows = rows.filter(words | Q(**key) if key else words)
    else:
        rows = rows.exclude(_REHEARSED)
    if wanted.since is not None:
        rows = rows.filter(alarm_at__gte=wanted.since)
    if wanted.until is not None:
        rows = rows.filter(alarm_at__lt=wanted.until)
    return rows


def open_incidents(actor: Actor, limit: int = 100) -> list[IncidentRow]:
    """Those that people work on or should, worst and oldest first. Five queries."""
    actor.require(VIEW)
    rows = seen_by(actor, Incident.objects.filter(state__in=ACTIVE_STATES)).only(*LISTED).annotate(rank=_RANK)
    return rows_of(list(rows.order_by("-rank", "alarm_at", "id")[:limit]))


def counts(actor: Actor) -> dict[str, int]:
    """How many there are by state. One query."""
    actor.require(VIEW)
    rows = seen_by(actor, Incident.objects.exclude(_REHEARSED)).order_by().values("state").annotate(n=Count("id"))
    return {row["state"]: row["n"] for row in rows}


def proposals(actor: Actor, limit: int = 50, *, offset: int = 0, ref: str = "") -> list[ProposalView]:
    """Detected incidents that nobody has confirmed or taken, worst first, or only that of a reference.

    A fixed number of queries; how many there are in all `counts` says.
    """
    actor.require(VIEW)
    detected = Incident.objects.filter(state=State.DETECTED)
    if ref:
        key = found(ref)
        detected = detected.filter(**key) if key else detected.none()
    rows = seen_by(actor, detected).annotate(rank=_RANK)
    found_rows = list(rows.order_by("-rank", "alarm_at", "id")[offset : offset + limit])
    pictures = dict(zip([row.id for row in found_rows], rows_of(found_rows), strict=True))
    others = open_incidents(actor)
    groups = IncidentGroup.objects.filter(incident__in=found_rows, current=True).select_related("service")
    listed = list(groups.order_by("starts_at"))
    needed = _needed_services({ref.id for picture in pictures.values() for ref in picture.services})
    return [
        ProposalView(
            row=pictures[row.id],
            reasons=reasons_of(row),
            answers=answers_of(row),
            groups=tuple(group_view(link) for link in listed if link.incident_id == row.id),
            merge_into=_candidates(pictures[row.id], others, needed),
        )
        for row in found_rows
    ]


def _needed_services(ids: set[str]) -> dict[str, set[str]]:
    if not ids:
        return {}
    needs: dict[str, list[str]] = {}
    for down, up in graph(TOCSIN).edges:
        needs.setdefault(down, []).append(up)
    return {id_: {id_, *reach(needs, id_)} for id_ in ids}


def _candidates(
    row: IncidentRow, others: Sequence[IncidentRow], needed: dict[str, set[str]]
) -> tuple[IncidentRow, ...]:
    """Open ones that it may be merged into, those of the same or a needed service first: unrouted ones have none."""
    wanted = {id_ for ref in row.services for id_ in needed.get(ref.id, ())}
    open_to = [other for other in others if other.id != row.id and other.restricted == row.restricted]
    return tuple(sorted(open_to, key=lambda other: not wanted & {ref.id for ref in other.services})[:20])


def deadlines_due(actor: Actor, limit: int = 10) -> list[DueView]:
    """What is due next in all incidents that the actor may see, overdue first. One query."""
    actor.require(VIEW)
    seen = seen_by(actor, Incident.objects.all())
    rows = Deadline.objects.filter(met_at=None, incident__in=seen.values("id")).select_related("incident")
    at = now()
    return [
        DueView(
            incident_id=str(row.incident_id),
            reference=row.incident.reference,
            title=row.incident.title,
            severity=row.incident.severity,
            url=row.incident.url,
            deadline=deadline_view(row, at),
        )
        for row in rows.order_by("due_at")[:limit]
    ]


def mine(actor: Actor) -> MineView:
    """What this person leads, is asked to take, and has to do, in incidents that are not over. Eight queries."""
    if not actor.person:
        return MineView((), (), ())
    me = uuid_of(actor.person)
    seen = seen_by(actor, Incident.objects.filter(state__in=[*ACTIVE_STATES, State.RESOLVED]))
    held = list(RoleHolder.objects.filter(person=me, ended_at=None, incident__in=seen.values("id")))
    tasks = list(Task.objects.filter(owner=me, state="open", incident__in=seen.values("id")).order_by("due_at"))
    wanted = {*(h.incident_id for h in held), *(t.incident_id for t in tasks)}
    pictures = {row.id: row for row in rows_of(list(seen.only(*LISTED).filter(id__in=wanted).order_by("alarm_at")))}
    people = people_of([actor.person, *(h.handed_over_by_id for h in held), *(t.created_by_id for t in tasks)])
    led = {str(h.incident_id) for h in held if h.accepted}
    return MineView(
        incidents=tuple(row for id_, row in pictures.items() if id_ in led),
        offers=tuple((pictures[str(h.incident_id)], role_view(h, people)) for h in held if not h.accepted),
        tasks=tuple((pictures[str(t.incident_id)], task_view(t, people)) for t in tasks),
    )


def incident_of_group(actor: Actor, group_id: str) -> IncidentRow | None:
    """The incident that a group of alerts belongs to now, if the actor may see it. Five queries."""
    link = IncidentGroup.objects.filter(group_id=id_of(group_id), current=True)
    rows = list(seen_by(actor, Incident.objects.filter(id__in=link.values("incident"))))
    return rows_of(rows)[0] if rows else None


def references_of_groups(actor: Actor, group_ids: Collection[str]) -> dict[str, str]:
    """References of the incidents that these groups of alerts belong to, by group, those that the actor may see.

    One query.
    """
    actor.require(VIEW)
    links = IncidentGroup.objects.filter(
        group_id__in=[id_of(id_) for id_ in group_ids],
        current=True,
        incident__in=seen_by(actor, Incident.objects.all()),
    )
    return {str(link.group_id): link.incident.reference for link in links.select_related("incident")}


def team_templates(actor: Actor, kind: str = "", severity: str = "") -> list[TeamTemplateView]:
    """Response teams by name; with `kind` or `severity`, those that suit, the closest first. One query."""
    actor.require(VIEW)
    rows = TeamTemplate.objects.order_by("name")
    if kind:
        rows = rows.filter(kind__in=["", kind])
    found = [row for row in rows if not severity or not row.severities or severity in row.severities]
    if kind or severity:
        found.sort(key=lambda row: (not row.kind, not row.severities))
    return [
        TeamTemplateView(
            id=str(row.id),
            name=row.name,
            kind=row.kind,
            person_ids=tuple(row.people),
            team_ids=tuple(row.teams),
            severities=tuple(row.severities),
            schedule_ids=tuple(row.schedules),
            roles=tuple(row.roles),
        )
        for row in found
    ]


def open_by_severity(actor: Actor) -> dict[str, int]:
    """How many are worked on (or should be), by severity. One query."""
    actor.require(VIEW)
    rows = seen_by(actor, Incident.objects.filter(state__in=ACTIVE_STATES)).order_by().values("severity")
    return {row["severity"]: row["n"] for row in rows.annotate(n=Count("id"))}
