"""Escalation policies between the file and the room: targets by name, conditions in words.

Reads and writes through the room's queries and commands only.
"""

from collections.abc import Callable, Mapping, Sequence

from tocsin.cli.organisation.document import Policy, Step, Target, When
from tocsin.domain.oncall import commands, queries
from tocsin.kernel.actor import Actor
from tocsin.kernel.durations import parse_duration

IdOf = Callable[[str, str, str], str]
"""`(section, name, field)`: the id of what is called so. Raises `Invalid`."""
_SECTIONS = {
    "person": "people",
    "schedule": "schedules",
    "team": "teams",
    "webhook": "webhooks",
    "policy": "policies",
}


def in_order(wanted: Sequence[Policy]) -> list[Policy]:
    """Those that are handed over to first; a circle stays in the file's order, and the room refuses it."""
    names = {policy.name for policy in wanted}
    left = list(wanted)
    ready: list[Policy] = []
    while left:
        done = {policy.name for policy in ready}
        free = [p for p in left if _needs(p) & names <= done | {p.name}] or left[:1]
        ready += free
        left = [policy for policy in left if policy not in free]
    return ready


def _needs(policy: Policy) -> set[str]:
    return {target.policy for step in policy.steps for target in step.page if target.policy}


def written(view: queries.PolicyView, emails: Mapping[str, str], teams: Mapping[str, str]) -> Policy:
    """A policy as the file has it."""
    return Policy(name=view.name, rounds=view.rounds, steps=[_step(step, emails, teams) for step in view.steps])


def _step(view: queries.StepView, emails: Mapping[str, str], teams: Mapping[str, str]) -> Step:
    given = view.when
    when = When(
        severities=sorted(given.severities),
        kinds=sorted(given.kinds),
        hours=given.hours,
        calendar=teams.get(given.calendar, given.calendar),
    )
    return Step(
        page=[_target(target, emails, teams) for target in view.targets],
        wait=_duration(view),
        in_turn=view.in_turn,
        when=None if when == When() else when,
    )


def _duration(view: queries.StepView) -> str:
    if view.delay is None:
        return ""
    seconds = int(view.delay.total_seconds())
    size, unit = next(((s, u) for s, u in ((3600, "h"), (60, "m")) if seconds % s == 0), (1, "s"))
    return f"{seconds // size}{unit}"


def _target(view: queries.TargetView, emails: Mapping[str, str], teams: Mapping[str, str]) -> Target:
    match view.kind:
        case "person":
            return Target(person=emails.get(view.id, view.id))
        case "team":
            return Target(team=teams.get(view.id, view.id))
        case "schedule":
            return Target(schedule=view.name or view.id)
        case "webhook":
            return Target(webhook=view.name or view.id)
        case _:
            return Target(policy=view.name or view.id)


def save(actor: Actor, entry: Policy, *, policy_id: str | None, id_of: IdOf) -> str:
    """Make or change the policy; its id. Raises `Invalid`."""
    steps = [_given(step, id_of) for step in entry.steps]
    return commands.save_policy(actor, name=entry.name, steps=steps, rounds=entry.rounds, policy_id=policy_id)


def _given(step: Step, id_of: IdOf) -> commands.StepInput:
    when = step.when or When()
    calendar = id_of("teams", when.calendar, "calendar") if when.calendar else ""
    return commands.StepInput(
        targets=tuple(_found(target, id_of) for target in step.page),
        delay=parse_duration(step.wait, field="wait") if step.wait else None,
        in_turn=step.in_turn,
        when=commands.ConditionInput(tuple(when.severities), tuple(when.kinds), when.hours, calendar),
    )


def _found(target: Target, id_of: IdOf) -> commands.TargetInput:
    kind, name = next((kind, getattr(target, kind)) for kind in _SECTIONS if getattr(target, kind))
    return commands.TargetInput(kind, id_of(_SECTIONS[kind], name, kind))
