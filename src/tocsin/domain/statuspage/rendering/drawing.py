"""Bars of days and the badge, as SVG without style and without script. Every text is escaped."""

from collections.abc import Sequence

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from tocsin.domain.statuspage.rules.uptime import DayLost

NARROW = 30
_HEIGHT = 28
_LEAST = 0.25
_CLASSES = {
    "degraded_performance": "w",
    "partial_outage": "h",
    "major_outage": "b",
    "under_maintenance": "m",
}
_COLOURS = {"none": "#0d7350", "minor": "#856700", "major": "#8a3300", "critical": "#b3141f", "maintenance": "#6238a6"}


def bars(days: Sequence[DayLost], label: str, label_narrow: str) -> SafeString:
    """One bar a day, today at the end: all of them, and the last thirty for narrow screens."""
    return mark_safe(  # noqa: S308  (both were escaped by format_html)
        _bars(days, label, "bars wide") + _bars(days[-NARROW:], label_narrow, "bars narrow")
    )


def _bars(days: Sequence[DayLost], label: str, classes: str) -> SafeString:
    shapes: dict[str, list[str]] = {}
    for position, day in enumerate(days):
        for name, top in _levels(day):
            shapes.setdefault(name, []).append(f"M{position * 4} {top}h3V{_HEIGHT}h-3z")
    ordered = sorted(shapes.items(), key=lambda item: item[0] != "bg")
    paths = "".join(f'<path class="{name}" d="{"".join(drawn)}"/>' for name, drawn in ordered)
    return format_html(
        '<svg class="{}" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" aria-label="{}">{}</svg>',
        classes,
        max(3, len(days) * 4 - 1),
        _HEIGHT,
        label,
        mark_safe(paths),  # noqa: S308  (class names and numbers of our own)
    )


def _levels(day: DayLost) -> list[tuple[str, int]]:
    if not day.worst:
        return [("n", _HEIGHT - 3)]
    name = _CLASSES.get(day.worst)
    if name is None:
        return [("ok", 0)]
    level = min(1.0, max(_LEAST, day.share))
    return [("bg", 0), (name, round(_HEIGHT * (1 - level)))]


def icon(indicator: str) -> str:
    """The sign in the browser's tab: a disc in the colour of how things are."""
    colour = _COLOURS[indicator]
    disc = f'<circle cx="8" cy="8" r="7" fill="{colour}"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">{disc}</svg>'


def badge(label: str, message: str, indicator: str) -> str:
    """A small sign for other people's pages."""
    left, right = _width(label), _width(message)
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" width="{w}" height="20" role="img" aria-label="{label}: {message}">'
        "<title>{label}: {message}</title>"
        '<rect width="{w}" height="20" rx="4" fill="#43494c"/>'
        '<path d="M{l} 0h{r}a4 4 0 0 1 4 4v12a4 4 0 0 1 -4 4h-{r}z" fill="{colour}"/>'
        '<g fill="#ffffff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" text-anchor="middle">'
        '<text x="{lx}" y="14">{label}</text><text x="{rx}" y="14">{message}</text></g></svg>',
        w=left + right,
        l=left,
        r=right - 4,
        lx=left // 2,
        rx=left + right // 2,
        label=label,
        message=message,
        colour=_COLOURS[indicator],
    )


def badge_facts(label: str, message: str, indicator: str) -> dict[str, object]:
    """The same as JSON, as shields.io reads it from an endpoint."""
    return {"schemaVersion": 1, "label": label, "message": message, "color": _COLOURS[indicator]}


def _width(text: str) -> int:
    return 14 + 7 * len(text)
