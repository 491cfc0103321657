"""How bad an incident is, from three facts, with every reason said.

Hides the rule matrix and its versions. Never lets doubt lower a severity: unsure between two, the higher
counts; a fact nobody knows wakes people.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import product

from tocsin.domain.oncall.rules.urgency import Severity, highest
from tocsin.kernel.errors import Invalid


class Fact(StrEnum):
    """What severity is judged by."""

    USERS = "users"
    OPERATIONS = "operations"
    DATA = "data"

    @property
    def words(self) -> str:
        """As screens show it."""
        return {"users": "Users", "operations": "Business operations", "data": "Data integrity"}[self]


CHOICES: Mapping[Fact, tuple[str, ...]] = {
    Fact.USERS: ("none", "few", "many", "all"),
    Fact.OPERATIONS: ("normal", "degraded", "stopped"),
    Fact.DATA: ("intact", "at_risk", "damaged"),
}
"""The possible answers, from harmless to worst."""

MEANING: Mapping[tuple[Fact, str], str] = {
    (Fact.USERS, "none"): "no user is affected",
    (Fact.USERS, "few"): "few users are affected",
    (Fact.USERS, "many"): "many users, or a critical one, are affected",
    (Fact.USERS, "all"): "all or nearly all users are affected",
    (Fact.OPERATIONS, "normal"): "business runs as usual",
    (Fact.OPERATIONS, "degraded"): "business runs slower or by a workaround",
    (Fact.OPERATIONS, "stopped"): "an essential part of the business has stopped",
    (Fact.DATA, "intact"): "data is whole and private",
    (Fact.DATA, "at_risk"): "data may be lost, wrong or exposed",
    (Fact.DATA, "damaged"): "data is lost, wrong or exposed",
}
Cell = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known of a fact: one choice, two or more when unsure between them, none when nobody knows."""

    fact: Fact
    choices: tuple[str, ...] = ()
    because: str = ""


@dataclass(frozen=True, slots=True)
class Matrix:
    """Severity of every combination (users, operations, data). An incident keeps the version it was sized by."""

    version: int
    cells: Mapping[Cell, Severity]


@dataclass(frozen=True, slots=True)
class Reason:
    """A fact, the answer that counted, and the sentence a person reads."""

    fact: Fact
    answer: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Assessment:
    """The proposed severity, the matrix version, its reasons, and the cell that decided."""

    severity: Severity
    version: int
    reasons: tuple[Reason, ...]
    cell: Cell
    unsure: bool


_C, _H, _M, _L = Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.LOW
_ROWS: Mapping[tuple[str, str], tuple[Severity, Severity, Severity, Severity]] = {
    # (operations, data): users none, few, many, all
    ("normal", "intact"): (_L, _L, _M, _H),
    ("normal", "at_risk"): (_M, _M, _H, _C),
    ("normal", "damaged"): (_H, _H, _C, _C),
    ("degraded", "intact"): (_L, _M, _H, _C),
    ("degraded", "at_risk"): (_M, _H, _H, _C),
    ("degraded", "damaged"): (_H, _C, _C, _C),
    ("stopped", "intact"): (_H, _H, _C, _C),
    ("stopped", "at_risk"): (_H, _C, _C, _C),
    ("stopped", "damaged"): (_C, _C, _C, _C),
}
MATRIX = Matrix(
    1,
    {
        (users, operations, data): row[place]
        for (operations, data), row in _ROWS.items()
        for place, users in enumerate(CHOICES[Fact.USERS])
    },
)


def check_matrix(matrix: Matrix) -> None:
    """Raise `Invalid` unless every cell is filled and no worse answer ever gives a lower severity."""
    for cell in _cells(list(CHOICES.values())):
        found = matrix.cells.get(cell)
        if found is None or found is Severity.UNKNOWN:
            raise Invalid(f"cells: {' / '.join(cell)} has no severity; choose one.", field="cells")
        for worse in _one_worse(cell):
            if matrix.cells.get(worse, found).rank < found.rank:
                raise Invalid(
                    f"cells: {' / '.join(worse)} is rated lower than {' / '.join(cell)}; rate it as high.",
                    field="cells",
                )


def assess(answers: Iterable[Answer], matrix: Matrix = MATRIX) -> Assessment:
    """The severity that the answers lead to. Raises `Invalid` for a choice that does not exist.

    With no fact known it is Unknown. With some unknown it is at least High, so that it wakes, and higher where
    the known facts alone say so. Unsure between several choices, the worst combination counts.
    """
    given = {answer.fact: answer for answer in answers}
    facts = [given.get(fact, Answer(fact)) for fact in Fact]
    for answer in facts:
        _check(answer)
    unknown = [answer.fact for answer in facts if not answer.choices]
    spans = [answer.choices or CHOICES[answer.fact][:1] for answer in facts]
    cell = max(_cells(spans), key=lambda each: (matrix.cells[each].rank, _badness(each)))
    severity = matrix.cells[cell]
    if len(unknown) == len(facts):
        severity = Severity.UNKNOWN
    elif unknown:
        severity = highest((severity, Severity.HIGH))
    reasons = tuple(_reason(answer, chosen) for answer, chosen in zip(facts, cell, strict=True))
    unsure = any(len(set(answer.choices)) != 1 for answer in facts)
    return Assessment(severity, matrix.version, reasons, cell, unsure)


def _check(answer: Answer) -> None:
    for choice in answer.choices:
        if choice not in CHOICES[answer.fact]:
            offered = ", ".join(CHOICES[answer.fact])
            raise Invalid(f"{answer.fact}: '{choice[:40]}' is no answer; choose of {offered}.", field=answer.fact)


def _reason(answer: Answer, chosen: str) -> Reason:
    because = f" ({answer.because})" if answer.because else ""
    if not answer.choices:
        return Reason(answer.fact, "unknown", f"{answer.fact.words}: nobody knows yet{because}; unknown wakes.")
    sentence = f"{answer.fact.words}: {MEANING[answer.fact, chosen]}{because}."
    if len(set(answer.choices)) > 1:
        sentence = f"{sentence[:-1]}; unsure, so the higher counts."
    return Reason(answer.fact, chosen, sentence)


def _cells(spans: Sequence[tuple[str, ...]]) -> list[Cell]:
    """Every combination of one choice per fact."""
    users, operations, data = spans
    return list(product(users, operations, data))


def _badness(cell: Cell) -> int:
    return sum(CHOICES[fact].index(choice) for fact, choice in zip(Fact, cell, strict=True))


def _one_worse(cell: Cell) -> list[Cell]:
    """The cells with exactly one answer one notch worse."""
    found = []
    for place, fact in enumerate(Fact):
        at = CHOICES[fact].index(cell[place]) + 1
        if at < len(CHOICES[fact]):
            worse = list(cell)
            worse[place] = CHOICES[fact][at]
            users, operations, data = worse
            found.append((users, operations, data))
    return found
