"""Lessons and recommendations that the facts of an incident suggest, each with the facts that it used. Pure.

Never decides: a person accepts, edits or dismisses each. `key` is stable, so that what was decided about a proposal
outlives a regeneration.
"""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin.domain.knowledge.rules.measures import missed
from tocsin.domain.knowledge.rules.prose import plain
from tocsin.domain.knowledge.rules.snapshot import Promise, Snapshot
from tocsin.kernel.durations import human_duration

LESSON, RECOMMENDATION = "lesson", "recommendation"
LEADERLESS = timedelta(minutes=10)
"""So long may a called incident be without a commander before it is worth a lesson."""
SILENCE = timedelta(hours=1)
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Proposal:
    """One suggestion. `facts` are the sentences it rests on."""

    key: str
    kind: str
    text: str
    facts: tuple[str, ...]


def proposals(known: Snapshot) -> tuple[Proposal, ...]:
    """Everything that the facts suggest, lessons first."""
    found = {proposal.key: proposal for rule in _RULES for proposal in rule(known)}
    return tuple(sorted(found.values(), key=lambda p: p.kind != LESSON))


def _lesson(key: str, text: str, *facts: str) -> Proposal:
    return Proposal(f"lesson.{key}", LESSON, text, facts)


def _advice(key: str, text: str, *facts: str) -> Proposal:
    return Proposal(f"recommendation.{key}", RECOMMENDATION, text, facts)


def _acknowledge(known: Snapshot) -> Iterator[Proposal]:
    promise = next((p for p in missed(known) if p.kind == "acknowledge"), None)
    if promise is None:
        return
    calls = f"{len(known.calls)} {'person was' if len(known.calls) == 1 else 'people were'} called."
    if known.acknowledged_at is None:
        fact = f"Nobody acknowledged; it was due {_clock(promise.due_at)}."
    else:
        fact = f"Acknowledged {_clock(known.acknowledged_at)}, {_late(promise, known.acknowledged_at)} late."
    yield _lesson("acknowledge", "Nobody acknowledged within the target.", fact, calls)
    yield _advice(
        "acknowledge",
        "Look at the first step of the escalation policy: add a second person, or a louder way to reach the first.",
        fact,
    )


def _unreachable(known: Snapshot) -> Iterator[Proposal]:
    names = sorted({call.person for call in known.calls if not call.ways})
    if names:
        fact = f"{_list(names)} had no verified way to be reached when called."
        yield _lesson("unreachable", f"A call reached nobody: {_list(names)} could not be reached.", fact)
        yield _advice("unreachable", f"Have {_list(names)} add and verify a phone, or an app that wakes.", fact)
    broken = sorted({f"{call.person} by {way}" for call in known.calls for way in call.failed})
    if broken:
        fact = f"Messages failed: {_list(broken)}."
        yield _advice("failing_way", "Mend or replace the contact methods that failed.", fact)


def _leaderless(known: Snapshot) -> Iterator[Proposal]:
    terms = sorted((t for t in known.roles if t.role == "commander"), key=lambda t: t.since)
    if "commander" not in known.needed_roles:
        return
    if not terms:
        if known.length >= LEADERLESS:
            fact = f"It lasted {_whole(known.length)}; nobody took Incident Commander."
            yield _lesson("leaderless", "Nobody commanded this incident.", fact)
            yield _advice("leaderless", "Name a commander with the first acknowledgement.", fact)
        return
    begins = known.acknowledged_at or known.declared_at or known.alarm_at
    gap, since = max(_gaps(begins, terms[0].since, known), key=lambda found: found[0])
    if gap >= LEADERLESS:
        fact = f"From {_clock(since)} nobody was Incident Commander for {_whole(gap)}."
        yield _lesson("leaderless", f"There was no commander for {_whole(gap)}.", fact)


def _gaps(begins: datetime, first: datetime, known: Snapshot) -> Iterator[tuple[timedelta, datetime]]:
    yield first - begins, begins
    terms = sorted((t for t in known.roles if t.role == "commander"), key=lambda t: t.since)
    for earlier, later in itertools.pairwise(terms):
        if earlier.until is not None:
            yield later.since - earlier.until, earlier.until


