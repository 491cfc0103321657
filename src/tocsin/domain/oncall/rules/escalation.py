"""Whom to page now, and when to look again: one escalation, from the first page to an answer.

Hides rounds, waking hours and the hand-over to catch-all people; who a step reaches is `stepping`. Never silent: while
nobody has acknowledged, every decision names a page or a time to look again. Never asks for the time, never loops.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from tocsin.domain.oncall.rules.conditions import ALWAYS, Clocks, Condition, Hours
from tocsin.domain.oncall.rules.escalation_state import (
    DEFAULT_CLOCKS,
    ROUNDS,
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
from tocsin.domain.oncall.rules.stepping import (
    CATCH_ALL_EVERY,
    ESCALATE_AT,
    LEAST_DELAY,
    Around,
    after,
    default_delay,
    each_step,
    page_catch_all,
    page_step,
    wait_of,
    why_skipped,
)
from tocsin.domain.oncall.rules.urgency import URGENCY, Severity, Urgency

__all__ = [
    "ALWAYS",
    "ASK_AGAIN_AFTER",
    "CATCH_ALL_EVERY",
    "DEFAULT_CLOCKS",
    "ESCALATE_AT",
    "LEAST_DELAY",
    "ROUNDS",
    "Clocks",
    "Condition",
    "Decision",
    "HookOut",
    "Hours",
    "PageOut",
    "People",
    "Phase",
    "Policy",
    "State",
    "Step",
    "Target",
    "TargetKind",
    "Turns",
    "Why",
    "acknowledge",
    "advance",
    "change_severity",
    "escalate",
    "held_until",
    "rehearse",
    "stand_by",
    "start",
    "stop",
    "touch",
    "unacknowledge",
    "widen",
]

ASK_AGAIN_AFTER = timedelta(minutes=30)

_WATCHED = frozenset({Severity.CRITICAL, Severity.UNKNOWN})
_NO_TURNS: Turns = {}


def start(severity: Severity, now: datetime, kind: str = "") -> State:
    """A fresh escalation about trouble of a kind ('' when nobody knows); call `advance` next."""
    now = now.astimezone(UTC)
    return State(severity=severity, started_at=now, next_at=now, waiting_since=now, kind=kind)


def advance(
    policy: Policy,
    state: State,
    now: datetime,
    people: People,
    administrators: Iterable[PersonId] = (),
    clocks: Clocks = DEFAULT_CLOCKS,
    turns: Turns = _NO_TURNS,
) -> Decision:
    """What is due at `now`. `people` says who stands behind each target at this moment; missing means nobody.

    Call it at the start, at `wake_at`, and after a state was changed by one of the functions below. Calling it
    early or twice pages nobody twice. A late call pages one step, not all that were missed.
    """
    now = now.astimezone(UTC)
    if state.phase is Phase.STOPPED:
        return Decision(state)
    if state.phase is Phase.ACKNOWLEDGED:
        return _watch(state, now, clocks)
    state = _with_sane_clock(state, now)
    if now < state.next_at:
        return Decision(state, wake_at=state.next_at)
    if state.phase is Phase.ASKED:
        state = _again(state, Why.QUIET, now, from_start=True)
    allowed = _allowed(state, now, clocks)
    if allowed > now:
        held = replace(state, next_at=allowed, waiting_since=now)
        return Decision(held, wake_at=allowed, notes=("Held until waking hours: this severity wakes nobody.",))
    around = Around(people, tuple(administrators), clocks, turns)
    if state.phase is Phase.STEPS:
        return page_step(policy, state, now, around)
    return page_catch_all(policy, state, now, around)


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


def change_severity(
    state: State, severity: Severity, now: datetime, policy: Policy | None = None, clocks: Clocks = DEFAULT_CLOCKS
) -> State:
    """A raised severity pages again and asks for a new answer, a lowered one pages nobody. Then `advance`.

    Both plan anew: raised, from the first step passed over so far that counts now, else from the one paged last;
    lowered, the wait under way is as long as the new severity allows. Who had acknowledged hears of it in any case.
    """
    changed = replace(state, severity=severity)
    if severity is state.severity or state.phase is Phase.STOPPED:
        return changed
    if severity.rank <= state.severity.rank:
        return _longer(changed, policy, clocks)
    again = _again(changed, Why.RAISED, now)
    newly = _newly_counting(policy, state, changed, now, clocks)
    return again if newly is None else replace(again, step=min(again.step, newly - 1))


def _newly_counting(policy: Policy | None, before: State, changed: State, now: datetime, clocks: Clocks) -> int | None:
    """The first step up to the one paged last that was passed over and counts now."""
    steps = policy.steps[: before.step + 1] if policy else ()
    for number, step in enumerate(steps):
        if why_skipped(step, before, now, clocks) and not why_skipped(step, changed, now, clocks):
            return number
    return None


def _longer(state: State, policy: Policy | None, clocks: Clocks) -> State:
    """The wait under way, as long as the lowered severity allows; never shorter than it was."""
    waits = state.phase is Phase.STEPS and policy is not None and 0 <= state.step < len(policy.steps)
    if not waits or policy is None:
        return state
    wait = wait_of(policy.steps[state.step], state.severity, clocks)
    return replace(state, next_at=max(state.next_at, after(state.severity, state.waiting_since, wait, clocks)))


def widen(state: State, now: datetime) -> State:
    """Another service is affected: pages again and asks for a new answer. Follow with `advance`."""
    return state if state.phase is Phase.STOPPED else _again(state, Why.WIDENED, now)


def stand_by(
    policy: Policy,
    severity: Severity,
    at: datetime,
    people: People,
    administrators: Iterable[PersonId] = (),
    clocks: Clocks = DEFAULT_CLOCKS,
    *,
    kind: str = "",
    turns: Turns = _NO_TURNS,
) -> tuple[list[Decision], Decision]:
    """Whom each step would page if it were due at `at`, whatever the others do; and who is left after all of them."""
    state, around = start(severity, at, kind), Around(people, tuple(administrators), clocks, turns)
    return list(each_step(policy, state, at, around)), page_catch_all(policy, state, at, around)


def held_until(severity: Severity, at: datetime, clocks: Clocks) -> datetime | None:
    """When the first page of trouble that begins at `at` goes out; None: at once."""
    allowed = _allowed(start(severity, at), at, clocks)
    return allowed if allowed > at else None


def rehearse(
    policy: Policy,
    severity: Severity,
    at: datetime,
    people_at: Callable[[datetime], People],
    administrators: Iterable[PersonId] = (),
    clocks: Clocks = DEFAULT_CLOCKS,
    most: int = 100,
    *,
    kind: str = "",
    turns: Turns = _NO_TURNS,
) -> list[tuple[datetime, Decision]]:
    """What would happen if nobody ever answered: each decision with its time, up to the first catch-all call."""
    state, now = start(severity, at, kind), at.astimezone(UTC)
    line: list[tuple[datetime, Decision]] = []
    admins, used = tuple(administrators), dict(turns)
    while len(line) < most:
        decision = advance(policy, state, now, people_at(now), admins, clocks, used)
        line.append((now, decision))
        used |= dict.fromkeys(decision.turns, max(used.values(), default=0) + 1)
        state = decision.state
        if state.phase is Phase.CATCH_ALL or decision.wake_at is None:
            break
        now = decision.wake_at
    return line


def _watch(state: State, now: datetime, clocks: Clocks = DEFAULT_CLOCKS) -> Decision:
    """Acknowledged: ask again when a Critical one lies still for 30 minutes."""
    if state.severity not in _WATCHED:
        return Decision(state)
    last = max(filter(None, (state.acknowledged_at, state.active_at)), default=now)
    ask_at = min(last, now) + ASK_AGAIN_AFTER
    if now < ask_at:
        return Decision(state, wake_at=ask_at)
    generation = state.generation + 1
    next_at = now + default_delay(state.severity, clocks)
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
        holder=state.acknowledged_by or state.holder,
    )


def _with_sane_clock(state: State, now: datetime) -> State:
    """When the clock was set back, the wait starts again from now instead of growing by the jump."""
    if now >= state.waiting_since:
        return state
    return replace(state, next_at=now + (state.next_at - state.waiting_since), waiting_since=now)


def _allowed(state: State, now: datetime, clocks: Clocks) -> datetime:
    """The first moment from `now` on at which a page of this urgency may go out."""
    urgency = URGENCY[state.severity]
    if urgency is Urgency.WAKING_HOURS:
        return clocks.waking.next_open(now)
    if urgency is Urgency.MAIL and state.phase is Phase.CATCH_ALL:
        return clocks.business.next_open(now)
    return now
