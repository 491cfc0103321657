"""Schedules, policies and what they lead to: who is on call now, the final schedule, a rehearsal of a policy."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import QuerySet

from tocsin.domain.accounts import queries as accounts
from tocsin.domain.catalog import queries as catalog
from tocsin.domain.oncall.models import EscalationPolicy, Schedule, ServicePolicy
from tocsin.domain.oncall.permissions import VIEW
from tocsin.domain.oncall.rules import escalation as rules
from tocsin.domain.oncall.rules import schedule as shifts
from tocsin.domain.oncall.rules.urgency import URGENCY, Severity, Urgency
from tocsin.domain.oncall.snapshots import (
    READER,
    clocks,
    directory,
    id_of,
    policy_snapshot,
    schedule_snapshot,
    uuid_or_none,
)
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class OnCallView:
    """Who is on call by a schedule at this moment. In a gap `person` is empty; `until` None: no change in sight."""

    schedule_id: str
    schedule: str
    person_id: str
    person: str
    until: datetime | None
    next_person_id: str
    next_person: str


@dataclass(frozen=True, slots=True)
class LayerView:
    """One layer as it was saved; `restrictions` are (weekday, opens, closes) with Monday 0."""

    id: str
    order: int
    people: tuple[str, ...]
    names: tuple[str, ...]
    every: str
    count: int
    handoff: time
    time_zone: str
    start: date
    end: date | None
    restrictions: tuple[tuple[int, time, time], ...]


@dataclass(frozen=True, slots=True)
class OverrideView:
    """One override that is not over."""

    id: str
    person_id: str
    person: str
    replaces: str
    start_at: datetime
    end_at: datetime


@dataclass(frozen=True, slots=True)
class ScheduleView:
    """A schedule with its layers and coming overrides. `problems` are parts that do nothing, each with its mend."""

    id: str
    name: str
    time_zone: str
    version: int
    layers: tuple[LayerView, ...]
    overrides: tuple[OverrideView, ...]
    problems: tuple[str, ...]
    now: OnCallView


@dataclass(frozen=True, slots=True)
class TargetView:
    """A target with its name; an empty name: it is gone."""

    kind: str
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class StepView:
    """One step. `delay` None: 80 % of the severity's acknowledge target."""

    targets: tuple[TargetView, ...]
    delay: timedelta | None


@dataclass(frozen=True, slots=True)
class PolicyView:
    """An escalation policy and the services that it pages for."""

    id: str
    name: str
    rounds: int
    version: int
    steps: tuple[StepView, ...]
    services: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ServicePolicyView:
    """A service and its policy; without one the catch-all people are paged."""

    service_id: str
    service: str
    tier: int
    policy_id: str
    policy: str


@dataclass(frozen=True, slots=True)
class PreviewStep:
    """One call of a rehearsal: when, whom, how loudly; `notes` are holes and waits, each a sentence."""

    at: datetime
    after: timedelta
    label: str
    people: tuple[str, ...]
    how: str
    notes: tuple[str, ...]


HOW = {
    Urgency.WAKES: "all contact methods at once; may wake",
    Urgency.WAKING_HOURS: "the first contact method, in waking hours",
    Urgency.MAIL: "by mail",
}


def on_call_now(actor: Actor) -> list[OnCallView]:
    """Every schedule with who is on call. Five queries."""
    actor.require(VIEW)
    at = now()
    rows = [schedule_snapshot(row, at) for row in _schedule_rows()]
    names = names_of(id_ for found in rows for id_ in people_of(found))
    return [_on_call(found, at, names) for found in rows]


def schedules(actor: Actor) -> list[ScheduleView]:
    """All schedules by name. Five queries."""
    actor.require(VIEW)
    at = now()
    rows = list(_schedule_rows())
    names = names_of(id_ for row in rows for id_ in people_of(schedule_snapshot(row)))
    return [_schedule_view(row, at, names) for row in rows]


def schedule(actor: Actor, schedule_id: str) -> ScheduleView:
    """One schedule. Five queries. Raises `NotFound`."""
    actor.require(VIEW)
    row = _one_schedule(schedule_id)
    return _schedule_view(row, now(), names_of(people_of(schedule_snapshot(row))))


def shifts_of(actor: Actor, schedule_id: str, *, start: datetime, end: datetime) -> list[shifts.Shift]:
    """The final schedule of [start, end): who is on call when, gaps said openly. Three queries. Raises `NotFound`."""
    actor.require(VIEW)
    return shifts.shifts(schedule_snapshot(_one_schedule(schedule_id), start), start, end)


def policies(actor: Actor) -> list[PolicyView]:
    """All policies by name. A fixed number of queries."""
    actor.require(VIEW)
    return _policy_views(actor, list(_policy_rows()))


def policy(actor: Actor, policy_id: str) -> PolicyView:
    """One policy. Raises `NotFound`."""
    actor.require(VIEW)
    rows = list(_policy_rows().filter(id=id_of(policy_id)))
    if not rows:
        raise NotFound("There is no such escalation policy.")
    return _policy_views(actor, rows)[0]


def service_policies(actor: Actor) -> list[ServicePolicyView]:
    """Every service with its policy, those without one first. Two queries."""
    actor.require(VIEW)
    by_service = {str(r.service_id): r.policy for r in ServicePolicy.objects.select_related("policy")}
    views = []
    for service in catalog.services(actor):
        found = by_service.get(service.id)
        policy_id, name = (str(found.id), found.name) if found else ("", "")
        views.append(ServicePolicyView(service.id, service.name, service.tier, policy_id, name))
    return sorted(views, key=lambda v: (bool(v.policy_id), v.tier, v.service))


