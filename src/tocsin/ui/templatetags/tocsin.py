"""Tags and filters that components stand on: icons, severity, state, time, countdown, small charts.

Builtins of every template, so nothing is loaded by hand. Never queries.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django import template
from django.contrib.messages import get_messages
from django.contrib.messages.storage.base import Message
from django.forms import Form
from django.forms.boundfield import BoundField
from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString

from tocsin.kernel import durations
from tocsin.ui import charts, forms, marks, picking, plots, times, undo, writing
from tocsin.ui.parts import Day

register = template.Library()


@register.simple_tag
def icon(name: str, classes: str = "", label: str = "") -> SafeString:
    """An icon of the sprite; hidden from screen readers unless it has a label."""
    if not label:
        return _hidden_icon(name, classes)
    return _drawn(name, classes, format_html(' role="img" aria-label="{}"', label))


@lru_cache(maxsize=1024)
def _hidden_icon(name: str, classes: str) -> SafeString:
    """A page shows hundreds of the same few. Nothing given is trusted, however it is marked: it is kept for all."""
    return _drawn(escape(name), escape(classes), SafeString(' aria-hidden="true"'))


def _drawn(name: str, classes: str, spoken: SafeString) -> SafeString:
    filled, more = " i-f" if name.startswith("sev-") else "", f" {classes}" if classes else ""
    return format_html(
        '<svg class="i{}{}"{}><use href="{}#{}"/></svg>', filled, more, spoken, _sprite(), marks.icon_name(name)
    )


@lru_cache(maxsize=1)
def _sprite() -> str:
    """Where the icons are; a server that runs never moves them."""
    return static("ui/icons.svg")


@register.simple_tag
def severity(value: str, size: str = "") -> SafeString:
    """A severity: word, shape and colour."""
    key = str(value).lower()
    large = " t-sev-lg" if size == "lg" else ""
    if key in marks.SEVERITIES:
        return _severity(key, large)
    return _shown("low", large, marks.severity_word(value))


@lru_cache(maxsize=16)
def _severity(known: str, large: str) -> SafeString:
    return _shown(known, large, marks.SEVERITIES[known])


def _shown(known: str, large: str, word: str) -> SafeString:
    return format_html('<span class="t-sev t-sev-{}{}">{}{}</span>', known, large, icon(f"sev-{known}"), word)


@register.simple_tag
def state(kind: str, word: str = "", icon_name: str = "") -> SafeString:
    """A state: icon and word. `kind` is a key of `marks.STATES`."""
    look = marks.STATES.get(str(kind), marks.STATES["unknown"])
    return format_html(
        '<span class="t-st t-st-{}">{}{}</span>', look.tone, icon(icon_name or look.icon), word or look.word
    )


@register.simple_tag
def when(value: datetime | None, style: str = "auto") -> SafeString | str:
    """A `<time>` in the viewer's zone, UTC and distance in its title; a dash for no time."""
    return times.time_element(value, style or "auto") if value else "–"


@register.simple_tag
def span(start: datetime, end: datetime, style: str = "auto") -> SafeString:
    """From when until when in the viewer's zone; what both have in common is written once."""
    return times.span_elements(start, end, style)


@register.simple_tag
def countdown_to(due: datetime, start: datetime | None = None) -> times.Countdown:
    """The numbers of a countdown at this moment."""
    return times.countdown(due, start or None)


@register.filter
def written(value: datetime, style: str = "auto") -> str:
    """The instant as bare text in the viewer's zone."""
    return times.written(value, style)


@register.filter
def on_wall(sentence: str) -> str:
    """A sentence of the log with its times on the viewer's wall."""
    return times.on_wall(sentence)


@register.filter
def relative(value: datetime) -> str:
    """`"3 min ago"`."""
    return times.relative(value)


@register.filter
def human_duration(value: timedelta | float) -> str:
    """`"1 h 38 min"`; a number is seconds."""
    return durations.human_duration(value if isinstance(value, timedelta) else timedelta(seconds=value))


@register.filter
def clock_duration(value: timedelta | float) -> str:
    """`"6:48"`; a number is seconds."""
    return durations.clock_duration(value if isinstance(value, timedelta) else timedelta(seconds=value))


