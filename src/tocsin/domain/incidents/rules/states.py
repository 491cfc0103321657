"""The states of an incident, and which move leads where.

Hides the table of moves. Never decides who may see an incident, and changes nothing by itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from tocsin.kernel.errors import Conflict, Invalid

REOPEN_WITHIN = timedelta(minutes=15)


class Kind(StrEnum):
    """The three kinds of trouble. A security incident is seen only by its members."""

    SECURITY = "security"
    DISRUPTION = "disruption"
    USER_IMPACT = "user_impact"

    @property
    def words(self) -> str:
        """As screens show it."""
        return {"security": "Security", "disruption": "Service disruption", "user_impact": "User impact"}[self]


class State(StrEnum):
    """From first sign to closed file. Dismissed and merged end an incident that never was one of its own."""

    DETECTED = "detected"
    TRIAGED = "triaged"
    RESPONDING = "responding"
    MITIGATED = "mitigated"
    RESOLVED = "resolved"
    CLOSED = "closed"
    DISMISSED = "dismissed"
    MERGED = "merged"

    @property
    def word(self) -> str:
        """As screens show it."""
        return self.value.capitalize()


class Verb(StrEnum):
    """What people do to an incident's state."""

    TRIAGE = "triage"
    RESPOND = "respond"
    MITIGATE = "mitigate"
    RESOLVE = "resolve"
    CLOSE = "close"
    REOPEN = "reopen"
    DISMISS = "dismiss"
    MERGE = "merge"


class Who(StrEnum):
    """Who makes a move: a responder, the commander, or a responder and also the system by itself."""

    RESPONDER = "responder"
    COMMANDER = "commander"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Move:
    """From `sources` to `target`. `who` is the least that may; `words` complete 'Ada …'."""

    verb: Verb
    sources: frozenset[State]
    target: State
    who: Who
    needs_reason: bool
    words: str


_S = State
ACTIVE_STATES = frozenset({_S.DETECTED, _S.TRIAGED, _S.RESPONDING, _S.MITIGATED})
OPEN_STATES = ACTIVE_STATES | {_S.RESOLVED}
"""Resolved is open until it is closed: its review and reports are still due."""
FINAL_STATES = frozenset({_S.CLOSED, _S.DISMISSED, _S.MERGED})

_TABLE = (
    Move(Verb.TRIAGE, frozenset({_S.DETECTED}), _S.TRIAGED, Who.RESPONDER, False, "triaged it"),
    Move(
        Verb.RESPOND,
        frozenset({_S.DETECTED, _S.TRIAGED, _S.MITIGATED}),
        _S.RESPONDING,
        Who.SYSTEM,
        False,
        "began to respond",
    ),
    Move(
        Verb.MITIGATE,
        frozenset({_S.DETECTED, _S.TRIAGED, _S.RESPONDING}),
        _S.MITIGATED,
        Who.RESPONDER,
        False,
        "mitigated it",
    ),
    Move(Verb.RESOLVE, ACTIVE_STATES, _S.RESOLVED, Who.SYSTEM, False, "resolved it"),
    Move(Verb.CLOSE, frozenset({_S.RESOLVED}), _S.CLOSED, Who.COMMANDER, False, "closed it"),
    Move(
        Verb.REOPEN,
        frozenset({_S.MITIGATED, _S.RESOLVED, _S.CLOSED, _S.DISMISSED}),
        _S.RESPONDING,
        Who.SYSTEM,
        True,
        "reopened it",
    ),
    Move(
        Verb.DISMISS,
        frozenset({_S.DETECTED, _S.TRIAGED, _S.RESPONDING}),
        _S.DISMISSED,
        Who.RESPONDER,
        True,
        "dismissed it",
    ),
    Move(Verb.MERGE, ACTIVE_STATES, _S.MERGED, Who.RESPONDER, True, "merged it into another"),
)
MOVES: Mapping[Verb, Move] = {each.verb: each for each in _TABLE}


def allowed(state: State) -> tuple[Verb, ...]:
    """What can be done to an incident in this state."""
    return tuple(verb for verb, each in MOVES.items() if state in each.sources)


def move(state: State, verb: Verb, *, reason: str = "", by_system: bool = False) -> State:
    """The state that `verb` leads to. Raises `Conflict` naming what is allowed, `Invalid` for a missing reason.

    The system itself only responds, resolves and reopens; a closed or dismissed incident it never reopens: new
    alerts propose a new, linked incident (the product's defaults, Grouping).
    """
    step = MOVES[verb]
    if state not in step.sources:
        open_to = ", ".join(allowed(state)) or "nothing: it is final"
        raise Conflict(f"A {state} incident cannot {verb}; it can: {open_to}.", field="state")
    if by_system and (step.who is not Who.SYSTEM or state in FINAL_STATES):
        raise Conflict(f"Only a person may {verb} a {state} incident.", field="state")
    if step.needs_reason and not reason.strip():
        raise Invalid(f"reason: say why, to {verb} the incident.", field="reason")
    return step.target


def reopen_to(state: State, *, reason: str, by_system: bool, known: bool) -> State:
    """Where a reopened incident goes. One that was dismissed before it was `known` (confirmed, declared or taken by
    anybody) waits for a word again. Raises as `move`.
    """
    target = move(state, Verb.REOPEN, reason=reason, by_system=by_system)
    return target if known or state is not State.DISMISSED else State.DETECTED


def takes_alerts(state: State, resolved_at: datetime | None, now: datetime) -> bool:
    """True when an alert of the same group belongs to this incident; False proposes a new, linked one.

    A resolved incident takes it (and is reopened) only within 15 minutes: it must not swallow new trouble.
    """
    if state is State.RESOLVED:
        return resolved_at is not None and now - resolved_at <= REOPEN_WITHIN
    return state in ACTIVE_STATES
