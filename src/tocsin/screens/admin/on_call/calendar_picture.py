"""One row of a calendar as an SVG drawn by the server: a lane for each schedule, bars where someone is on call.

Widths are in per cent, so that the same picture fits a phone, a desk and paper. People are told apart by name and
tint, gaps by a dashed red outline and a word. Hides nothing from the list that stands below the calendar.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from tocsin.domain.oncall.queries import DutyView, LaneView, ShiftView
from tocsin.kernel.business_time import zone_of
from tocsin.kernel.wall_clock import wall_clock
from tocsin.screens.admin.on_call.calendar_days import Span, Strip

TINTS = tuple(f"--who-{number}" for number in range(1, 9))
_BAR, _NAME, _GAP, _AXIS = 24, 15, 5, 16
MOST_AWAY = 6


@dataclass(frozen=True, slots=True)
class Bar:
    """One stretch in one lane. `kind`: shift, mine, override, gap, away."""

    start: datetime
    end: datetime
    words: str
    kind: str
    tint: str


@dataclass(frozen=True, slots=True)
class Row:
    """One lane with its name; an empty name takes no room."""

    name: str
    bars: tuple[Bar, ...]


def rows_of(duty: DutyView, *, person: str = "", viewer: str = "") -> list[Row]:
    """The lanes of a calendar. A person's own has one lane a schedule whose bars need no name of a person."""
    tints = tints_of(s.person_id for lane in duty.lanes for s in lane.shifts)
    named = len(duty.lanes) > 1 and not person
    rows = [
        Row(lane.schedule if named else "", tuple(_bar(one, lane, tints, person, viewer) for one in lane.shifts))
        for lane in duty.lanes
    ]
    absent: dict[str, list[Bar]] = {}
    for away in duty.away:
        bar = Bar(away.start, away.end, f"{away.person} is away", "away", "--fill-2")
        absent.setdefault(away.person_id, []).append(bar)
    for number, bars in enumerate(list(absent.values())[:MOST_AWAY]):
        rows.append(Row("" if number else "Away", tuple(bars)))
    return rows


def tints_of(people: Iterable[str]) -> dict[str, str]:
    """A tint for each person, in the order in which they come; none says anything but who it is."""
    named = dict.fromkeys(id_ for id_ in people if id_)
    return {id_: TINTS[number % len(TINTS)] for number, id_ in enumerate(named)}


def bars_of(shifts: Iterable[ShiftView], tints: dict[str, str]) -> tuple[Bar, ...]:
    """Shifts of one schedule as bars with the names of people."""
    return tuple(
        Bar(one.start, one.end, one.person or "Nobody", "shift" if one.person_id else "gap", tint)
        for one in shifts
        for tint in [tints.get(one.person_id, "--critical-tint")]
    )


def _bar(shift: ShiftView, lane: LaneView, tints: dict[str, str], person: str, viewer: str) -> Bar:
    if not shift.person_id:
        return Bar(shift.start, shift.end, "Nobody", "gap", "--critical-tint")
    words = lane.schedule if person else shift.person
    words += f", for {shift.instead}" if shift.instead else ", override" if shift.override else ""
    kind = "override" if shift.override else "mine" if shift.person_id == viewer else "shift"
    return Bar(shift.start, shift.end, words, kind, tints[shift.person_id])


def picture(span: Span, strip: Strip, rows: Sequence[Row], now: datetime) -> SafeString:
    """One row of the calendar: its lanes between the first and the last midnight, a line at `now` when it is in it."""
    seen = [Row(row.name, tuple(b for b in row.bars if b.start < strip.end and b.end > strip.start)) for row in rows]
    seen = [row for row in seen if row.bars]
    top = _AXIS if span.view == "week" else 0
    height = top + sum(_BAR + _GAP + (_NAME if row.name else 0) for row in seen) or _BAR
    parts, y = [], top
    for row in seen:
        if row.name:
            label = '<text x="2" y="{}" font-size="11" fill="var(--ink-2)">{}</text>'
            parts.append(format_html(label, y + 11, row.name))
            y += _NAME
        parts += [_drawn(bar, strip, y, span.zone) for bar in row.bars]
        y += _BAR + _GAP
    line = _line(strip.place(now), height, "--accent", 2) if strip.start <= now < strip.end else SafeString("")
    return format_html(
        '<svg class="c-strip" width="100%" height="{}" role="img" aria-label="{}">{}{}{}</svg>',
        height,
        _label(strip, seen, span.zone),
        _grid(span, strip, height),
        format_html_join("", "{}", ((part,) for part in parts)),
        line,
    )


