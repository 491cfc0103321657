"""How an instant is written: in the viewer's zone, with UTC and the distance to now on hover.

The zone is the active one (`ScreenMiddleware` activates the viewer's). Never guesses a zone from the browser.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from tocsin.kernel import spoken
from tocsin.kernel.clock import now
from tocsin.kernel.durations import clock_duration, human_duration

AT_RISK = 0.8
"""A deadline is at risk when this share of its time is gone (the product's defaults, Severity)."""


HALF_A_YEAR = timedelta(days=183)
"""So near a day and a month say which year, and leave room for the time: a shift in January, seen in December."""


def relative(value: datetime) -> str:
    """`"3 min ago"`, `"in 15 min"`, `"now"`."""
    distance = value - now()
    if abs(distance) < timedelta(seconds=1):
        return "now"
    words = human_duration(distance)
    return f"in {words}" if distance > timedelta(0) else f"{words} ago"


def written(value: datetime, style: str = "auto") -> str:
    """The instant in the viewer's zone. Styles: auto, time, clock (with seconds), day, date, long, relative, zone."""
    local = timezone.localtime(value)
    if style == "relative":
        return relative(value)
    if style == "time":
        return f"{local:%H:%M}"
    if style == "clock":
        return f"{local:%H:%M:%S}"
    if style == "zone":
        return f"{local:%H:%M %Z}"
    if style == "day":
        return f"{local.day} {local:%b}"
    if style == "date":
        return f"{local.day} {local:%B %Y}"
    if style == "long":
        return f"{local:%A} {local.day} {local:%B}, {local:%H:%M %Z}"
    return _auto(local)


def _auto(local: datetime) -> str:
    today = timezone.localtime(now())
    if local.date() == today.date():
        return f"{local:%H:%M}"
    if local.year == today.year or abs(local - today) < HALF_A_YEAR:
        return f"{local.day} {local:%b}, {local:%H:%M}"
    return f"{local.day} {local:%b %Y}"


def span_elements(start: datetime, end: datetime, style: str = "auto") -> SafeString:
    """From when until when, what both have in common once: `"Tuesday 1 December, 14:00 to 17:00 CET"`.

    Whole days of the viewer's wall are days: `"Wednesday 2 to Friday 4 December"`. Styles: auto, long.
    """
    a, b = timezone.localtime(start), timezone.localtime(end)
    if style == "long" and a.time() == b.time() == time.min and a < b:
        return _days(start, end)
    first, last = written(start, style), written(end, style)
    if a.date() == b.date():
        last = f"{b:%H:%M %Z}" if style == "long" else f"{b:%H:%M}"
    if style == "long" and a.tzname() == b.tzname():
        first = first.removesuffix(f" {a:%Z}")
    return format_html("{} to {}", _element(start, first), _element(end, last))


def _days(start: datetime, end: datetime) -> SafeString:
    a, b = timezone.localtime(start), timezone.localtime(end - timedelta(seconds=1))
    last = _element(end, f"{b:%A} {b.day} {b:%B}")
    if a.date() == b.date():
        return last
    month = "" if a.month == b.month else f" {a:%B}"
    return format_html("{} to {}", _element(start, f"{a:%A} {a.day}{month}"), last)


def on_wall(sentence: str) -> str:
    """A sentence of the log, its times on the viewer's wall with the zone's name: '2026-11-30 12:07 UTC' is read as
    '30 Nov, 13:07 CET'. The log itself keeps UTC.
    """
    return spoken.on_wall(sentence, written, lambda at: f"{timezone.localtime(at):%Z}")


def time_element(value: datetime, style: str = "auto") -> SafeString:
    """`<time>` with the machine's form, and local time, UTC and distance in its title."""
    return _element(value, written(value, style), style)


def _element(value: datetime, text: str, style: str = "") -> SafeString:
    local, utc = timezone.localtime(value), value.astimezone(UTC)
    exact = f"{local.day} {local:%b %Y}, {local:%H:%M:%S %Z}; {utc:%H:%M:%S} UTC; {relative(value)}"
    return format_html(
        '<time class="t-when" datetime="{}" title="{}"{}>{}</time>',
        utc.strftime("%Y-%m-%dT%H:%M:%SZ"),
        exact,
        format_html(' data-when="relative"') if style == "relative" else "",
        text,
    )


@dataclass(frozen=True, slots=True)
class Countdown:
    """What a countdown shows at this moment; the browser keeps it moving from `due_iso` and `start_iso`."""

    due: datetime
    number: str
    word: str
    tone: str
    percent: int
    due_iso: str
    start_iso: str


def countdown(due: datetime, start: datetime | None = None) -> Countdown:
    """Calm, at risk from 80 % on (when `start` is known), or missed ('missed by 2 min')."""
    left, gone = due - now(), 0.0
    if start is not None and due > start:
        gone = min(1.0, max(0.0, (now() - start) / (due - start)))
    number, word, tone = number_left(left), "", ""
    if left < timedelta(0):
        number, word, tone, gone = f"missed by {_rounded(left)}", "Missed", "miss", 1.0
    elif gone >= AT_RISK:
        word, tone = "At risk", "risk"
    return Countdown(due, number, word, tone, round(gone * 100), _iso(due), _iso(start) if start else "")


def number_left(left: timedelta) -> str:
    """`"6:48"` within the hour before, `"3 h 36 min"` further away."""
    return clock_duration(left) if left < timedelta(hours=1) else human_duration(left)


def _rounded(late: timedelta) -> str:
    """How late, in whole minutes from one minute on."""
    seconds = int(abs(late).total_seconds())
    return human_duration(timedelta(seconds=seconds if seconds < 60 else seconds - seconds % 60))


def _iso(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
