"""Whom to page now, and when to look again: one escalation, from the first page to an answer.

Hides rounds, empty steps, waking hours and the hand-over to catch-all people. Never silent: while nobody has
acknowledged, every decision names a page or a time to look again. Never asks for the time, never loops.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from tocsin.domain.oncall.rules.escalation_state import (
    DEFAULT_CLOCKS,
    ROUNDS,
    Clocks,
    Decision,
    PageOut,
    People,
    Phase,
    Policy,
    State,
    Step,
    Target,
    TargetKind,
    Why,
)
from tocsin.domain.oncall.rules.schedule import PersonId
from tocsin.domain.oncall.rules.urgency import ACKNOWLEDGE_WITHIN, URGENCY, Severity, Urgency
from tocsin.kernel.business_time import Unit

__all__ = [
    "ASK_AGAIN_AFTER",
    "CATCH_ALL_EVERY",
    "DEFAULT_CLOCKS",
    "ESCALATE_AT",
    "LEAST_DELAY",
    "ROUNDS",
    "Clocks",
    "Decision",
    "PageOut",
    "People",
    "Phase",
    "Policy",
    "State",
    "Step",
    "Target",
    "TargetKind",
    "Why",
    "acknowledge",
    "advance",
    "change_severity",
    "escalate",
    "rehearse",
    "start",
    "stop",
    "touch",
    "unacknowledge",
    "widen",
]

ESCALATE_AT = 0.8
CATCH_ALL_EVERY = timedelta(minutes=10)
ASK_AGAIN_AFTER = timedelta(minutes=30)
LEAST_DELAY = timedelta(minutes=1)
"""A shorter step would page the next person before the first could answer."""

_WATCHED = frozenset({Severity.CRITICAL, Severity.UNKNOWN})


_AS = {TargetKind.PERSON: "named", TargetKind.SCHEDULE: "on call", TargetKind.TEAM: "in the team"}


def start(severity: Severity, now: datetime) -> State:
    """A fresh escalation; call `advance` next."""
    now = now.astimezone(UTC)
    return State(severity=severity, started_at=now, next_at=now, waiting_since=now)


def advance(
    policy: Policy,
    state: State,
    now: datetime,
    people: People,
    administrators: Iterable[PersonId] = (),
    clocks: Clocks = DEFAULT_CLOCKS,
) -> Decision:
    """What is due at `now`. `people` says who stands behind each target at this moment; missing means nobody.

    Call it at the start, at `wake_at`, and after a state was changed by one of the functions below. Calling it
    early or twice pages nobody twice. A late call pages one step, not all that were missed.
    """
    now = now.astimezone(UTC)
    if state.phase is Phase.STOPPED:
        return Decision(state)
    if state.phase is Phase.ACKNOWLEDGED:
        return _watch(state, now)
    state = _with_sane_clock(state, now)
    if now < state.next_at:
        return Decision(state, wake_at=state.next_at)
    if state.phase is Phase.ASKED:
        state = _again(state, Why.QUIET, now, from_start=True)
    allowed = _allowed(state, now, clocks)
    if allowed > now:
        held = replace(state, next_at=allowed, waiting_since=now)
        return Decision(held, wake_at=allowed, notes=("Held until waking hours: this severity wakes nobody.",))
    if state.phase is Phase.STEPS:
        return _page_step(policy, state, now, people, administrators, clocks)
    return _page_catch_all(policy, state, now, people, administrators, clocks)


def acknowledge(state: State, person: PersonId, now: datetime) -> Decision:
    """Someone answers: paging stops. A second answer counts as activity; one after the end changes nothing."""
    now = now.astimezone(UTC)
    if state.phase is Phase.STOPPED:
        return Decision(state, notes=("It was over before this acknowledgement came.",))
    if state.phase in (Phase.ACKNOWLEDGED, Phase.ASKED) and person != state.acknowledged_by:
        active = touch(state, now)
        return replace(active, notes=(f"{state.acknowledged_by} had acknowledged already.",))
    first_at = state.acknowledged_at or now
    answered = replace(state, phase=Phase.ACKNOWLEDGED, acknowledged_by=person, acknowledged_at=first_at, active_at=now)
    return _watch(answered, now)


def touch(state: State, now: datetime) -> Decision:
    """Something was done: an acknowledged escalation is not asked again for another 30 minutes."""
    now = now.astimezone(UTC)
    if state.phase in (Phase.ACKNOWLEDGED, Phase.ASKED):
        return _watch(replace(state, phase=Phase.ACKNOWLEDGED, active_at=now), now)
    return Decision(state, wake_at=None if state.phase is Phase.STOPPED else state.next_at)


def stop(state: State, now: datetime) -> Decision:
    """It is over (resolved, dismissed, merged): nobody is paged any more."""
    return Decision(replace(state, phase=Phase.STOPPED, waiting_since=now.astimezone(UTC)))


def unacknowledge(state: State, now: datetime) -> State:
    """The answer is taken back: from the first step again, at once. Follow with `advance`."""
    return state if state.phase is Phase.STOPPED else _again(state, Why.STEP, now, from_start=True)


def escalate(state: State, now: datetime) -> State:
    """By hand: the next step at once. Follow with `advance`."""
    if state.phase is Phase.STOPPED:
        return state
    now = now.astimezone(UTC)
    phase = Phase.CATCH_ALL if state.phase is Phase.CATCH_ALL else Phase.STEPS
    return replace(state, phase=phase, next_at=now, waiting_since=now, acknowledged_by="", acknowledged_at=None)


def change_severity(state: State, severity: Severity, now: datetime) -> State:
    """A raised severity pages again and asks for a new answer; a lowered one pages nobody. Then `advance`."""
    changed = replace(state, severity=severity)
    if severity.rank <= state.severity.rank or state.phase is Phase.STOPPED:
        return changed
    return _again(changed, Why.RAISED, now)


def widen(state: State, now: datetime) -> State:
    """Another service is affected: pages again and asks for a new answer. Follow with `advance`."""
    return state if state.phase is Phase.STOPPED else _again(state, Why.WIDENED, now)


def rehearse(
    policy: Policy,
    severity: Severity,
    at: datetime,
    people_at: Callable[[datetime], People],
    administrators: Iterable[PersonId] = (),
    clocks: Clocks = DEFAULT_CLOCKS,
    most: int = 100,
) -> list[tuple[datetime, Decision]]:
    """What would happen if nobody ever answered: each decision with its time, up to the first catch-all call."""
    state, now = start(severity, at), at.astimezone(UTC)
    line: list[tuple[datetime, Decision]] = []
    admins = tuple(administrators)
    while len(line) < most:
        decision = advance(policy, state, now, people_at(now), admins, clocks)
        line.append((now, decision))
        state = decision.state
        if state.phase is Phase.CATCH_ALL or decision.wake_at is None:
            break
        now = decision.wake_at
    return line


def _watch(state: State, now: datetime) -> Decision:
    """Acknowledged: ask again when a Critical one lies still for 30 minutes."""
    if state.severity not in _WATCHED:
        return Decision(state)
    last = max(filter(None, (state.acknowledged_at, state.active_at)), default=now)
    ask_at = min(last, now) + ASK_AGAIN_AFTER
    if now < ask_at:
        return Decision(state, wake_at=ask_at)
    generation = state.generation + 1
    next_at = now + _default_delay(state.severity)
    asked = replace(state, phase=Phase.ASKED, generation=generation, next_at=next_at, waiting_since=now)
    page = PageOut(
        person=state.acknowledged_by,
        why=Why.QUIET,
        reason="acknowledged, but nothing has happened for 30 min: are you on it?",
        key=f"g{generation}.quiet",
        urgency=URGENCY[state.severity],
    )
    return Decision(asked, (page,) if state.acknowledged_by else (), next_at)


def _again(state: State, why: Why, now: datetime, *, from_start: bool = False) -> State:
    """Page afresh: from the first step, or the step that was paged last."""
    now = now.astimezone(UTC)
    catching = state.phase is Phase.CATCH_ALL and not from_start
    return replace(
        state,
        phase=Phase.CATCH_ALL if catching else Phase.STEPS,
        round=1 if from_start else state.round,
        step=-1 if from_start else max(state.step - 1, -1),
        generation=state.generation + 1,
        pending=why,
        next_at=now,
        waiting_since=now,
        acknowledged_by="",
        acknowledged_at=None,
    )


def _with_sane_clock(state: State, now: datetime) -> State:
    """When the clock was set back, the wait starts again from now instead of growing by the jump."""
    if now >= state.waiting_since:
        return state
    return replace(state, next_at=now + (state.next_at - state.waiting_since), waiting_since=now)


def _default_delay(severity: Severity) -> timedelta:
    """80 % of the acknowledge target: escalate before the breach, not at it."""
    term = ACKNOWLEDGE_WITHIN[severity]
    length = timedelta(minutes=term.amount) if term.unit is Unit.MINUTES else timedelta(hours=term.amount)
    return length * ESCALATE_AT


def _after(state: State, now: datetime, wait: timedelta, clocks: Clocks) -> datetime:
    """`now` and `wait`, in the time that counts for this urgency."""
    match URGENCY[state.severity]:
        case Urgency.WAKES:
            return now + wait
        case Urgency.WAKING_HOURS:
            return clocks.waking.add(now, wait)
        case Urgency.MAIL:
            return clocks.business.add(now, wait)


def _allowed(state: State, now: datetime, clocks: Clocks) -> datetime:
    """The first moment from `now` on at which a page of this urgency may go out."""
    urgency = URGENCY[state.severity]
    if urgency is Urgency.WAKING_HOURS:
        return clocks.waking.next_open(now)
    if urgency is Urgency.MAIL and state.phase is Phase.CATCH_ALL:
        return clocks.business.next_open(now)
    return now


def _page_step(
    policy: Policy,
    state: State,
    now: datetime,
    people: People,
    administrators: Iterable[PersonId],
    clocks: Clocks,
) -> Decision:
    round_, step = state.round, state.step
    notes: list[str] = []
    for _ in policy.steps:
        step += 1
        if step >= len(policy.steps):
            round_, step = round_ + 1, 0
        if round_ > policy.rounds:
            break
        found = _who(policy.steps[step].targets, people)
        if found:
            wait = policy.steps[step].delay
            wait = _default_delay(state.severity) if wait is None else max(wait, LEAST_DELAY)
            place = f"step {step + 1} of {len(policy.steps)}, round {round_}"
            pages = _pages(state, found, place, f"g{state.generation}.r{round_}.s{step + 1}")
            return _paged(replace(state, round=round_, step=step), pages, now, wait, clocks, notes)
        notes.append(f"Step {step + 1} has nobody to page; moved on at once.")
    if not policy.steps:
        notes.append("The policy has no steps; catch-all people are paged.")
    catching = replace(state, phase=Phase.CATCH_ALL)
    decision = _page_catch_all(policy, catching, now, people, administrators, clocks)
    return replace(decision, notes=(*notes, *decision.notes))


def _page_catch_all(
    policy: Policy,
    state: State,
    now: datetime,
    people: People,
    administrators: Iterable[PersonId],
    clocks: Clocks,
) -> Decision:
    found = _who(policy.catch_all, people)
    for person in administrators:
        found.setdefault(person, "administrator")
    state = replace(state, calls=state.calls + 1)
    pending = state.pending if state.pending is not Why.STEP else Why.CATCH_ALL
    place = f"nobody has answered, call {state.calls}"
    pages = _pages(replace(state, pending=pending), found, place, f"g{state.generation}.c{state.calls}")
    notes = [] if found else ["There is nobody to page at all: no catch-all people and no administrator."]
    return _paged(state, pages, now, CATCH_ALL_EVERY, clocks, notes)


def _who(targets: Iterable[Target], people: People) -> dict[PersonId, str]:
    """Each person behind the targets once, with how they come to be meant."""
    found: dict[PersonId, str] = {}
    for target in targets:
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


def _paged(
    state: State,
    pages: tuple[PageOut, ...],
    now: datetime,
    wait: timedelta,
    clocks: Clocks,
    notes: list[str],
) -> Decision:
    next_at = _after(state, now, wait, clocks)
    paged = state.paged | {page.person for page in pages}
    state = replace(state, paged=paged, pending=Why.STEP, next_at=next_at, waiting_since=now)
    return Decision(state, pages, next_at, tuple(notes))
