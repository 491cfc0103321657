"""Durations as people write and read them: `90s`, `5m`, `1 h 38 min`."""

import re
from datetime import timedelta

from tocsin.kernel.errors import Invalid

_UNITS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400, "w": 604800}
_PART = re.compile(r"\s*(\d+)\s*(s|min|m|h|d|w)\s*")
_NBSP = "\N{NO-BREAK SPACE}"


def parse_duration(text: str, *, field: str = "duration") -> timedelta:
    """`"1h 30m"` -> 90 minutes. A bare number is seconds. Raises `Invalid` naming `field`."""
    text = text.strip().lower()
    if text.isdigit():
        return timedelta(seconds=int(text))
    seconds = position = 0
    while position < len(text):
        match = _PART.match(text, position)
        if match is None:
            raise Invalid(f"{field}: '{text}' is not a duration; write it like 90s, 5m or 1h 30m.", field=field)
        seconds += int(match[1]) * _UNITS[match[2]]
        position = match.end()
    if not text:
        raise Invalid(f"{field}: a duration is missing; write it like 90s, 5m or 1h 30m.", field=field)
    return timedelta(seconds=seconds)


def human_duration(value: timedelta) -> str:
    """`"1 h 38 min"`, `"48 s"`, `"3 days"`: at most two units, no-break spaces before each."""
    total = int(abs(value).total_seconds())
    days, rest = divmod(total, 86400)
    hours, rest = divmod(rest, 3600)
    minutes, seconds = divmod(rest, 60)
    parts = [
        (days, "day" if days == 1 else "days"),
        (hours, "h"),
        (minutes, "min"),
        (seconds, "s"),
    ]
    while parts and not parts[0][0]:
        parts.pop(0)
    shown = [f"{n}{_NBSP}{unit}" for n, unit in parts[:2] if n]
    return " ".join(shown) or f"0{_NBSP}s"


def clock_duration(value: timedelta) -> str:
    """`"6:48"` under an hour, else `"1:06:48"`: the form of a running countdown."""
    total = max(0, int(value.total_seconds()))
    hours, rest = divmod(total, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
