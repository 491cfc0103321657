"""What each person of a rehearsal would get, message by message: the personal rules over time. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tocsin.domain.oncall.rules.escalation_state import Decision, PageOut, Phase
from tocsin.domain.oncall.rules.personal import Moment, Quiet, Rung, Ways, plan, ring
from tocsin.domain.oncall.rules.stepping import CATCH_ALL_EVERY
from tocsin.domain.oncall.rules.urgency import URGENCY, Severity, Urgency


@dataclass(frozen=True, slots=True)
class Habits:
    """How one person can be reached and wants to be."""

    ways: Ways
    own: Mapping[Urgency, Sequence[Rung]] = field(default_factory=dict)
    quiet: Quiet | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """One message by a method; `note` says why it comes so."""

    at: datetime
    method: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """All messages of one page until `until`, when another page of the person takes its place or all ends."""

    until: datetime
    messages: tuple[Message, ...]
    said: tuple[str, ...]


_Due = tuple[datetime, tuple[str, ...]]
Line = Sequence[tuple[datetime, Decision]]


def messages_of(line: Line, severity: Severity, habits: Mapping[str, Habits]) -> dict[tuple[str, str], Rehearsed]:
    """By key and person of each page. Every person is followed alone, page after page, as the engine would."""
    pages: dict[str, list[tuple[datetime, PageOut, bool]]] = {}
    for at, made in line:
        for page in made.pages:
            pages.setdefault(page.person, []).append((at, page, made.state.phase is Phase.CATCH_ALL))
    end = line[-1][0] + CATCH_ALL_EVERY if line else None
    found = {}
    for person, mine in pages.items():
        recent: dict[str, list[datetime]] = {}
        left: list[_Due] = []
        for number, (at, page, last_resort) in enumerate(mine):
            until = mine[number + 1][0] if number + 1 < len(mine) else end or at
            here = Moment(at, severity, news=number == 0, last_resort=last_resort, quiet=habits[person].quiet)
            found[page.key, person] = _one(here, page.urgency, habits[person], recent, left, until)
    return found


def first_page(severity: Severity, at: datetime, habits: Habits, lasting: timedelta) -> Rehearsed:
    """Every message of a person's first page, sent at `at`, for as long as nobody answers it."""
    begin = Moment(at, severity, news=True, quiet=habits.quiet)
    return _one(begin, URGENCY[severity], habits, {}, [], at + lasting)


def _one(
    begin: Moment,
    urgency: Urgency,
    habits: Habits,
    recent: dict[str, list[datetime]],
    left: list[_Due],
    until: datetime,
) -> Rehearsed:
    """One page until `until`; what it has not rung by then stays in `left` for the page that takes its place."""
    rungs = plan(habits.own.get(urgency, ()), habits.ways, urgency)
    left += [(begin.at + rung.after, rung.methods) for rung in rungs]
    kinds = {way.id: way.kind for way in habits.ways}
    messages: list[Message] = []
    said: list[str] = []
    while left:
        left.sort(key=lambda entry: entry[0])
        if left[0][0] >= until:
            break
        at = left[0][0]
        due = [methods for when, methods in left if when == at]
        del left[: len(due)]
        methods = [method for ids in due for method in ids]
        moment = Moment(
            at,
            begin.severity,
            news=begin.news,
            last_resort=begin.last_resort,
            quiet=begin.quiet,
            recent=recent,
            tried=frozenset(message.method for message in messages),
        )
        made = ring(methods, habits.ways, moment)
        note = "; ".join(made.said)
        messages += [Message(at, method, note) for method in made.send]
        for method in made.send:
            recent.setdefault(kinds[method], []).append(at)
        said += made.said
        left += [(when, ids) for when, ids in made.later]
    return Rehearsed(until, tuple(messages), tuple(dict.fromkeys(said)))
