"""How bad an incident is, and why it is said to be."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.domain.incidents.rules.severity import (
    CHOICES,
    MATRIX,
    MEANING,
    Answer,
    Assessment,
    Fact,
    Matrix,
    assess,
    check_matrix,
)
from tocsin.domain.oncall.rules.urgency import URGENCY, Severity, Urgency, highest
from tocsin.kernel.errors import Invalid


def sized(users: str = "", operations: str = "", data: str = "") -> Assessment:
    given = {Fact.USERS: users, Fact.OPERATIONS: operations, Fact.DATA: data}
    return assess([Answer(fact, tuple(text.split())) for fact, text in given.items()])


@pytest.mark.parametrize(
    ("users", "operations", "data", "severity"),
    [
        ("none", "normal", "intact", Severity.LOW),
        ("many", "normal", "intact", Severity.MEDIUM),
        ("many", "degraded", "intact", Severity.HIGH),
        ("all", "degraded", "intact", Severity.CRITICAL),
        ("none", "normal", "damaged", Severity.HIGH),
        ("many", "normal", "damaged", Severity.CRITICAL),
        ("few many", "degraded", "intact", Severity.HIGH),
        ("none", "normal at", "", None),
        ("", "", "", Severity.UNKNOWN),
        ("none", "normal", "", Severity.HIGH),
        ("all", "stopped", "", Severity.CRITICAL),
    ],
)
def test_three_facts_give_a_severity(users: str, operations: str, data: str, severity: Severity | None) -> None:
    if severity is None:
        with pytest.raises(Invalid) as refusal:
            sized(users, operations, data)
        assert refusal.value.field == "operations"
    else:
        assert sized(users, operations, data).severity is severity


def test_every_fact_says_the_answer_it_led_to() -> None:
    made = assess([Answer(Fact.USERS, ("few", "many"), "412 sessions fail"), Answer(Fact.DATA, ("intact",))])
    assert (made.severity, made.version, made.unsure) == (Severity.HIGH, 1, True)
    assert made.cell == ("many", "normal", "intact")
    assert [reason.sentence for reason in made.reasons] == [
        "Users: many users, or a critical one, are affected (412 sessions fail); unsure, so the higher counts.",
        "Business operations: nobody knows yet; unknown wakes.",
        "Data integrity: data is whole and private.",
    ]


def test_the_shipped_matrix_is_whole_and_never_falls() -> None:
    check_matrix(MATRIX)
    assert len(MATRIX.cells) == 36
    assert set(MEANING) == {(fact, choice) for fact in Fact for choice in CHOICES[fact]}


@pytest.mark.parametrize("severity", [None, Severity.UNKNOWN, Severity.LOW])
def test_an_edited_matrix_with_a_hole_or_a_dip_is_refused(severity: Severity | None) -> None:
    cells = dict(MATRIX.cells)
    cells.pop(("all", "stopped", "damaged"))
    if severity:
        cells["all", "stopped", "damaged"] = severity
    with pytest.raises(Invalid) as refusal:
        check_matrix(Matrix(2, cells))
    assert refusal.value.field == "cells"


answers = st.tuples(*(st.sets(st.sampled_from(CHOICES[fact])) for fact in Fact))


@given(answers)
def test_doubt_never_lowers_a_severity(chosen: tuple[set[str], set[str], set[str]]) -> None:
    made = assess(Answer(fact, tuple(choices)) for fact, choices in zip(Fact, chosen, strict=True))
    if all(chosen):
        assert made.severity is highest(MATRIX.cells[cell] for cell in product(*chosen))
        assert made.cell in set(product(*chosen))
    else:
        assert URGENCY[made.severity] is Urgency.WAKES
        assert made.unsure
