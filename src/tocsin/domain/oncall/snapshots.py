"""Rows of schedules and policies as the pure rules want them, and who stands behind a target at an instant.

Hides JSON columns and the rooms that people come from. Never writes, never decides.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta

from tocsin.domain.accounts import queries as accounts
from tocsin.domain.delivery import queries as delivery
from tocsin.domain.oncall import models
from tocsin.domain.oncall.rules import escalation as rules
from tocsin.domain.oncall.rules import schedule as shifts
from tocsin.domain.oncall.rules.escalation import Clocks, Target, TargetKind
from tocsin.domain.oncall.schedule_snapshots import READER, id_of, schedules_by_id, uuid_or_none
from tocsin.kernel.business_time import Calendar

__all__ = ["READER", "WAKING", "Directory", "clocks", "directory", "id_of", "policy_snapshot", "uuid_or_none"]

WAKING = (time(8), time(22))
"""Hours in which a page that wakes nobody may go out (the product's defaults, Severity)."""


def policy_snapshot(row: models.EscalationPolicy | None, called: str = "") -> rules.Policy:
    """A policy for the rules. Without one: the catch-all people; with `called`: that one person alone."""
    if called:
        return rules.Policy(steps=(rules.Step((Target(TargetKind.PERSON, called),)),))
    catch_all = tuple(Target(TargetKind.PERSON, id_, "as catch-all") for id_ in accounts.catch_all_ids())
    if row is None:
        return rules.Policy(steps=(rules.Step(catch_all),) if catch_all else (), catch_all=catch_all)
    steps = tuple(
        rules.Step(
            targets=tuple(_target(t, row.name) for t in step.targets),
            delay=None if step.delay_seconds is None else timedelta(seconds=step.delay_seconds),
        )
        for step in sorted(row.steps.all(), key=lambda s: s.order)
    )
    return rules.Policy(steps=steps, rounds=row.rounds, catch_all=catch_all)


def _target(kept: dict[str, str], policy: str) -> Target:
    kind = TargetKind(kept["kind"])
    return Target(kind, kept["id"], f"in the policy {policy}" if kind is TargetKind.PERSON else "")


@dataclass(slots=True)
class Directory:
    """Everyone a policy can lead to, read once; `people_at` then answers for any instant without a query.

    `policy` is the given one with names in its targets. `unreachable` are people without a way to reach them.
    """

    policy: rules.Policy
    administrators: tuple[str, ...]
    names: dict[str, str]
    unreachable: dict[str, str]
    _schedules: dict[str, shifts.Schedule] = field(default_factory=dict)
    _teams: dict[str, list[str]] = field(default_factory=dict)

    def people_at(self, at: datetime, without: frozenset[str] = frozenset()) -> rules.People:
        """Who stands behind each target at that instant and can be reached, less those in `without`."""
        left_out = without | self.unreachable.keys()
        return {
            target: tuple(id_ for id_ in self._behind(target, at) if id_ in self.names and id_ not in left_out)
            for target in _targets(self.policy)
        }

    def schedule(self, id_: str) -> shifts.Schedule | None:
        """The schedule of this id, when the policy leads to it."""
        return self._schedules.get(id_)

    def holes_at(self, at: datetime) -> dict[str, str]:
        """People meant by the policy at that instant who cannot be reached, each with a sentence."""
        meant = {id_ for target in _targets(self.policy) for id_ in self._behind(target, at)}
        return {id_: sentence for id_, sentence in self.unreachable.items() if id_ in meant}

    def _behind(self, target: Target, at: datetime) -> tuple[str, ...]:
        match target.kind:
            case TargetKind.PERSON:
                return (target.id,)
            case TargetKind.TEAM:
                return tuple(self._teams.get(target.id, ()))
            case TargetKind.SCHEDULE:
                found = self._schedules.get(target.id)
                return shifts.on_call(found, at) if found else ()


def _targets(policy: rules.Policy) -> list[Target]:
    return [*(t for step in policy.steps for t in step.targets), *policy.catch_all]


def directory(policy: rules.Policy, *, administrators: bool = True) -> Directory:
    """Read everyone the policy can lead to. Inactive people are left out, unreachable ones remembered as holes."""
    targets = _targets(policy)
    schedules = schedules_by_id(t.id for t in targets if t.kind is TargetKind.SCHEDULE)
    teams = {t.id: accounts.team_member_ids(t.id) for t in targets if t.kind is TargetKind.TEAM}
    admins = tuple(accounts.administrator_ids()) if administrators else ()
    meant = {t.id for t in targets if t.kind is TargetKind.PERSON} | set(admins)
    meant |= {id_ for members in teams.values() for id_ in members}
    for found in schedules.values():
        meant |= {id_ for layer in found.layers for id_ in layer.people} | {o.person for o in found.overrides}
    people = {p.id: p for p in accounts.people(READER, meant) if p.active}
    reached = delivery.people_with_a_method(people)
    unreachable = {
        id_: f"{view.name} has no contact method; add one." for id_, view in people.items() if id_ not in reached
    }
    reachable_admins = tuple(id_ for id_ in admins if id_ in people and id_ not in unreachable)
    named = _with_names(policy, schedules, teams)
    return Directory(named, reachable_admins, {i: p.name for i, p in people.items()}, unreachable, schedules, teams)


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
    policy: rules.Policy, schedules: dict[str, shifts.Schedule], teams: dict[str, list[str]]
) -> rules.Policy:
    team_names = {view.id: view.name for view in accounts.teams(READER)} if teams else {}
    names = {id_: found.name for id_, found in schedules.items()} | team_names

    def named(target: Target) -> Target:
        return Target(target.kind, target.id, target.name or names.get(target.id, ""))

    steps = tuple(rules.Step(tuple(named(t) for t in step.targets), step.delay) for step in policy.steps)
    return rules.Policy(steps, policy.rounds, policy.catch_all)


def clocks() -> Clocks:
    """The organisation's working hours, and its waking hours in its own zone. One query."""
    found = accounts.organisation()
    return Clocks(Calendar.office(found.time_zone, *WAKING, range(7)), found.calendar)
