"""Targets and severity matrix as administrators edit them: read, checked, compared. Pure.

A target is written as people say it: "1 hour", "2 business days", "4 hours, if visible". What a severity has no target
for is left out.
"""

import re
from collections.abc import Mapping
from typing import Any

from tocsin.domain.incidents.rules.deadlines import TARGETS, Anchor, DeadlineKind, Target
from tocsin.domain.incidents.rules.severity import CHOICES, MATRIX, Cell, Fact, Matrix, check_matrix
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.kernel.business_time import Term, Unit
from tocsin.kernel.errors import Invalid

SEVERITIES = (Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.LOW)
"""Unknown is held to Critical's."""
ANCHORS: Mapping[DeadlineKind, Anchor] = {
    DeadlineKind.ACKNOWLEDGE: Anchor.ALARM,
    DeadlineKind.ENGAGE: Anchor.ALARM,
    DeadlineKind.PUBLIC_POST: Anchor.DECLARED,
    DeadlineKind.INTERNAL_UPDATE: Anchor.INTERNAL_UPDATE,
    DeadlineKind.PUBLIC_UPDATE: Anchor.PUBLIC_UPDATE,
    DeadlineKind.MITIGATE: Anchor.DECLARED,
    DeadlineKind.RESOLVE: Anchor.DECLARED,
    DeadlineKind.REVIEW: Anchor.RESOLVED,
}
_UNITS = {
    "minute": Unit.MINUTES,
    "min": Unit.MINUTES,
    "hour": Unit.HOURS,
    "h": Unit.HOURS,
    "business hour": Unit.BUSINESS_HOURS,
    "business day": Unit.BUSINESS_DAYS,
    "day": Unit.CALENDAR_DAYS,
    "week": Unit.CALENDAR_DAYS,
}
_NAMES = {
    Unit.MINUTES: "minute",
    Unit.HOURS: "hour",
    Unit.BUSINESS_HOURS: "business hour",
    Unit.BUSINESS_DAYS: "business day",
    Unit.CALENDAR_DAYS: "day",
}
_SAID = re.compile(r"^(\d+) ?([a-z ]+?)s?(, if visible)?$")
_NEEDED = frozenset({DeadlineKind.ACKNOWLEDGE, DeadlineKind.ENGAGE, DeadlineKind.RESOLVE})
Targets = Mapping[Severity, tuple[Target, ...]]


def say(term: Term, *, if_visible: bool = False) -> str:
    """A term as it is written in the book: '2 business days, if visible'."""
    plural = "" if term.amount == 1 else "s"
    return f"{term.amount} {_NAMES[term.unit]}{plural}{', if visible' if if_visible else ''}"


def hear(text: str, field: str) -> tuple[Term, bool]:
    """The term that the text says, and whether it holds only when users notice. Raises `Invalid` naming `field`."""
    found = _SAID.match(" ".join(text.strip().lower().replace("_", " ").split()))
    unit = _UNITS.get(found[2]) if found else None
    if found is None or unit is None:
        raise Invalid(
            f"{field}: '{text}' is no time; write it like 20 minutes, 4 hours, 2 business days or 3 days.", field=field
        )
    amount = int(found[1]) * (7 if found[2] == "week" else 1)
    if amount == 0:
        raise Invalid(f"{field}: write at least 1, or leave it empty for no target.", field=field)
    return Term(amount, unit), bool(found[3])


def targets_content(targets: Targets) -> dict[str, Any]:
    """Targets as the book keeps them."""
    return {
        severity.value: {
            target.kind.value: say(target.term, if_visible=target.only_if_visible) for target in targets[severity]
        }
        for severity in SEVERITIES
    }


def read_targets(content: Mapping[str, Any]) -> Targets:
    """Targets of a book. Raises `Invalid` naming severity and kind."""
    made: dict[Severity, tuple[Target, ...]] = {}
    for name in content:
        if name not in {severity.value for severity in SEVERITIES}:
            raise Invalid(f"targets: '{name}' is no severity; name critical, high, medium and low.", field="targets")
    for severity in SEVERITIES:
        said = content.get(severity.value)
        if not isinstance(said, Mapping):
            raise Invalid(f"targets: {severity.word} is missing.", field="targets")
        made[severity] = tuple(
            _target(severity, kind, str(said[kind.value])) for kind in DeadlineKind if kind.value in said
        )
        _check_named(severity, said)
    made[Severity.UNKNOWN] = made[Severity.CRITICAL]
    return made


