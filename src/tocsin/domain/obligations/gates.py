"""Brings the legal clocks as a rulebook of their own."""

from tocsin.domain.obligations.rules.known import BUILT_IN
from tocsin.domain.obligations.rules.regimes import check, differences
from tocsin.domain.rulebooks.ports import Book, register_book

BOOK = "clocks"

register_book(Book(BOOK, "the legal clocks", BUILT_IN, check, differences))
