"""What a policy may say: the shape in which it is given, and everything that is refused with its mend.

Saves nothing. A policy may have holes (a gap in a schedule); what can never work is refused here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from tocsin.domain.accounts import queries as accounts
from tocsin.domain.oncall.models import EscalationPolicy, Schedule
from tocsin.domain.oncall.ports import subject_kinds
from tocsin.domain.oncall.rules.escalation import LEAST_DELAY, Hours, TargetKind
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.domain.oncall.snapshots import HAND_OVER, READER, webhook_names
from tocsin.kernel.errors import Invalid
from tocsin.kernel.ids import uuid_of

MOST_STEPS = 20
MOST_IN_ALL = 100
MOST_ROUNDS = 10
LONGEST_DELAY = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class TargetInput:
    """A person, schedule, team, webhook of the organisation, or another policy (which then stands alone), by id."""

    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class ConditionInput:
    """When a step counts. `hours`: '', 'open' or 'closed' by the calendar of a team (by id), else the organisation."""

    severities: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    hours: str = ""
    calendar: str = ""


@dataclass(frozen=True, slots=True)
class StepInput:
    """Page all targets, or one of the people behind them `in_turn`, then wait `delay`; None: 80 % of the target."""

    targets: tuple[TargetInput, ...]
    delay: timedelta | None = None
    in_turn: bool = False
    when: ConditionInput = ConditionInput()


def check_policy(name: str, steps: Sequence[StepInput], rounds: int) -> None:
    """Raise `Invalid` for what cannot be used, whatever other policies say. Six queries at most."""
    if not name:
        raise Invalid("name: an escalation policy needs a name.", field="name")
    if not 1 <= rounds <= MOST_ROUNDS:
        raise Invalid(f"rounds: write 1 to {MOST_ROUNDS}.", field="rounds")
    if not 1 <= len(steps) <= MOST_STEPS:
        raise Invalid(f"steps: a policy has 1 to {MOST_STEPS} steps.", field="steps")
    known = _known(steps)
    for number, step in enumerate(steps, 1):
        _check_targets(number, step, known)
        _check_condition(number, step.when)
        if step.delay is not None and not LEAST_DELAY <= step.delay <= LONGEST_DELAY:
            raise Invalid(f"delay: step {number} must wait 1 min to 24 h.", field="delay")


def _check_targets(number: int, step: StepInput, known: set[tuple[str, str]]) -> None:
    if not step.targets:
        raise Invalid(f"targets: step {number} pages nobody; choose a schedule, person or team.", field="targets")
    for target in step.targets:
        if (target.kind, target.id) not in known:
            raise Invalid(f"targets: step {number} names a {target.kind} that does not exist.", field="targets")
    kinds = {target.kind for target in step.targets}
    if HAND_OVER in kinds and (len(step.targets) > 1 or step.delay is not None or step.in_turn):
        raise Invalid(
            f"targets: step {number} hands over to a policy, which brings its own people and waits; "
            "give it nothing else.",
            field="targets",
        )
    if step.in_turn and kinds == {TargetKind.WEBHOOK.value}:
        raise Invalid(f"in_turn: step {number} has no people who could take turns.", field="in_turn")


def _check_condition(number: int, when: ConditionInput) -> None:
    for word in when.severities:
        if word not in set(Severity):
            known = ", ".join(s.value for s in Severity)
            raise Invalid(f"severities: step {number}: '{word}' is not one of {known}.", field="severities")
    kinds = subject_kinds()
    for word in when.kinds:
        if word not in kinds:
            raise Invalid(f"kinds: step {number}: '{word}' is not one of {', '.join(kinds)}.", field="kinds")
    if when.hours not in set(Hours):
        raise Invalid(f"hours: step {number}: write open, closed or nothing.", field="hours")
    if when.calendar and when.calendar not in {team.id for team in accounts.teams(READER)}:
        raise Invalid(f"calendar: step {number} names a team that does not exist.", field="calendar")


def check_way(policy_id: str, steps: Sequence[StepInput]) -> None:
    """Raise `Invalid` when handing over leads back to this policy, or to more steps than anybody could oversee."""
    if not any(target.kind == HAND_OVER for step in steps for target in step.targets):
        return
    rows = EscalationPolicy.objects.prefetch_related("steps").order_by("name")
    names = {str(row.id): row.name for row in rows}
    ways = {
        str(row.id): [[t["id"] for t in step.targets if t["kind"] == HAND_OVER] for step in row.steps.all()]
        for row in rows
    }
    ways[policy_id] = [[t.id for t in step.targets if t.kind == HAND_OVER] for step in steps]
    for number, to in enumerate(ways[policy_id], 1):
        if to:
            _follow(policy_id, number, to[0], ways, names)
    whole = _count(policy_id, ways)
    if whole > MOST_IN_ALL:
        raise Invalid(
            f"steps: with the policies it hands over to it has {whole} steps; at most {MOST_IN_ALL} are allowed.",
            field="steps",
        )


_Ways = dict[str, list[list[str]]]


def _follow(start: str, number: int, first: str, ways: _Ways, names: dict[str, str]) -> None:
    if first == start:
        raise Invalid(f"targets: step {number} hands the policy over to itself; choose another.", field="targets")
    seen, left = {first}, [first]
    while left:
        for to in ways.get(left.pop(), ()):
            if start in to:
                raise Invalid(
                    f"targets: step {number} hands over to {names.get(first, 'a policy')}, which leads back to this "
                    "policy; an escalation must come to an end.",
                    field="targets",
                )
            left += [id_ for id_ in to if id_ not in seen]
            seen |= set(to)


def _count(policy_id: str, ways: _Ways, depth: int = 0) -> int:
    if depth > MOST_STEPS:
        return MOST_IN_ALL + 1
    total = 0
    for to in ways.get(policy_id, ()):
        total += _count(to[0], ways, depth + 1) if to else 1
        if total > MOST_IN_ALL:
            break
    return total


def _known(steps: Sequence[StepInput]) -> set[tuple[str, str]]:
    """Those targets of the steps that exist. Six queries at most."""
    by_kind: dict[str, set[str]] = {}
    for step in steps:
        for target in step.targets:
            by_kind.setdefault(target.kind, set()).add(target.id)
    people = {p.id for p in accounts.people(READER, by_kind.get(TargetKind.PERSON, ())) if p.active}
    teams = {t.id for t in accounts.teams(READER)} if TargetKind.TEAM in by_kind else set()
    hooks = set(webhook_names()) if TargetKind.WEBHOOK in by_kind else set()
    found = {TargetKind.PERSON.value: people, TargetKind.TEAM.value: teams, TargetKind.WEBHOOK.value: hooks}
    schedules = Schedule.objects.filter(id__in=_uuids(by_kind, TargetKind.SCHEDULE.value)).values_list("id", flat=True)
    policies = EscalationPolicy.objects.filter(id__in=_uuids(by_kind, HAND_OVER)).values_list("id", flat=True)
    found[TargetKind.SCHEDULE.value], found[HAND_OVER] = set(map(str, schedules)), set(map(str, policies))
    return {(kind, id_) for kind, ids in found.items() for id_ in ids}


def _uuids(by_kind: dict[str, set[str]], kind: str) -> list[UUID]:
    return [id_ for id_ in map(uuid_of, by_kind.get(kind, ())) if id_]
