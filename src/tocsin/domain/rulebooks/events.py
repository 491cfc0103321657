"""What the log says about rulebooks. On `rulebook:<slug>`."""

from typing import ClassVar

from tocsin.core.log import Event, event


@event("rulebooks.published", mark="book-2")
class Published(Event, frozen=True, kw_only=True):
    """A new edition is in force for what begins from now on."""

    author: str
    book: str
    title: str
    edition: int
    changes: tuple[str, ...] = ()
    note: str = ""
    sealed: ClassVar[dict[str, str]] = {"note": "author"}

    def sentence(self) -> str:
        """Names the book and the edition."""
        return f"published edition {self.edition} of {self.title}"

    def body(self) -> str:
        """Why, then what changed, one a line."""
        return "\n".join([*([self.note] if self.note else []), *self.changes])


@event("rulebooks.drafted", mark="edit")
class Drafted(Event, frozen=True, kw_only=True):
    """Someone prepares the next edition; nothing is in force yet."""

    book: str
    title: str

    def sentence(self) -> str:
        """Names the book."""
        return f"saved a draft of {self.title}"


@event("rulebooks.draft_discarded", mark="trash")
class DraftDiscarded(Drafted, frozen=True, kw_only=True):
    """The draft is gone; the edition in force stays."""

    def sentence(self) -> str:
        """Names the book."""
        return f"discarded the draft of {self.title}"
