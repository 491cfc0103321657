"""What differs between two entries, in words.

Pure: nothing here is read from or written to a room.
"""

from dataclasses import dataclass
from typing import Any

from msgspec.structs import fields

from tocsin.cli.organisation.entry import Entry

_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: `mark` is + (added), ~ (changed) or - (removed)."""

    mark: str
    what: str
    words: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.mark} {self.what}" + (f": {'; '.join(self.words)}" if self.words else "")


def details(old: Entry | None, new: Entry) -> tuple[str, ...]:
    """Each field that differs as 'field: before -> after'; fields left out (None) differ from nothing."""
    if old is None:
        known_by = getattr(new, "email", "") or getattr(new, "slug", "")
        return (getattr(new, "name", ""),) if known_by else ()
    words = []
    for found in fields(type(new)):
        before, after = getattr(old, found.name), getattr(new, found.name)
        if after is not None and _comparable(before) != _comparable(after):
            words.append(f"{found.name} {_shown(before)} -> {_shown(after)}")
    return tuple(words)


def _comparable(value: Any) -> Any:
    if isinstance(value, Entry):
        return {f.name: _comparable(getattr(value, f.name)) for f in fields(value) if f.name not in value.apart}
    if isinstance(value, list):
        return [_comparable(item) for item in value]
    return value


def _shown(value: Any) -> str:
    if value in ("", None, [], {}):
        return "nothing"
    if isinstance(value, list) and value and isinstance(value[0], Entry):
        return f"{len(value)} " + ("entry" if len(value) == 1 else "entries")
    if isinstance(value, list):
        value = ", ".join(map(str, value))
    text = " ".join(str(value).split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
