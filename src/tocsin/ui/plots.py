"""Series over time: drawn by the server as SVG, so that they stand without scripts, in print and in reports.

Hides scales, ticks and the table behind the picture. `chart.js` adds a cursor and zooming to the same numbers.
Never reads data itself; the sentence that says the finding is the caller's.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from math import ceil, floor, log10

from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from tocsin.ui.times import written

_WIDTH, _HEIGHT = 600, 100
_STEPS = (1, 2, 2.5, 5, 10)
_NBSP = "\N{NO-BREAK SPACE}"
_CLOCK_STEPS = tuple(
    timedelta(minutes=m) for m in (1, 2, 5, 10, 15, 20, 30, 60, 120, 180, 240, 360, 720, 1440, 2880, 10080, 20160)
)
_MOST_ROWS = 120
_NEAR = 0.09


@dataclass(frozen=True, slots=True)
class Line:
    """One series: a value for each time of its plot, None where there is none. `look`: s1, s2, s3 or was (dashed)."""

    label: str
    values: Sequence[float | None]
    look: str = "s1"
    abnormal: Sequence[bool] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened: a dotted vertical with a word on top."""

    at: datetime
    word: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Plot:
    """What to draw. `label` is the finding as one sentence, for those who do not see the picture.

    `regions`: spans of time that were not well, drawn pale behind the lines. `unit` stands behind each number.
    """

    label: str
    times: Sequence[datetime]
    lines: Sequence[Line]
    start: datetime
    end: datetime
    unit: str = ""
    marks: Sequence[Mark] = ()
    regions: Sequence[tuple[datetime, datetime]] = ()
    legend: Sequence[tuple[str, str]] = field(default_factory=tuple)
    whole: bool = False
    """Things are counted: no step of the scale is less than one."""

    @property
    def top(self) -> float:
        """The highest value of the scale, a round number above every value."""
        highest = max((v for line in self.lines for v in line.values if v is not None), default=0.0)
        return ticks(highest, whole=self.whole)[-1]

    def x(self, at: datetime) -> float:
        """Place of an instant, 0 to 1."""
        length = (self.end - self.start).total_seconds() or 1.0
        return min(1.0, max(0.0, (at - self.start).total_seconds() / length))


def ticks(highest: float, wanted: int = 4, *, whole: bool = False) -> list[float]:
    """Round numbers from 0 to at least `highest`, about `wanted` steps."""
    if highest <= 0:
        return [0.0, 1.0]
    rough = highest / wanted
    power = 10.0 ** floor(log10(rough))
    step = next(s * power for s in _STEPS if s * power >= rough * 0.999)
    step = max(1.0, float(ceil(step))) if whole else step
    return [step * n for n in range(ceil(highest / step - 1e-9) + 1)]


def time_ticks(start: datetime, end: datetime, wanted: int = 6) -> list[datetime]:
    """Round times of the viewer's clock between the two."""
    step = next((s for s in _CLOCK_STEPS if (end - start) / s <= wanted), _CLOCK_STEPS[-1])
    local = timezone.localtime(start)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    first = midnight + step * ceil((local - midnight) / step)
    found: list[datetime] = []
    while first <= end and len(found) < 4 * wanted:
        found.append(first)
        first += step
    return found


def number(value: float, unit: str = "") -> str:
    """A value as people read it: thousands apart, no more digits than help."""
    if value >= 100 or value == int(value):
        text = f"{value:,.0f}"
    else:
        text = f"{value:.1f}" if value >= 1 else f"{value:.2g}"
    return f"{text}{_NBSP}{unit}" if unit else text


def drawn(plot: Plot) -> SafeString:
    """The whole figure: picture, legend, and the numbers as a table that can be opened."""
    return format_html(
        '<figure class="t-chart" data-plot="{}"><div class="t-plot" role="img" aria-label="{}">{}</div>{}{}</figure>',
        _numbers(plot),
        plot.label,
        _picture(plot),
        _legend(plot),
        _table(plot),
    )


def _picture(plot: Plot) -> SafeString:
    """Words and rules stand at shares of the box; only the lines are stretched, so that no letter is."""
    top = plot.top
    rows = format_html_join(
        "",
        '<line x1="0" x2="100%" y1="{0}%" y2="{0}%"/><text class="y" x="-10" y="{0}%">{1}</text>',
        ((f"{100 - 100 * tick / top:.1f}", number(tick, plot.unit)) for tick in ticks(top, whole=plot.whole)),
    )
    style = "time" if plot.end - plot.start <= timedelta(hours=26) else "auto"
    columns = format_html_join(
        "",
        '<text class="x{}" x="{}%" y="100%">{}</text>',
        (
            (" t-opt" if place % 2 else "", f"{100 * plot.x(at):.2f}", _time_word(at, style))
            for place, at in enumerate(time_ticks(plot.start, plot.end))
            if 0.01 < plot.x(at) < 0.97
        ),
    )
    regions = format_html_join(
        "",
        '<rect class="anom" x="{}%" y="0" width="{}%" height="100%"/>',
        ((f"{100 * plot.x(a):.2f}", f"{100 * max(0.002, plot.x(b) - plot.x(a)):.2f}") for a, b in plot.regions),
    )
    return format_html(
        '<svg aria-hidden="true">{}{}<svg class="s-lines" viewBox="0 0 {} {}" preserveAspectRatio="none" '
        'width="100%" height="100%">{}</svg>{}{}</svg>',
        regions,
        rows,
        _WIDTH,
        _HEIGHT,
        _paths(plot, top),
        columns,
        _marks(plot),
    )


