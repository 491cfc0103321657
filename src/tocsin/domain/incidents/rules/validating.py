"""Whether a fix holds: gates over what the signals say now. Pure.

Never takes quiet for health: a silenced, inhibited or stale alert is not over, an unknown check is not green, and
where nothing can be asked nothing is proven.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

FACTS_SHOWN = 12


class GateState(StrEnum):
    """How a gate stands. Unknown does not open it; not applicable says nothing either way."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not applicable"


@dataclass(frozen=True, slots=True)
class Signal:
    """An alert: its `state` (firing, acknowledged, stale, resolved), and what keeps it from being heard, if anything
    does (silenced, inhibited, under maintenance).
    """

    title: str
    state: str
    held_back: str = ""


@dataclass(frozen=True, slots=True)
class Probe:
    """A check of an affected service: ok, failing, unknown, stale or paused, and what it answered."""

    name: str
    state: str
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Gate:
    """One thing to be proven, how it stands, and the facts that say so."""

    key: str
    label: str
    state: GateState
    facts: tuple[str, ...]


def alerts_gate(signals: Iterable[Signal]) -> Gate:
    """Every alert of it is resolved by its own source. What only cannot be heard does not count as over."""
    listed = list(signals)
    firing = [s for s in listed if s.state in ("firing", "acknowledged")]
    stale = [s for s in listed if s.state == "stale"]
    over = [s for s in listed if s.state == "resolved"]
    facts = [f"{s.title} {f'is only {s.held_back}, it' if s.held_back else 'still'} fires." for s in firing]
    facts += [f"{s.title} is stale: its source is silent, so nobody knows whether it is over." for s in stale]
    if over:
        facts.append(f"{_count(len(over), 'alert')} {'is' if len(over) == 1 else 'are'} resolved by the source.")
    if not listed:
        state, facts = GateState.NOT_APPLICABLE, ["No alert belongs to it."]
    elif firing:
        state = GateState.FAILED
    else:
        state = GateState.UNKNOWN if stale else GateState.PASSED
    return Gate("alerts", "Alerts are quiet", state, _shown(facts))


def checks_gate(probes: Iterable[Probe]) -> Gate:
    """Every check of an affected service is green."""
    listed = list(probes)
    bad = [p for p in listed if p.state == "failing"]
    blind = [p for p in listed if p.state not in ("failing", "ok")]
    green = len(listed) - len(bad) - len(blind)
    facts = [f"{p.name} fails{f': {p.answer}' if p.answer else ''}." for p in bad]
    facts += [f"{p.name} is {p.state}: nothing is known of it now." for p in blind]
    if green:
        facts.append(f"{_count(green, 'check')} {'is' if green == 1 else 'are'} green.")
    if not listed:
        state, facts = GateState.NOT_APPLICABLE, ["No check watches its services."]
    elif bad:
        state = GateState.FAILED
    else:
        state = GateState.UNKNOWN if blind else GateState.PASSED
    return Gate("checks", "Checks of its services are green", state, _shown(facts))


def passed(gates: Iterable[Gate]) -> bool:
    """True when something was proven and nothing speaks against it."""
    states = [gate.state for gate in gates]
    return GateState.PASSED in states and not {GateState.FAILED, GateState.UNKNOWN} & set(states)


def stands(*, has_passed: bool, at: datetime, bad_signal_at: datetime | None) -> bool:
    """Whether a validation of that moment still proves the fix: nothing bad was heard since."""
    return has_passed and (bad_signal_at is None or bad_signal_at < at)


def objection(gates: Iterable[Gate]) -> str:
    """The first fact that speaks against it, for a refusal; when nothing was proven, that."""
    listed = list(gates)
    for state in (GateState.FAILED, GateState.UNKNOWN):
        for gate in listed:
            if gate.state is state:
                return gate.facts[0]
    return "" if passed(listed) else "Nothing proves it: no alert belongs to it and no check watches its services."


def _shown(facts: Sequence[str]) -> tuple[str, ...]:
    more = len(facts) - FACTS_SHOWN
    return tuple(facts) if more <= 0 else (*facts[:FACTS_SHOWN], f"And {more} more.")


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