def _check_named(severity: Severity, said: Mapping[str, Any]) -> None:
    for name in said:
        if name not in {kind.value for kind in DeadlineKind}:
            known = ", ".join(kind.value for kind in DeadlineKind)
            raise Invalid(f"targets: {severity.word} has '{name}'; known are {known}.", field="targets")
    for kind in DeadlineKind:
        if kind in _NEEDED and kind.value not in said:
            raise Invalid(
                f"{severity.value}_{kind.value}: {severity.word} needs a time for it.",
                field=f"{severity.value}_{kind.value}",
            )


def _target(severity: Severity, kind: DeadlineKind, text: str) -> Target:
    term, if_visible = hear(text, f"{severity.value}_{kind.value}")
    return Target(kind, ANCHORS[kind], term, if_visible)


def check_targets(content: Mapping[str, Any]) -> None:
    """Raise `Invalid` for a target that cannot be counted or is missing."""
    read_targets(content)


def targets_differ(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """What other targets change, each in words."""
    old, new = targets_content(read_targets(before)), targets_content(read_targets(after))
    return [
        f"{severity.word}, {kind.words}: {old[severity.value].get(kind.value, 'none')} becomes "
        f"{new[severity.value].get(kind.value, 'none')}"
        for severity in SEVERITIES
        for kind in DeadlineKind
        if old[severity.value].get(kind.value) != new[severity.value].get(kind.value)
    ]


def matrix_content(matrix: Matrix) -> dict[str, Any]:
    """A matrix as the book keeps it: by data, then operations, then users."""
    return {
        data: {
            operations: {users: matrix.cells[users, operations, data].value for users in CHOICES[Fact.USERS]}
            for operations in CHOICES[Fact.OPERATIONS]
        }
        for data in CHOICES[Fact.DATA]
    }


def read_matrix(content: Mapping[str, Any], number: int = 0) -> Matrix:
    """The matrix of a book. Raises `Invalid` for a severity that does not exist; a hole is found by `check`."""
    cells: dict[Cell, Severity] = {}
    for data in CHOICES[Fact.DATA]:
        for operations in CHOICES[Fact.OPERATIONS]:
            for users in CHOICES[Fact.USERS]:
                said = _cell(content, data, operations, users)
                if said:
                    cells[users, operations, data] = _severity(said)
    return Matrix(number, cells)


def _cell(content: Mapping[str, Any], *path: str) -> str:
    at: Any = content
    for key in path:
        at = at.get(key) if isinstance(at, Mapping) else None
    return str(at or "")


def _severity(text: str) -> Severity:
    if text not in {severity.value for severity in SEVERITIES}:
        raise Invalid(f"cells: '{text}' is no severity; choose critical, high, medium or low.", field="cells")
    return Severity(text)


def check_cells(content: Mapping[str, Any]) -> None:
    """Raise `Invalid` for a hole, or where a worse answer would give a lower severity."""
    check_matrix(read_matrix(content))


def matrix_differs(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """What another matrix changes, cell by cell, in words."""
    old, new = read_matrix(before), read_matrix(after)
    return [
        f"Users {users}, operations {operations}, data {data.replace('_', ' ')}: "
        f"{_word(old, (users, operations, data))} becomes {_word(new, (users, operations, data))}"
        for data in CHOICES[Fact.DATA]
        for operations in CHOICES[Fact.OPERATIONS]
        for users in CHOICES[Fact.USERS]
        if old.cells.get((users, operations, data)) != new.cells.get((users, operations, data))
    ]


def _word(matrix: Matrix, cell: Cell) -> str:
    found = matrix.cells.get(cell)
    return found.word if found else "none"


FIRST_TARGETS = targets_content(TARGETS)
FIRST_MATRIX = matrix_content(MATRIX)
