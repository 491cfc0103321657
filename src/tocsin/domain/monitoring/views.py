"""What the queries of this room return: frozen rows that other rooms, screens and the API may hold on to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any


@dataclass(frozen=True, slots=True)
class CheckView:
    """One check as it stands. `state`: ok, failing, unknown or stale; stale is never ok.

    `since`: when that state began (failing: its first bad answer). `until`: when its certificate runs out.
    `wavering`: its last answer contradicts the state, which the next answers will decide.
    """

    id: str
    name: str
    kind: str
    target: str
    service_id: str | None
    service: str
    state: str
    last_at: datetime | None
    answer: str
    latency_ms: int | None
    since: datetime | None
    until: datetime | None
    paused: bool
    wavering: bool
    interval: timedelta
    timeout: timedelta
    severity: str
    fail_after: int
    recover_after: int
    expect: Mapping[str, Any]
    version: int


@dataclass(frozen=True, slots=True)
class ToAsk:
    """What the engine needs to ask a check once."""

    kind: str
    target: str
    expect: Mapping[str, Any]
    timeout: timedelta
    version: int


@dataclass(frozen=True, slots=True)
class ResultView:
    """One answer."""

    id: int
    at: datetime
    ok: bool
    latency_ms: int | None
    answer: str


@dataclass(frozen=True, slots=True)
class Point:
    """Answers of one moment or span. `latency_ms` is their mean, None when none was timed."""

    at: datetime
    latency_ms: float | None
    runs: int
    failed: int


@dataclass(frozen=True, slots=True)
class Series:
    """Answers of a check over time, oldest first. `step`: the span of a point, zero for single answers."""

    check_id: str
    step: timedelta
    points: list[Point]

    @property
    def share_ok(self) -> float | None:
        """Share of answers that were right, None when there was none."""
        runs = sum(p.runs for p in self.points)
        return (runs - sum(p.failed for p in self.points)) / runs if runs else None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many checks stand how. `stale` and `unknown` are not well."""

    total: int
    ok: int
    failing: int
    stale: int
    unknown: int
    paused: int
