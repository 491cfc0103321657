"""The final schedule as an SVG drawn by the server: a row per layer, the outcome below them.

People are told apart by name and tint, gaps by a dashed red outline and a word. Never asks who is on call.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from tocsin.domain.oncall.queries import PlanView, ShiftView
from tocsin.kernel.business_time import wall_instant, zone_of
from tocsin.screens.admin.on_call.calendar_picture import tints_of

_TOP, _ROW, _GAP, _NAME, _USUAL = 26, 30, 8, 18, 1000


def picture(plan: PlanView, now: datetime, *, layers: bool = True) -> SafeString:
    """The plan from end to end, as wide as its place, with a line at `now`; without `layers` the outcome alone."""
    start, end = plan.start, plan.end
    named = list(zip(plan.layer_names, plan.layers, strict=True)) if layers and len(plan.layers) > 1 else []
    rows = [*named, ("Who is on call" if named else "", plan.final)]
    tints = tints_of(shift.person_id for row in (*plan.layers, plan.final) for shift in row)
    drawn, y = [], _TOP
    for number, (label, shifts) in enumerate(rows, 1):
        if label:
            drawn.append(_label(label, y, strong=number == len(rows)))
            y += _NAME
        shown = [shift for shift in shifts if shift.person_id or number == len(rows)]
        drawn += [_box(shift, y, start, end, tints) for shift in shown]
        y += _ROW + _GAP
    holes = sum(gap.end > now for gap in plan.gaps)
    gaps = f", {holes} gap{'' if holes == 1 else 's'}" if holes else ", no gap"
    return format_html(
        '<svg class="t-plan" width="100%" height="{}" role="img" aria-label="{} from {}{}">{}{}{}</svg>',
        y,
        plan.schedule,
        start.astimezone(zone_of(plan.time_zone)).strftime("%-d %B"),
        gaps,
        _days(start, end, plan.time_zone, y),
        format_html_join("", "{}", ((part,) for part in drawn)),
        _line(_x(now, start, end), y, "--accent", 2),
    )


def _x(at: datetime, start: datetime, end: datetime) -> float:
    return round(100 * ((at - start) / (end - start)), 2)


def _label(label: str, y: int, *, strong: bool) -> SafeString:
    text = '<text x="0" y="{}" font-size="12" font-weight="{}" fill="var({})">{}</text>'
    return format_html(text, y + 12, "600" if strong else "400", "--ink" if strong else "--ink-2", label)


def _box(shift: ShiftView, y: int, start: datetime, end: datetime, tints: dict[str, str]) -> SafeString:
    left, right = _x(shift.start, start, end), _x(shift.end, start, end)
    wide = max(right - left - 0.15, 0.15)
    gap = not shift.person_id
    words = "Nobody" if gap else f"{shift.person}, override" if shift.override else shift.person
    words += f", for {shift.instead}" if shift.instead else ""
    outline = ' stroke="var(--critical)" stroke-dasharray="4 3"' if gap else ""
    outline = ' stroke="var(--accent)" stroke-dasharray="4 3"' if shift.override else outline
    tint = "--critical-tint" if gap else tints.get(shift.person_id, "--fill")
    title = f"{words}: {shift.start:%-d %b %H:%M} to {shift.end:%-d %b %H:%M} UTC"
    name = '<text x="8" y="20" font-size="12" font-weight="500" fill="var({})">{}</text>'
    room = wide * _USUAL / 100
    short = words if len(words) * 7 + 12 <= room else _short(words)
    inner = format_html(name, "--critical" if gap else "--ink", short) if len(short) * 8 + 8 <= room else ""
    box = (
        '<svg x="{}%" y="{}" width="{}%" height="{}"><title>{}</title>'
        '<rect x="0.5" y="0.5" width="100%" height="{}" rx="5" fill="var({})"{}/>{}</svg>'
    )
    return format_html(box, left, y, round(wide, 2), _ROW, title, _ROW - 1, tint, _safe(outline), inner)


def _short(words: str) -> str:
    """Initials, for a box that is too narrow for the name; the whole of it stands in the box's title."""
    return "".join(word[0] for word in words.partition(",")[0].split()) if words != "Nobody" else "–"


def _safe(markup: str) -> SafeString:
    return SafeString(markup)


def _days(start: datetime, end: datetime, zone: str, height: int) -> SafeString:
    """A hairline and a date per day; a day that is not 24 h long says so (clocks change)."""
    local = start.astimezone(zone_of(zone)).replace(tzinfo=None)
    midnights = [wall_instant(zone, local + timedelta(days=n)) for n in range((end - start).days + 2)]
    parts: list[Sequence[object]] = []
    for at, following in pairwise(m for m in midnights if m <= end):
        day = at.astimezone(zone_of(zone))
        length = following - at
        note = "" if length == timedelta(days=1) else f" ({length.total_seconds() / 3600:g} h)"
        x = _x(at, start, end)
        parts.append((_line(x, height, "--line", 1), x, f"{day:%a %-d}{note}"))
    text = (
        '{}<svg x="{}%" y="0" width="96" height="20"><text x="4" y="14" font-size="12" '
        'fill="var(--ink-3)">{}</text></svg>'
    )
    return format_html_join("", text, parts)


def _line(x: float, height: int, colour: str, width: int) -> SafeString:
    line = '<line x1="{0}%" x2="{0}%" y1="20" y2="{1}" stroke="var({2})" stroke-width="{3}"/>'
    return format_html(line, x, height, colour, width)
