"""Small pictures drawn by the server as SVG: bars of days, sparklines, columns, lying bars.

Written as paths (one per colour), so that ninety days cost under a kilobyte. Never reads data itself.
"""

from collections.abc import Sequence
from itertools import groupby

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from tocsin.ui.parts import Day

_CLASSES = {"ok": "ok", "warn": "w", "high": "h", "bad": "b", "care": "m"}
_HEIGHT = 28
_LEAST_LEVEL = 0.25
_SHORT = 2
"""Letters of a word that always fits below its column."""


def bars(days: Sequence[Day], label: str) -> SafeString:
    """One bar a day, oldest first, now at the end. The level rising in a bar is the share of the day that was
    lost, at least a quarter high so that a minute shows. Under 500 px the last 30 days are shown instead.
    """
    wide = _bars(days, label, "t-bars t-bars-wide" if len(days) > 30 else "t-bars")
    if len(days) <= 30:
        return wide
    narrow = _bars(days[-30:], f"{label} (the last 30 days are drawn)", "t-bars t-bars-narrow")
    return mark_safe(wide + narrow)  # noqa: S308  (both were escaped by format_html)


def _bars(days: Sequence[Day], label: str, classes: str) -> SafeString:
    shapes: dict[str, list[str]] = {}
    for position, day in enumerate(days):
        x = position * 4
        for name, y in _levels(day):
            shapes.setdefault(name, []).append(f"M{x} {y}h3V{_HEIGHT}h-3z")
    paths = "".join(
        f'<path class="{name}" d="{"".join(d)}"/>' for name, d in sorted(shapes.items(), key=_background_first)
    )
    return format_html(
        '<svg class="{}" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" aria-label="{}">{}</svg>',
        classes,
        max(3, len(days) * 4 - 1),
        _HEIGHT,
        label,
        mark_safe(paths),  # noqa: S308  (class names and numbers of our own)
    )


def _background_first(item: tuple[str, list[str]]) -> bool:
    return item[0] != "bg"


def _levels(day: Day) -> list[tuple[str, int]]:
    name = _CLASSES.get(day.kind)
    if name is None:
        return [("n", _HEIGHT - 3)]
    if name == "ok":
        return [("ok", 0)]
    level = min(1.0, max(_LEAST_LEVEL, day.lost))
    return [("bg", 0), (name, round(_HEIGHT * (1 - level)))]


def spark(values: Sequence[float], label: str, abnormal: Sequence[bool] = (), *, large: bool = False) -> SafeString:
    """A line without axes, grey, red where `abnormal` says so (same length as `values`)."""
    flags = list(abnormal) + [False] * (len(values) - len(abnormal))
    points = _points(values)
    paths: list[str] = []
    for red, group in groupby(range(len(points) - 1), key=lambda i: flags[i] or flags[i + 1]):
        indexes = list(group)
        line = "L".join(points[i] for i in [*indexes, indexes[-1] + 1])
        paths.append(f'<path{" class=now" if red else ""} d="M{line}"/>')
    return format_html(
        '<svg class="{}" viewBox="0 0 100 24" preserveAspectRatio="none" role="img" aria-label="{}">{}</svg>',
        "t-spark t-spark-l" if large else "t-spark",
        label,
        mark_safe("".join(paths)),  # noqa: S308  (numbers only)
    )


def _points(values: Sequence[float]) -> list[str]:
    low, high = min(values, default=0.0), max(values, default=0.0)
    span = (high - low) or 1.0
    width = max(1, len(values) - 1)
    return [f"{100 * i / width:.1f} {22 - 20 * (value - low) / span:.1f}" for i, value in enumerate(values)]


def columns(values: Sequence[float], words: Sequence[str], label: str, strong: Sequence[bool] = ()) -> SafeString:
    """Upright bars from left to right with `words` below (empty ones are left out); `strong` ones stand out.

    On a phone every second one of long words is left out. The highest value is written at the top of the scale;
    without any value the scale is empty.
    """
    top = max(values, default=0.0)
    step = 100 / max(1, len(values))
    flags = [*strong, *[not strong] * (len(values) - len(strong))]
    bars_ = "".join(
        f'<rect class="col{"" if flags[i] else " pale"}" x="{step * (i + 0.12):.2f}%" width="{step * 0.76:.2f}%" '
        f'y="{100 - 100 * value / top:.1f}%" height="{100 * value / top:.1f}%"/>'
        for i, value in enumerate(values)
        if top and value
    )
    said = [(i, word) for i, word in enumerate(words) if word]
    below = "".join(
        format_html(
            '<text class="x{}" x="{}%" y="100%">{}</text>',
            " t-opt" if place % 2 and len(word) > _SHORT else "",
            f"{step * (i + 0.5):.2f}",
            word,
        )
        for place, (i, word) in enumerate(said)
    )
    return format_html(
        '<div class="t-plot t-cols" role="img" aria-label="{}"><svg aria-hidden="true">'
        '<line x1="0" x2="100%" y1="0" y2="0"/><line x1="0" x2="100%" y1="100%" y2="100%"/>'
        '<text class="y" x="-10" y="0">{}</text><text class="y" x="-10" y="100%">0</text>{}{}</svg></div>',
        label,
        f"{top:,.0f}" if top else "",
        mark_safe(bars_),  # noqa: S308  (numbers and class names of our own)
        mark_safe(below),  # noqa: S308  (escaped by format_html)
    )


def rows(items: Sequence[tuple[str, float, str]], label: str) -> SafeString:
    """Lying bars, one a line: its name, its length in proportion to the longest, and the value in words."""
    top = max((value for _, value, _ in items), default=0.0) or 1.0
    lines = format_html_join(
        "",
        '<li><span class="t-cut"><bdi>{}</bdi></span><svg aria-hidden="true"><rect width="100%" height="100%" '
        'class="bg"/><rect width="{}%" height="100%"/></svg><b>{}</b></li>',
        ((name, f"{100 * value / top:.1f}", text) for name, value, text in items),
    )
    return format_html('<ul class="t-hbars" aria-label="{}">{}</ul>', label, lines)
