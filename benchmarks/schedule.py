"""A schedule of 50 people for a year, computed from nothing: its layers, overrides and absences, as a page would.

    python -m benchmarks.schedule

Needs no server and no database: the final schedule is a pure function. `cold` counts what is worked out once and
kept afterwards (offsets of zones, public holidays), `warm` is every later time.
"""

import argparse
import gc
from datetime import UTC, date, datetime, time, timedelta
from statistics import median
from time import perf_counter, process_time

from benchmarks.tables import table
from tocsin.domain.oncall.public_holidays import days_off
from tocsin.domain.oncall.rules.schedule import (
    Absence,
    Every,
    Layer,
    OnHolidays,
    Override,
    Restriction,
    Rotation,
    Schedule,
    shifts,
)
from tocsin.kernel.business_time import wall_instant
from tocsin.kernel.wall_clock import wall_clock

PEOPLE = tuple(f"person-{number}" for number in range(50))
OFFICE = tuple(Restriction(day, time(9), time(17)) for day in range(5))
START, YEAR = datetime(2026, 1, 5, tzinfo=UTC), timedelta(days=365)


def daily() -> Schedule:
    """Fifty people take daily turns."""
    return Schedule("daily", "Daily", (_layer(0, PEOPLE, Rotation(Every.DAYS)),))


def sun() -> Schedule:
    """Four layers in three zones with hours and holidays, a hundred overrides, two hundred absences stood in for."""
    bavaria = days_off("DE-BY")
    layers = (
        _layer(0, PEOPLE[:20], Rotation(Every.DAYS, pattern=(5, 2))),
        _layer(1, PEOPLE[20:30], Rotation(Every.WEEKS), zone="Asia/Tokyo", restrictions=OFFICE),
        _layer(
            2,
            PEOPLE[30:40],
            Rotation(Every.DAYS),
            restrictions=OFFICE,
            on_holidays=OnHolidays.NEVER,
            holidays=bavaria,
        ),
        _layer(3, PEOPLE[40:], Rotation(Every.HOURS, 12), zone="America/New_York", restrictions=OFFICE),
    )
    overrides = tuple(
        Override(str(n), START + timedelta(days=3 * n), START + timedelta(days=3 * n, hours=9), PEOPLE[n % 50])
        for n in range(100)
    )
    absences = tuple(
        Absence(PEOPLE[n % 50], START + timedelta(days=n), START + timedelta(days=n + 10)) for n in range(0, 400, 2)
    )
    return Schedule("sun", "Round the clock", layers, overrides, absences, next_takes_over=True)


def _layer(
    order: int, people: tuple[str, ...], rotation: Rotation, zone: str = "Europe/Berlin", **more: object
) -> Layer:
    return Layer(str(order), order, people, rotation, time(9), zone, date(2025, 1, 6), **more)  # type: ignore[arg-type]


def measure(made: Schedule, rounds: int) -> tuple[int, list[float]]:
    """How many shifts; milliseconds: cold, warm at the median and at the slowest, and of CPU at the median."""
    wall_clock.cache_clear()
    wall_instant.cache_clear()
    gc.collect()
    began = perf_counter()
    count = len(shifts(made, START, START + YEAR))
    cold, warm, busy = perf_counter() - began, [], []
    for _ in range(rounds):
        began, used = perf_counter(), process_time()
        shifts(made, START, START + YEAR)
        warm.append(perf_counter() - began)
        busy.append(process_time() - used)
    return count, [1000 * value for value in (cold, median(warm), max(warm), median(busy))]


def main() -> None:
    """Print the figures of both schedules."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--smoke", action="store_true", help="a moment only, to see that it runs")
    given = parser.parse_args()
    rounds = 2 if given.smoke else given.rounds
    rows = []
    for made in (daily(), sun()):
        count, figures = measure(made, rounds)
        rows.append([made.name, f"{count:,}", *(f"{value:.1f}" for value in figures)])
    print(table(["50 people, a year", "shifts", "cold ms", "warm p50 ms", "warm max ms", "CPU p50 ms"], rows))


if __name__ == "__main__":
    main()
