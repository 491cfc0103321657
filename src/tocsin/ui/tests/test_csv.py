"""A spreadsheet that opens our CSV runs nothing."""

from datetime import UTC, datetime

import pytest

from tocsin.ui import csv


@pytest.mark.parametrize("evil", ["=1+1", "+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "  =cmd|'/c calc'!A0", "＝1"])
def test_a_cell_that_would_start_a_formula_gets_an_apostrophe(evil: str) -> None:
    assert csv.cell(evil).startswith("'")


def test_numbers_stay_numbers_even_when_negative() -> None:
    assert csv.cell(-3) == "-3"


def test_times_are_written_in_utc() -> None:
    assert csv.cell(datetime(2026, 11, 24, 2, 11, tzinfo=UTC)) == "2026-11-24T02:11:00Z"


def test_a_download_carries_a_header_and_quotes_commas() -> None:
    answer = csv.response("tickets", ["Ticket", "Sure"], [("Charged twice, why", 71)])
    assert answer.content.decode("utf-8-sig") == 'Ticket,Sure\r\n"Charged twice, why",71\r\n'
    assert answer["Content-Disposition"] == 'attachment; filename="tickets.csv"'
