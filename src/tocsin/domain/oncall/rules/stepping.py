"""Who a step reaches: conditions, turns, webhooks, empty steps, and the catch-all people when every round is over.

Part of the rules of escalation (`escalation.py` says when it is asked). Pure; never loops, never silent.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from tocsin.domain.oncall.rules.conditions import Clocks, unmet
from tocsin.domain.oncall.rules.escalation_state import (
    Decision,
    HookOut,
    PageOut,
    People,
    Phase,
    Policy,
    State,
    Step,
    Target,
    TargetKind,
    Turns,
    Why,
)
from tocsin.domain.oncall.rules.schedule import PersonId
from tocsin.domain.oncall.rules.urgency import URGENCY, Severity, Urgency
from tocsin.kernel.business_time import Unit

ESCALATE_AT = 0.8
CATCH_ALL_EVERY = timedelta(minutes=10)
LEAST_DELAY = timedelta(minutes=1)
"""A shorter step would page the next person before the first could answer."""

_LENGTHS = {
    Unit.MINUTES: timedelta(minutes=1),
    Unit.HOURS: timedelta(hours=1),
    Unit.BUSINESS_HOURS: timedelta(hours=1),
    Unit.BUSINESS_DAYS: timedelta(hours=8),
    Unit.CALENDAR_DAYS: timedelta(days=1),
}
_AS = {TargetKind.PERSON: "named", TargetKind.SCHEDULE: "on call", TargetKind.TEAM: "in the team"}
_WORSE = (Why.RAISED, Why.WIDENED)


@dataclass(frozen=True, slots=True)
class Around:
    """What the rules are told of the world at one moment."""

    people: People
    administrators: tuple[PersonId, ...]
    clocks: Clocks
    turns: Turns


@dataclass(slots=True)
class _Found:
    """What was met on the way from one step to the next that pages somebody."""

    notes: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    hooks: list[HookOut] = field(default_factory=list)


def page_step(policy: Policy, state: State, now: datetime, around: Around) -> Decision:
    """The next step that reaches anybody; those that do not are passed over at once and reported."""
    round_, step, met, silent = state.round, state.step, _Found(), None
    for _ in policy.steps:
        step += 1
        if step >= len(policy.steps):
            round_, step = round_ + 1, 0
        if round_ > policy.rounds:
            break
        at = replace(state, round=round_, step=step)
        made = _try_step(policy, at, now, around, met)
        if made is not None and not _only_who_was_asked(state, made):
            return made
        if made is not None:
            silent = silent or made
            met.skipped.append(f"Step {step + 1} is passed over: whom it calls was asked just now and did not answer.")
    if silent is not None:
        return silent
    if not policy.steps:
        met.notes.append("The policy has no steps; catch-all people are paged.")
    elif len(met.skipped) == len(policy.steps):
        met.notes.append("No step of the policy applies now; catch-all people are paged.")
    decision = page_catch_all(policy, replace(state, phase=Phase.CATCH_ALL), now, around)
    return replace(
        decision,
        notes=(*met.notes, *decision.notes),
        skipped=tuple(met.skipped),
        hooks=(*met.hooks, *decision.hooks),
    )


def _only_who_was_asked(state: State, made: Decision) -> bool:
    """A step that reaches nobody but who acknowledged, went quiet and left the question unanswered."""
    return state.pending is Why.QUIET and bool(made.pages) and {page.person for page in made.pages} == {state.holder}


def _try_step(policy: Policy, state: State, now: datetime, around: Around, met: _Found) -> Decision | None:
    """Page the step that `state` stands on; None when it goes on at once."""
    step, number = policy.steps[state.step], state.step + 1
    why_not = why_skipped(step, state, now, around.clocks)
    if why_not:
        met.skipped.append(f"Step {number} is passed over: {why_not}.")
        return None
    place = f"step {number} of {len(policy.steps)}, round {state.round}"
    key = f"g{state.generation}.r{state.round}.s{number}"
    told = _hooks(step.targets, around.people, place, key)
    met.hooks += told
    found, turn = _who(step.targets, around.people), ""
    if step.in_turn and found:
        person, fresh = _in_turn(state, found, around.turns)
        found, turn = {person: f"{found[person]}, in turn"}, person if fresh else ""
        state = replace(state, turn_of={**state.turn_of, str(state.step): person})
    _add_holder(state, found, around.people)
    if not found and not (told and step.delay is not None):
        if not told:
            met.notes.append(f"Step {number} has nobody to page; moved on at once.")
        return None
    made = paged(
        state, _pages(state, found, place, key), now, wait_of(step, state.severity, around.clocks), around.clocks
    )
    return replace(
        made,
        notes=tuple(met.notes),
        skipped=tuple(met.skipped),
        hooks=tuple(met.hooks),
        turns=(turn,) if turn else (),
    )


def why_skipped(step: Step, state: State, now: datetime, clocks: Clocks) -> str:
    """The first condition that does not hold, in words; '' when the step counts."""
    reasons = (unmet(condition, state.severity, state.kind, now, clocks) for condition in step.when)
    return next(filter(None, reasons), "")


def page_catch_all(policy: Policy, state: State, now: datetime, around: Around) -> Decision:
    """Everyone of last resort, once more."""
    found = _who(policy.catch_all, around.people)
    for person in around.administrators:
        found.setdefault(person, "administrator")
    _add_holder(state, found, around.people)
    state = replace(state, calls=state.calls + 1)
    pending = state.pending if state.pending is not Why.STEP else Why.CATCH_ALL
    place = f"nobody has answered, call {state.calls}"
    pages = _pages(replace(state, pending=pending), found, place, f"g{state.generation}.c{state.calls}")
    notes = (
        ()
        if found
        else ("There is nobody to page at all: neither catch-all people nor an administrator can be reached.",)
    )
    return replace(paged(state, pages, now, CATCH_ALL_EVERY, around.clocks), notes=notes)


def each_step(policy: Policy, state: State, now: datetime, around: Around) -> Iterator[Decision]:
    """Every step by itself, as if it were due at `now`: whom it pages, or why it is passed over. Turns go on."""
    turns = dict(around.turns)
    for number in range(len(policy.steps)):
        met = _Found()
        made = _try_step(policy, replace(state, step=number), now, replace(around, turns=turns), met)
        if made is None:
            made = Decision(state, notes=tuple(met.notes), hooks=tuple(met.hooks), skipped=tuple(met.skipped))
        turns |= dict.fromkeys(made.turns, max(turns.values(), default=0) + 1)
        yield made


def wait_of(step: Step, severity: Severity, clocks: Clocks) -> timedelta:
    """How long a step waits for an answer: its own delay, else 80 % of the acknowledge target."""
    return default_delay(severity, clocks) if step.delay is None else max(step.delay, LEAST_DELAY)


def default_delay(severity: Severity, clocks: Clocks) -> timedelta:
    """80 % of the acknowledge target: escalate before the breach, not at it. A working day counts as 8 h."""
    term = clocks.answer_within[severity]
    return max(_LENGTHS[term.unit] * term.amount * ESCALATE_AT, LEAST_DELAY)


def after(severity: Severity, now: datetime, wait: timedelta, clocks: Clocks) -> datetime:
    """`now` and `wait`, in the time that counts for this urgency."""
    match URGENCY[severity]:
        case Urgency.WAKES:
            return now + wait
        case Urgency.WAKING_HOURS:
            return clocks.waking.add(now, wait)
        case Urgency.MAIL:
            return clocks.business.add(now, wait)


def paged(state: State, pages: tuple[PageOut, ...], now: datetime, wait: timedelta, clocks: Clocks) -> Decision:
    """The decision to page these and to look again after `wait`."""
    next_at = after(state.severity, now, wait, clocks)
    everybody = state.paged | {page.person for page in pages}
    state = replace(state, paged=everybody, pending=Why.STEP, holder="", next_at=next_at, waiting_since=now)
    return Decision(state, pages, next_at)


def _in_turn(state: State, found: Mapping[PersonId, str], turns: Turns) -> tuple[PersonId, bool]:
    """Whose turn it is, and whether that uses it up: who was called longest ago, in the order of the step.

    Worse news goes to the person of this step who knows the matter already, and costs no turn.
    """
    before = state.turn_of.get(str(state.step), "")
    if state.pending in _WORSE and before in found:
        return before, False
    order = list(found)
    return min(order, key=lambda person: (turns.get(person, 0), order.index(person))), True


def _add_holder(state: State, found: dict[PersonId, str], people: People) -> None:
    """Who had acknowledged hears first of all that it got worse, wherever the policy stands by now."""
    if state.pending in _WORSE and state.holder:
        for person in people.get(Target(TargetKind.PERSON, state.holder), ()):
            found.setdefault(person, "had acknowledged it")


def _hooks(targets: Iterable[Target], people: People, place: str, key: str) -> list[HookOut]:
    return [
        HookOut(destination, target.name, place, key)
        for target in dict.fromkeys(targets)
        if target.kind is TargetKind.WEBHOOK
        for destination in people.get(target, ())
    ]


def _who(targets: Iterable[Target], people: People) -> dict[PersonId, str]:
    """Each person behind the targets once, with how they come to be meant."""
    found: dict[PersonId, str] = {}
    for target in targets:
        if target.kind is TargetKind.WEBHOOK:
            continue
        words = f"{_AS[target.kind]} {target.name}".strip()
        for person in people.get(target, ()):
            found.setdefault(person, words)
    return found


def _pages(state: State, found: Mapping[PersonId, str], place: str, key: str) -> tuple[PageOut, ...]:
    before = {
        Why.RAISED: f"severity raised to {state.severity.word}; ",
        Why.WIDENED: "another service is affected; ",
        Why.QUIET: "acknowledged, but nobody is on it; ",
    }.get(state.pending, "")
    urgency = URGENCY[state.severity]
    return tuple(
        PageOut(person, state.pending, f"{before}{words} ({place})", key, urgency) for person, words in found.items()
    )
