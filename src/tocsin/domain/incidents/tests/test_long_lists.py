"""Lists of incidents, page by page: in the order that was asked for, none twice, and as fast with many as with few."""

import pytest
from pytest_django import DjangoAssertNumQueries

from tocsin.domain.incidents import commands, queries
from tocsin.domain.incidents.queries import IncidentFilters
from tocsin.domain.incidents.tests.conftest import World

SEVERITIES = ("low", "critical", "medium", "high", "low", "critical", "medium")


@pytest.fixture
def many(world: World) -> list[str]:
    """Seven incidents, a minute apart; the second is closed as a mistake."""
    amina = world.actor("Amina")
    for number, severity in enumerate(SEVERITIES):
        world.clock.shift(60)
        commands.declare(amina, title=f"Slow {number % 3}", kind="disruption", severity=severity, page=False)
    commands.dismiss(amina, incident="INC-2", reason="A mistake")
    return [f"INC-{number}" for number in range(1, 8)]


@pytest.mark.parametrize("sort", ["-began", "began", "title", "-severity", "state", "-open"])
def test_pages_together_are_the_whole_list_in_its_order(world: World, many: list[str], sort: str) -> None:
    vera = world.actor("Vera")
    whole = [row.reference for row in queries.incidents(vera, size=50, sort=sort).rows]
    pages = [queries.incidents(vera, page=page, size=2, sort=sort) for page in (1, 2, 3, 4)]
    assert [row.reference for page in pages for row in page.rows] == whole
    assert sorted(whole) == many
    assert {(page.total, page.pages) for page in pages} == {(7, 4)}


def test_the_order_is_that_of_the_column_and_then_the_newest_first(world: World, many: list[str]) -> None:
    vera = world.actor("Vera")
    listed = {s: [r.reference for r in queries.incidents(vera, sort=s).rows] for s in ("-began", "-severity", "-open")}
    assert listed["-began"] == many[::-1]
    assert listed["-severity"] == ["INC-6", "INC-2", "INC-4", "INC-7", "INC-3", "INC-5", "INC-1"]
    assert listed["-open"] == [*(ref for ref in many[::-1] if ref != "INC-2"), "INC-2"]


def test_a_list_costs_six_queries_and_marks_and_totals_one(
    world: World, many: list[str], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    vera = world.actor("Vera")
    with django_assert_max_num_queries(6):
        queries.incidents(vera, size=50)
    with django_assert_max_num_queries(1):
        assert [ref for _, ref in queries.begun(vera, IncidentFilters(), limit=2)] == ["INC-7", "INC-6"]
