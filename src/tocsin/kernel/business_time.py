"""Working hours, and when a term runs out: elapsed, in business time, by the calendar.

Hides zones, daylight saving and skipped days: a wall-clock time that a zone leaves out is the moment it was
left out. Never asks for the time, never reads a holiday list by itself.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cache, lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

from tocsin.kernel.errors import Invalid

MIDNIGHT = time(0)
DAY = timedelta(days=1)
LONGEST_TERM = 50_000
FARTHEST = timedelta(days=50 * 365)
"""Business time is walked day by day: a term that ends later than this is refused before it costs seconds."""
BUSINESS_DAY = timedelta(hours=8)
"""A business day in a service promise is eight open hours (the product's defaults, Support)."""


@cache
def zone_names() -> tuple[str, ...]:
    """Every time zone there is, sorted. Read from the disk once: it takes 17 ms."""
    return tuple(sorted(available_timezones()))


@lru_cache(maxsize=1024)
def zone_of(name: str, *, field: str = "zone") -> ZoneInfo:
    """The zone called `name`. Raises `Invalid` naming `field` when there is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise Invalid(f"{field}: there is no time zone '{name}'; write one like Europe/Berlin.", field=field) from error


@lru_cache(maxsize=65536)
def wall_instant(zone: str, local: datetime) -> datetime:
    """The first UTC instant at which a clock on the wall in `zone` reads `local` (naive) or later.

    A later wall time never gives an earlier instant, so that intervals cut at wall times neither overlap nor
    leave a hole. Raises `Invalid` for an unknown zone.
    """
    tz = zone_of(zone)
    aware = local.replace(tzinfo=tz, fold=0)
    instant = aware.astimezone(UTC)
    if instant.astimezone(tz).replace(tzinfo=None) == local:
        return instant
    before, after = aware.replace(fold=1).astimezone(UTC), instant
    old_offset = before.astimezone(tz).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=int((after - before).total_seconds()) // 2)
        if middle.astimezone(tz).utcoffset() == old_offset:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)


class Unit(StrEnum):
    """The kind of time that a term is counted in."""

    MINUTES = "minutes"
    HOURS = "hours"
    BUSINESS_HOURS = "business_hours"
    BUSINESS_DAYS = "business_days"
    BUSINESS_DATES = "business_dates"
    CALENDAR_DAYS = "calendar_days"
    MONTHS = "months"


_WORDS = {
    Unit.MINUTES: ("min", "min"),
    Unit.HOURS: ("h", "h"),
    Unit.BUSINESS_HOURS: ("business h", "business h"),
    Unit.BUSINESS_DAYS: ("business day", "business days"),
    Unit.BUSINESS_DATES: ("working day", "working days"),
    Unit.CALENDAR_DAYS: ("day", "days"),
    Unit.MONTHS: ("month", "months"),
}


@dataclass(frozen=True, slots=True)
class Term:
    """So much time, of a kind. Raises `Invalid` when it is negative or absurdly long."""

    amount: int
    unit: Unit

    def __post_init__(self) -> None:
        if not 0 <= self.amount <= LONGEST_TERM:
            raise Invalid(f"amount: a term must lie between 0 and {LONGEST_TERM}.", field="amount")

    def words(self) -> str:
        """`"5 min"`, `"1 business day"`, with a no-break space."""
        return f"{self.amount}\N{NO-BREAK SPACE}{_WORDS[self.unit][self.amount != 1]}"


def minutes(amount: int) -> Term:
    """Elapsed minutes."""
    return Term(amount, Unit.MINUTES)


def hours(amount: int) -> Term:
    """Elapsed hours."""
    return Term(amount, Unit.HOURS)


def business_hours(amount: int) -> Term:
    """Open hours of a calendar."""
    return Term(amount, Unit.BUSINESS_HOURS)


def business_days(amount: int) -> Term:
    """Days of eight open hours each."""
    return Term(amount, Unit.BUSINESS_DAYS)


def business_dates(amount: int) -> Term:
    """Whole working dates after the start's own, as laws count them: due when the last one closes."""
    return Term(amount, Unit.BUSINESS_DATES)


def calendar_days(amount: int) -> Term:
    """Days by the calendar: the same wall-clock time so many dates later."""
    return Term(amount, Unit.CALENDAR_DAYS)


def months(amount: int) -> Term:
    """Months by the calendar; the 31st becomes the last day of a shorter month."""
    return Term(amount, Unit.MONTHS)


@dataclass(frozen=True, slots=True)
class Hours:
    """Open from `opens` until just before `closes`; a `closes` of 00:00 is the midnight that ends the day."""

    opens: time
    closes: time

    def __post_init__(self) -> None:
        if self.closes != MIDNIGHT and self.closes <= self.opens:
            raise Invalid("closes: it must be later than opens; split hours at midnight.", field="closes")


@dataclass(frozen=True, slots=True)
class Calendar:
    """Weekly opening hours in a zone (Monday first), less holidays. Raises `Invalid` when it never opens."""

    zone: str
    weekly: tuple[tuple[Hours, ...], ...]
    holidays: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        zone_of(self.zone)
        if len(self.weekly) != 7:
            raise Invalid("weekly: seven days are needed, Monday first.", field="weekly")
        if not any(self.weekly):
            raise Invalid("weekly: at least one day must have opening hours.", field="weekly")
        for day in self.weekly:
            for earlier, later in pairwise(day):
                if earlier.closes == MIDNIGHT or later.opens < earlier.closes:
                    raise Invalid("weekly: the hours of a day must follow each other.", field="weekly")

    @classmethod
    def office(
        cls,
        zone: str = "UTC",
        opens: time = time(9),
        closes: time = time(17),
        days: Iterable[int] = range(5),
        holidays: frozenset[date] = frozenset(),
    ) -> "Calendar":
        """The same hours on each of `days` (Monday is 0)."""
        chosen = frozenset(days)
        hours = (Hours(opens, closes),)
        return cls(zone, tuple(hours if day in chosen else () for day in range(7)), holidays)

    @classmethod
    def always(cls, zone: str = "UTC") -> "Calendar":
        """Never closed."""
        return cls.office(zone, MIDNIGHT, MIDNIGHT, range(7))

    def is_open(self, at: datetime) -> bool:
        """True when `at` lies in opening hours."""
        return self.next_open(at) == at

    def next_open(self, at: datetime) -> datetime:
        """`at` itself when open, else the next opening, in UTC."""
        at = at.astimezone(UTC)
        for opens, closes in self._open(at):
            if closes > at:
                return max(opens, at)
        raise AssertionError("a calendar opens at least once a week")

    def add(self, start: datetime, duration: timedelta) -> datetime:
        """The first instant by which `duration` of open time has passed since `start`; `start` for none."""
        instant = start.astimezone(UTC)
        if duration <= timedelta(0):
            return instant
        left = duration
        for opens, closes in self._open(instant):
            room = closes - max(opens, instant)
            if room >= left:
                return max(opens, instant) + left
            left -= max(room, timedelta(0))
        raise AssertionError("a calendar opens at least once a week")

    def between(self, a: datetime, b: datetime) -> timedelta:
        """Open time from `a` to `b`; none when `b` is not later."""
        a, b = a.astimezone(UTC), b.astimezone(UTC)
        total = timedelta(0)
        if b <= a:
            return total
        for opens, closes in self._open(a):
            if opens >= b:
                break
            total += max(min(closes, b) - max(opens, a), timedelta(0))
        return total

    def is_working_date(self, day: date) -> bool:
        """True when the calendar opens on this date."""
        return day not in self.holidays and bool(self.weekly[day.weekday()])

    def closing(self, day: date) -> datetime:
        """When the last hours of a working date end, in UTC."""
        return self._bounds(day, self.weekly[day.weekday()][-1])[1]

    def _bounds(self, day: date, hours: Hours) -> tuple[datetime, datetime]:
        last = day if hours.closes != MIDNIGHT else day + DAY
        return (
            wall_instant(self.zone, datetime.combine(day, hours.opens)),
            wall_instant(self.zone, datetime.combine(last, hours.closes)),
        )

    def _open(self, since: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Opening intervals in order, from the one that may hold `since` on. Intervals can be empty."""
        day = since.astimezone(zone_of(self.zone)).date() - DAY
        last = day + FARTHEST
        while day < last:
            if day not in self.holidays:
                for hours in self.weekly[day.weekday()]:
                    yield self._bounds(day, hours)
            day += DAY
        raise Invalid("amount: the term ends more than 50 years ahead; write a shorter one.", field="amount")


def deadline(start: datetime, term: Term, calendar: Calendar) -> datetime:
    """When `term` runs out, counted from `start`, in UTC. The calendar gives hours, holidays and the zone."""
    match term.unit:
        case Unit.MINUTES:
            return start.astimezone(UTC) + timedelta(minutes=term.amount)
        case Unit.HOURS:
            return start.astimezone(UTC) + timedelta(hours=term.amount)
        case Unit.BUSINESS_HOURS:
            return calendar.add(start, timedelta(hours=term.amount))
        case Unit.BUSINESS_DAYS:
            return calendar.add(start, BUSINESS_DAY * term.amount)
        case Unit.BUSINESS_DATES:
            return _close_of_working_date(start, term.amount, calendar)
        case Unit.CALENDAR_DAYS | Unit.MONTHS:
            return _by_the_calendar(start, term, calendar.zone)


def part_way(start: datetime, term: Term, calendar: Calendar, fraction: float = 0.8) -> datetime:
    """When `fraction` of the term is used up, in the term's own kind of time (from 80 % it is at risk)."""
    due = deadline(start, term, calendar)
    if term.unit in (Unit.BUSINESS_HOURS, Unit.BUSINESS_DAYS):
        return calendar.add(start, calendar.between(start, due) * fraction)
    start = start.astimezone(UTC)
    return start + (due - start) * fraction


def _close_of_working_date(start: datetime, amount: int, calendar: Calendar) -> datetime:
    day = start.astimezone(zone_of(calendar.zone)).date()
    left = amount
    while left > 0 or not calendar.is_working_date(day):
        day += DAY
        if calendar.is_working_date(day):
            left -= 1
    return max(calendar.closing(day), start.astimezone(UTC))


def _by_the_calendar(start: datetime, term: Term, zone: str) -> datetime:
    """Same wall-clock time on a later date; inside a repeated hour the first pass, never before `start`."""
    local = start.astimezone(zone_of(zone)).replace(tzinfo=None, fold=0)
    if term.unit is Unit.CALENDAR_DAYS:
        later = local + timedelta(days=term.amount)
    else:
        year, month = divmod(local.year * 12 + local.month - 1 + term.amount, 12)
        month += 1
        next_month = date(year + month // 12, month % 12 + 1, 1)
        last_day = (next_month - timedelta(days=1)).day
        later = local.replace(year=year, month=month, day=min(local.day, last_day))
    return max(wall_instant(zone, later), start.astimezone(UTC))
