"""What a regeneration changed: lines of each part that are new or gone. Pure."""

from dataclasses import dataclass
from datetime import UTC

from tocsin.domain.knowledge.rules import sections
from tocsin.domain.knowledge.rules.document import TITLES
from tocsin.domain.knowledge.rules.grid import Grid
from tocsin.domain.knowledge.rules.prose import plain
from tocsin.domain.knowledge.rules.snapshot import Snapshot
from tocsin.domain.knowledge.rules.wording import Clock

SHOWN = 5


@dataclass(frozen=True, slots=True)
class Change:
    """One part that says something else now. `examples` are new lines, at most five."""

    key: str
    title: str
    added: int
    removed: int
    examples: tuple[str, ...]


def changes(before: Snapshot, after: Snapshot) -> tuple[Change, ...]:
    """The parts that changed, in the order of the report; empty when it says the same."""
    old, new = _lines(before), _lines(after)
    found = []
    for key, title in TITLES.items():
        was, now = old.get(key, []), new.get(key, [])
        known, kept = set(was), set(now)
        fresh = [line for line in now if line not in known]
        gone = [line for line in was if line not in kept]
        if fresh or gone:
            found.append(Change(key, title, len(fresh), len(gone), tuple(fresh[:SHOWN])))
    return tuple(found)


def _lines(known: Snapshot) -> dict[str, list[str]]:
    # With fixed days the same instant is the same line, however long the incident went on.
    clock = Clock(UTC, known.alarm_at, known.alarm_at)
    return {
        "summary": list(sections.summary(known, clock)),
        "impact": [f"{word}: {value}" for word, value in sections.impact(known, clock)]
        + _rows(sections.sizes(known, clock)),
        "timeline": _rows(sections.timeline(known, clock)),
        "response": _rows(sections.metrics(known, clock)),
        "people": _rows(sections.people(known, clock)),
        "decisions": _rows(sections.decisions(known, clock)),
        "communication": _rows(sections.updates(known, clock)),
        "alerts": _rows(sections.alerts(known, clock)),
        "cause": list(sections.cause(known)),
        "tasks": _rows(sections.tasks(known, clock)),
    }


def _rows(grids: tuple[Grid, ...]) -> list[str]:
    return [plain(", ".join(cell for cell in row if cell), 200) for grid in grids for row in grid.rows]
