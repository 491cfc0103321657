"""What is wrong or doubtful about a schedule in the days ahead, each as a sentence with its mend. Pure.

Never stops anything: what cannot be used at all is refused when it is saved; this tells what nobody meant.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from tocsin.domain.oncall.rules.rotation import Absence, Layer, PersonId
from tocsin.domain.oncall.rules.schedule import Override, Schedule, Shift, layer_shifts, problems, shifts
from tocsin.kernel.business_time import zone_of

MOST_OF_A_KIND = 20
"""A schedule that is wrong again and again says so twenty times, then how many more there are."""
SEVERAL = 3
"""So many gaps at the same hours are told as one."""


class Kind(StrEnum):
    """What kind of thing was found."""

    BROKEN = "broken"
    GAP = "gap"
    NEVER_APPLIES = "never_applies"
    EMPTY_OVERRIDE = "empty_override"
    ABSENT = "absent"
    GONE = "gone"
    TWICE = "twice"
    TOO_LONG = "too_long"


URGENT = frozenset({Kind.BROKEN, Kind.GAP, Kind.ABSENT, Kind.GONE})
"""Kinds by which a page can go astray; the others are only doubtful."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found. `mend` says what to do; `start` and `end` are None when it is about no time."""

    kind: Kind
    sentence: str
    mend: str
    start: datetime | None = None
    end: datetime | None = None
    people: tuple[PersonId, ...] = ()

    @property
    def urgent(self) -> bool:
        """True when a page can go astray by it."""
        return self.kind in URGENT


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the findings are measured by: names of people, the zone of the sentences, hours that are too long."""

    names: Mapping[PersonId, str]
    zone: str
    longest: timedelta

    def name(self, person: PersonId | None) -> str:
        """The person's name."""
        return self.names.get(person or "", "") or "Someone who is gone"

    def span(self, start: datetime, end: datetime) -> str:
        """`"Sat 28 Nov 08:00 to 20:00"`, on the wall of the zone."""
        a, b = (at.astimezone(zone_of(self.zone)) for at in (start, end))
        return (
            f"{a:%a %-d %b %H:%M} to {b:%H:%M}"
            if a.date() == b.date()
            else f"{a:%a %-d %b %H:%M} to {b:%a %-d %b %H:%M}"
        )


def findings(
    schedule: Schedule, others: Sequence[Schedule], start: datetime, end: datetime, given: Circumstances
) -> list[Finding]:
    """Everything found in [start, end), urgent ones first, each kind in order of time."""
    plan = shifts(schedule, start, end)
    found = [
        *_capped(_broken(schedule)),
        *_capped(_gaps(plan, given)),
        *_capped(_gone(schedule, start, end, given)),
        *_capped(_absent(schedule, plan, given)),
        *_capped(_never_applies(schedule, start, end)),
        *_capped(_empty_overrides(schedule, start, end, given)),
        *_capped(_twice(plan, others, start, end, given)),
        *_capped(_too_long(plan, given)),
    ]
    return sorted(found, key=lambda one: not one.urgent)


def _capped(found: Iterable[Finding]) -> list[Finding]:
    shown = list(found)
    if len(shown) > MOST_OF_A_KIND:
        more, last = len(shown) - MOST_OF_A_KIND, shown[MOST_OF_A_KIND - 1]
        rest = Finding(last.kind, f"{last.sentence} And {more} more like it.", last.mend, last.start, last.end)
        shown = [*shown[: MOST_OF_A_KIND - 1], rest]
    return shown


def _broken(schedule: Schedule) -> Iterator[Finding]:
    for problem in problems(schedule):
        yield Finding(Kind.BROKEN, problem.sentence, "Until then this part counts for nothing.")


