"""Rows of schedules and policies as the pure rules want them, and who stands behind a target at an instant.

Hides JSON columns and the rooms that people come from. Never writes, never decides.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from uuid import UUID

from tocsin.domain.accounts import queries as accounts
from tocsin.domain.delivery import queries as delivery
from tocsin.domain.oncall import models
from tocsin.domain.oncall.rules import escalation as rules
from tocsin.domain.oncall.rules import schedule as shifts
from tocsin.domain.oncall.rules.escalation import Clocks, Target, TargetKind
from tocsin.kernel.actor import system
from tocsin.kernel.business_time import Calendar

READER = system("paging")
WAKING = (time(8), time(22))
"""Hours in which a page that wakes nobody may go out (the product's defaults, Severity)."""


NOTHING = UUID(int=0)


def id_of(text: str | None) -> UUID:
    """The UUID that `text` is; the nil UUID, which names nothing, for any other text."""
    return uuid_or_none(text) or NOTHING


def uuid_or_none(text: str | None) -> UUID | None:
    """The UUID that `text` is, if it is one."""
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def schedule_snapshot(row: models.Schedule, since: datetime | None = None) -> shifts.Schedule:
    """A schedule for the rules, with overrides that end after `since`. Two queries unless prefetched."""
    overrides = sorted(row.overrides.all(), key=lambda o: o.id)
    return shifts.Schedule(
        id=str(row.id),
        name=row.name,
        layers=tuple(_layer(layer) for layer in row.layers.all()),
        overrides=tuple(
            shifts.Override(str(o.id), o.start_at, o.end_at, str(o.person_id), str(o.replaces_id or ""))
            for o in overrides
            if since is None or o.end_at > since
        ),
    )


def _layer(row: models.Layer) -> shifts.Layer:
    return shifts.Layer(
        id=str(row.id),
        order=row.order,
        people=tuple(row.people),
        rotation=shifts.Rotation(shifts.Every(row.every), row.count),
        handoff=row.handoff,
        zone=row.time_zone,
        start=row.start,
        end=row.end,
        restrictions=tuple(
            shifts.Restriction(r["weekday"], time.fromisoformat(r["opens"]), time.fromisoformat(r["closes"]))
            for r in row.restrictions
        ),
    )


def schedules_by_id(ids: Iterable[str]) -> dict[str, shifts.Schedule]:
    """Snapshots of these schedules. Three queries."""
    wanted = [id_ for id_ in map(uuid_or_none, ids) if id_]
    rows = models.Schedule.objects.filter(id__in=wanted).prefetch_related("layers", "overrides") if wanted else []
    return {str(row.id): schedule_snapshot(row) for row in rows}


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
    unreachable = {
        id_: f"{view.name} has no contact method; add one."
        for id_, view in people.items()
        if not delivery.destination_ids_for(id_, urgent=True)
    }
    reachable_admins = tuple(id_ for id_ in admins if id_ in people and id_ not in unreachable)
    named = _with_names(policy, schedules, teams)
    return Directory(named, reachable_admins, {i: p.name for i, p in people.items()}, unreachable, schedules, teams)


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