def _talk(known: Snapshot) -> Iterator[Proposal]:
    late = {p.kind: p for p in missed(known) if p.kind in {"public_post", "public_update", "internal_update"}}
    if (post := late.get("public_post")) is not None:
        done = f"posted {_clock(post.met_at)}" if post.met_at else "never posted"
        fact = f"The first public post was due {_clock(post.due_at)} and was {done}."
        yield _lesson("public_post", "The first public post came late.", fact)
        yield _advice("public_post", "Have an approved text ready for this kind of trouble.", fact)
    updates = [p for p in missed(known) if p.kind in {"public_update", "internal_update"}]
    if updates:
        n = len(updates)
        fact = f"{n} promised {'update was' if n == 1 else 'updates were'} late: " + "; ".join(
            f"{p.words}, due {_clock(p.due_at)}" for p in updates[:5]
        )
        yield _lesson("updates", "Promised status updates came late.", fact)
    if not known.updates and known.length >= SILENCE:
        fact = f"It lasted {_whole(known.length)} without a status update."
        yield _lesson("silence", "Nobody outside the team was told how it stood.", fact)


def _slow(known: Snapshot) -> Iterator[Proposal]:
    for kind, words in (("engage", "The team was complete late."), ("mitigate", "The harm was stopped late.")):
        promise = next((p for p in missed(known) if p.kind == kind), None)
        if promise is not None:
            done = f"done {_clock(promise.met_at)}" if promise.met_at else "not done"
            yield _lesson(
                kind, words, f"{promise.words} was due {_clock(promise.due_at)}, within {promise.term}; {done}."
            )


def _alerts(known: Snapshot) -> Iterator[Proposal]:
    if known.came_back:
        fact = f"Fired again: {_list([plain(title, 80) for title in known.came_back[:5]])}."
        yield _lesson("came_back", "An alert came back after it had gone quiet.", fact)
        yield _advice("came_back", "Watch longer before calling it fixed, or mend what lets it flap.", fact)
    if known.unrouted:
        fact = plain(known.unrouted, 200)
        yield _advice("unrouted", "Add a route, so that this alert finds the right people by itself.", fact)
    stale = [plain(s.title, 80) for s in known.signals if s.stale]
    if stale:
        yield _advice("stale", "Mend the source of alerts that went silent.", f"Went silent: {_list(stale[:5])}.")
    if not known.signals:
        fact = f"Declared by a person {_clock(known.declared_at or known.alarm_at)}; no alert belongs to it."
        yield _lesson("no_alert", "People noticed it before any alert did.", fact)
        yield _advice("no_alert", "Add a check or an alert that would have seen this first.", fact)


def _sizes(known: Snapshot) -> Iterator[Proposal]:
    order = {"low": 1, "medium": 2, "high": 3, "unknown": 4, "critical": 5}
    raised = [
        (before, after)
        for before, after in zip(known.sizes, known.sizes[1:], strict=False)
        if order.get(after.severity, 0) > order.get(before.severity, 0) and before.severity != "unknown"
    ]
    if raised:
        before, after = raised[-1]
        fact = f"Severity rose from {before.severity} to {after.severity} {_clock(after.at)}, by {after.by}."
        yield _lesson("undersized", "It was thought smaller than it was.", fact)


def _follow_up(known: Snapshot) -> Iterator[Proposal]:
    left = [plain(t.title, 80) for t in known.tasks if t.state == "open"]
    if left and known.resolved_at is not None:
        n = len(left)
        yield _advice(
            "tasks",
            "Turn what is left to do into action items with an owner and a date.",
            f"{n} {'task was' if n == 1 else 'tasks were'} open at the end: {_list(left[:5])}.",
        )
    if known.resolved_at is not None and not known.root_cause:
        yield _advice("cause", "Find the root cause and write it down.", "It was resolved without a root cause.")


_RULES: tuple[Callable[[Snapshot], Iterator[Proposal]], ...] = (
    _acknowledge,
    _unreachable,
    _leaderless,
    _talk,
    _slow,
    _alerts,
    _sizes,
    _follow_up,
)


def _clock(at: datetime) -> str:
    return f"at {at:%H:%M} UTC on {at.day} {at:%b}"


def _whole(length: timedelta) -> str:
    return human_duration(length // _MINUTE * _MINUTE if length >= _MINUTE else length)


def _late(promise: Promise, at: datetime) -> str:
    return human_duration(at - promise.due_at)


def _list(names: list[str]) -> str:
    return ", ".join(names[:-1]) + " and " + names[-1] if len(names) > 1 else "".join(names)
