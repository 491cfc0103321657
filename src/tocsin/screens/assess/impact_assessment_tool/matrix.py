"""What answers lead to, with the rule drawn: the matrix as a table, and the cell that was hit."""

from collections.abc import Sequence
from dataclasses import dataclass

from tocsin.domain.incidents.rules.severity import CHOICES, Answer, Fact, Matrix, Reason, assess
from tocsin.domain.oncall.rules.urgency import Severity

_TONES = {Severity.CRITICAL: "c", Severity.HIGH: "h", Severity.MEDIUM: "m", Severity.LOW: "l"}


@dataclass(frozen=True, slots=True)
class Square:
    """One cell: its severity, the class that colours it, and whether the answers hit it."""

    word: str
    tone: str
    hit: bool


@dataclass(frozen=True, slots=True)
class Slice:
    """The matrix for one state of data: a row for each answer on users, a column for each on operations."""

    data: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Square, ...]], ...]
    hit: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """The proposed severity, its reasons, and the matrix with the cell that decided. `lifted`: unknown raised it."""

    severity: Severity
    version: int
    reasons: tuple[Reason, ...]
    slices: tuple[Slice, ...]
    lifted: bool
    unanswered: int


def verdict_of(answers: Sequence[Answer], matrix: Matrix) -> Verdict:
    """Judge the answers by a matrix and draw it. While an answer is missing no cell is marked as hit: none decided."""
    made = assess(answers, matrix)
    unanswered = sum(not answer.choices for answer in answers)
    slices = tuple(_slice(matrix, data, made.cell, not unanswered) for data in reversed(CHOICES[Fact.DATA]))
    lifted = matrix.cells[made.cell] is not made.severity
    return Verdict(made.severity, made.version, made.reasons, slices, lifted, unanswered)


def _slice(matrix: Matrix, data: str, hit: tuple[str, str, str], decided: bool) -> Slice:
    columns = CHOICES[Fact.OPERATIONS]
    rows = tuple(
        (
            users,
            tuple(_square(matrix, (users, operations, data), hit if decided else None) for operations in columns),
        )
        for users in reversed(CHOICES[Fact.USERS])
    )
    return Slice(data.replace("_", " "), columns, rows, data == hit[2])


def _square(matrix: Matrix, cell: tuple[str, str, str], hit: tuple[str, str, str] | None) -> Square:
    severity = matrix.cells[cell]
    return Square(severity.word, _TONES[severity], cell == hit)
