"""Shapes that all operations share: bodies that refuse unknown fields, pages with an opaque cursor.

Hides how a cursor is written. Knows no room.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, TypeVar

from ninja import Schema
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from tocsin.kernel.errors import Invalid

T = TypeVar("T")
MOST = 100


def _with_zone(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("say the zone, as in 2026-11-24T02:47:00Z")
    try:
        return value.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("this time cannot be written in UTC") from error


Instant = Annotated[datetime, AfterValidator(_with_zone)]
"""A time with its zone, ISO 8601."""
Limit = Annotated[int, Field(ge=1, le=MOST)]


class Body(Schema):
    """Base of all bodies: a field that is not known is refused by name, and so is text that no database takes."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def writable(cls, given: Any) -> Any:
        """Refuse NUL and broken UTF-16 in any text."""
        _check(getattr(given, "_obj", given))
        return given


def _check(value: Any) -> None:
    if isinstance(value, str):
        if "\x00" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
            raise ValueError("text holds a character that cannot be stored (NUL or half of a pair)")
    elif isinstance(value, dict):
        for key, item in value.items():
            _check(key)
            _check(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _check(item)


class Page(BaseModel, Generic[T]):
    """Some items. `next` is the cursor of the following page, empty on the last."""

    items: list[T]
    next: str = ""


class Made(BaseModel):
    """The id of what was made."""

    id: str


class Done(BaseModel):
    """What happened, in one sentence."""

    said: str = ""


def written(cursor: dict[str, Any]) -> str:
    """An opaque cursor."""
    return urlsafe_b64encode(json.dumps(cursor, separators=(",", ":")).encode()).decode().rstrip("=")


def read(cursor: str, **kinds: type) -> dict[str, Any]:
    """What a cursor says: exactly these names, each of its kind. Raises `Invalid`."""
    try:
        found = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (NotBase64, ValueError) as error:
        raise _broken() from error
    if not isinstance(found, dict) or set(found) != set(kinds):
        raise _broken()
    if any(type(found[name]) is not kind for name, kind in kinds.items()):
        raise _broken()
    return found


def _broken() -> Invalid:
    return Invalid("cursor: send back the 'next' of the page before, unchanged.", field="cursor")


def page_of(items: Sequence[T], cursor: str, limit: int, *, key: Callable[[T], str]) -> Page[T]:
    """A page of a short list. The cursor names the last item shown; when that is gone, its place is kept by number."""
    start = 0
    if cursor:
        found = read(cursor, k=str, n=int)
        keys = [key(item) for item in items]
        start = keys.index(found["k"]) + 1 if found["k"] in keys else max(0, found["n"])
    shown = list(items[start : start + limit])
    more = start + limit < len(items)
    return Page(items=shown, next=written({"k": key(shown[-1]), "n": start + limit - 1}) if more and shown else "")
