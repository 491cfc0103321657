"""How checks look on every screen: state and icon, bars of days, sparklines, the series as a plot.

Hides the words. Never asks a query and never decides a state.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from tocsin.domain.monitoring.ports import HEARTBEAT, probes
from tocsin.domain.monitoring.views import CheckView, Point, Series
from tocsin.kernel.clock import now
from tocsin.ui.parts import Day
from tocsin.ui.plots import Line, Mark, Plot, number

_NBSP = "\N{NO-BREAK SPACE}"
_HALF, _TENTH = 0.5, 0.1
_GAP = 3
STATES = [("failing", "Failing"), ("stale", "Stale"), ("unknown", "Not asked yet"), ("ok", "Passing")]
"""Values and words for filters, worst first."""
RANGES = {
    "1h": ("Last hour", timedelta(hours=1)),
    "6h": (f"6{_NBSP}h", timedelta(hours=6)),
    "24h": (f"24{_NBSP}h", timedelta(hours=24)),
    "7d": (f"7{_NBSP}days", timedelta(days=7)),
}


def look(view: CheckView) -> tuple[str, str]:
    """Kind of state and word."""
    if view.paused:
        return "off", "Paused"
    if view.state == "ok":
        return "ok", _well(view)
    if view.state == "failing":
        return "bad", "Failing"
    if view.state == "stale":
        return "unknown", "Stale"
    return "wait", "Not called yet" if view.kind == HEARTBEAT else "Not asked yet"


def _well(view: CheckView) -> str:
    if view.kind == "tls" and view.until is not None:
        return f"{(view.until - now()).days}{_NBSP}days"
    return "On time" if view.kind == HEARTBEAT else "Passing"


def kind_name(kind: str) -> str:
    """The kind as people choose it."""
    probe = probes().get(kind)
    return probe.label if probe else "Heartbeat" if kind == HEARTBEAT else kind


def took(latency_ms: float | None) -> str:
    """`140 ms`, `12.0 s`, `none`."""
    if latency_ms is None:
        return "none"
    return number(latency_ms, "ms") if latency_ms < 1000 else f"{latency_ms / 1000:.1f}{_NBSP}s"


def bars(points: Sequence[Point]) -> list[Day]:
    """A bar for each span: what share of its answers was wrong."""
    return [_bar(point) for point in points]


def _bar(point: Point) -> Day:
    if not point.runs:
        return Day("none")
    lost = point.failed / point.runs
    if not lost:
        return Day("ok")
    return Day("bad" if lost >= _HALF else "high" if lost >= _TENTH else "warn", lost)


def share(points: Iterable[Point]) -> float | None:
    """Share of answers that were right; None without any."""
    listed = list(points)
    runs = sum(p.runs for p in listed)
    return 1 - sum(p.failed for p in listed) / runs if runs else None


def percent(value: float | None) -> str:
    """`99.91 %`, never rounded up to a whole that was not."""
    if value is None:
        return "no data"
    if value in (0.0, 1.0):
        return f"{value * 100:.0f}{_NBSP}%"
    return f"{int(value * 10_000) / 100:.2f}{_NBSP}%"


def spark(series: Series | None) -> tuple[list[float], list[bool]]:
    """Values and abnormal flags of a sparkline; an answer without a time keeps the line where it was."""
    values: list[float] = []
    flags: list[bool] = []
    for point in series.points if series else []:
        values.append(point.latency_ms if point.latency_ms is not None else (values[-1] if values else 0.0))
        flags.append(point.failed > 0)
    return values, flags


def bars_label(name: str, points: Sequence[Point], span: str) -> str:
    """What a screen reader says of the bars."""
    shown = share(points)
    bad = sum(p.failed > 0 for p in points)
    if shown is None:
        return f"{name}: no answers in the last {span}"
    return f"{name}, last {span}: {percent(shown)} of answers right" + (f", {bad} with failures" if bad else "")


def plot(view: CheckView, series: Series, start: datetime, end: datetime, marks: Sequence[Mark] = ()) -> Plot:
    """The time to answer, red where answers were wrong, over a pale region."""
    points = _with_gaps(series.points, max(series.step, view.interval) * _GAP)
    return Plot(
        label=sentence(view, series, end - start),
        times=[p.at for p in points],
        lines=[Line("Time to answer", [p.latency_ms for p in points], "s1", [p.failed > 0 for p in points])],
        start=start,
        end=end,
        unit="ms",
        marks=marks,
        regions=_bad_spans(series, end),
        legend=(("s1", "time to answer"), ("hot", "wrong answers"), ("anom", "failing")),
    )


def sentence(view: CheckView, series: Series, back: timedelta) -> str:
    """The finding in words."""
    good = [p.latency_ms for p in series.points if p.latency_ms is not None]
    runs, failed = sum(p.runs for p in series.points), sum(p.failed for p in series.points)
    last = "the last hour" if back == timedelta(hours=1) else f"the last {looks_back(back)}"
    if not runs:
        return f"No answers of {view.name} in {last}."
    usual = f"; usually {took(sorted(good)[len(good) // 2])}, at most {took(max(good))}" if good else ""
    if failed:
        return f"{failed:,} of {runs:,} answers wrong in {last}{usual}."
    return f"{'All' if runs > 1 else 'The one'} {f'{runs:,} answers' if runs > 1 else 'answer'} right in {last}{usual}."


def looks_back(back: timedelta) -> str:
    """`6 h`, `24 h`, `7 days`."""
    hours = int(back / timedelta(hours=1))
    return f"{hours}{_NBSP}h" if hours <= 24 else f"{hours // 24}{_NBSP}days"


def _with_gaps(points: Sequence[Point], longest: timedelta) -> list[Point]:
    """The same with a point that says nothing wherever nobody asked for long, so that no line is drawn over it."""
    found: list[Point] = []
    for point in points:
        if found and point.at - found[-1].at > longest:
            found.append(Point(found[-1].at + longest / 2, None, 0, 0))
        found.append(point)
    return found


def _bad_spans(series: Series, end: datetime) -> list[tuple[datetime, datetime]]:
    """Spans between the first wrong answer and the next right one, joined."""
    spans: list[tuple[datetime, datetime]] = []
    following = [*series.points[1:], Point(end, None, 0, 0)]
    for point, after in zip(series.points, following, strict=True):
        if not point.failed:
            continue
        over = min(after.at, point.at + series.step) if series.step else after.at
        if spans and spans[-1][1] >= point.at:
            spans[-1] = (spans[-1][0], over)
        else:
            spans.append((point.at, over))
    return spans
