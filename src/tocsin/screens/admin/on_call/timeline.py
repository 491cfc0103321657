"""What would happen as a time line, drawn by the server: a row per person, a mark per message, a bar while it rings.

Places are per cent and letters keep their size, so that it reads the same at 360 px and on a wall. The list below it
says the same in words. Never decides who is paged.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from tocsin.domain.oncall.queries import SimulatedMessage, SimulationView
from tocsin.kernel.durations import human_duration

_STEPS = [timedelta(minutes=m) for m in (1, 2, 5, 10, 15, 30, 60, 120, 240, 480, 720, 1440, 2880, 7200, 14400)]
_TOP, _ROW = 26, 52
_ROOM = 16
"""A word needs about so many per cent of the width at 360 px."""


@dataclass(slots=True)
class _Row:
    name: str
    spans: list[tuple[datetime, datetime]] = field(default_factory=list)
    messages: list[SimulatedMessage] = field(default_factory=list)
    tells: list[datetime] = field(default_factory=list)


def timeline(view: SimulationView) -> SafeString:
    """The picture; empty when nothing would happen."""
    rows = list(_rows(view).values())
    if not rows:
        return SafeString("")
    length = max(view.end - view.at, timedelta(minutes=1))
    height = _TOP + len(rows) * _ROW
    drawn = format_html_join("", "{}", ((_row(row, at, view.at, length),) for at, row in enumerate(rows)))
    return format_html(
        '<svg class="t-svg" width="100%" height="{}" role="img" aria-label="{}">{}{}</svg>',
        height,
        spoken(view),
        _scale(length, height),
        drawn,
    )


def spoken(view: SimulationView) -> str:
    """The finding in one sentence."""
    people = list(dict.fromkeys(person.person for call in view.calls for person in call.people))
    if not people:
        return "Nobody would be paged."
    first = next(call for call in view.calls if call.people)
    when = f"after {human_duration(first.after)}" if first.after else "at once"
    more = f", then {', '.join(people[1:4])}" if len(people) > 1 else ""
    rest = f" and {len(people) - 4} more" if len(people) > 4 else ""
    return f"{people[0]} {when}{more}{rest}."


def _rows(view: SimulationView) -> dict[str, _Row]:
    rows: dict[str, _Row] = {}
    for call in view.calls:
        for name in call.told:
            rows.setdefault(f"told:{name}", _Row(name)).tells.append(call.at)
        for person in call.people:
            row = rows.setdefault(person.person_id, _Row(person.person))
            row.spans.append((call.at, min(person.until, view.end)))
            row.messages += person.messages
    return rows


def _x(at: datetime, start: datetime, length: timedelta) -> float:
    """Per cent, with room at both ends for half a mark."""
    return round(2 + 94 * min(max((at - start) / length, 0), 1), 2)


def _row(row: _Row, number: int, start: datetime, length: timedelta) -> SafeString:
    y = _TOP + number * _ROW
    name = format_html(
        '<text x="0" y="{}" font-size="13" font-weight="500" fill="var(--ink)">{}</text>', y + 12, row.name
    )
    base = format_html('<line x1="2%" x2="96%" y1="{0}" y2="{0}" stroke="var(--line)"/>', y + 25)
    bars = format_html_join(
        "",
        '<rect x="{}%" y="{}" width="{}%" height="6" rx="3" fill="var(--accent-tint)"/>',
        ((_x(a, start, length), y + 22, max(_x(b, start, length) - _x(a, start, length), 0.5)) for a, b in row.spans),
    )
    return format_html("{}{}{}{}", name, base, bars, _marks(row, y, start, length))


def _marks(row: _Row, y: int, start: datetime, length: timedelta) -> SafeString:
    parts: list[SafeString] = []
    free = -1.0
    for at, group in groupby(sorted(row.messages, key=lambda m: m.at), key=lambda m: m.at):
        messages = list(group)
        x = _x(at, start, length)
        words = ", ".join(dict.fromkeys(m.label for m in messages))
        parts.append(_mark(x, y, words, messages, start))
        if x >= free:
            parts.append(_word(x, y, words))
            free = x + _ROOM + len(words) * 1.2
    for at in row.tells:
        x = _x(at, start, length)
        title = f"told {_offset(at - start)}"
        square = '<rect x="{}%" y="{}" width="9" height="9" fill="var(--ink-3)"><title>{}</title></rect>'
        parts.append(format_html(square, x, y + 20, title))
    return format_html_join("", "{}", ((part,) for part in parts))


def _mark(x: float, y: int, words: str, messages: Iterable[SimulatedMessage], start: datetime) -> SafeString:
    listed = list(messages)
    rings = any(m.rings for m in listed)
    title = f"{words}, {_offset(listed[0].at - start)}{'' if rings else ', does not ring'}"
    fill = "--accent-solid" if rings else "--surface"
    mark = (
        '<circle cx="{}%" cy="{}" r="5" fill="var({})" stroke="var(--accent)" stroke-width="2">'
        "<title>{}</title></circle>"
    )
    return format_html(mark, x, y + 25, fill, title)


def _word(x: float, y: int, words: str) -> SafeString:
    anchor = "end" if x > 70 else "start"
    shown = words if len(words) <= 22 else words[:21] + "…"
    text = '<text x="{}%" y="{}" font-size="12" text-anchor="{}" fill="var(--ink-2)">{}</text>'
    return format_html(text, x if anchor == "start" else min(x + 2, 100), y + 44, anchor, shown)


def _offset(after: timedelta) -> str:
    return f"after {human_duration(after)}" if after else "at once"


def _scale(length: timedelta, height: int) -> SafeString:
    step = next((s for s in _STEPS if length / s <= 4), _STEPS[-1])
    ticks = [step * n for n in range(int(length / step) + 1)]
    line = (
        '<line x1="{0}%" x2="{0}%" y1="20" y2="{1}" stroke="var(--line)"/>'
        '<text x="{0}%" y="13" font-size="12" text-anchor="{2}" fill="var(--ink-3)">{3}</text>'
    )
    rows = []
    for tick in ticks:
        x = round(2 + 94 * (tick / length), 2)
        anchor = "start" if not tick else "end" if x > 88 else "middle"
        rows.append((x, height, anchor, human_duration(tick) if tick else "at once"))
    return format_html_join("", line, rows)
