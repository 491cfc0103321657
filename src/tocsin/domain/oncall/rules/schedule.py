"""Who is on call when: a pure function of a schedule's layers and overrides.

Hides rotation arithmetic, restrictions and daylight saving: turns are cut at wall-clock times that never
go back, so that they tile the time without a hole or a double. Never asks for the time, never fails at page
time: a layer that cannot be used is passed over, and `problems` says so.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise

from tocsin.kernel.business_time import DAY, wall_instant, zone_of
from tocsin.kernel.errors import Invalid

PersonId = str
GAP = "gap"
HORIZON = timedelta(days=400)
INSTANT = timedelta(microseconds=1)
LONGEST_TURN = 10_000
YEARS = range(1970, 9000)


class Every(StrEnum):
    """What a rotation counts its turns in. Days and weeks follow the wall clock, hours are elapsed."""

    HOURS = "hours"
    DAYS = "days"
    WEEKS = "weeks"


@dataclass(frozen=True, slots=True)
class Rotation:
    """Hand over every `count` hours, days or weeks."""

    every: Every = Every.WEEKS
    count: int = 1

    @property
    def days(self) -> int:
        """Length of a turn in dates; for a rotation by days or weeks."""
        return self.count * (7 if self.every is Every.WEEKS else 1)


@dataclass(frozen=True, slots=True)
class Restriction:
    """A weekly window in which a layer counts (Monday 0); `closes` at or before `opens` is the next day's."""

    weekday: int
    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class Layer:
    """People who take turns from `start` on, handing over at `handoff` in `zone`; a higher `order` wins."""

    id: str
    order: int
    people: tuple[PersonId, ...]
    rotation: Rotation
    handoff: time
    zone: str
    start: date
    end: date | None = None
    restrictions: tuple[Restriction, ...] = ()


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
    """A snapshot: everything that decides who is on call."""

    id: str
    name: str
    layers: tuple[Layer, ...]
    overrides: tuple[Override, ...] = ()


@dataclass(frozen=True, slots=True)
class Shift:
    """One person, or nobody (`person` None, via `gap`), from `start` until just before `end`."""

    start: datetime
    end: datetime
    person: PersonId | None
    via: str


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a part of a schedule does nothing, for a form and for the audit of reachability."""

    field: str
    sentence: str


def shifts(schedule: Schedule, start: datetime, end: datetime) -> list[Shift]:
    """The final schedule of [start, end): shifts in order, without overlap, gaps said openly. In UTC.

    Higher layers win over lower ones, overrides over layers, a later override over an earlier one.
    """
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    if end <= start:
        return []
    plan = [Shift(start, end, None, GAP)]
    for layer in sorted(schedule.layers, key=lambda layer: layer.order):
        if not _faults(layer):
            plan = _over(plan, list(_layer_shifts(layer, start, end)))
    for override in schedule.overrides:
        _apply(plan, override)
    return _joined(plan)


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
    if not layer.people:
        found.append(Problem("people", f"Layer {layer.order} has nobody in its rotation; add a person."))
    if not 1 <= layer.rotation.count <= LONGEST_TURN:
        sentence = f"Layer {layer.order} must hand over every 1 to {LONGEST_TURN} {layer.rotation.every}."
        found.append(Problem("rotation", sentence))
    if any(not 0 <= restriction.weekday <= 6 for restriction in layer.restrictions):
        found.append(Problem("restrictions", f"Layer {layer.order} has a weekday outside 0 to 6 (Monday is 0)."))
    if any(day.year not in YEARS for day in (layer.start, layer.end or layer.start)):
        found.append(Problem("start", f"Layer {layer.order} must lie in the years 1970 to 8999."))
    if layer.end is not None and layer.end <= layer.start:
        found.append(Problem("end", f"Layer {layer.order} ends before it starts; give it a later end."))
    try:
        zone_of(layer.zone)
    except Invalid as error:
        found.append(Problem("zone", error.sentence))
    return found


def _layer_shifts(layer: Layer, start: datetime, end: datetime) -> Iterator[Shift]:
    """The layer's turns inside [start, end), narrowed to its restrictions."""
    if layer.end is not None:
        end = min(end, wall_instant(layer.zone, datetime.combine(layer.end, layer.handoff)))
    start = max(start, wall_instant(layer.zone, datetime.combine(layer.start, layer.handoff)))
    if end <= start:
        return
    via = f"layer:{layer.id}"
    turns = _turns(layer, start, end)
    if not layer.restrictions:
        for opens, closes, person in turns:
            if closes > opens:
                yield Shift(opens, closes, person, via)
        return
    windows = _windows(layer, start, end)
    window = next(windows, None)
    for opens, closes, person in turns:
        while window is not None and window[0] < closes:
            first, last = max(opens, window[0]), min(closes, window[1])
            if last > first:
                yield Shift(first, last, person, via)
            if window[1] > closes:
                break
            window = next(windows, None)