@register.filter
def initials(name: str) -> str:
    """`"Mateo Fuentes"` -> `"MF"`."""
    words = [word for word in str(name).split() if word[:1].isalnum()]
    ends = [words[0], words[-1]] if len(words) > 1 else words
    return "".join(word[0] for word in ends).upper()


@register.filter
def severity_word(value: str) -> str:
    """`"critical"` -> `"Critical"`."""
    return marks.severity_word(value)


@register.filter
def percent(value: float) -> str:
    """`0.9991` -> `"99.91 %"` with a no-break space; whole numbers without decimals."""
    shown = f"{value * 100:.2f}".rstrip("0").rstrip(".")
    return f"{shown}\N{NO-BREAK SPACE}%"


@register.filter
def stage_icon(key: str) -> str:
    """Icon of a stage's state."""
    return marks.STAGE_STATES.get(key, marks.STAGE_STATES["off"])[0]


@register.filter
def stage_word(key: str) -> str:
    """Words of a stage's state."""
    return marks.STAGE_STATES.get(key, marks.STAGE_STATES["off"])[1]


@register.filter
def note_icon(tone: str) -> str:
    """Icon of a note's tone."""
    return marks.NOTE_ICONS.get(tone, "info-circle")


@register.simple_tag
def pick_of(bound: BoundField) -> picking.Pick:
    """The list of a choice among many."""
    return picking.pick(bound)


@register.simple_tag(takes_context=True)
def choose(context: template.Context, name: str, label: str, choices: Iterable[Any], value: str, none: str = "") -> Any:
    """One choice of a form that is read from the address, as a field for the field component. `none`: the words for
    no choice, where there may be none."""
    return forms.one_choice(name, label, [*([("", none)] if none else []), *choices], value, context["request"].GET)


@register.filter
def field_kind(bound: BoundField) -> str:
    """How the field component draws it."""
    return forms.kind(bound)


@register.filter
def styled(form: Form) -> Form:
    """A form of the sign-in library with the classes of the design language."""
    for field in form.fields.values():
        forms.style(field)
    return form


@register.filter
def passkeys_work(request: HttpRequest) -> bool:
    """Browsers offer passkeys on https and on localhost only."""
    return request.is_secure() or request.get_host().split(":")[0] == "localhost"


@register.filter
def get(mapping: Any, key: str) -> Any:
    """`mapping[key]`, or an empty text."""
    return mapping.get(key, "") if hasattr(mapping, "get") else ""


@register.filter
def times_range(count: int) -> Iterable[int]:
    """`range(count)`, for a fixed number of marks."""
    return range(int(count))


@register.simple_tag
def bars(days: Sequence[Day], label: str) -> SafeString:
    """The bars of days."""
    return charts.bars(days, label)


@register.simple_tag
def columns(values: Sequence[float], words: Sequence[str], label: str, strong: Sequence[bool] = ()) -> SafeString:
    """Upright bars."""
    return charts.columns(values, words, label, strong or ())


@register.simple_tag
def lying_bars(items: Sequence[tuple[str, float, str]], label: str) -> SafeString:
    """Lying bars, one a line."""
    return charts.rows(items, label)


@register.simple_tag
def spark(values: Sequence[float], label: str, abnormal: Sequence[bool] = (), size: str = "") -> SafeString:
    """A sparkline."""
    return charts.spark(values, label, abnormal or (), large=size == "lg")


@register.simple_tag
def said(text: str, mentions: Sequence[str] = (), person: str = "") -> SafeString:
    """What a person wrote, as HTML. `mentions` are handles with whom they mean (`mateo person:<id>`)."""
    meant = dict(each.split(" ", 1) for each in mentions or () if " " in each)
    return writing.said(text, meant, [handle for handle, who in meant.items() if person and who == f"person:{person}"])


@register.filter
def counted(value: int) -> str:
    """A number of things, thousands apart."""
    return f"{value:,}"


@register.simple_tag
def plot(figure: plots.Plot) -> SafeString:
    """A series over time with its legend and its numbers."""
    return plots.drawn(figure)


@register.simple_tag(takes_context=True)
def page_messages(context: template.Context) -> list[Message | undo.Offer]:
    """Messages for this page; an offered undo as an `Offer`."""
    request = context.get("request")
    if not isinstance(request, HttpRequest):
        return []
    return [undo.parse(m.extra_tags or "", str(m)) or m for m in get_messages(request)]
