"""Editions: the one in force, an older one, all of them, the draft."""

from dataclasses import dataclass, field
from datetime import datetime

from tocsin.domain.rulebooks.models import Edition
from tocsin.domain.rulebooks.permissions import SEE
from tocsin.domain.rulebooks.ports import Content, book_of
from tocsin.kernel.actor import Actor
from tocsin.kernel.errors import NotFound

BUILT_IN = 1
"""The number of the edition that comes with the program."""


@dataclass(frozen=True, slots=True)
class EditionView:
    """One edition. `number` 0: the draft. `published_at` None: the draft, or what comes with the program."""

    book: str
    number: int
    content: Content = field(repr=False)
    author: str = ""
    note: str = ""
    published_at: datetime | None = None
    changed_at: datetime | None = None
    based_on: int = 0
    version: int = 0


def in_force(actor: Actor, book: str) -> EditionView:
    """The newest published edition. One query."""
    actor.require(SEE)
    row = Edition.objects.filter(book=book, number__isnull=False).order_by("-number").first()
    return _view(row) if row else _built_in(book)


def numbers(actor: Actor, *books: str) -> dict[str, int]:
    """The number in force of each book. One query."""
    actor.require(SEE)
    found = dict.fromkeys(books, BUILT_IN)
    rows = Edition.objects.filter(book__in=books, number__isnull=False).order_by("number")
    for book, number in rows.values_list("book", "number"):
        found[book] = number or BUILT_IN
    return found


def edition(actor: Actor, book: str, number: int) -> EditionView:
    """A published edition, however old. At most one query. Raises `NotFound`."""
    actor.require(SEE)
    if number == BUILT_IN:
        return _built_in(book)
    row = Edition.objects.filter(book=book, number=number).first()
    if row is None:
        raise NotFound(f"There is no edition {number} of {book_of(book).title}.")
    return _view(row)


def editions(actor: Actor, book: str) -> list[EditionView]:
    """All published editions, newest first. One query."""
    actor.require(SEE)
    rows = Edition.objects.filter(book=book, number__isnull=False).order_by("-number")
    return [*(_view(row) for row in rows), _built_in(book)]


def draft(actor: Actor, book: str) -> EditionView | None:
    """The edition in the making, if there is one. One query."""
    actor.require(SEE)
    row = Edition.objects.filter(book=book, number=None).first()
    return _view(row) if row else None


def changes(actor: Actor, book: str, before: int, after: EditionView) -> list[str]:
    """What another edition changes against edition `before`, each in words. At most one query."""
    return book_of(book).differences(edition(actor, book, before).content, after.content)


def _built_in(book: str) -> EditionView:
    return EditionView(book, BUILT_IN, book_of(book).first, author="Tocsin", note="As it comes.")


def _view(row: Edition) -> EditionView:
    return EditionView(
        book=row.book,
        number=row.number or 0,
        content=row.content,
        author=row.author,
        note=row.note,
        published_at=row.published_at,
        changed_at=row.changed_at,
        based_on=row.based_on,
        version=row.version,
    )