def preview(actor: Actor, *, policy_id: str | None, severity: str, at: datetime | None = None) -> list[PreviewStep]:
    """Who would be paged, how and when, if this fired at `at` and nobody ever answered. Pages nobody.

    Without a policy: what happens to a service that has none. Raises `NotFound` for a policy that is gone.
    """
    actor.require(VIEW)
    row = None
    if policy_id:
        row = _policy_rows().filter(id=id_of(policy_id)).first()
        if row is None:
            raise NotFound("There is no such escalation policy.")
    start, level = at or now(), Severity(severity)
    people = directory(policy_snapshot(row))
    line = rules.rehearse(people.policy, level, start, people.people_at, people.administrators, clocks())
    return [_preview_step(when, start, decision, people.names, level) for when, decision in line]


def _preview_step(
    when: datetime, start: datetime, decision: rules.Decision, names: dict[str, str], level: Severity
) -> PreviewStep:
    state = decision.state
    label = f"Round {state.round}, step {state.step + 1}"
    if state.phase is rules.Phase.CATCH_ALL:
        label = "Catch-all people and administrators, every 10 min until someone answers"
    elif not decision.pages:
        label = "Waits"
    who = tuple(dict.fromkeys(names.get(page.person, "someone") for page in decision.pages))
    urgency = decision.pages[0].urgency if decision.pages else URGENCY[level]
    return PreviewStep(when, when - start, label, who, HOW[urgency] if who else "", decision.notes)


def _schedule_rows() -> Iterable[Schedule]:
    return Schedule.objects.prefetch_related("layers", "overrides__person", "overrides__replaces").order_by("name")


def _one_schedule(schedule_id: str) -> Schedule:
    rows = Schedule.objects.prefetch_related("layers", "overrides__person", "overrides__replaces")
    row = rows.filter(id=id_of(schedule_id)).first()
    if row is None:
        raise NotFound("There is no such schedule.")
    return row


def people_of(found: shifts.Schedule) -> set[str]:
    """Ids of everyone in the layers and overrides. No query."""
    return {id_ for layer in found.layers for id_ in layer.people} | {o.person for o in found.overrides}


def names_of(ids: Iterable[str]) -> dict[str, str]:
    """Names of people by id. Two queries."""
    wanted = set(ids)
    return {p.id: p.name for p in accounts.people(READER, wanted)} if wanted else {}


def _on_call(found: shifts.Schedule, at: datetime, names: dict[str, str]) -> OnCallView:
    person = next(iter(shifts.on_call(found, at)), "")
    until = shifts.next_change(found, at)
    following = next(iter(shifts.on_call(found, until)), "") if until else ""
    return OnCallView(
        schedule_id=found.id,
        schedule=found.name,
        person_id=person,
        person=names.get(person, ""),
        until=until,
        next_person_id=following,
        next_person=names.get(following, ""),
    )


def _schedule_view(row: Schedule, at: datetime, names: dict[str, str]) -> ScheduleView:
    snapshot = schedule_snapshot(row, at)
    layers = sorted(snapshot.layers, key=lambda layer: layer.order)
    overrides = sorted((o for o in row.overrides.all() if o.end_at > at), key=lambda o: o.start_at)
    return ScheduleView(
        id=str(row.id),
        name=row.name,
        time_zone=row.time_zone,
        version=row.version,
        layers=tuple(_layer_view(layer, names) for layer in layers),
        overrides=tuple(
            OverrideView(str(o.id), str(o.person_id), str(o.person), str(o.replaces or ""), o.start_at, o.end_at)
            for o in overrides
        ),
        problems=tuple(problem.sentence for problem in shifts.problems(snapshot)),
        now=_on_call(snapshot, at, names),
    )


def _layer_view(layer: shifts.Layer, names: dict[str, str]) -> LayerView:
    return LayerView(
        id=layer.id,
        order=layer.order,
        people=layer.people,
        names=tuple(names.get(id_, "someone who is gone") for id_ in layer.people),
        every=layer.rotation.every.value,
        count=layer.rotation.count,
        handoff=layer.handoff,
        time_zone=layer.zone,
        start=layer.start,
        end=layer.end,
        restrictions=tuple((r.weekday, r.opens, r.closes) for r in layer.restrictions),
    )


def _policy_rows() -> QuerySet[EscalationPolicy]:
    return EscalationPolicy.objects.prefetch_related("steps", "services").order_by("name")


def _policy_views(actor: Actor, rows: list[EscalationPolicy]) -> list[PolicyView]:
    targets = [t for row in rows for step in row.steps.all() for t in step.targets]
    ids = {kind: {t["id"] for t in targets if t["kind"] == kind} for kind in ("person", "schedule", "team")}
    names = {("person", id_): name for id_, name in names_of(ids["person"]).items()}
    if ids["team"]:
        names |= {("team", team.id): team.name for team in accounts.teams(READER)}
    if ids["schedule"]:
        found = Schedule.objects.filter(id__in=[u for u in map(uuid_or_none, ids["schedule"]) if u])
        names |= {("schedule", str(id_)): name for id_, name in found.values_list("id", "name")}
    services = {service.id: service.name for service in catalog.services(actor)}
    return [_policy_view(row, names, services) for row in rows]


def _policy_view(row: EscalationPolicy, names: dict[tuple[str, str], str], services: dict[str, str]) -> PolicyView:
    steps = tuple(
        StepView(
            targets=tuple(TargetView(t["kind"], t["id"], names.get((t["kind"], t["id"]), "")) for t in step.targets),
            delay=None if step.delay_seconds is None else timedelta(seconds=step.delay_seconds),
        )
        for step in sorted(row.steps.all(), key=lambda s: s.order)
    )
    used = sorted(services.get(str(link.service_id), "") for link in row.services.all())
    return PolicyView(str(row.id), row.name, row.rounds, row.version, steps, tuple(filter(None, used)))
