"""What a file of the organisation is made of: entries, and durations, addresses and names as it spells them.

Names things as people do (addresses, short names, names), never by id. Holds no secret.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from tocsin.kernel.durations import parse_duration

Name = Annotated[str, Meta(min_length=1, max_length=120)]
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Entry(Struct, kw_only=True, omit_defaults=True):
    """Base of everything in the file: what equals its default is not written.

    `apart`: fields that say how an entry comes to be, so that two entries are not told apart by them.
    """

    apart: ClassVar[tuple[str, ...]] = ()


def keys(names: Iterable[str]) -> list[str]:
    """Names made different where two things share one: the second is 'name (2)'."""
    seen: dict[str, int] = {}
    made = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        made.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return made


def email(text: str) -> str:
    """An address as people sign in with it."""
    return text.strip().lower()


def duration_text(value: timedelta | None) -> str:
    """A duration as `parse_duration` reads it, in the largest unit that fits; empty for none."""
    if value is None:
        return ""
    seconds = int(value.total_seconds())
    for unit, size in (("h", 3600), ("m", 60)):
        if seconds and seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def spelled(text: str) -> str:
    """A duration in the one spelling that is kept. Raises `Invalid`."""
    return duration_text(parse_duration(text))


def minutes(text: str, field: str) -> int:
    """Whole minutes of a duration. Raises `Invalid`."""
    return int(parse_duration(text, field=field) // timedelta(minutes=1))
