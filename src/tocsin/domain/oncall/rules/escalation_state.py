"""The words of escalation: policies, what one remembers between decisions, and what a decision says.

Hides how a state is kept as JSON. Decides nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any

from tocsin.domain.oncall.rules.conditions import Clocks, Condition
from tocsin.domain.oncall.rules.schedule import PersonId
from tocsin.domain.oncall.rules.urgency import Severity, Urgency
from tocsin.kernel.business_time import Calendar

ROUNDS = 3
"""How often the steps are gone through (the product's defaults, Paging)."""


class TargetKind(StrEnum):
    """What a step can point at. A webhook is told, which is never an answer."""

    PERSON = "person"
    SCHEDULE = "schedule"
    TEAM = "team"
    WEBHOOK = "webhook"


@dataclass(frozen=True, slots=True)
class Target:
    """A person, a schedule, a team or a webhook. `name` is for reasons only."""

    kind: TargetKind
    id: str
    name: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Step:
    """Page all targets, then wait `delay`; None waits 80 % of the severity's acknowledge target.

    `in_turn`: one of the people behind the targets, whoever was called longest ago. `when`: all of these must hold,
    else the step is passed over. Webhooks alone wait for nobody: without a delay it goes on at once.
    """

    targets: tuple[Target, ...]
    delay: timedelta | None = None
    in_turn: bool = False
    when: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Policy:
    """Steps, gone through `rounds` times, then the catch-all people (the product's defaults, Paging)."""

    steps: tuple[Step, ...]
    rounds: int = ROUNDS
    catch_all: tuple[Target, ...] = ()


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
    that no two pages meant to be different share a key. `waiting_since` is when `next_at` was set. `kind` is that of
    the trouble, for conditions. `turn_of`: who was called last by each step that takes turns. `holder`: who had
    acknowledged before it got worse.
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
    kind: str = ""
    holder: PersonId = ""
    turn_of: Mapping[str, PersonId] = field(default_factory=dict)

    def to_json(self) -> dict[str, object]:
        """As a JSON column keeps it."""
        kept: dict[str, object] = {name: getattr(self, name) for name in self.__slots__}
        for name in _TIMES:
            at = getattr(self, name)
            kept[name] = at.isoformat() if at else None
        return kept | {"paged": sorted(self.paged), "turn_of": dict(self.turn_of)}

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
class HookOut:
    """A webhook to tell now. `key` as for a page; `place` says which step."""

    destination: str
    name: str
    place: str
    key: str


@dataclass(frozen=True, slots=True)
class Decision:
    """The new state, who is paged now, when to look again (None: never by itself), and what to report.

    `turns` are the people whose turn was used up. `skipped` are steps whose condition did not hold, each a sentence;
    unlike `notes` they are no holes.
    """

    state: State
    pages: tuple[PageOut, ...] = ()
    wake_at: datetime | None = None
    notes: tuple[str, ...] = ()
    hooks: tuple[HookOut, ...] = ()
    turns: tuple[PersonId, ...] = ()
    skipped: tuple[str, ...] = ()


People = Mapping[Target, tuple[PersonId, ...]]
Turns = Mapping[PersonId, int]
"""When each person had their turn last, as a rising number; missing: never."""
