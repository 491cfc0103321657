"""What a higher room brings to have its rules kept in editions: the content they begin with, and what makes sense.

Hides nothing of the content: only its room reads it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tocsin.kernel.errors import NotFound

Content = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Book:
    """A kind of rules. `first` is edition 1; `check` raises `Invalid`; `differences` says each change in words."""

    slug: str
    title: str
    first: Content
    check: Callable[[Content], None]
    differences: Callable[[Content, Content], list[str]]


_books: dict[str, Book] = {}


def register_book(book: Book) -> None:
    """Make the book known; called once when its room is loaded."""
    _books[book.slug] = book


def book_of(slug: str) -> Book:
    """The book. Raises `NotFound`."""
    found = _books.get(slug)
    if found is None:
        raise NotFound("There is no such rulebook.")
    return found
