"""Escalation policies: targets by name, conditions in words."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Annotated

from msgspec import Meta, field

from tocsin.cli.organisation.applying import Work
from tocsin.cli.organisation.entry import Entry, Name, duration_text, email, spelled
from tocsin.cli.organisation.problems import Problems
from tocsin.cli.organisation.section import Section, Standing
from tocsin.domain.oncall import commands, queries
from tocsin.kernel.actor import Actor
from tocsin.kernel.durations import parse_duration
from tocsin.kernel.errors import Invalid


class Target(Entry):
    """Exactly one of: a person by address, a schedule by name, a team by short name, a webhook of the organisation by
    its label, a policy by name whose steps stand here (alone in its step).
    """

    person: str = ""
    schedule: str = ""
    team: str = ""
    webhook: str = ""
    policy: str = ""


class When(Entry):
    """When a step counts. `hours`: open or closed, by the calendar of a team, else of the service's owner."""

    severities: list[str] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    hours: str = ""
    calendar: str = ""


class Step(Entry):
    """Page all of these, or one of them `in_turn`, then wait; without `wait`, 80 % of the time the severity allows."""

    page: Annotated[list[Target], Meta(min_length=1)]
    wait: str = ""
    in_turn: bool = False
    when: When | None = None


class Policy(Entry):
    """Who is paged after whom, known by its name."""

    name: Name
    steps: list[Step]
    rounds: Annotated[int, Meta(ge=1)] = 3


_SECTIONS = {"person": "people", "schedule": "schedules", "team": "teams", "policy": "policies"}


class _Policies(Section[Policy]):
    name, one, entry, place = "policies", "policy", Policy, 5
    after = ("people", "teams", "schedules")

    def read(self, now: Standing) -> Iterable[tuple[str, Policy]]:
        emails, teams = now.names("people"), now.names("teams")
        for view in queries.policies(now.actor):
            steps = [_step(step, emails, teams) for step in view.steps]
            yield view.id, Policy(name=view.name, rounds=view.rounds, steps=steps)

    def normal(self, entry: Policy) -> None:
        for step in entry.steps:
            for target in step.page:
                target.person = email(target.person)
            if step.when is not None:
                step.when.severities, step.when.kinds = sorted(step.when.severities), sorted(step.when.kinds)
            if step.wait:
                with suppress(Invalid):
                    step.wait = spelled(step.wait)

    def check(self, entry: Policy, path: str, problems: Problems) -> None:
        for m, step in enumerate(entry.steps, 1):
            for t, target in enumerate(step.page, 1):
                named = (target.person, target.schedule, target.team, target.webhook, target.policy)
                if sum(map(bool, named)) != 1:
                    where = f"{path}.steps[{m}].page[{t}]"
                    problems.add(where, "name exactly one: a person, a schedule, a team, a webhook or a policy.")

    def ordered(self, entries: Sequence[tuple[int, Policy]]) -> Iterable[tuple[int, Policy]]:
        """Those that are handed over to first; a circle stays in the file's order, and the room refuses it."""
        names = {policy.name for _, policy in entries}
        left, done = list(entries), set[str]()
        while left:
            free = [one for one in left if _handed_to(one[1]) & names <= done | {one[1].name}] or left[:1]
            yield from free
            done |= {policy.name for _, policy in free}
            left = [one for one in left if one not in free]

    def save(self, work: Work, entry: Policy, old: Policy | None, id_: str) -> str:
        steps = [_given(work, step) for step in entry.steps]
        return commands.save_policy(
            work.actor, name=entry.name, steps=steps, rounds=entry.rounds, policy_id=id_ or None
        )

    def remove(self, actor: Actor, id_: str) -> None:
        commands.remove_policy(actor, policy_id=id_)


def _handed_to(policy: Policy) -> set[str]:
    return {target.policy for step in policy.steps for target in step.page if target.policy}


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
        wait=duration_text(view.delay),
        in_turn=view.in_turn,
        when=None if when == When() else when,
    )


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


def _given(work: Work, step: Step) -> commands.StepInput:
    when = step.when or When()
    calendar = work.id_of("teams", when.calendar, "calendar") if when.calendar else ""
    return commands.StepInput(
        targets=tuple(_found(work, target) for target in step.page),
        delay=parse_duration(step.wait, field="wait") if step.wait else None,
        in_turn=step.in_turn,
        when=commands.ConditionInput(tuple(when.severities), tuple(when.kinds), when.hours, calendar),
    )


def _found(work: Work, target: Target) -> commands.TargetInput:
    if target.webhook:
        return commands.TargetInput("webhook", _webhook(work.actor, target.webhook))
    kind, name = next((kind, getattr(target, kind)) for kind in _SECTIONS if getattr(target, kind))
    return commands.TargetInput(kind, work.id_of(_SECTIONS[kind], name, kind))


def _webhook(actor: Actor, name: str) -> str:
    for hook in queries.step_webhooks(actor):
        if hook.name == name:
            return hook.id
    mend = "add it on the page of webhooks of steps"
    raise Invalid(f"webhook: there is no webhook of the organisation '{name}'; {mend}.", field="webhook")


SECTION = _Policies()
