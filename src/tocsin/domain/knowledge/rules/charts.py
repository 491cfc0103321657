"""The charts of a report, drawn as SVG: severity and state over time, and the share of each allowed time.

Every shape carries both a class (pages colour it for day and night) and a plain colour (print). Text is escaped.
Pure; never reads anything.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from html import escape

from tocsin.domain.knowledge.rules.measures import STANDING_WORDS, Measure
from tocsin.domain.knowledge.rules.snapshot import Snapshot

WIDTH = 720
_LEFT = 104
_FONT = "Inter, Libertinus Serif, sans-serif"
_COLOURS = {
    "critical": "#b3141f",
    "high": "#c95a12",
    "medium": "#b98200",
    "low": "#8b9aa4",
    "unknown": "#6238a6",
    "wait": "#d8d8d2",
    "busy": "#0b6176",
    "ok": "#9accb7",
    "line": "#c9c9c2",
    "ink": "#16191a",
    "soft": "#5c6366",
    "late": "#b3141f",
    "open": "#b98200",
}
_STATE_LOOK = {"responding": "busy", "mitigated": "ok", "resolved": "ok", "closed": "ok"}
_STEPS = [timedelta(minutes=m) for m in (1, 2, 5, 10, 15, 30, 60, 120, 240, 360, 720, 1440, 2880, 10080, 43200)]


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart, the sentence that states its finding, and the same for who cannot see it."""

    name: str
    caption: str
    alt: str
    svg: str


def course(known: Snapshot, zone: tzinfo) -> Picture:
    """Bands of severity and state from the alarm to the end, with the steps of the response marked."""
    begins = known.alarm_at
    ends = max(known.ends_at, begins + timedelta(minutes=1))
    scale = _Scale(begins, ends)
    shapes = [_axis(scale, zone), _band(scale, 42, "Severity", [(s.at, s.severity, s.severity) for s in known.sizes])]
    states = [(s.at, _STATE_LOOK.get(s.state, "wait"), s.state) for s in known.stages]
    shapes += [_band(scale, 78, "State", states), _marks(scale, known)]
    alt = f"{known.reference} from {_local(begins, zone)} to {_local(ends, zone)}. " + " ".join(
        [f"Severity {s.severity} from {_local(s.at, zone)}." for s in known.sizes]
        + [f"{s.state.capitalize()} from {_local(s.at, zone)}." for s in known.stages]
    )
    return Picture("course", "Severity and state over time", alt, _svg(134, shapes, alt))


def promises(found: Sequence[Measure]) -> Picture | None:
    """How much of each allowed time was used; None when nothing was promised."""
    rows = [each for each in found if each.share is not None]
    if not rows:
        return None
    limit, room = 2.0, WIDTH - _LEFT - 150
    shapes = [_line(_LEFT + room / limit, 8, 14 + 26 * len(rows), "line"), _text(_LEFT + room / limit, 8, "allowed")]
    for row, measure in enumerate(rows):
        share, y = measure.share or 0.0, 16 + 26 * row
        look = {"met": "ok", "on_track": "busy", "at_risk": "open"}.get(measure.standing, "late")
        width = max(2.0, room * min(share, limit) / limit)
        shapes.append(_text(_LEFT - 8, y + 13, measure.words, anchor="end", soft=False))
        shapes.append(_rect(_LEFT, y, width, 16, look))
        said = f"{share:.0%} of {measure.allowed}, {STANDING_WORDS.get(measure.standing, measure.standing)}"
        shapes.append(_text(min(_LEFT + width, _LEFT + room) + 6, y + 13, said))
    late = [m for m in rows if m.standing in {"breached", "met_late"}]
    took = f"{len(late)} of {len(rows)} steps took longer than allowed"
    finding = took if late else f"None of {len(rows)} steps took longer than allowed"
    alt = f"{finding}. " + " ".join(
        f"{m.words}: {m.share or 0:.0%} of {m.allowed}, {STANDING_WORDS.get(m.standing, m.standing)}." for m in rows
    )
    caption = f"{finding}. Each bar is the share of its allowed time; bars end at twice that."
    return Picture("promises", caption, alt, _svg(24 + 26 * len(rows), shapes, alt))


