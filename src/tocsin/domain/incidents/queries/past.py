"""What became of earlier incidents: what people said they were, and how they were mended."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from tocsin.domain.incidents.access import seen_by
from tocsin.domain.incidents.models import AffectedService, Incident, IncidentGroup, LinkedChange, Task
from tocsin.domain.incidents.permissions import VIEW
from tocsin.domain.incidents.queries.picturing import services_of
from tocsin.domain.incidents.rules.states import State
from tocsin.domain.incidents.views import ServiceRef
from tocsin.kernel.actor import Actor
from tocsin.kernel.ids import id_of, uuid_of

_OVER = [State.RESOLVED, State.CLOSED, State.DISMISSED]
"""What was dismissed as no incident as well: that such alerts needed nobody is worth knowing."""


@dataclass(frozen=True, slots=True)
class DecidedView:
    """What an incident is taken for now, and the alert groups that were ever its own."""

    id: str
    kind: str
    severity: str
    state: str
    group_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PastView:
    """An incident that is over and how it was mended. `fixes`: fix tasks done, and changes linked as a fix.

    `dismissed`: it was none.
    """

    id: str
    reference: str
    title: str
    url: str
    kind: str
    severity: str
    alarm_at: datetime
    resolved_at: datetime | None
    services: tuple[ServiceRef, ...]
    root_cause: str
    fixes: tuple[str, ...]
    dismissed: bool = False


def decided(actor: Actor, incident_id: str) -> DecidedView | None:
    """What people say of an incident by its id; None when it is a drill's or gone. Two queries."""
    actor.require(VIEW)
    row = seen_by(actor, Incident.objects.filter(id=id_of(incident_id), practice=False)).first()
    if row is None:
        return None
    groups = IncidentGroup.objects.filter(incident=row).order_by("joined_at").values_list("group_id", flat=True)
    return DecidedView(str(row.id), row.kind, row.severity, row.state, tuple(str(id_) for id_ in groups))


def past(
    actor: Actor, *, services: Collection[str], ids: Collection[str], without: str, limit: int = 200
) -> list[PastView]:
    """Incidents that are over and touched one of the services, or are among the ids; newest first. Five queries.

    Restricted ones only for those who may see them; drills never.
    """
    actor.require(VIEW)
    touching = AffectedService.objects.filter(service__in=[i for i in map(uuid_of, services) if i])
    rows = seen_by(actor, Incident.objects.filter(state__in=_OVER, practice=False)).exclude(id=id_of(without))
    near = rows.filter(id__in=touching.values("incident")).order_by("-alarm_at")[:limit]
    named = rows.filter(id__in=[i for i in map(uuid_of, ids) if i]).order_by("-alarm_at")[:limit]
    found = {row.id: row for row in (*near, *named)}
    listed = services_of(found.values())
    fixes = _fixes(found)
    return [
        PastView(
            id=str(row.id),
            reference=row.reference,
            title=row.title,
            url=row.url,
            kind=row.kind,
            severity=row.severity,
            alarm_at=row.alarm_at,
            resolved_at=row.resolved_at,
            services=tuple(listed[row.id]),
            root_cause=row.root_cause,
            fixes=tuple(fixes.get(row.id, ())),
            dismissed=row.state == State.DISMISSED,
        )
        for row in sorted(found.values(), key=lambda row: row.alarm_at, reverse=True)
    ]


def _fixes(found: Collection[object]) -> dict[object, list[str]]:
    made: dict[object, list[str]] = {}
    for task in Task.objects.filter(incident__in=list(found), kind="fix", state="done").order_by("done_at"):
        made.setdefault(task.incident_id, []).append(task.title)
    for change in LinkedChange.objects.filter(incident__in=list(found), part="fix").order_by("happened_at"):
        made.setdefault(change.incident_id, []).append(change.summary)
    return made


def by_references(actor: Actor, references: Collection[str]) -> list[str]:
    """Ids of the incidents with these references that the actor may see. One query."""
    actor.require(VIEW)
    numbers = [int(ref[4:]) for ref in references if ref.startswith("INC-") and ref[4:].isdigit()]
    rows = seen_by(actor, Incident.objects.filter(number__in=numbers))
    return [str(id_) for id_ in rows.values_list("id", flat=True)]
