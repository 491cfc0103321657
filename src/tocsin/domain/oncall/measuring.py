"""What on call cost people: who was paged when and for what, and how long each was on call. Reads only.

Pages about restricted subjects are left out for those who may not see the subject.
"""

from dataclasses import dataclass
from datetime import datetime

from tocsin.core.visibility import visible
from tocsin.domain.oncall.models import Escalation, Page, Schedule
from tocsin.domain.oncall.permissions import VIEW
from tocsin.domain.oncall.rules import schedule as rules
from tocsin.domain.oncall.schedule_snapshots import schedule_snapshots
from tocsin.kernel.actor import Actor

MOST = 100_000


@dataclass(frozen=True, slots=True)
class Paged:
    """One page. `subject` is the stream it was about, like `incident:<id>`."""

    person: str
    at: datetime
    subject: str


@dataclass(frozen=True, slots=True)
class Duty:
    """Seconds that each person of a schedule was on call, as the schedule stands now; `uncovered` seconds of gaps."""

    schedule_id: str
    schedule: str
    seconds: dict[str, float]
    uncovered: float


def pages_between(actor: Actor, since: datetime, until: datetime) -> list[Paged]:
    """Every page of that time, oldest first. Two queries, and the gates' when restricted subjects were paged."""
    actor.require(VIEW)
    rows = Page.objects.filter(paged_at__gte=since, paged_at__lt=until)
    secret = Escalation.objects.filter(subject_restricted=True, pages__in=rows)
    hidden = {f"{kind}:{id_}" for kind, id_ in secret.values_list("subject_kind", "subject_id").distinct()}
    if hidden:
        hidden -= visible(actor, hidden)
    names = ("person_id", "paged_at", "escalation__subject_kind", "escalation__subject_id")
    found = rows.order_by("paged_at").values_list(*names)[:MOST]
    pages = (Paged(str(person), at, f"{kind}:{id_}") for person, at, kind, id_ in found.iterator())
    return [page for page in pages if page.subject not in hidden]


def duties(actor: Actor, since: datetime, until: datetime) -> list[Duty]:
    """How long each person was on call by each schedule, by name. Five queries; no history of schedules is kept."""
    actor.require(VIEW)
    rows = list(Schedule.objects.prefetch_related("layers", "overrides").order_by("name"))
    found = schedule_snapshots(rows).schedules
    return [_duty(row, one, since, until) for row, one in zip(rows, found, strict=True)]


def _duty(row: Schedule, snapshot: rules.Schedule, since: datetime, until: datetime) -> Duty:
    seconds: dict[str, float] = {}
    uncovered = 0.0
    for shift in rules.shifts(snapshot, since, until):
        length = (shift.end - shift.start).total_seconds()
        if shift.person is None:
            uncovered += length
        else:
            seconds[shift.person] = seconds.get(shift.person, 0.0) + length
    return Duty(str(row.id), row.name, seconds, uncovered)
