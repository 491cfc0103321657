"""Handles in texts: found, made distinct, and never taken from code or addresses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.domain.incidents.rules.mentions import MOST, Candidate, distinct, handle_of, handles_in, mentioned


def someone(name: str, id_: str = "1") -> Candidate:
    return Candidate("person", id_, name, handle_of(name), (id_,))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("@mateo-fuentes look", ["mateo-fuentes"]),
        ("ask @Mateo.Fuentes, please", ["Mateo.Fuentes"]),
        ("(@scribe) @scribe @team-a.", ["scribe", "team-a"]),
        ("write to mateo@example.org or /@mateo", []),
        ("`@mateo` and\n```\n@amina in a log\n```\nbut @linh", ["linh"]),
        ("@andré and @李雷", ["andré", "李雷"]),
        ("@ nobody, @", []),
    ],
)
def test_a_mention_stands_in_running_text_only(text: str, found: list[str]) -> None:
    assert handles_in(text) == found


def test_the_beginning_of_a_name_will_do_where_only_one_begins_so() -> None:
    known = distinct([someone("Mateo Fuentes", "1"), someone("Amina Diallo", "2"), someone("Amina Ba", "3")])
    meant = mentioned("@mateo @amina @amina-ba @ma", known)
    assert {typed: each.id for typed, each in meant.items()} == {"mateo": "1", "amina-ba": "3"}


def test_two_people_of_one_name_have_two_handles_and_a_name_without_letters_none() -> None:
    found = distinct([someone("Li Lei", "1"), someone("Li Lei", "2"), someone("…", "3")])
    assert [(each.handle, each.id) for each in found] == [("li-lei", "1"), ("li-lei-2", "2")]


@given(st.text(max_size=400))
def test_any_text_is_read_without_an_error_and_counts_few_mentions(text: str) -> None:
    found = handles_in(text)
    assert len(found) <= MOST
    assert all(f"@{handle}" in text for handle in found)
