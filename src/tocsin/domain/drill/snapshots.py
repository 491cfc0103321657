"""Frozen pictures of drills, for readers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tocsin.domain.drill.models import Drill
from tocsin.domain.drill.rules import SCRIPTS, Step


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of proof under a step; `url` where to see it, or `screen:<name of an address>/<given>`."""

    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class StepView:
    """A step and how it went. `state`: done, now, failed or empty; `working` while the player is at it."""

    step: Step
    number: int
    state: str = ""
    working: bool = False
    seconds: float | None = None
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class DrillView:
    """A drill. `made` names by kind what it made; `shop` is its page while it is open."""

    id: str
    scenario: str
    by: str
    started_at: datetime
    beat_at: datetime
    ended_at: datetime | None
    outcome: str
    by_itself: bool
    order: str
    steps: tuple[StepView, ...]
    made: Mapping[str, Any]
    incident: str

    @property
    def running(self) -> bool:
        """True until it is tidied up."""
        return self.ended_at is None

    @property
    def done(self) -> int:
        """How many steps are done."""
        return sum(step.state == "done" for step in self.steps)

    @property
    def current(self) -> StepView | None:
        """The step that is due or under way; None when all are done."""
        return next((step for step in self.steps if step.state in ("now", "failed")), None)


def view_of(row: Drill) -> DrillView:
    """The row as others see it."""
    script = {step.key: step for step in SCRIPTS.get(row.scenario, ())}
    steps = [
        StepView(
            step=script[said["key"]],
            number=number,
            state=said.get("state", ""),
            working=bool(said.get("working")),
            seconds=said.get("seconds"),
            facts=tuple(Fact(**fact) for fact in said.get("facts", ())),
        )
        for number, said in enumerate((s for s in row.steps if s["key"] in script), start=1)
    ]
    return DrillView(
        id=str(row.id),
        scenario=row.scenario,
        by=row.by,
        started_at=row.started_at,
        beat_at=row.beat_at,
        ended_at=row.ended_at,
        outcome=row.outcome,
        by_itself=row.by_itself,
        order=row.order,
        steps=tuple(steps),
        made=dict(row.made),
        incident=row.incident,
    )
