"""The days of a calendar: weeks of a month or one week, in a zone, with the days on which clocks change. Pure."""

from bisect import bisect_right
from calendar import Calendar
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from tocsin.kernel.wall_clock import wall_clock

DAY = timedelta(days=1)
MIDNIGHT = time(0)


@dataclass(frozen=True, slots=True)
class Day:
    """One date on the wall. `hours` is empty unless clocks change; a skipped date has `0 h`."""

    date: date
    start: datetime
    end: datetime
    inside: bool
    today: bool
    holidays: tuple[str, ...]

    @property
    def hours(self) -> str:
        """`25 h` on a day that is not 24 hours long."""
        length = self.end - self.start
        return "" if length == DAY else f"{length / timedelta(hours=1):g}\N{NO-BREAK SPACE}h"

    @property
    def weekend(self) -> bool:
        """True on Saturdays and Sundays."""
        return self.date.weekday() >= 5


@dataclass(frozen=True, slots=True)
class Strip:
    """A stretch of days that is drawn in one row: a week of a month, or one day of a week."""

    days: tuple[Day, ...]

    @property
    def start(self) -> datetime:
        """When it begins."""
        return self.days[0].start

    @property
    def end(self) -> datetime:
        """When it is over."""
        return self.days[-1].end

    def place(self, at: datetime) -> float:
        """Where an instant lies, in per cent of the row; every date is equally wide, however long it lasts."""
        edges = [day.start for day in self.days]
        number = max(bisect_right(edges, at) - 1, 0)
        day = self.days[number]
        length = day.end - day.start
        part = min(max((at - day.start) / length, 0.0), 1.0) if length else 0.0
        return round(100 * (number + part) / len(self.days), 3)


@dataclass(frozen=True, slots=True)
class Span:
    """What a calendar shows: its rows, and the dates before, after and of today for its links."""

    view: str
    zone: str
    first: date
    last: date
    strips: tuple[Strip, ...]
    previous: date
    following: date

    @property
    def days(self) -> list[Day]:
        """All days in order."""
        return [day for strip in self.strips for day in strip.days]

    @property
    def title(self) -> str:
        """`November 2026`, or `23 to 29 November 2026`."""
        if self.view == "month":
            return f"{self.first:%B %Y}"
        begins = f"{self.first:%-d}" if self.first.month == self.last.month else f"{self.first:%-d %B}"
        return f"{begins} to {self.last:%-d %B %Y}"


def span_of(view: str, zone: str, day: date, today: date, holidays: dict[date, tuple[str, ...]]) -> Span:
    """The month or the week (Monday first) that holds `day`. Raises `Invalid` for an unknown zone."""
    if view == "month":
        weeks = Calendar().monthdatescalendar(day.year, day.month)
        first = day.replace(day=1)
        following = (first + 31 * DAY).replace(day=1)
        previous, last = (first - DAY).replace(day=1), following - DAY
    else:
        first = day - day.weekday() * DAY
        weeks = [[first + n * DAY] for n in range(7)]
        last, previous, following = first + 6 * DAY, first - 7 * DAY, first + 7 * DAY
    clock = wall_clock(zone)

    def made(one: date) -> Day:
        start, end = clock.instant(one, MIDNIGHT), clock.instant(one + DAY, MIDNIGHT)
        return Day(one, start, end, first <= one <= last, one == today, holidays.get(one, ()))

    strips = tuple(Strip(tuple(made(one) for one in week)) for week in weeks)
    return Span(view, zone, first, last, strips, previous, following)


def days_ahead(zone: str, first: date, days: int, a_row: int, holidays: dict[date, tuple[str, ...]]) -> Span:
    """So many days from `first` on in rows of `a_row`; a row of one day is drawn with its hours."""
    clock, dates = wall_clock(zone), [first + n * DAY for n in range(days)]
    listed = [
        Day(one, clock.instant(one, MIDNIGHT), clock.instant(one + DAY, MIDNIGHT), True, False, holidays.get(one, ()))
        for one in dates
    ]
    strips = tuple(Strip(tuple(listed[n : n + a_row])) for n in range(0, days, a_row))
    view = "week" if a_row == 1 else "month"
    return Span(view, zone, first, dates[-1], strips, first - days * DAY, first + days * DAY)


def clock_changes(zone: str, first: date, last: date) -> list[tuple[date, str]]:
    """Dates from `first` to `last` on which the clocks of a zone change, each with how long it is there."""
    days = days_ahead(zone, first, (last - first).days + 1, 7, {}).days
    return [(day.date, day.hours) for day in days if day.hours]


def shown(view: str, day: date) -> tuple[date, date]:
    """The first and the last date that a calendar shows, neighbours of the month included."""
    if view == "month":
        weeks = Calendar().monthdatescalendar(day.year, day.month)
        return weeks[0][0], weeks[-1][-1]
    first = day - day.weekday() * DAY
    return first, first + 6 * DAY