def _time_word(at: datetime, style: str) -> str:
    local = timezone.localtime(at)
    midnight = local.hour == local.minute == 0
    return f"{local.day}{_NBSP}{local:%b}" if midnight and style != "time" else f"{local:%H:%M}"


def _marks(plot: Plot) -> SafeString:
    return format_html_join(
        "",
        '<line class="mark" x1="{0}%" x2="{0}%" y1="0" y2="100%"/><text class="mk{2}" x="{0}%" y="0">{1}</text>',
        ((f"{100 * plot.x(mark.at):.2f}", mark.word, " end" if plot.x(mark.at) > 0.9 else "") for mark in _apart(plot)),
    )


def _apart(plot: Plot) -> list[Mark]:
    """Marks within the plot; those that stand too near for two words share one."""
    found: list[Mark] = []
    for mark in sorted(plot.marks, key=lambda m: m.at):
        if not plot.start <= mark.at <= plot.end:
            continue
        if found and plot.x(mark.at) - plot.x(found[-1].at) < _NEAR:
            found[-1] = Mark(found[-1].at, f"{found[-1].word}, {mark.word}")
        else:
            found.append(mark)
    return found


def _paths(plot: Plot, top: float) -> SafeString:
    xs = [_WIDTH * plot.x(at) for at in plot.times]
    paths: list[str] = []
    for line in plot.lines:
        flags = [*line.abnormal, *[False] * (len(xs) - len(line.abnormal))]
        ys = [None if v is None else _HEIGHT - _HEIGHT * min(v, top) / top for v in line.values]
        pairs = [i for i in range(len(xs) - 1) if ys[i] is not None and ys[i + 1] is not None]
        for (red, _), group in groupby(enumerate(pairs), key=lambda p: (flags[p[1]] or flags[p[1] + 1], p[1] - p[0])):
            run = [i for _, i in group]
            points = "L".join(f"{xs[i]:.1f} {ys[i]:.1f}" for i in [*run, run[-1] + 1])
            paths.append(f'<path class="{"hot" if red and line.look == "s1" else line.look}" d="M{points}"/>')
        lonely = [i for i, y in enumerate(ys) if y is not None and i not in pairs and i - 1 not in pairs]
        paths += [f'<path class="{line.look} dot" d="M{xs[i]:.1f} {ys[i]:.1f}h.1"/>' for i in lonely]
    return mark_safe("".join(paths))  # noqa: S308  (numbers and class names of our own)


def _legend(plot: Plot) -> SafeString:
    shown = plot.legend or [(line.look, line.label) for line in plot.lines] if len(plot.lines) > 1 else plot.legend
    if not shown:
        return SafeString("")
    items = format_html_join("", '<span><i class="{}"></i>{}</span>', shown)
    return format_html('<div class="t-legend">{}</div>', items)


def _table(plot: Plot) -> SafeString:
    """The numbers, at most some hundred rows: of more, every second, third, … is listed."""
    every = max(1, ceil(len(plot.times) / _MOST_ROWS))
    heads = format_html_join("", '<th scope="col" class="t-num">{}</th>', ((line.label,) for line in plot.lines))
    rows = format_html_join(
        "",
        '<tr><th scope="row">{}</th>{}</tr>',
        (
            (
                written(plot.times[i], "auto" if plot.end - plot.start > timedelta(hours=26) else "clock"),
                format_html_join(
                    "",
                    '<td class="t-num">{}</td>',
                    ((_cell(line.values[i], plot.unit),) for line in plot.lines),
                ),
            )
            for i in range(0, len(plot.times), every)
        ),
    )
    return format_html(
        '<details class="t-numbers"><summary>The numbers</summary><div class="t-scroll" tabindex="0" role="region" '
        'aria-label="The numbers"><table class="t-table"><caption class="visually-hidden">{}</caption>'
        '<thead><tr><th scope="col">Time</th>{}</tr></thead><tbody>{}</tbody></table></div></details>',
        plot.label,
        heads,
        rows,
    )


def _cell(value: float | None, unit: str) -> str:
    return "none" if value is None else number(value, unit)


def _numbers(plot: Plot) -> str:
    """What `chart.js` draws: the same numbers, compact."""
    return json.dumps(
        {
            "t": [round(at.timestamp(), 1) for at in plot.times],
            "lines": [
                {
                    "label": line.label,
                    "look": line.look,
                    "v": [None if v is None else round(v, 3) for v in line.values],
                    "hot": [i for i, red in enumerate(line.abnormal) if red],
                }
                for line in plot.lines
            ],
            "from": plot.start.timestamp(),
            "to": plot.end.timestamp(),
            "top": plot.top,
            "unit": plot.unit,
            "zone": str(timezone.get_current_timezone()),
            "marks": [{"at": mark.at.timestamp(), "word": mark.word} for mark in plot.marks],
            "regions": [[a.timestamp(), b.timestamp()] for a, b in plot.regions],
        },
        separators=(",", ":"),
    )
