"""Medians, ninetieth percentiles, shares and fairness. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil


@dataclass(frozen=True, slots=True)
class Spread:
    """How long something took: of `count` cases half took at most `median` seconds, nine of ten at most `p90`.

    None when there is no case.
    """

    count: int
    median: float | None
    p90: float | None


def spread(seconds: Iterable[float]) -> Spread:
    """Median (the mean of the two middle ones) and ninetieth percentile (nearest rank) of the values."""
    found = sorted(seconds)
    if not found:
        return Spread(0, None, None)
    half = len(found) // 2
    median = found[half] if len(found) % 2 else (found[half - 1] + found[half]) / 2
    return Spread(len(found), median, found[max(0, ceil(0.9 * len(found)) - 1)])


def spreads_by(cases: Iterable[tuple[str, float]]) -> dict[str, Spread]:
    """The spread of each name, names in order of their first case."""
    found: dict[str, list[float]] = {}
    for name, seconds in cases:
        found.setdefault(name, []).append(seconds)
    return {name: spread(values) for name, values in found.items()}


def share(part: int, whole: int) -> float:
    """The part of the whole, 0 to 1; 0 of nothing."""
    return part / whole if whole else 0.0


def fairness(loads: Sequence[float]) -> float | None:
    """Jain's index of an even load: 1 when everybody carries the same, 1/n when one of n carries all.

    None when there is nobody or nothing to carry. (R. Jain and others, 1984.)
    """
    whole = sum(loads)
    squares = sum(load * load for load in loads)
    return whole * whole / (len(loads) * squares) if squares else None


def buckets(since: datetime, until: datetime, local: Callable[[datetime], datetime]) -> list[datetime]:
    """Beginnings of the weeks (up to four months) or months between the two, in the viewer's zone, oldest first."""
    by_week = until - since <= timedelta(days=124)
    at = local(since).replace(hour=0, minute=0, second=0, microsecond=0)
    at = at - timedelta(days=at.weekday()) if by_week else at.replace(day=1)
    found = []
    while at < until:
        found.append(at)
        at = at + timedelta(days=7) if by_week else (at.replace(day=28) + timedelta(days=4)).replace(day=1)
    return found


def bucket_of(at: datetime, starts: Sequence[datetime]) -> int:
    """The number of the bucket that holds an instant."""
    low, high = 0, len(starts)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if starts[middle] <= at else (low, middle)
    return low


def busiest(loads: Mapping[str, float]) -> tuple[str, float] | None:
    """Who carries most, and how many times the average that is. None when nobody carries anything."""
    whole = sum(loads.values())
    if not whole:
        return None
    name = max(loads, key=lambda each: (loads[each], each))
    return name, loads[name] * len(loads) / whole
