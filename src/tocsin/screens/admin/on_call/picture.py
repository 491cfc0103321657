"""The final schedule as an SVG drawn by the server: a row per layer, the outcome below them.

People are told apart by name and tint, gaps by a dashed red outline and a word. Never asks who is on call.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from tocsin.domain.oncall.queries import PlanView, ShiftView
from tocsin.kernel.business_time import wall_instant, zone_of

_LABEL = 11
_WIDTH, _LEFT, _TOP, _ROW, _GAP = 1040, 76, 30, 30, 8
_TINTS = ("--accent-tint", "--fill-2", "--band", "--low-tint", "--medium-tint", "--care-tint")


def picture(plan: PlanView, now: datetime, *, layers: bool = True) -> SafeString:
    """The plan from end to end, with a line at `now`; without `layers` the outcome alone."""
    start, end = plan.start, plan.end
    named = list(zip(plan.layer_names, plan.layers, strict=True)) if layers and len(plan.layers) > 1 else []
    rows = [*named, ("Final", plan.final)]
    height = _TOP + len(rows) * (_ROW + _GAP)
    tints = _tints(plan)
    drawn = format_html_join(
        "", "{}", ((_row(label, row, at, start, end, tints),) for at, (label, row) in enumerate(rows))
    )
    gaps = f", {len(plan.gaps)} gaps" if plan.gaps else ", no gap"
    return format_html(
        '<svg width="{}" height="{}" viewBox="0 0 {} {}" role="img" aria-label="{} from {}{}">{}{}{}</svg>',
        _WIDTH,
        height,
        _WIDTH,
        height,
        plan.schedule,
        start.astimezone(zone_of(plan.time_zone)).strftime("%-d %B"),
        gaps,
        _days(start, end, plan.time_zone, height),
        drawn,
        _line(_x(now, start, end), height, "--accent", 2),
    )


def _tints(plan: PlanView) -> dict[str, str]:
    ids = dict.fromkeys(shift.person_id for row in (*plan.layers, plan.final) for shift in row if shift.person_id)
    return {id_: _TINTS[at % len(_TINTS)] for at, id_ in enumerate(ids)}


def _x(at: datetime, start: datetime, end: datetime) -> float:
    return round(_LEFT + (_WIDTH - _LEFT) * ((at - start) / (end - start)), 1)


def _row(
    label: str, shifts: Iterable[ShiftView], number: int, start: datetime, end: datetime, tints: dict[str, str]
) -> SafeString:
    y = _TOP + number * (_ROW + _GAP)
    shown = [shift for shift in shifts if shift.person_id or label == "Final"]
    boxes = format_html_join("", "{}", ((_box(shift, y, start, end, tints),) for shift in shown))
    weight = "600" if label == "Final" else "400"
    cut = label if len(label) <= _LABEL else f"{label[: _LABEL - 1]}…"
    text = '<g><title>{}</title><text x="0" y="{}" font-size="12" font-weight="{}" fill="var(--ink-2)">{}</text></g>{}'
    return format_html(text, label, y + 20, weight, cut, boxes)


def _box(shift: ShiftView, y: int, start: datetime, end: datetime, tints: dict[str, str]) -> SafeString:
    left, right = _x(shift.start, start, end), _x(shift.end, start, end)
    wide = max(right - left - 1, 1)
    gap = not shift.person_id
    words = "Nobody" if gap else f"{shift.person}, override" if shift.override else shift.person
    words += f", for {shift.instead}" if shift.instead else ""
    outline = ' stroke="var(--critical)" stroke-dasharray="4 3"' if gap else ""
    outline = ' stroke="var(--accent)" stroke-dasharray="4 3"' if shift.override else outline
    tint = "--critical-tint" if gap else tints.get(shift.person_id, "--fill")
    title = f"{words}: {shift.start:%-d %b %H:%M} to {shift.end:%-d %b %H:%M} UTC"
    name = '<text x="6" y="20" font-size="12" font-weight="500" fill="var({})">{}</text>'
    short = words if len(words) * 7 + 12 <= wide else _short(words)
    inner = format_html(name, "--critical" if gap else "--ink", short) if len(short) * 8 + 8 <= wide else ""
    box = (
        '<svg x="{}" y="{}" width="{}" height="{}"><title>{}</title>'
        '<rect x="0.5" y="0.5" width="{}" height="{}" rx="5" fill="var({})"{}/>{}</svg>'
    )
    return format_html(
        box, left, y, wide, _ROW, title, max(wide - 1, 0.5), _ROW - 1, tint, format_html("{}", _safe(outline)), inner
    )


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
        parts.append((_line(x, height, "--line", 1), x + 4, f"{day:%a %-d}{note}"))
    text = '{}<text x="{}" y="16" font-size="12" fill="var(--ink-3)">{}</text>'
    return format_html_join("", text, parts)


def _line(x: float, height: int, colour: str, width: int) -> SafeString:
    line = '<line x1="{0}" x2="{0}" y1="22" y2="{1}" stroke="var({2})" stroke-width="{3}"/>'
    return format_html(line, x, height, colour, width)
