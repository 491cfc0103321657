"""Who is on call when: a pure function of a schedule's layers, overrides and absences.

Hides how layers and overrides lie over each other. Never asks for the time, never fails at page time: a layer
that cannot be used is passed over, and `problems` says so.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from tocsin.domain.oncall.rules.rotation import (
    LONGEST_PATTERN,
    Absence,
    Away,
    Every,
    Layer,
    OnHolidays,
    PersonId,
    Restriction,
    Rotation,
    turns,
)
from tocsin.kernel.business_time import zone_of
from tocsin.kernel.errors import Invalid
from tocsin.kernel.wall_clock import wall_clock

__all__ = [
    "Absence",
    "Every",
    "Layer",
    "OnHolidays",
    "Override",
    "PersonId",
    "Problem",
    "Restriction",
    "Rotation",
    "Schedule",
    "Shift",
    "gaps",
    "layer_shifts",
    "next_change",
    "on_call",
    "problems",
    "shifts",
]

GAP = "gap"
HORIZON = timedelta(days=400)
INSTANT = timedelta(microseconds=1)
LONGEST_TURN = 10_000
YEARS = range(1970, 9000)

Span = tuple[datetime, datetime, PersonId | None, str, PersonId]
"""A shift while it is worked on: start, end, person, via, instead of whom. Tuples, for a year is thousands of them."""


@dataclass(frozen=True, slots=True)
class Override:
    """`person` is on call from `start` to `end`: where `replaces` would be, or instead of anyone."""

    id: str
    start: datetime
    end: datetime
    person: PersonId
    replaces: PersonId = ""


@dataclass(frozen=True, slots=True)
class Schedule:
    """A snapshot: everything that decides who is on call.

    `next_takes_over`: while someone is absent, the next in the rotation stands in; without it only for those who
    are gone for good. An override of someone who is gone counts for nothing.
    """

    id: str
    name: str
    layers: tuple[Layer, ...]
    overrides: tuple[Override, ...] = ()
    absences: tuple[Absence, ...] = ()
    next_takes_over: bool = False


@dataclass(frozen=True, slots=True)
class Shift:
    """One person, or nobody (`person` None, via `gap`), from `start` until just before `end`.

    `instead`: whose turn it would be; they are away, and the next in the rotation stands in.
    """

    start: datetime
    end: datetime
    person: PersonId | None
    via: str
    instead: PersonId = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a part of a schedule does nothing, for a form and for the audit of reachability."""

    field: str
    sentence: str


def begun(schedule: Schedule, at: datetime) -> bool:
    """Whether any layer or override of it began before `at`: until then nobody was meant to be on call."""
    layers = any(wall_clock(one.zone).instant(one.start, one.handoff) < at for one in schedule.layers)
    return layers or any(one.start < at for one in schedule.overrides)


def shifts(schedule: Schedule, start: datetime, end: datetime) -> list[Shift]:
    """The final schedule of [start, end): shifts in order, without overlap, gaps said openly. In UTC.

    Higher layers win over lower ones, overrides over layers, a later override over an earlier one.
    """
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    if end <= start:
        return []
    plan: list[Span] = []
    away = _away(schedule)
    for layer in sorted(schedule.layers, key=lambda layer: -layer.order):
        if not _faults(layer):
            plan = _filled(plan, _spans(layer, start, end, away))
    plan = _with_gaps(plan, start, end)
    gone = {one.person: one.start for one in schedule.absences if one.gone}
    for override in schedule.overrides:
        _apply(plan, override, gone.get(override.person))
    return _joined(plan)


def layer_shifts(schedule: Schedule, layer: Layer, start: datetime, end: datetime) -> list[Shift]:
    """What one layer says by itself, in order; nothing where it does not count. Empty for a layer with faults."""
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    if end <= start or _faults(layer):
        return []
    return _joined(_spans(layer, start, end, _away(schedule)))


def on_call(schedule: Schedule, at: datetime) -> tuple[PersonId, ...]:
    """Who is on call at that instant; empty in a gap."""
    now = shifts(schedule, at, at.astimezone(UTC) + INSTANT)
    return tuple(shift.person for shift in now if shift.person is not None)


def next_change(schedule: Schedule, after: datetime, horizon: timedelta = HORIZON) -> datetime | None:
    """When somebody else (or nobody) is next on call after `after`; None within `horizon`."""
    after = after.astimezone(UTC)
    present = on_call(schedule, after)
    window = min(timedelta(days=8), horizon)
    while True:
        for shift in shifts(schedule, after, after + window):
            person = () if shift.person is None else (shift.person,)
            if person != present:
                return shift.start
        if window >= horizon:
            return None
        window = min(window * 8, horizon)


def gaps(schedule: Schedule, start: datetime, end: datetime) -> list[Shift]:
    """The stretches of [start, end) in which nobody is on call."""
    return [shift for shift in shifts(schedule, start, end) if shift.person is None]