def _turns(layer: Layer, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime, PersonId]]:
    """Turns that touch [start, end), clipped to it; some can be empty on a skipped day."""
    people = layer.people
    number, opens = _turn_at(layer, start)
    while opens < end:
        closes = _handoff(layer, number + 1)
        if closes > start:
            yield max(opens, start), min(closes, end), people[number % len(people)]
        number, opens = number + 1, closes


def _turn_at(layer: Layer, at: datetime) -> tuple[int, datetime]:
    """A turn that began at or before `at`, at most a few turns early; and its beginning."""
    if layer.rotation.every is Every.HOURS:
        number = (at - _handoff(layer, 0)) // timedelta(hours=layer.rotation.count)
    else:
        local = at.astimezone(zone_of(layer.zone)).date()
        number = (local - layer.start).days // layer.rotation.days - 2
    number = max(number, 0)
    return number, _handoff(layer, number)


def _handoff(layer: Layer, number: int) -> datetime:
    """When turn `number` begins."""
    if layer.rotation.every is Every.HOURS:
        first = wall_instant(layer.zone, datetime.combine(layer.start, layer.handoff))
        return first + timedelta(hours=layer.rotation.count * number)
    day = layer.start + timedelta(days=layer.rotation.days * number)
    return wall_instant(layer.zone, datetime.combine(day, layer.handoff))


def _windows(layer: Layer, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The restricted windows that touch [start, end), in order and without overlap."""
    day = start.astimezone(zone_of(layer.zone)).date() - 2 * DAY
    last = end.astimezone(zone_of(layer.zone)).date()
    found = []
    while day <= last:
        for restriction in layer.restrictions:
            if restriction.weekday == day.weekday():
                until = day if restriction.closes > restriction.opens else day + DAY
                found.append(
                    (
                        wall_instant(layer.zone, datetime.combine(day, restriction.opens)),
                        wall_instant(layer.zone, datetime.combine(until, restriction.closes)),
                    )
                )
        day += DAY
    reached = start
    for opens, closes in sorted(found):
        if closes > reached:
            yield max(opens, reached), closes
            reached = closes


def _over(below: list[Shift], above: list[Shift]) -> list[Shift]:
    """`below` wherever `above` leaves room. Both are in order and without overlap."""
    if not above:
        return below
    result: list[Shift] = []
    at = 0
    for shift in below:
        cursor = shift.start
        while at < len(above) and above[at].end <= cursor:
            at += 1
        look = at
        while look < len(above) and above[look].start < shift.end:
            if above[look].start > cursor:
                result.append(Shift(cursor, above[look].start, shift.person, shift.via))
            cursor = above[look].end
            look += 1
        if cursor < shift.end:
            result.append(Shift(cursor, shift.end, shift.person, shift.via))
    return sorted(result + above, key=lambda shift: shift.start)


def _apply(plan: list[Shift], override: Override) -> None:
    """Put one override over the plan, in place."""
    start, end = max(override.start, plan[0].start), min(override.end, plan[-1].end)
    if end <= start or not override.person:
        return
    first = bisect_right(plan, start, key=lambda shift: shift.start) - 1
    last = bisect_left(plan, end, key=lambda shift: shift.start)
    via = f"override:{override.id}"
    pieces = []
    for shift in plan[first:last]:
        if override.replaces and shift.person != override.replaces:
            pieces.append(shift)
            continue
        opens, closes = max(shift.start, start), min(shift.end, end)
        pieces += [
            Shift(shift.start, opens, shift.person, shift.via),
            Shift(opens.astimezone(UTC), closes.astimezone(UTC), override.person, via),
            Shift(closes, shift.end, shift.person, shift.via),
        ]
    plan[first:last] = [piece for piece in pieces if piece.end > piece.start]


def _joined(plan: list[Shift]) -> list[Shift]:
    """Neighbours of the same person by the same way become one shift."""
    starts = [0] + [at + 1 for at, (a, b) in enumerate(pairwise(plan)) if (a.person, a.via) != (b.person, b.via)]
    ends = [*starts[1:], len(plan)]
    return [
        Shift(plan[first].start, plan[last - 1].end, plan[first].person, plan[first].via)
        for first, last in zip(starts, ends, strict=True)
    ]