def _drawn(bar: Bar, strip: Strip, y: int, zone: str) -> SafeString:
    left = strip.place(max(bar.start, strip.start))
    right = strip.place(min(bar.end, strip.end)) if bar.end < strip.end else 100.0
    outline = {"gap": ("--critical", "4 3"), "override": ("--accent", "4 3"), "mine": ("--accent", "")}.get(bar.kind)
    edge = format_html(' stroke="var({})" stroke-dasharray="{}"', *outline) if outline else SafeString("")
    ink = {"gap": "--critical", "away": "--ink-2"}.get(bar.kind, "--ink")
    weight = 600 if bar.kind in {"mine", "gap"} else 500
    return format_html(
        '<svg x="{}%" y="{}" width="{}%" height="{}"><title>{}: {}</title><rect x="0.75" y="0.75" width="100%" '
        'height="{}" rx="5" fill="var({})"{}/><text x="6" y="16" font-size="12" font-weight="{}" fill="var({})">{}'
        "</text></svg>",
        left,
        y,
        round(max(right - left - 0.25, 0.4), 3),
        _BAR,
        bar.words,
        written(bar.start, bar.end, zone),
        _BAR - 1.5,
        bar.tint,
        edge,
        weight,
        ink,
        bar.words,
    )


def _grid(span: Span, strip: Strip, height: int) -> SafeString:
    """A hairline at each midnight of a week; in a day at 6, 12 and 18 o'clock, with the hours written."""
    if span.view == "month":
        marks = [(strip.place(day.start), "") for day in strip.days[1:]]
    else:
        clock, day = wall_clock(span.zone), strip.days[0]
        moments = [
            (clock.instant(day.date, datetime.min.time().replace(hour=hour)), f"{hour:02}") for hour in range(0, 24, 6)
        ]
        marks = [(strip.place(at), text) for at, text in moments]
    text = (
        '{}<svg x="{}%" y="0" width="40" height="14">'
        '<text x="2" y="11" font-size="11" fill="var(--ink-3)">{}</text></svg>'
    )
    return format_html_join("", text, ((_line(x, height, "--line", 1), x, words) for x, words in marks))


def _line(x: float, height: int, colour: str, width: int) -> SafeString:
    line = '<line x1="{0}%" x2="{0}%" y1="0" y2="{1}" stroke="var({2})" stroke-width="{3}"/>'
    return format_html(line, x, height, colour, width)


def _label(strip: Strip, rows: Sequence[Row], zone: str) -> str:
    first, last = strip.days[0].date, strip.days[-1].date
    days = f"{first:%-d %B}" if first == last else f"{first:%-d %B} to {last:%-d %B}"
    told = [
        f"{row.name + ': ' if row.name else ''}{bar.words} {written(bar.start, bar.end, zone)}"
        for row in rows
        for bar in row.bars
    ]
    return f"{days}: {'; '.join(told[:20]) or 'no shift'}"


def written(start: datetime, end: datetime, zone: str) -> str:
    """`Sat 28 Nov 08:00 to 20:00`, on the wall of the calendar's zone."""
    a, b = (at.astimezone(zone_of(zone)) for at in (start, end))
    until = f"{b:%H:%M}" if a.date() == b.date() and end - start < timedelta(days=1) else f"{b:%a %-d %b %H:%M}"
    return f"{a:%a %-d %b %H:%M} to {until}"
