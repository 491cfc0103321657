"""The words of escalation: policies, what one remembers between decisions, and what a decision says.

Hides how a state is kept as JSON. Decides nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any

from tocsin.domain.oncall.rules.schedule import PersonId
from tocsin.domain.oncall.rules.urgency import Severity, Urgency
from tocsin.kernel.business_time import Calendar

ROUNDS = 3
"""How often the steps are gone through (the product's defaults, Paging)."""


class TargetKind(StrEnum):
    """What a step can point at."""

    PERSON = "person"
    SCHEDULE = "schedule"
    TEAM = "team"


@dataclass(frozen=True, slots=True)
class Target:
    """A person, a schedule or a team. `name` is for reasons only."""

    kind: TargetKind
    id: str
    name: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Step:
    """Page all targets, then wait `delay`; None waits 80 % of the severity's acknowledge target."""

    targets: tuple[Target, ...]
    delay: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """Steps, gone through `rounds` times, then the catch-all people (the product's defaults, Paging)."""

    steps: tuple[Step, ...]
    rounds: int = ROUNDS
    catch_all: tuple[Target, ...] = ()


@dataclass(frozen=True, slots=True)
class Clocks:
    """When a page that must not wake may go out, and the hours in which the wait for a mail counts."""

    waking: Calendar
    business: Calendar


DEFAULT_CLOCKS = Clocks(Calendar.office("UTC", time(8), time(22), range(7)), Calendar.office())


class Phase(StrEnum):
    """Where an escalation stands. `asked`: someone acknowledged, went quiet and was asked again."""

    STEPS = "steps"
    CATCH_ALL = "catch_all"
    ACKNOWLEDGED = "acknowledged"
    ASKED = "asked"
    STOPPED = "stopped"


class Why(StrEnum):
    """Why a page goes out."""

    STEP = "step"
    CATCH_ALL = "catch_all"
    RAISED = "raised"
    WIDENED = "widened"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class State:
    """Everything an escalation remembers between two decisions.

    `step` is the last one paged (-1: none), `calls` counts catch-all calls, `generation` every fresh start, so
    that no two pages meant to be different share a key. `waiting_since` is when `next_at` was set.
    """

    severity: Severity
    started_at: datetime
    next_at: datetime
    waiting_since: datetime
    phase: Phase = Phase.STEPS
    round: int = 1
    step: int = -1
    calls: int = 0
    generation: int = 1
    pending: Why = Why.STEP
    paged: frozenset[PersonId] = frozenset()
    acknowledged_by: PersonId = ""
    acknowledged_at: datetime | None = None
    active_at: datetime | None = None

    def to_json(self) -> dict[str, object]:
        """As a JSON column keeps it."""
        kept: dict[str, object] = {name: getattr(self, name) for name in self.__slots__}
        for name in _TIMES:
            at = getattr(self, name)
            kept[name] = at.isoformat() if at else None
        return kept | {"paged": sorted(self.paged)}

    @classmethod
    def from_json(cls, kept: Mapping[str, object]) -> "State":
        """The reverse of `to_json`; fields of a newer version are passed over."""
        known = {name: value for name, value in kept.items() if name in cls.__slots__}
        for name in _TIMES:
            if known.get(name):
                known[name] = datetime.fromisoformat(str(known[name]))
        for name, kind in _KINDS.items():
            if name in known:
                known[name] = kind(known[name])
        return cls(**known)  # type: ignore[arg-type]


_KINDS: Mapping[str, Callable[[Any], object]] = {
    "severity": Severity,
    "phase": Phase,
    "pending": Why,
    "paged": frozenset,
}
_TIMES = ("started_at", "next_at", "waiting_since", "acknowledged_at", "active_at")


@dataclass(frozen=True, slots=True)
class PageOut:
    """A person to page now. `key` is unique within the escalation, and the same if the decision is repeated."""

    person: PersonId
    why: Why
    reason: str
    key: str
    urgency: Urgency


@dataclass(frozen=True, slots=True)
class Decision:
    """The new state, who is paged now, when to look again (None: never by itself), and what to report."""

    state: State
    pages: tuple[PageOut, ...] = ()
    wake_at: datetime | None = None
    notes: tuple[str, ...] = ()


People = Mapping[Target, tuple[PersonId, ...]]
