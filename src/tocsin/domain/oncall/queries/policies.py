"""Escalation policies as they were saved, and which service is paged by which."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet

from tocsin.domain.accounts import queries as accounts
from tocsin.domain.catalog import queries as catalog
from tocsin.domain.oncall.models import EscalationPolicy, EscalationStep, Schedule, ServicePolicy
from tocsin.domain.oncall.permissions import VIEW
from tocsin.domain.oncall.ports import subject_kinds
from tocsin.domain.oncall.rules.conditions import Hours
from tocsin.domain.oncall.snapshots import HAND_OVER, READER, WEBHOOK, condition_of, webhook_names
from tocsin.kernel.actor import Actor
from tocsin.kernel.errors import NotFound
from tocsin.kernel.ids import id_of, uuid_of


@dataclass(frozen=True, slots=True)
class TargetView:
    """A target with its name; an empty name: it is gone."""

    kind: str
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class ConditionView:
    """When a step counts, as it was saved, and `words` for it ('' for always). `calendar` is a team's id."""

    severities: tuple[str, ...]
    kinds: tuple[str, ...]
    hours: str
    calendar: str
    words: str


@dataclass(frozen=True, slots=True)
class StepView:
    """One step. `delay` None: 80 % of the severity's acknowledge target. `in_turn`: one person after the other."""

    targets: tuple[TargetView, ...]
    delay: timedelta | None
    in_turn: bool
    when: ConditionView

    @property
    def hands_over(self) -> bool:
        """True when the steps of another policy stand in its place."""
        return any(target.kind == HAND_OVER for target in self.targets)

    @property
    def tells_only(self) -> bool:
        """True when it has webhooks alone, which nobody waits for."""
        return all(target.kind == WEBHOOK for target in self.targets)


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


def policy_rows() -> QuerySet[EscalationPolicy]:
    """All policies by name, with steps and services. Three queries."""
    return EscalationPolicy.objects.prefetch_related("steps", "services").order_by("name")


def _policy_views(actor: Actor, rows: list[EscalationPolicy]) -> list[PolicyView]:
    steps = [step for row in rows for step in row.steps.all()]
    names = _target_names([t for step in steps for t in step.targets])
    if any(step.condition.get("calendar") for step in steps):
        names |= {("team", team.id): team.name for team in accounts.teams(READER)}
    services = {service.id: service.name for service in catalog.services(actor)}
    return [_policy_view(row, names, services) for row in rows]


@dataclass(frozen=True, slots=True)
class StepWebhook:
    """A webhook of the organisation that steps can tell."""

    id: str
    name: str


def step_webhooks(actor: Actor) -> list[StepWebhook]:
    """Webhooks of the organisation that are switched on, by name. One query."""
    actor.require(VIEW)
    return [StepWebhook(id_, name) for id_, name in sorted(webhook_names().items(), key=lambda item: item[1])]


_Names = dict[tuple[str, str], str]


def _target_names(targets: list[dict[str, str]]) -> _Names:
    """Names of everything that steps point at, by kind and id. A query for each kind that is there."""
    ids = {kind: {t["id"] for t in targets if t["kind"] == kind} for kind in {t["kind"] for t in targets}}
    names = {("person", one.id): one.name for one in accounts.known(ids.get("person", ()))}
    if "team" in ids:
        names |= {("team", team.id): team.name for team in accounts.teams(READER)}
    if WEBHOOK in ids:
        names |= {(WEBHOOK, id_): name for id_, name in webhook_names().items()}
    for kind, model in (("schedule", Schedule), (HAND_OVER, EscalationPolicy)):
        wanted = [u for u in map(uuid_of, ids.get(kind, ())) if u]
        if wanted:
            found = model._default_manager.filter(id__in=wanted).values_list("id", "name")
            names |= {(kind, str(id_)): name for id_, name in found}
    return names


def _policy_view(row: EscalationPolicy, names: _Names, services: dict[str, str]) -> PolicyView:
    steps = tuple(_step_view(step, names) for step in sorted(row.steps.all(), key=lambda s: s.order))
    used = sorted(services.get(str(link.service_id), "") for link in row.services.all())
    return PolicyView(str(row.id), row.name, row.rounds, row.version, steps, tuple(filter(None, used)))


def _step_view(step: EscalationStep, names: _Names) -> StepView:
    return StepView(
        targets=tuple(TargetView(t["kind"], t["id"], names.get((t["kind"], t["id"]), "")) for t in step.targets),
        delay=None if step.delay_seconds is None else timedelta(seconds=step.delay_seconds),
        in_turn=step.in_turn,
        when=_condition_view(step.condition, names),
    )


def _condition_view(kept: Mapping[str, Any], names: _Names) -> ConditionView:
    found = condition_of(kept)
    levels = sorted(found.severities, key=lambda severity: -severity.rank)
    words = [" or ".join(severity.word for severity in levels)] if levels else []
    known = subject_kinds()
    if found.kinds:
        words.append(" or ".join(known.get(kind, kind) for kind in sorted(found.kinds)))
    if found.hours is not Hours.ANY:
        of = f" of {names.get(('team', found.calendar)) or 'a team that is gone'}" if found.calendar else ""
        words.append(f"{'in' if found.hours is Hours.OPEN else 'out of'} working hours{of}")
    return ConditionView(
        severities=tuple(severity.value for severity in levels),
        kinds=tuple(sorted(found.kinds)),
        hours=found.hours.value,
        calendar=found.calendar,
        words=", ".join(words),
    )