def _gaps(plan: list[Shift], given: Circumstances) -> Iterator[Finding]:
    """One for each gap; those that come back at the same hours of the wall are one."""
    mend = "Put a first layer below the others that always counts, or set an override."
    for alike in _at_the_same_hours([shift for shift in plan if shift.person is None], given):
        first, last = alike[0], alike[-1]
        if len(alike) < SEVERAL:
            yield from (
                Finding(Kind.GAP, f"Nobody is on call {given.span(one.start, one.end)}.", mend, one.start, one.end)
                for one in alike
            )
            continue
        a, b, until = (at.astimezone(zone_of(given.zone)) for at in (first.start, first.end, last.start))
        hours = f"{a:%H:%M} to {b:%H:%M}"
        sentence = f"Nobody is on call {hours} on {len(alike)} days from {a:%a %-d %b} to {until:%a %-d %b}."
        yield Finding(Kind.GAP, sentence, mend, first.start, last.end)


def _at_the_same_hours(gaps: list[Shift], given: Circumstances) -> list[list[Shift]]:
    """In order of their first: gaps of less than a day by when they begin and end on the wall."""
    found: dict[object, list[Shift]] = {}
    for gap in gaps:
        a, b = (at.astimezone(zone_of(given.zone)) for at in (gap.start, gap.end))
        short = gap.end - gap.start < timedelta(days=1)
        found.setdefault((a.time(), b.time()) if short else gap.start, []).append(gap)
    return list(found.values())


def _gone(schedule: Schedule, start: datetime, end: datetime, given: Circumstances) -> Iterator[Finding]:
    gone = {one.person for one in schedule.absences if one.gone}
    for layer in schedule.layers:
        for person in dict.fromkeys(id_ for id_ in layer.people if id_ in gone):
            left = [id_ for id_ in layer.people if id_ not in gone]
            then = "the next in the rotation takes each turn" if left else "the layer counts for nothing"
            sentence = f"{given.name(person)} in {layer.words} is deactivated; {then}."
            yield Finding(Kind.GONE, sentence, "Edit the schedule and take the name out.", people=(person,))
    for override in schedule.overrides:
        if override.person in gone and override.start < end and override.end > start:
            sentence = (
                f"The override {given.span(override.start, override.end)} names {given.name(override.person)}, "
                "who is deactivated; the rotation holds instead."
            )
            mend = "Remove the override, or set one for someone else."
            yield Finding(Kind.GONE, sentence, mend, override.start, override.end, (override.person,))


def _absent(schedule: Schedule, plan: list[Shift], given: Circumstances) -> Iterator[Finding]:
    away: dict[PersonId, list[Absence]] = {}
    for one in schedule.absences:
        if not one.gone:
            away.setdefault(one.person, []).append(one)
    for shift in plan:
        for one in away.get(shift.person or "", ()):
            start, end = max(one.start, shift.start), min(one.end, shift.end)
            if start < end:
                mend = "Ask for cover or set an override"
                if not schedule.next_takes_over:
                    mend += ", or let the next in the rotation take over by itself"
                sentence = f"{given.name(shift.person)} is on call {given.span(start, end)} while away."
                yield Finding(Kind.ABSENT, sentence, f"{mend}.", start, end, (shift.person or "",))


def _never_applies(schedule: Schedule, start: datetime, end: datetime) -> Iterator[Finding]:
    ordered = sorted(schedule.layers, key=lambda layer: -layer.order)
    for at, layer in enumerate(ordered):
        own = layer_shifts(schedule, layer, start, end)
        if not own:
            yield from _silent(schedule, layer, start, end)
            continue
        above = Schedule("", "", tuple(ordered[:at]), absences=schedule.absences)
        if at and not _outside(own, shifts(above, start, end)):
            sentence = f"{layer.words} never counts: the layers that win over it are always on call then."
            yield Finding(Kind.NEVER_APPLIES, sentence, "Give the later layers hours of their own, or remove this one.")


def _silent(schedule: Schedule, layer: Layer, start: datetime, end: datetime) -> Iterator[Finding]:
    words = {problem.sentence for problem in problems(Schedule("", "", (layer,)))}
    gone = {one.person for one in schedule.absences if one.gone}
    if words or set(layer.people) <= gone:
        return
    if layer.end is not None and layer.end < start.date():
        sentence = f"{layer.words} ended on {layer.end:%-d %b %Y}."
        yield Finding(Kind.NEVER_APPLIES, sentence, "Remove it, or give it a later end.")
    elif layer.start < end.date():
        sentence = f"{layer.words} counts at no time in these days by its hours and holidays."
        yield Finding(Kind.NEVER_APPLIES, sentence, "Give it hours that come, or remove it.")


