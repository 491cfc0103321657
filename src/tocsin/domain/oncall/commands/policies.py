"""Escalation policies, and which service is paged by which. A policy may have holes: paging says so and goes on."""

from collections.abc import Sequence

from django.db import transaction

from tocsin.core.log import append
from tocsin.core.search.find import index, remove
from tocsin.domain.catalog import queries as catalog
from tocsin.domain.oncall.commands.policy_checks import ConditionInput, StepInput, check_policy, check_way
from tocsin.domain.oncall.events import PolicyRemoved, PolicySaved, ServicePolicySet
from tocsin.domain.oncall.models import EscalationPolicy, EscalationStep, ServicePolicy
from tocsin.domain.oncall.permissions import CONFIGURE
from tocsin.domain.oncall.snapshots import HAND_OVER
from tocsin.kernel.actor import Actor
from tocsin.kernel.errors import Conflict, Invalid, NotFound
from tocsin.kernel.ids import id_of
from tocsin.kernel.subject import Subject


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

    Raises `Invalid` naming what cannot be used (a policy that leads back to itself among it), `Conflict` when someone
    else saved it since `version`.
    """
    actor.require(CONFIGURE)
    name = name.strip()
    check_policy(name, steps, rounds)
    with transaction.atomic():
        if any(target.kind == HAND_OVER for step in steps for target in step.targets):
            # Locked whole and in order: two editors could close a circle that neither of them sees.
            list(EscalationPolicy.objects.select_for_update().order_by("id").values_list("id", flat=True))
        row = _row(policy_id, version)
        check_way(str(row.id), steps)
        if EscalationPolicy.objects.filter(name__iexact=name).exclude(id=row.id).exists():
            raise Invalid(f"name: there is a policy '{name}' already; choose another name.", field="name")
        row.name, row.rounds = name, rounds
        row.save()
        row.steps.all().delete()
        EscalationStep.objects.bulk_create(
            EscalationStep(
                policy=row,
                order=order,
                targets=_plain(step),
                delay_seconds=_seconds(step),
                in_turn=step.in_turn,
                condition=_condition(step.when),
            )
            for order, step in enumerate(steps)
        )
        plain: list[dict[str, object]] = [_told(step) for step in steps]
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
        handed = policies_using(HAND_OVER, str(row.id))
        if handed:
            raise Conflict(f"{', '.join(handed)} hands over to {row.name}; change that first.")
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


def _plain(step: StepInput) -> list[dict[str, str]]:
    return [{"kind": target.kind, "id": target.id} for target in step.targets]


def _seconds(step: StepInput) -> int | None:
    return None if step.delay is None else int(step.delay.total_seconds())


def _condition(given: ConditionInput) -> dict[str, object]:
    kept: dict[str, object] = {
        "severities": sorted(given.severities),
        "kinds": sorted(given.kinds),
        "hours": given.hours,
        "calendar": given.calendar if given.hours else "",
    }
    return {name: value for name, value in kept.items() if value}


def _told(step: StepInput) -> dict[str, object]:
    """A step as the log keeps it."""
    told: dict[str, object] = {"targets": _plain(step), "delay_seconds": _seconds(step)}
    if step.in_turn:
        told["in_turn"] = True
    condition = _condition(step.when)
    return told | ({"condition": condition} if condition else {})


def _services(count: int) -> str:
    return f"{count} service{'' if count == 1 else 's'}"
