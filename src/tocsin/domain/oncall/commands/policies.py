"""Escalation policies, and which service is paged by which. A policy may have holes: paging says so and goes on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction

from tocsin.core.log import append
from tocsin.core.search.find import index, remove
from tocsin.domain.accounts import queries as accounts
from tocsin.domain.catalog import queries as catalog
from tocsin.domain.oncall.events import PolicyRemoved, PolicySaved, ServicePolicySet
from tocsin.domain.oncall.models import EscalationPolicy, EscalationStep, Schedule, ServicePolicy
from tocsin.domain.oncall.permissions import CONFIGURE
from tocsin.domain.oncall.rules.escalation import LEAST_DELAY, TargetKind
from tocsin.domain.oncall.snapshots import READER, id_of, uuid_or_none
from tocsin.kernel.actor import Actor
from tocsin.kernel.errors import Conflict, Invalid, NotFound
from tocsin.kernel.subject import Subject

MOST_STEPS = 20
MOST_ROUNDS = 10
LONGEST_DELAY = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class TargetInput:
    """A person, schedule or team by id."""

    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class StepInput:
    """Page all targets, then wait `delay`; None waits 80 % of the severity's acknowledge target."""

    targets: tuple[TargetInput, ...]
    delay: timedelta | None = None


def save_policy(
    actor: Actor,
    *,
    name: str,
    steps: Sequence[StepInput],
    rounds: int = 3,
    policy_id: str | None = None,
    version: int | None = None,
) -> str:
    """Make a policy, or replace `policy_id`; returns its id. Escalations under way follow the new steps.

    Raises `Invalid` naming what cannot be used, `Conflict` when someone else saved it since `version`.
    """
    actor.require(CONFIGURE)
    name = name.strip()
    _check(name, steps, rounds)
    with transaction.atomic():
        row = _row(policy_id, version)
        if EscalationPolicy.objects.filter(name__iexact=name).exclude(id=row.id).exists():
            raise Invalid(f"name: there is a policy '{name}' already; choose another name.", field="name")
        row.name, row.rounds = name, rounds
        row.save()
        row.steps.all().delete()
        EscalationStep.objects.bulk_create(
            EscalationStep(policy=row, order=order, targets=_plain(step), delay_seconds=_seconds(step))
            for order, step in enumerate(steps)
        )
        plain: list[dict[str, object]] = [{"targets": _plain(s), "delay_seconds": _seconds(s)} for s in steps]
        append(f"policy:{row.id}", PolicySaved(policy=str(row.id), name=name, rounds=rounds, steps=plain), actor)
        index(Subject("policy", str(row.id), name, name, f"/on-call/policies/{row.id}/"), "escalation policy")
    return str(row.id)


def remove_policy(actor: Actor, *, policy_id: str) -> None:
    """Remove a policy. Raises `Conflict` while a service is paged by it."""
    actor.require(CONFIGURE)
    with transaction.atomic():
        row = _load(policy_id)
        used = row.services.count()
        if used:
            raise Conflict(f"{row.name} pages {_services(used)}; give them another policy first.")
        append(f"policy:{row.id}", PolicyRemoved(policy=str(row.id), name=row.name), actor)
        remove(f"policy:{row.id}")
        row.delete()


def set_service_policy(actor: Actor, *, service_id: str, policy_id: str | None) -> None:
    """Page trouble of a service by this policy; None: by the catch-all people. Appends to the service's stream."""
    actor.require(CONFIGURE)
    with transaction.atomic():
        service = catalog.service(actor, service_id)
        policy = _load(policy_id) if policy_id else None
        present = ServicePolicy.objects.filter(service_id=service.id).first()
        if (present.policy_id if present else None) == (policy.id if policy else None):
            return
        if policy is None:
            ServicePolicy.objects.filter(service_id=service.id).delete()
        else:
            ServicePolicy.objects.update_or_create(service_id=service.id, defaults={"policy": policy})
        event = ServicePolicySet(
            service=service.id, policy=str(policy.id) if policy else "", policy_name=policy.name if policy else ""
        )
        append(f"service:{service.id}", event, actor)


def policies_using(kind: str, id_: str) -> list[str]:
    """Names of the policies whose steps page this person, schedule or team. One query."""
    rows = EscalationStep.objects.select_related("policy").order_by("policy__name")
    names = [row.policy.name for row in rows if {"kind": kind, "id": id_} in row.targets]
    return list(dict.fromkeys(names))


def _row(policy_id: str | None, version: int | None) -> EscalationPolicy:
    if policy_id is None:
        return EscalationPolicy(version=1)
    row = _load(policy_id)
    if version is not None and row.version != version:
        raise Conflict(f"{row.name} was changed by someone else in the meantime; look at it again, then save.")
    row.version += 1
    return row


def _load(policy_id: str) -> EscalationPolicy:
    row = EscalationPolicy.objects.select_for_update().filter(id=id_of(policy_id)).first()
    if row is None:
        raise NotFound("There is no such escalation policy.")
    return row


def _check(name: str, steps: Sequence[StepInput], rounds: int) -> None:
    if not name:
        raise Invalid("name: an escalation policy needs a name.", field="name")
    if not 1 <= rounds <= MOST_ROUNDS:
        raise Invalid(f"rounds: write 1 to {MOST_ROUNDS}.", field="rounds")
    if not 1 <= len(steps) <= MOST_STEPS:
        raise Invalid(f"steps: a policy has 1 to {MOST_STEPS} steps.", field="steps")
    known = _known(steps)
    for number, step in enumerate(steps, 1):
        if not step.targets:
            raise Invalid(f"targets: step {number} pages nobody; choose a schedule, person or team.", field="targets")
        for target in step.targets:
            if (target.kind, target.id) not in known:
                raise Invalid(f"targets: step {number} names a {target.kind} that does not exist.", field="targets")
        if step.delay is not None and not LEAST_DELAY <= step.delay <= LONGEST_DELAY:
            raise Invalid(f"delay: step {number} must wait 1 min to 24 h.", field="delay")


def _known(steps: Sequence[StepInput]) -> set[tuple[str, str]]:
    """Those targets of the steps that exist. Four queries at most."""
    by_kind: dict[str, set[str]] = {}
    for step in steps:
        for target in step.targets:
            by_kind.setdefault(target.kind, set()).add(target.id)
    people = {p.id for p in accounts.people(READER, by_kind.get(TargetKind.PERSON, ())) if p.active}
    teams = {t.id for t in accounts.teams(READER)} if TargetKind.TEAM in by_kind else set()
    wanted = [u for u in map(uuid_or_none, by_kind.get(TargetKind.SCHEDULE, ())) if u]
    schedules = {str(id_) for id_ in Schedule.objects.filter(id__in=wanted).values_list("id", flat=True)}
    return (
        {(TargetKind.PERSON.value, id_) for id_ in people}
        | {(TargetKind.TEAM.value, id_) for id_ in teams}
        | {(TargetKind.SCHEDULE.value, id_) for id_ in schedules}
    )


def _plain(step: StepInput) -> list[dict[str, str]]:
    return [{"kind": target.kind, "id": target.id} for target in step.targets]


def _seconds(step: StepInput) -> int | None:
    return None if step.delay is None else int(step.delay.total_seconds())


def _services(count: int) -> str:
    return f"{count} service{'' if count == 1 else 's'}"