def _outside(own: list[Shift], above: list[Shift]) -> bool:
    """True when a part of `own` lies in a gap of `above`."""
    holes = [shift for shift in above if shift.person is None]
    return any(hole.start < one.end and one.start < hole.end for one in own for hole in holes)


def _empty_overrides(schedule: Schedule, start: datetime, end: datetime, given: Circumstances) -> Iterator[Finding]:
    for at, override in enumerate(schedule.overrides):
        opens, closes = max(start, override.start), min(end, override.end)
        if opens >= closes:
            continue
        without = Schedule(
            "", "", schedule.layers, schedule.overrides[:at], schedule.absences, schedule.next_takes_over
        )
        before = {shift.person for shift in shifts(without, opens, closes)}
        who, span = given.name(override.person), given.span(override.start, override.end)
        if override.replaces and override.replaces not in before:
            sentence = (
                f"The override of {who} {span} changes nothing: {given.name(override.replaces)} is not on call then."
            )
        elif before == {override.person}:
            sentence = f"The override of {who} {span} changes nothing: {who} is on call then anyway."
        else:
            sentence = _covered_up(override, schedule.overrides[at + 1 :], given)
        if sentence:
            mend = "Remove it, or change its times or whom it replaces."
            yield Finding(Kind.EMPTY_OVERRIDE, sentence, mend, override.start, override.end, (override.person,))


def _covered_up(override: Override, later: Sequence[Override], given: Circumstances) -> str:
    over = [o for o in later if not o.replaces and o.start <= override.start and o.end >= override.end]
    if not over:
        return ""
    span = given.span(override.start, override.end)
    who, other = given.name(override.person), given.name(over[0].person)
    return f"The override of {who} {span} never counts: a later one of {other} lies over it."


def _twice(
    plan: list[Shift], others: Sequence[Schedule], start: datetime, end: datetime, given: Circumstances
) -> Iterator[Finding]:
    for other in others:
        met: dict[PersonId, list[tuple[datetime, datetime]]] = {}
        theirs = shifts(other, start, end)
        at = 0
        for shift in plan:
            while at < len(theirs) and theirs[at].end <= shift.start:
                at += 1
            for one in theirs[at:]:
                if one.start >= shift.end:
                    break
                if shift.person is not None and one.person == shift.person:
                    both = (max(one.start, shift.start), min(one.end, shift.end))
                    met.setdefault(shift.person, []).append(both)
        for person, times in met.items():
            yield _met(person, other, times, given)


def _met(
    person: PersonId, other: Schedule, times: Sequence[tuple[datetime, datetime]], given: Circumstances
) -> Finding:
    """Two rotations that meet do so again and again: that is one thing to know, not twenty."""
    often = f" {len(times)} times, first" if len(times) > 1 else ""
    sentence = f"{given.name(person)} is on call here and by {other.name}{often} {given.span(*times[0])}."
    mend = "Fine when it is meant; else ask for cover in one of them."
    return Finding(Kind.TWICE, sentence, mend, times[0][0], times[-1][1], (person,))


def _too_long(plan: list[Shift], given: Circumstances) -> Iterator[Finding]:
    for run in _runs(plan):
        first, last = run[0], run[-1]
        length = last.end - first.start
        if first.person is not None and length > given.longest:
            hours = int(length.total_seconds() // 3600)
            limit = int(given.longest.total_seconds() // 3600)
            sentence = (
                f"{given.name(first.person)} is on call for {hours} h in a row, {given.span(first.start, last.end)}; "
                f"{limit} h is the limit here."
            )
            mend = "Shorten the turns, add a person, or raise the limit."
            yield Finding(Kind.TOO_LONG, sentence, mend, first.start, last.end, (first.person,))


def _runs(plan: list[Shift]) -> Iterator[list[Shift]]:
    """Neighbouring shifts of the same person, whatever put them on call."""
    run = plan[:1]
    for one, two in pairwise(plan):
        if two.person != one.person:
            yield run
            run = []
        run.append(two)
    if run:
        yield run
