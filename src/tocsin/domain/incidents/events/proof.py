"""What the log says about mending the cause: validations of the fix, linked changes, files that people brought.

Text that a person wrote is sealed under its author.
"""

from datetime import datetime
from typing import ClassVar

from tocsin.core.log import Event, event


@event("incidents.fix_validated", mark="checks")
class FixValidated(Event, frozen=True, kw_only=True):
    """Someone asked the signals whether the fix holds. `gates` are lines such as 'Alerts are quiet: passed'."""

    validation: str
    passed: bool
    gates: tuple[str, ...]
    facts: tuple[str, ...] = ()

    def sentence(self) -> str:
        """Whether it passed."""
        return "validated the fix: it holds" if self.passed else "validated the fix: it does not hold yet"

    def body(self) -> str:
        """The gates, then the facts."""
        return "\n".join([*self.gates, *self.facts])


@event("incidents.change_linked", mark="git-merge")
class ChangeLinked(Event, frozen=True, kw_only=True):
    """A change was named as the cause, as the fix, or as worth knowing."""

    author: str
    change: str
    summary: str
    part: str
    happened_at: datetime
    sealed: ClassVar[dict[str, str]] = {"summary": "author"}

    def sentence(self) -> str:
        """Names the change and its part."""
        what = {"cause": "as the cause", "fix": "as the fix"}.get(self.part, "for reference")
        return f"linked a change {what}: {self.summary}"


@event("incidents.change_unlinked", mark="git-merge")
class ChangeUnlinked(ChangeLinked, frozen=True, kw_only=True):
    """The link was taken away."""

    def sentence(self) -> str:
        """Names the change."""
        return f"took the link to a change away: {self.summary}"


@event("incidents.file_attached", mark="paperclip")
class FileAttached(Event, frozen=True, kw_only=True):
    """A file was brought. `sha256` proves later which bytes it was."""

    author: str
    attachment: str
    name: str
    size: int
    media_type: str
    sha256: str
    sealed: ClassVar[dict[str, str]] = {"name": "author"}

    def sentence(self) -> str:
        """Names the file."""
        return f"attached {self.name}"


@event("incidents.file_removed", mark="paperclip")
class FileRemoved(FileAttached, frozen=True, kw_only=True):
    """The file is gone; that it was there stays known."""

    def sentence(self) -> str:
        """Names the file."""
        return f"removed the file {self.name}"
