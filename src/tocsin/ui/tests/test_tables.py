"""Filter, sort, page and CSV through the address."""

import pytest
from django.test import RequestFactory

from tocsin.kernel.errors import Invalid
from tocsin.ui.tables import Column, Filter, Query, Slice, Table, from_list

Row = tuple[str, int]
ROWS: list[Row] = [("Delta", 4), ("alpha", 1), ("=Charlie", 3), ("Bravo", 2)]
COLUMNS: list[Column[Row]] = [
    Column("name", "Name", lambda r: r[0], sort="name"),
    Column("n", "Number", lambda r: r[1], sort="n", number=True),
]
TABLE: Table[Row] = Table("rows", "Rows", COLUMNS, [Filter("n", "Number", [("4", "4")])], sort="name", size=2)


def page(address: str = "/t"):
    return TABLE.page(RequestFactory().get(address), from_list(ROWS, COLUMNS))


def test_rows_come_sorted_and_in_pages() -> None:
    first = page()
    assert [r[0] for r in first.rows] == ["=Charlie", "alpha"]
    assert (first.range_words, first.previous_url, first.next_url) == ("1 to 2 of 4", "", "/t?page=2")
    assert page("/t?page=2").next_url == ""


def test_a_second_press_on_a_heading_turns_the_order_round() -> None:
    heading = page("/t?sort=n").headings[1]
    assert (heading.order, heading.url) == ("ascending", "/t?sort=-n")
    assert [r[1] for r in page("/t?sort=-n").rows] == [4, 3]


def test_a_filter_narrows_and_survives_sorting_but_not_the_page_number() -> None:
    found = page("/t?n=4&page=1")
    assert [r[0] for r in found.rows] == ["Delta"]
    assert found.headings[1].url == "/t?n=4&sort=n"


def test_typed_words_search_every_column_in_any_case() -> None:
    assert [r[0] for r in page("/t?q=ALPHA").rows] == ["alpha"]


@pytest.mark.parametrize("address", ["/t?sort=password", "/t?page=0", "/t?page=x", "/t?page=9999999"])
def test_an_order_or_page_that_does_not_exist_is_refused(address: str) -> None:
    with pytest.raises(Invalid):
        page(address)


def test_the_csv_holds_all_rows_of_the_filter_with_formulas_quoted() -> None:
    answer = TABLE.csv(RequestFactory().get("/t?format=csv&page=2"), lambda q: from_list(ROWS, COLUMNS)(whole(q)))
    assert answer is not None
    assert len(answer.content.decode().strip().splitlines()) == 5
    assert "'=Charlie" in answer.content.decode()


def whole(query: Query) -> Query:
    assert query.limit == 10_000
    return Query(text=query.text, filters=query.filters, sort=query.sort, limit=query.limit)


def test_keyset_pages_go_on_after_the_key_of_the_last_row() -> None:
    shown = TABLE.page(RequestFactory().get("/t"), lambda query: Slice(ROWS[:2], next="k2"))
    assert shown.next_url == "/t?after=k2"
