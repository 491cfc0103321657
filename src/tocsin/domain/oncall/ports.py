"""What higher rooms may add to a page without this room knowing them: what happens next, where to go on.

Never imports a higher room; a subject kind without a registration simply adds nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from tocsin.kernel.subject import Subject


@dataclass(frozen=True, slots=True)
class Coming:
    """Something that is due for a subject after it was acknowledged."""

    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class FollowUp:
    """Where the person who acknowledged goes next; the first of a list is the biggest button."""

    label: str
    url: str


_coming: dict[str, Callable[[Subject], list[Coming]]] = {}
_follow_ups: dict[str, Callable[[Subject], list[FollowUp]]] = {}


def register_coming(kind: str, fn: Callable[[Subject], list[Coming]]) -> None:
    """`fn(subject)` lists what is due next for subjects of `kind`; shown to the person who acknowledged."""
    _coming[kind] = fn


def register_follow_ups(kind: str, fn: Callable[[Subject], list[FollowUp]]) -> None:
    """`fn(subject)` lists where to go on for subjects of `kind`."""
    _follow_ups[kind] = fn


def coming(subject: Subject) -> list[Coming]:
    """What is due next, soonest first."""
    fn = _coming.get(subject.kind)
    return sorted(fn(subject), key=lambda item: item.at) if fn else []


def follow_ups(subject: Subject) -> list[FollowUp]:
    """Where to go on; the subject's own page always stands last."""
    fn = _follow_ups.get(subject.kind)
    own = [FollowUp(f"Open {subject.reference}", subject.url)] if subject.url else []
    return [*(fn(subject) if fn else []), *own]