@dataclass(frozen=True, slots=True)
class _Scale:
    begins: datetime
    ends: datetime

    def x(self, at: datetime) -> float:
        share = (min(max(at, self.begins), self.ends) - self.begins) / (self.ends - self.begins)
        return round(_LEFT + share * (WIDTH - _LEFT - 16), 1)


def _band(scale: _Scale, y: int, label: str, steps: Sequence[tuple[datetime, str, str]]) -> str:
    shapes = [_text(_LEFT - 8, y + 17, label, anchor="end", soft=False)]
    for position, (since, look, word) in enumerate(steps):
        at = since if position else scale.begins
        end = steps[position + 1][0] if position + 1 < len(steps) else scale.ends
        left, right = scale.x(at), scale.x(end)
        if right - left < 0.5:
            continue
        shapes.append(_rect(left, y, max(1.0, right - left), 26, look))
        if right - left > 8 * len(word):
            dark = look in {"critical", "high", "busy", "unknown", "medium"}
            shapes.append(_text(left + 7, y + 17, word.capitalize(), on_dark=dark, soft=False))
    return "".join(shapes)


def _marks(scale: _Scale, known: Snapshot) -> str:
    wanted: Iterable[tuple[str, datetime | None]] = (
        ("acknowledged", known.acknowledged_at),
        ("told outside", known.public_post_at),
        ("mitigated", known.mitigated_at),
        ("resolved", known.resolved_at),
    )
    shapes: list[str] = []
    ends = [-1.0, -1.0, -1.0]
    for word, at in wanted:
        if at is None:
            continue
        x = scale.x(at)
        width = 6.0 * len(word)
        flip = x + width > WIDTH
        left = x - width if flip else x
        row = next((n for n in range(3) if ends[n] < left), 2)
        ends[row] = left + width + 8
        y = 10 + 13 * row
        shapes += [
            _line(x, y + 3, 110, "ink", dashed=True),
            _text(x - 3 if flip else x + 3, y, word, "end" if flip else "start"),
        ]
    return "".join(shapes)


def _axis(scale: _Scale, zone: tzinfo) -> str:
    length = scale.ends - scale.begins
    step = next((s for s in _STEPS if length / s <= 6), timedelta(days=365))
    local = scale.begins.astimezone(zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    at = midnight + step * ((local - midnight) // step + 1)
    shapes: list[str] = []
    while at < scale.ends and len(shapes) < 16:
        x = scale.x(at)
        written = f"{at:%H:%M}" if step < timedelta(days=1) else f"{at.day} {at:%b}"
        shapes += [_line(x, 36, 112, "line"), _text(x, 126, written, "middle")]
        at += step
    return "".join(shapes)


def _svg(height: int, shapes: Sequence[str], alt: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="k-chart" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}"'
        f' height="{height}" role="img" aria-label="{escape(alt)}">{"".join(shapes)}</svg>'
    )


def _rect(x: float, y: float, width: float, height: float, look: str) -> str:
    return (
        f'<rect class="k-{look}" x="{x:.1f}" y="{y}" width="{width:.1f}" height="{height}" rx="2"'
        f' fill="{_COLOURS.get(look, _COLOURS["wait"])}"/>'
    )


def _line(x: float, top: float, bottom: float, look: str, *, dashed: bool = False) -> str:
    dash = ' stroke-dasharray="2 3"' if dashed else ""
    return (
        f'<line class="k-s-{look}" x1="{x:.1f}" y1="{top}" x2="{x:.1f}" y2="{bottom}"'
        f' stroke="{_COLOURS[look]}" stroke-width="1"{dash}/>'
    )


def _text(x: float, y: float, words: str, anchor: str = "start", *, soft: bool = True, on_dark: bool = False) -> str:
    look = "on" if on_dark else "soft" if soft else "ink"
    fill = "#ffffff" if on_dark else _COLOURS[look]
    return (
        f'<text class="k-t-{look}" x="{x:.1f}" y="{y}" text-anchor="{anchor}" font-size="11"'
        f' font-family="{_FONT}" fill="{fill}">{escape(words)}</text>'
    )


def _local(at: datetime, zone: tzinfo) -> str:
    return f"{at.astimezone(zone):%H:%M}"
