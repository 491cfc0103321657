"""Whose turn it is in one layer: rotation arithmetic, hours of the week, public holidays, and who stands in.

Turns are cut at wall-clock times that never go back, so that they tile the time without a hole or a double.
Never asks for the time.
"""

from bisect import bisect_right
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import accumulate
from math import gcd

from tocsin.kernel.business_time import DAY, MIDNIGHT
from tocsin.kernel.wall_clock import WallClock, wall_clock

PersonId = str
Piece = tuple[datetime, datetime, int]
"""From, until, and the place in the rotation of whose turn it is."""
Away = Mapping[PersonId, Sequence[tuple[datetime, datetime, bool]]]
"""By person, in order of their start and in UTC: from, until, and whether they are gone for good."""
LONGEST_PATTERN = 60


class Every(StrEnum):
    """What a rotation counts its turns in. Days and weeks follow the wall clock, hours are elapsed."""

    HOURS = "hours"
    DAYS = "days"
    WEEKS = "weeks"


@dataclass(frozen=True, slots=True)
class Rotation:
    """Hand over every `count` hours, days or weeks; or after uneven turns, one after the other, by `pattern`.

    A pattern of (5, 2) days that starts on a Monday parts working days and weekends. Everybody gets each kind of
    turn equally often: where people and turns would always meet the same way, the order moves on by one.
    """

    every: Every = Every.WEEKS
    count: int = 1
    pattern: tuple[int, ...] = ()

    @property
    def lengths(self) -> tuple[int, ...]:
        """Lengths of the turns of one round, in hours or in dates."""
        unit = 7 if self.every is Every.WEEKS else 1
        return tuple(length * unit for length in self.pattern or (self.count,))


class OnHolidays(StrEnum):
    """Whether a layer counts on public holidays (dates of its zone, from midnight to midnight)."""

    ALWAYS = "always"
    ONLY = "only"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Restriction:
    """A weekly window in which a layer counts (Monday 0); `closes` at or before `opens` is the next day's."""

    weekday: int
    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class Layer:
    """People who take turns from `start` on, handing over at `handoff` in `zone`; a higher `order` wins.

    `holidays` are the dates that `on_holidays` is about.
    """

    id: str
    order: int
    people: tuple[PersonId, ...]
    rotation: Rotation
    handoff: time
    zone: str
    start: date
    end: date | None = None
    restrictions: tuple[Restriction, ...] = ()
    name: str = ""
    on_holidays: OnHolidays = OnHolidays.ALWAYS
    holidays: Container[date] = ()

    @property
    def words(self) -> str:
        """How the layer is called in a sentence."""
        return f"Layer {self.order + 1} ({self.name})" if self.name else f"Layer {self.order + 1}"


@dataclass(frozen=True, slots=True)
class Absence:
    """A person is away from `start` to `end`. `gone`: for good (deactivated), so that someone must stand in."""

    person: PersonId
    start: datetime
    end: datetime
    gone: bool = False


def turns(layer: Layer, start: datetime, end: datetime, away: Away) -> Iterator[tuple[datetime, datetime, str, str]]:
    """The layer inside [start, end): from, until, who, and instead of whom (empty: it is their own turn).

    `away` holds, for people of the layer, the absences in which the next in the rotation stands in.
    """
    clock = wall_clock(layer.zone)
    if layer.end is not None:
        end = min(end, clock.instant(layer.end, layer.handoff))
    start = max(start, clock.instant(layer.start, layer.handoff))
    if end <= start:
        return
    pieces = _turns(layer, clock, start, end)
    if layer.restrictions:
        pieces = _within(pieces, _windows(layer, clock, start, end))
    if layer.on_holidays is not OnHolidays.ALWAYS:
        pieces = _within(pieces, _dates(layer, clock, start, end))
    people = layer.people
    if not any(id_ in away for id_ in people):
        for opens, closes, place in pieces:
            yield opens, closes, people[place], ""
        return
    for opens, closes, place in pieces:
        if people[place] in away:
            yield from _stood_in(people, place, opens, closes, away)
        else:
            yield opens, closes, people[place], ""


