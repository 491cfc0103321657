"""Weekly windows, uneven turns and leads as people write them: `mon-fri 09:00-17:00; sat 10:00-14:00`. Pure."""

import re
from collections.abc import Iterable
from datetime import time

from tocsin.domain.oncall.commands import Window
from tocsin.kernel.durations import parse_duration
from tocsin.kernel.errors import Invalid

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_PART = re.compile(r"([a-z]{3})(?:\s*-\s*([a-z]{3}))?\s+(\d{1,2}:\d{2})\s*-\s*(\d{1,2}:\d{2})")


def parse_windows(text: str) -> tuple[Window, ...]:
    """The windows of a text, parts split by lines or semicolons. Raises `Invalid` naming the part."""
    found = []
    for part in re.split(r"[;\n]", text.lower()):
        if not part.strip():
            continue
        match = _PART.fullmatch(part.strip())
        if match is None or match[1] not in DAYS or (match[2] or match[1]) not in DAYS:
            sentence = f"restrictions: '{part.strip()}' is not understood; write it like mon-fri 09:00-17:00."
            raise Invalid(sentence, field="restrictions")
        first, last = DAYS.index(match[1]), DAYS.index(match[2] or match[1])
        days = range(first, last + 1) if first <= last else [*range(first, 7), *range(last + 1)]
        found += [Window(day, _clock(match[3]), _clock(match[4])) for day in days]
    return tuple(found)


def written_windows(windows: Iterable[tuple[int, time, time]]) -> str:
    """The text that `parse_windows` reads back; neighbouring days with the same hours are joined."""
    parts: list[tuple[int, int, time, time]] = []
    for day, opens, closes in sorted(windows, key=lambda w: (w[1], w[2], w[0])):
        if parts and parts[-1][1] == day - 1 and parts[-1][2:] == (opens, closes):
            parts[-1] = (parts[-1][0], day, opens, closes)
        else:
            parts.append((day, day, opens, closes))
    return "; ".join(
        f"{DAYS[a]}{'' if a == b else '-' + DAYS[b]} {opens:%H:%M}-{closes:%H:%M}"
        for a, b, opens, closes in sorted(parts)
    )


def parse_pattern(text: str) -> tuple[int, ...]:
    """Lengths of uneven turns: `5, 2`. Raises `Invalid` for what is no number."""
    parts = [part for part in re.split(r"[\s,;+]+", text) if part]
    if not all(part.isdecimal() and len(part) < 6 and int(part) for part in parts):
        raise Invalid("pattern: write the lengths of the turns like 5, 2.", field="pattern")
    return tuple(map(int, parts))


def parse_leads(text: str) -> tuple[int, ...]:
    """How long before, in minutes: `24h, 0m`. Raises `Invalid` for what is no duration."""
    parts = [part for part in re.split(r"[,;]", text) if part.strip()]
    return tuple(int(parse_duration(part, field="notices").total_seconds() // 60) for part in parts)


def written_leads(leads: Iterable[int]) -> str:
    """The text that `parse_leads` reads back."""
    return ", ".join(f"{lead // 60}h" if lead and lead % 60 == 0 else f"{lead}m" for lead in leads)


def _clock(text: str) -> time:
    try:
        return time.fromisoformat(text.zfill(5))
    except ValueError as error:
        raise Invalid(f"restrictions: '{text}' is not a time of day.", field="restrictions") from error