def problems(schedule: Schedule) -> tuple[Problem, ...]:
    """Everything in the schedule that does nothing, each with its mend. Never raises."""
    found = [fault for layer in schedule.layers for fault in _faults(layer)]
    if not schedule.layers and not schedule.overrides:
        found.append(Problem("layers", f"{schedule.name} has no layer: nobody is on call; add one."))
    for override in schedule.overrides:
        if override.end <= override.start:
            found.append(Problem("overrides", "An override ends before it starts; give it a later end."))
        if not override.person:
            found.append(Problem("overrides", "An override names nobody; choose who takes over."))
    return tuple(found)


def _faults(layer: Layer) -> list[Problem]:
    found = []
    name = layer.words
    if not layer.people:
        found.append(Problem("people", f"{name} has nobody in its rotation; add a person."))
    lengths = layer.rotation.pattern or (layer.rotation.count,)
    if not all(1 <= length <= LONGEST_TURN for length in lengths):
        found.append(Problem("rotation", f"{name} must hand over every 1 to {LONGEST_TURN} {layer.rotation.every}."))
    if len(lengths) > LONGEST_PATTERN:
        found.append(Problem("rotation", f"{name} has more than {LONGEST_PATTERN} uneven turns; write fewer."))
    if any(not 0 <= restriction.weekday <= 6 for restriction in layer.restrictions):
        found.append(Problem("restrictions", f"{name} has a weekday outside 0 to 6 (Monday is 0)."))
    if any(day.year not in YEARS for day in (layer.start, layer.end or layer.start)):
        found.append(Problem("start", f"{name} must lie in the years 1970 to 8999."))
    if layer.end is not None and layer.end <= layer.start:
        found.append(Problem("end", f"{name} ends before it starts; give it a later end."))
    try:
        zone_of(layer.zone)
    except Invalid as error:
        found.append(Problem("zone", error.sentence))
    return found


def _away(schedule: Schedule) -> dict[PersonId, list[tuple[datetime, datetime, bool]]]:
    """Absences by person, of those for whom someone stands in, as `turns` takes them."""
    found: dict[PersonId, list[tuple[datetime, datetime, bool]]] = {}
    for one in schedule.absences:
        if (one.gone or schedule.next_takes_over) and one.end > one.start:
            span = (one.start.astimezone(UTC), one.end.astimezone(UTC), one.gone)
            found.setdefault(one.person, []).append(span)
    for spans in found.values():
        spans.sort()
    return found


def _spans(layer: Layer, start: datetime, end: datetime, away: Away) -> list[Span]:
    via = f"layer:{layer.id}"
    return [(opens, closes, person, via, instead) for opens, closes, person, instead in turns(layer, start, end, away)]


def _filled(plan: list[Span], below: Iterable[Span]) -> list[Span]:
    """`plan`, with what `below` says where `plan` leaves room. Both are in order and without overlap."""
    if not plan:
        return list(below)
    result: list[Span] = []
    at, count = 0, len(plan)
    for opens, closes, person, via, instead in below:
        while at < count and plan[at][1] <= opens:
            result.append(plan[at])
            at += 1
        while opens < closes:
            if at == count or plan[at][0] >= closes:
                result.append((opens, closes, person, via, instead))
                break
            if plan[at][0] > opens:
                result.append((opens, plan[at][0], person, via, instead))
            opens = plan[at][1]
            if opens > closes:
                break
            result.append(plan[at])
            at += 1
    result += plan[at:]
    return result


def _with_gaps(plan: list[Span], start: datetime, end: datetime) -> list[Span]:
    """The plan with its holes named, from end to end."""
    result: list[Span] = []
    reached = start
    for span in plan:
        if span[0] > reached:
            result.append((reached, span[0], None, GAP, ""))
        result.append(span)
        reached = span[1]
    if reached < end:
        result.append((reached, end, None, GAP, ""))
    return result


def _apply(plan: list[Span], override: Override, gone: datetime | None) -> None:
    """Put one override over the plan, in place; only until its person is gone."""
    start, end = max(override.start, plan[0][0]), min(override.end, plan[-1][1])
    end = end if gone is None else min(end, gone)
    if end <= start or not override.person:
        return
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    first = bisect_right(plan, start, key=_start) - 1
    last = bisect_left(plan, end, key=_start)
    via = f"override:{override.id}"
    pieces: list[Span] = []
    for span in plan[first:last]:
        opens, closes, person, by, instead = span
        if override.replaces and person != override.replaces:
            pieces.append(span)
            continue
        if opens < start:
            pieces.append((opens, start, person, by, instead))
        pieces.append((max(opens, start), min(closes, end), override.person, via, ""))
        if closes > end:
            pieces.append((end, closes, person, by, instead))
    plan[first:last] = pieces


def _start(span: Span) -> datetime:
    return span[0]


def _joined(plan: list[Span]) -> list[Shift]:
    """Neighbours of the same person by the same way become one shift."""
    starts = [0] + [at + 1 for at, (a, b) in enumerate(pairwise(plan)) if a[2:] != b[2:] or a[1] != b[0]]
    ends = [*starts[1:], len(plan)]
    return [
        Shift(plan[first][0], plan[last - 1][1], *plan[first][2:])
        for first, last in zip(starts, ends, strict=True)
        if first < len(plan)
    ]