def _turns(layer: Layer, clock: WallClock, start: datetime, end: datetime) -> Iterator[Piece]:
    """Turns that touch [start, end), clipped to it; empty ones (on a skipped day) are left out."""
    lengths = layer.rotation.lengths
    sums = list(accumulate(lengths, initial=0))
    hours, count, people = layer.rotation.every is Every.HOURS, len(lengths), len(layer.people)
    shared = count * people // gcd(count, people) if gcd(count, people) > 1 and count > 1 else 0
    first, handoff = layer.start, layer.handoff
    began = clock.instant(first, handoff)

    def opening(number: int) -> datetime:
        units = number // count * sums[-1] + sums[number % count]
        if hours:
            return began + timedelta(hours=units)
        return clock.instant(first + timedelta(days=units), handoff)

    number = _turn_at(layer, clock, began, start, sums)
    opens = opening(number)
    while opens < end:
        closes = opening(number + 1)
        if closes > start and closes > opens:
            place = (number + (number // shared if shared else 0)) % people
            yield max(opens, start), min(closes, end), place
        number, opens = number + 1, closes


def _turn_at(layer: Layer, clock: WallClock, began: datetime, at: datetime, sums: list[int]) -> int:
    """A turn that began at or before `at`, at most a few turns early."""
    if layer.rotation.every is Every.HOURS:
        units = (at - began) // timedelta(hours=1)
    else:
        units = (clock.date_at(at) - layer.start).days - 2
    if units <= 0:
        return 0
    rounds, rest = divmod(units, sums[-1])
    return rounds * (len(sums) - 1) + bisect_right(sums, rest) - 1


def _windows(layer: Layer, clock: WallClock, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The restricted windows that touch [start, end), in order and without overlap."""
    by_day: list[list[tuple[time, time, bool]]] = [[] for _ in range(7)]
    for given in layer.restrictions:
        by_day[given.weekday].append((given.opens, given.closes, given.closes <= given.opens))
    day, last = clock.date_at(start) - 2 * DAY, clock.date_at(end)
    found = []
    while day <= last:
        for opens, closes, next_day in by_day[day.weekday()]:
            until = clock.instant(day + DAY if next_day else day, closes)
            found.append((clock.instant(day, opens), until))
        day += DAY
    found.sort()
    reached = start
    for begins, ends in found:
        if ends > reached:
            yield max(begins, reached), ends
            reached = ends


def _dates(layer: Layer, clock: WallClock, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The dates on which the layer counts, as spans from midnight to midnight, in order."""
    day, last = clock.date_at(start) - DAY, clock.date_at(end)
    wanted = layer.on_holidays is OnHolidays.ONLY
    while day <= last:
        if (day in layer.holidays) is wanted:
            yield clock.instant(day, MIDNIGHT), clock.instant(day + DAY, MIDNIGHT)
        day += DAY


def _within(pieces: Iterator[Piece], windows: Iterator[tuple[datetime, datetime]]) -> Iterator[Piece]:
    """The pieces narrowed to the windows. Both are in order and without overlap."""
    window = next(windows, None)
    for opens, closes, place in pieces:
        while window is not None and window[0] < closes:
            first, last = max(opens, window[0]), min(closes, window[1])
            if last > first:
                yield first, last, place
            if window[1] > closes:
                break
            window = next(windows, None)


def _stood_in(
    people: tuple[PersonId, ...], place: int, opens: datetime, closes: datetime, away: Away
) -> Iterator[tuple[datetime, datetime, str, str]]:
    """One turn, cut where someone of the layer leaves or returns; each part is the first one's who is there.

    When everyone is away, it stays with whose turn it is; those who are gone for good are never on call.
    """
    own, order = people[place], (*people[place:], *people[:place])
    for start, end, who in _shared(order, 0, opens, closes, away):
        if who:
            yield start, end, who, "" if who == own else own
            continue
        gone = {id_: [one for one in away.get(id_, ()) if one[2]] for id_ in order}
        for first, last, left in _shared(order, 0, start, end, gone):
            if left:
                yield first, last, left, "" if left == own else own


def _shared(
    order: tuple[PersonId, ...], at: int, start: datetime, end: datetime, away: Away
) -> Iterator[tuple[datetime, datetime, str]]:
    """[start, end) for the one at `at`, and where they are away for those after; nobody's (empty) when all are."""
    if at == len(order):
        yield start, end, ""
        return
    for leaves, returns, _ in away.get(order[at], ()):
        first, last = max(leaves, start), min(returns, end)
        if first < last:
            if start < first:
                yield start, first, order[at]
            yield from _shared(order, at + 1, first, last, away)
            start = last
    if start < end:
        yield start, end, order[at]
