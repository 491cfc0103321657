"""Deadlines as bars over one scale of time. Pure arithmetic; the template draws it.

The scale is logarithmic in the time since the first alarm, so that five minutes and three days are both readable.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import log1p

from tocsin.domain.incidents.queries import DeadlineView
from tocsin.kernel.durations import human_duration

_UNIT = timedelta(minutes=5)
_TICKS = (
    timedelta(minutes=5),
    timedelta(minutes=20),
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(days=1),
    timedelta(days=4),
    timedelta(days=14),
    timedelta(days=60),
)
LOOKS = {
    "on_track": ("wait", "Owed"),
    "at_risk": ("warn", "At risk"),
    "breached": ("bad", "Missed"),
    "met": ("ok", "Met"),
    "met_late": ("high", "Met late"),
    "held": ("held", "Held"),
}


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark of the scale, `at` per cent from its beginning."""

    at: str
    label: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One deadline: where its bar begins and ends, where it was met, in per cent; and how it stands in words."""

    due: DeadlineView
    begins: str
    width: str
    ends: str
    risk: str
    risk_width: str
    met: str
    look: str
    word: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """All bars over one scale; `now` is empty when this moment lies beyond it."""

    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    now: str


def draw(deadlines: Sequence[DeadlineView], since: datetime, at: datetime) -> Drawing:
    """Bars for these deadlines over a scale from `since` on, with a mark at `at`.

    What began or ended before (a legal clock that counts from days ago) begins or ends at the edge: a scale that took
    it in would leave the first hours of the incident no room.
    """
    moments = [m for d in deadlines for m in (d.due_at, d.met_at, d.starts_at) if m is not None]
    begin = since
    end = max([*moments, begin + timedelta(hours=1)]) - begin

    def place(moment: datetime) -> float:
        share = log1p(max(timedelta(0), moment - begin) / _UNIT) / log1p(end / _UNIT)
        return min(100.0, 100 * share)

    ticks = tuple(Tick(_percent(place(begin + t)), human_duration(t)) for t in _TICKS if t < end * 0.85)
    return Drawing(
        bars=tuple(_bar(d, place) for d in deadlines),
        ticks=ticks,
        now=_percent(place(at)) if begin <= at <= begin + end else "",
    )


def _bar(due: DeadlineView, place: Callable[[datetime], float]) -> Bar:
    begins, ends, risk = place(due.starts_at), place(due.due_at), place(due.at_risk_at)
    look, word = LOOKS[due.standing]
    return Bar(
        due=due,
        begins=_percent(begins),
        width=_percent(max(0.6, ends - begins)),
        ends=_percent(ends),
        risk=_percent(risk),
        risk_width=_percent(max(0.0, ends - risk)),
        met=_percent(place(due.met_at)) if due.met_at else "",
        look=look,
        word=word,
    )


def _percent(value: float) -> str:
    return f"{value:.2f}%"
