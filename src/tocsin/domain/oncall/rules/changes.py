"""What changed about a person's coming shifts since they were told last. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from tocsin.domain.oncall.rules.rotation import PersonId
from tocsin.domain.oncall.rules.schedule import Shift


@dataclass(frozen=True, slots=True, order=True)
class Duty:
    """One stretch on call. `start` None: it has begun; `end` None: it goes on beyond what was looked at."""

    schedule: str
    start: datetime | None
    end: datetime | None


@dataclass(frozen=True, slots=True)
class Known:
    """What a person was told, or what is: duties that end after `at`, looked at up to `until`."""

    duties: tuple[Duty, ...]
    until: datetime


def runs(plan: Iterable[Shift]) -> list[Shift]:
    """Neighbouring shifts of the same person as one, whatever put them on call; gaps stay."""
    listed = list(plan)
    starts = [0] + [at + 1 for at, (a, b) in enumerate(pairwise(listed)) if a.person != b.person]
    ends = [*starts[1:], len(listed)]
    return [
        Shift(listed[first].start, listed[last - 1].end, listed[first].person, listed[first].via)
        for first, last in zip(starts, ends, strict=True)
        if first < len(listed)
    ]


def duties_of(schedule: str, plan: Iterable[Shift], at: datetime, until: datetime) -> dict[PersonId, list[Duty]]:
    """By person, from the final schedule of [at, until)."""
    found: dict[PersonId, list[Duty]] = {}
    for run in runs(plan):
        if run.person is not None:
            start = run.start if run.start > at else None
            found.setdefault(run.person, []).append(Duty(schedule, start, run.end if run.end < until else None))
    return found


def differing(told: Known, now: Known, at: datetime) -> tuple[list[Duty], list[Duty]]:
    """Duties that are new, and those that are no longer; only where both looked, and nothing that is over."""
    until = min(told.until, now.until)
    if until <= at:
        return [], []
    before, after = (_comparable(known, at, until) for known in (told, now))
    return sorted(after - before, key=_order), sorted(before - after, key=_order)


def _comparable(known: Known, at: datetime, until: datetime) -> set[Duty]:
    """As seen at `at` by one who looks up to `until`."""
    found = set()
    for duty in known.duties:
        if (duty.end and duty.end <= at) or (duty.start and duty.start >= until):
            continue
        start = duty.start if duty.start and duty.start > at else None
        found.add(Duty(duty.schedule, start, duty.end if duty.end and duty.end < until else None))
    return found


def _order(duty: Duty) -> tuple[datetime, str]:
    return duty.start or datetime.min.replace(tzinfo=UTC), duty.schedule


def starting(plan: Iterable[Shift], lead: timedelta, at: datetime, late: timedelta) -> list[Shift]:
    """Runs whose notice, `lead` before they start, is due at `at`, at most `late` ago (an engine may have been down).

    `plan` must begin before the first of them does, else that one is taken for one that goes on.
    """
    found = runs(plan)
    return [
        run
        for before, run in pairwise(found)
        if run.person is not None and before.end == run.start and at - late < run.start - lead <= at
    ]
