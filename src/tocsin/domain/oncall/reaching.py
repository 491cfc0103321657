"""Whom a policy would reach over a stretch of time: the same directory and rules that page, asked ahead.

Reads, never decides: emptiness is what the escalation rules make of it. Never writes.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

from tocsin.domain.oncall.rules import escalation as rules
from tocsin.domain.oncall.rules import schedule as shifts
from tocsin.domain.oncall.rules.escalation import Phase, Target, TargetKind
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.domain.oncall.snapshots import Directory, clocks


@dataclass(frozen=True, slots=True)
class Span:
    """From `start` until just before `end` the policy means the same people.

    `steps` holds, for each step, everyone meant by it, reachable or not. `nobody`: a Critical page that starts here
    would find nobody in any step and go to the catch-all people at once.
    """

    start: datetime
    end: datetime
    steps: tuple[tuple[str, ...], ...]
    nobody: bool


def spans(people: Directory, start: datetime, end: datetime, hours: rules.Clocks | None = None) -> tuple[Span, ...]:
    """The stretches of [start, end), in order and without a hole. No query when `hours` are given."""
    counted = hours or clocks([people.policy])
    meant = replace(people, unreachable={})
    found = []
    for since, until in pairwise(_changes(people, start, end)):
        behind = meant.people_at(since)
        steps = tuple(
            tuple(dict.fromkeys(id_ for target in _people(step) for id_ in behind.get(target, ())))
            for step in people.policy.steps
        )
        found.append(Span(since, until, steps, _nobody(people, since, counted)))
    return tuple(_joined(found))


def _people(step: rules.Step) -> list[Target]:
    """Targets with people behind them: a webhook is told, and reaches nobody."""
    return [target for target in step.targets if target.kind is not TargetKind.WEBHOOK]


def _changes(people: Directory, start: datetime, end: datetime) -> list[datetime]:
    targets = [target for step in people.policy.steps for target in step.targets]
    wanted = {target.id for target in targets if target.kind is TargetKind.SCHEDULE}
    moments = {start, end}
    for id_ in wanted:
        schedule = people.schedule(id_)
        if schedule is not None:
            moments |= {shift.start for shift in shifts.shifts(schedule, start, end)}
    return sorted(at for at in moments if start <= at <= end)


def _nobody(people: Directory, at: datetime, hours: rules.Clocks) -> bool:
    line = rules.rehearse(people.policy, Severity.CRITICAL, at, people.people_at, people.administrators, hours, most=1)
    return line[0][1].state.phase is Phase.CATCH_ALL


def _joined(found: list[Span]) -> list[Span]:
    joined: list[Span] = []
    for span in found:
        last = joined[-1] if joined else None
        if last is not None and (last.steps, last.nobody) == (span.steps, span.nobody):
            joined[-1] = replace(last, end=span.end)
        else:
            joined.append(span)
    return joined
