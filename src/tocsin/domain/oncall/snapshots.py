"""Rows of schedules and policies as the pure rules want them, and who stands behind a target at an instant.

Hides JSON columns and the rooms that people come from. Never writes, never decides.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from tocsin.domain.accounts import queries as accounts
from tocsin.domain.catalog import queries as catalog
from tocsin.domain.delivery import queries as delivery
from tocsin.domain.delivery.queries import Way
from tocsin.domain.oncall import models
from tocsin.domain.oncall.ports import AnswerTimes, answer_times
from tocsin.domain.oncall.rules import escalation as rules
from tocsin.domain.oncall.rules import schedule as shifts
from tocsin.domain.oncall.rules.escalation import Clocks, Condition, Target, TargetKind
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.domain.oncall.schedule_snapshots import READER, schedules_by_id
from tocsin.kernel.business_time import Calendar
from tocsin.kernel.ids import id_of, uuid_of

if TYPE_CHECKING:
    from tocsin.domain.oncall.commands.policy_checks import StepInput

__all__ = [
    "HAND_OVER",
    "READER",
    "WAKING",
    "WEBHOOK",
    "Directory",
    "call_of",
    "clocks",
    "condition_of",
    "directory",
    "id_of",
    "policy_of_steps",
    "policy_snapshot",
    "turns_of",
    "uuid_of",
    "webhook_names",
]

HAND_OVER = "policy"
"""The kind of target that stands for the steps of another policy."""
WEBHOOK = "webhook"
WAKING = (time(8), time(22))
"""Hours in which a page that wakes nobody may go out (the product's defaults, Severity)."""


def policy_snapshot(row: models.EscalationPolicy | None, catch_all_ids: Sequence[str] | None = None) -> rules.Policy:
    """A policy for the rules, with the steps of the policies it hands over to in their place.

    Without one: the catch-all people, whose ids may be given.
    """
    last = accounts.catch_all_ids() if catch_all_ids is None else catch_all_ids
    catch_all = tuple(Target(TargetKind.PERSON, id_, "as catch-all") for id_ in last)
    if row is None:
        return rules.Policy(steps=(rules.Step(catch_all),) if catch_all else (), catch_all=catch_all)
    own = row.steps.all()
    return rules.Policy(steps=_flat(row, own, _handed_over(own), ()), rounds=row.rounds, catch_all=catch_all)


def call_of(person: str, *, once_for: timedelta | None = None) -> rules.Policy:
    """That one person alone, in three rounds; or in one that lasts `once_for`."""
    step = rules.Step((Target(TargetKind.PERSON, person),), once_for)
    return rules.Policy((step,), rounds=1) if once_for else rules.Policy((step,))


def _handed_over(steps: Iterable[models.EscalationStep]) -> dict[str, models.EscalationPolicy]:
    """Every policy by id, when these steps hand over to any; else none. Two queries or none."""
    if not any(t["kind"] == HAND_OVER for step in steps for t in step.targets):
        return {}
    return {str(found.id): found for found in models.EscalationPolicy.objects.prefetch_related("steps")}


def _flat(
    row: models.EscalationPolicy,
    steps: Iterable[models.EscalationStep],
    others: Mapping[str, models.EscalationPolicy],
    above: tuple[str, ...],
) -> tuple[rules.Step, ...]:
    """The steps of a policy in order, those of others in the place of the step that hands over to them.

    A policy met again on its own way (commands refuse it, two at once could still make one) counts as a step with
    nobody: paging says so and goes on.
    """
    way = (*above, str(row.id))
    made: list[rules.Step] = []
    for step in sorted(steps, key=lambda s: s.order):
        when = _condition(step.condition)
        to = [t["id"] for t in step.targets if t["kind"] == HAND_OVER]
        if not to:
            made.append(_step(step, row.name, when))
            continue
        inner = others.get(to[0])
        if inner is None or to[0] in way:
            made.append(rules.Step((), when=when))
            continue
        made += [replace(s, when=(*when, *s.when)) for s in _flat(inner, inner.steps.all(), others, way)]
    return tuple(made)


def policy_of_steps(name: str, steps: "Sequence[StepInput]", rounds: int) -> rules.Policy:
    """Steps as they were given, not saved, with those of policies that they hand over to."""
    row = models.EscalationPolicy(name=name or "new policy", rounds=rounds)
    drafts = [
        models.EscalationStep(
            order=order,
            targets=[{"kind": t.kind, "id": t.id} for t in step.targets],
            delay_seconds=None if step.delay is None else int(step.delay.total_seconds()),
            in_turn=step.in_turn,
            condition={
                "severities": list(step.when.severities),
                "kinds": list(step.when.kinds),
                "hours": step.when.hours,
                "calendar": step.when.calendar,
            },
        )
        for order, step in enumerate(steps)
    ]
    catch_all = tuple(Target(TargetKind.PERSON, id_, "as catch-all") for id_ in accounts.catch_all_ids())
    flat = _flat(row, drafts, _handed_over(drafts), ())
    return rules.Policy(steps=flat, rounds=rounds, catch_all=catch_all)


def _step(row: models.EscalationStep, policy: str, when: tuple[Condition, ...]) -> rules.Step:
    return rules.Step(
        targets=tuple(_target(t, policy) for t in row.targets),
        delay=None if row.delay_seconds is None else timedelta(seconds=row.delay_seconds),
        in_turn=row.in_turn,
        when=when,
    )


def _condition(kept: Mapping[str, Any]) -> tuple[Condition, ...]:
    found = condition_of(kept)
    return () if found.always else (found,)


def condition_of(kept: Mapping[str, Any]) -> Condition:
    """A step's condition as it is kept."""
    return Condition(
        severities=frozenset(Severity(s) for s in kept.get("severities", ())),
        kinds=frozenset(kept.get("kinds", ())),
        hours=rules.Hours(kept.get("hours", "")),
        calendar=kept.get("calendar", ""),
    )


def _target(kept: dict[str, str], policy: str) -> Target:
    kind = TargetKind(kept["kind"])
    return Target(kind, kept["id"], f"in the policy {policy}" if kind is TargetKind.PERSON else "")


@dataclass(slots=True)
class Directory:
    """Everyone a policy can lead to, read once; `people_at` then answers for any instant without a query.

    `policy` is the given one with names in its targets. `unreachable` are people without a way to reach them, `ways`
    how the others can be reached. `also` are people who may be paged though no step names them.
    """

    policy: rules.Policy
    administrators: tuple[str, ...]
    names: dict[str, str]
    unreachable: dict[str, str]
    ways: dict[str, tuple[Way, ...]] = field(default_factory=dict)
    turns: dict[str, int] = field(default_factory=dict)
    also: tuple[str, ...] = ()
    _schedules: dict[str, shifts.Schedule] = field(default_factory=dict)
    _teams: dict[str, list[str]] = field(default_factory=dict)
    _hooks: dict[str, str] = field(default_factory=dict)

    def people_at(self, at: datetime, without: frozenset[str] = frozenset()) -> rules.People:
        """Who stands behind each target at that instant and can be reached, less those in `without`."""
        left_out = without | self.unreachable.keys()
        found = {
            target: tuple(id_ for id_ in self._behind(target, at) if id_ in self.names and id_ not in left_out)
            for target in self._targets()
            if target.kind is not TargetKind.WEBHOOK
        }
        hooks = {t: (t.id,) for t in self._targets() if t.kind is TargetKind.WEBHOOK and t.id in self._hooks}
        return found | hooks

    def schedule(self, id_: str) -> shifts.Schedule | None:
        """The schedule of this id, when the policy leads to it."""
        return self._schedules.get(id_)

    def holes_at(self, at: datetime) -> dict[str, str]:
        """People meant by the policy at that instant who cannot be reached, each with a sentence."""
        meant = {id_ for target in _targets(self.policy) for id_ in self._behind(target, at)}
        return {id_: sentence for id_, sentence in self.unreachable.items() if id_ in meant}

    def _targets(self) -> list[Target]:
        return [*_targets(self.policy), *(Target(TargetKind.PERSON, id_) for id_ in self.also)]

    def _behind(self, target: Target, at: datetime) -> tuple[str, ...]:
        match target.kind:
            case TargetKind.PERSON:
                return (target.id,)
            case TargetKind.TEAM:
                return tuple(self._teams.get(target.id, ()))
            case TargetKind.SCHEDULE:
                found = self._schedules.get(target.id)
                return shifts.on_call(found, at) if found else ()
            case TargetKind.WEBHOOK:
                return ()


def _targets(policy: rules.Policy) -> list[Target]:
    return [*(t for step in policy.steps for t in step.targets), *policy.catch_all]


def directory(
    policy: rules.Policy,
    *,
    policy_id: str = "",
    administrators: Sequence[str] | None = None,
    also: Iterable[str] = (),
) -> Directory:
    """Read everyone the policy can lead to. Inactive people are left out, unreachable ones remembered as holes.

    `policy_id` for whose turn it is; `administrators` where they are known, or nobody. A known number of queries,
    whatever the size of the policy.
    """
    targets, more = _targets(policy), tuple(also)
    schedules = schedules_by_id(t.id for t in targets if t.kind is TargetKind.SCHEDULE)
    teams = {t.id: accounts.team_member_ids(t.id) for t in targets if t.kind is TargetKind.TEAM}
    admins = tuple(accounts.administrator_ids() if administrators is None else administrators)
    meant = {t.id for t in targets if t.kind is TargetKind.PERSON} | set(admins) | set(more)
    meant |= {id_ for members in teams.values() for id_ in members}
    for found in schedules.values():
        meant |= {id_ for layer in found.layers for id_ in layer.people} | {o.person for o in found.overrides}
    people = {p.id: p for p in accounts.known(meant) if p.active}
    ways = delivery.ways_to(people)
    unreachable = {id_: f"{view.name} has no contact method; add one." for id_, view in people.items() if not ways[id_]}
    hooks = webhook_names() if any(t.kind is TargetKind.WEBHOOK for t in targets) else {}
    return Directory(
        policy=_with_names(policy, schedules, teams, hooks),
        administrators=tuple(id_ for id_ in admins if id_ in people and id_ not in unreachable),
        names={i: p.name for i, p in people.items()},
        unreachable=unreachable,
        ways=ways,
        turns=turns_of(policy, policy_id),
        also=more,
        _schedules=schedules,
        _teams=teams,
        _hooks=hooks,
    )


def turns_of(policy: rules.Policy, policy_id: str) -> dict[str, int]:
    """When each person had their turn last; empty when no step takes turns. One query or none."""
    if not policy_id or not any(step.in_turn for step in policy.steps):
        return {}
    rows = models.RoundRobinTurn.objects.filter(policy=id_of(policy_id)).values_list("person_id", "number")
    return {str(person): number for person, number in rows}


def webhook_names() -> dict[str, str]:
    """Webhooks of the organisation that are switched on, by id. One query."""
    found = delivery.destinations(READER, "")
    return {d.id: d.label or d.address_hint for d in found if d.kind == WEBHOOK and d.enabled}


def directory_of_many(policies: list[rules.Policy]) -> list[Directory]:
    """The directory of each policy, with everybody read once for all of them."""
    steps = tuple(step for policy in policies for step in policy.steps)
    catch_all = tuple({target: None for policy in policies for target in policy.catch_all})
    everybody = directory(rules.Policy(steps=steps, catch_all=catch_all))
    named, found = iter(everybody.policy.steps), []
    for policy in policies:
        own = tuple(next(named) for _ in policy.steps)
        found.append(replace(everybody, policy=replace(policy, steps=own)))
    return found


def _with_names(
    policy: rules.Policy, schedules: dict[str, shifts.Schedule], teams: dict[str, list[str]], hooks: dict[str, str]
) -> rules.Policy:
    team_names = {view.id: view.name for view in accounts.teams(READER)} if teams else {}
    names = {id_: found.name for id_, found in schedules.items()} | team_names | hooks

    def named(target: Target) -> Target:
        return Target(target.kind, target.id, target.name or names.get(target.id, ""))

    steps = tuple(replace(step, targets=tuple(named(t) for t in step.targets)) for step in policy.steps)
    return rules.Policy(steps, policy.rounds, policy.catch_all)


def clocks(
    policies: Iterable[rules.Policy] = (), *, services: Iterable[str] = (), within: AnswerTimes | None = None
) -> Clocks:
    """The organisation's working hours, its waking hours in its own zone, and the hours of teams that steps ask for.

    A step that names no team asks for the owner of the most important of `services`. `within` are the acknowledge
    targets; without them those of trouble to come. One query, two more when steps ask for hours.
    """
    found = accounts.working_time()
    wanted = {c.calendar for p in policies for step in p.steps for c in step.when if c.hours is not rules.Hours.ANY}
    owner = _owner(services) if "" in wanted else ""
    return Clocks(
        Calendar.office(found.time_zone, *WAKING, range(7)),
        found.calendar,
        teams=accounts.team_calendars(wanted | {owner}),
        owner=owner,
        answer_within=answer_times() if within is None else within,
    )


def _owner(services: Iterable[str]) -> str:
    ids = list(services)
    owned = [service for service in catalog.services(READER, ids) if service.owner_team_id] if ids else []
    first = min(owned, key=lambda service: (service.tier, service.name), default=None)
    return first.owner_team_id if first else ""
