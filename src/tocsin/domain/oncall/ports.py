"""What higher rooms may add to a page without this room knowing them: what happens next, where to go on.

Never imports a higher room; a subject kind without a registration simply adds nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from tocsin.domain.oncall.rules.urgency import ACKNOWLEDGE_WITHIN, Severity
from tocsin.kernel.actor import Actor
from tocsin.kernel.business_time import Term
from tocsin.kernel.errors import Conflict
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


@dataclass(frozen=True, slots=True)
class ReplyOption:
    """An answer that a paged person may give besides acknowledging. `first`: the big button.

    `asks`: the page offers a reason and a time at which they can come.
    """

    value: str
    label: str
    first: bool = False
    asks: bool = False


@dataclass(frozen=True, slots=True)
class Replies:
    """What a room asks of a person whom it had called: the question, the answers, and what they answered so far."""

    question: str
    options: tuple[ReplyOption, ...]
    given: str = ""
    given_at: datetime | None = None
    closed: str = ""
    """Why nothing can be answered (any more); empty while it can."""


@dataclass(frozen=True, slots=True)
class Given:
    """One answer: the option's value, why, when they can come, and by what it was given."""

    value: str
    reason: str
    come_at: datetime | None
    via: str


Offered = Callable[[Subject, str], Replies | None]
Taken = Callable[[Actor, Subject, Given], str]
_replies: dict[str, tuple[Offered, Taken]] = {}


def register_replies(kind: str, offered: Offered, taken: Taken) -> None:
    """`offered(subject, person)` says what a called person may answer (None: only acknowledge); `taken` takes it."""
    _replies[kind] = (offered, taken)


def replies(subject: Subject, person: str) -> Replies | None:
    """What this person may answer to a personal call about the subject."""
    found = _replies.get(subject.kind)
    return found[0](subject, person) if found else None


def take_reply(actor: Actor, subject: Subject, given: Given) -> str:
    """Hand an answer to the room of the subject; the sentence to show. Raises `Conflict` where none is asked for."""
    found = _replies.get(subject.kind)
    if found is None:
        raise Conflict("Nothing is asked here; use the other button.")
    return found[1](actor, subject, given)


AnswerTimes = Mapping[Severity, Term]
_answer_times: dict[str, Callable[[str], AnswerTimes]] = {}


def register_answer_times(kind: str, fn: Callable[[str], AnswerTimes]) -> None:
    """`fn(id)` tells how soon a page about this subject must be acknowledged; of no subject ('') those to come."""
    _answer_times[kind] = fn


def answer_times(kind: str = "", subject_id: str = "") -> AnswerTimes:
    """How soon a page about the subject must be acknowledged, by severity; without one, about trouble to come."""
    if not kind:
        return next((fn("") for fn in _answer_times.values()), ACKNOWLEDGE_WITHIN)
    fn = _answer_times.get(kind)
    return fn(subject_id) if fn else ACKNOWLEDGE_WITHIN


_coming: dict[str, Callable[[Subject], list[Coming]]] = {}
_follow_ups: dict[str, Callable[[Subject], list[FollowUp]]] = {}


_subject_kinds: dict[str, str] = {}


def register_subject_kinds(kinds: Mapping[str, str]) -> None:
    """Kinds of trouble that steps of a policy may ask for, each with its words."""
    _subject_kinds.update(kinds)


def subject_kinds() -> dict[str, str]:
    """Kinds of trouble with their words."""
    return dict(_subject_kinds)


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
