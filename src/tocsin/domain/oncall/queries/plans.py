"""Escalation policies and what they lead to: which service uses which, a rehearsal."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from tocsin.domain.accounts import queries as accounts
from tocsin.domain.catalog import queries as catalog
from tocsin.domain.oncall.models import EscalationPolicy, Schedule, ServicePolicy
from tocsin.domain.oncall.permissions import VIEW
from tocsin.domain.oncall.rules import escalation as rules
from tocsin.domain.oncall.rules.urgency import URGENCY, Severity, Urgency
from tocsin.domain.oncall.snapshots import (
    READER,
    clocks,
    directory,
    id_of,
    policy_snapshot,
    uuid_or_none,
)
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import NotFound


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


def policies(actor: Actor) -> list[PolicyView]:
    """All policies by name. A fixed number of queries."""
    actor.require(VIEW)
    return _policy_views(actor, list(policy_rows()))


def policy(actor: Actor, policy_id: str) -> PolicyView:
    """One policy. Raises `NotFound`."""
    actor.require(VIEW)
    rows = list(policy_rows().filter(id=id_of(policy_id)))
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
        row = policy_rows().filter(id=id_of(policy_id)).first()
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


def policy_rows() -> QuerySet[EscalationPolicy]:
    """All policies by name, with steps and services. Three queries."""
    return EscalationPolicy.objects.prefetch_related("steps", "services").order_by("name")


def _policy_views(actor: Actor, rows: list[EscalationPolicy]) -> list[PolicyView]:
    targets = [t for row in rows for step in row.steps.all() for t in step.targets]
    ids = {kind: {t["id"] for t in targets if t["kind"] == kind} for kind in ("person", "schedule", "team")}
    names = {("person", one.id): one.name for one in accounts.known(ids["person"])}
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
