"""What the log says about what people say: notes with their corrections, decisions with their why and their end.

Text that a person wrote is sealed under its author; a corrected or withdrawn text stays in its own entry, sealed.
"""

from typing import ClassVar

from tocsin.core.log import Event, event


class Words(Event, frozen=True, kw_only=True):
    """Base of what a person wrote."""

    author: str
    text: str
    sealed: ClassVar[dict[str, str]] = {"text": "author"}

    def body(self) -> str:
        """The text."""
        return self.text


@event("incidents.noted", mark="message")
class Noted(Words, frozen=True, kw_only=True):
    """A note in the timeline. `mentions` are handles of its text with whom they mean (`mateo person:<id>`)."""

    note: str = ""
    mentions: tuple[str, ...] = ()

    def sentence(self) -> str:
        """Just 'wrote': the text follows."""
        return "wrote"


@event("incidents.note_edited", mark="edit")
class NoteEdited(Words, frozen=True, kw_only=True):
    """The author corrected a note; this is its text from now on."""

    note: str
    mentions: tuple[str, ...] = ()

    def sentence(self) -> str:
        """Just that: the new text follows."""
        return "corrected a note"


@event("incidents.note_taken_back", mark="arrow-back-up")
class NoteTakenBack(Event, frozen=True, kw_only=True):
    """The author does not say it any more."""

    author: str
    note: str

    def sentence(self) -> str:
        """Just that."""
        return "took a note back"


@event("incidents.decided", mark="gavel")
class Decided(Words, frozen=True, kw_only=True):
    """A decision, for everyone to find again, with its why. `note`: it was a note before."""

    decision: str = ""
    why: str = ""
    note: str = ""
    sealed: ClassVar[dict[str, str]] = {"text": "author", "why": "author"}

    def sentence(self) -> str:
        """Just 'decided': the text follows."""
        return "decided"

    def body(self) -> str:
        """The decision, then why."""
        return f"{self.text}\nWhy: {self.why}" if self.why else self.text


@event("incidents.decision_revoked", mark="gavel")
class DecisionRevoked(Words, frozen=True, kw_only=True):
    """A decision does not hold any more. `text` is the decision."""

    decision: str
    reason: str
    sealed: ClassVar[dict[str, str]] = {"text": "author", "reason": "author"}

    def sentence(self) -> str:
        """Just that: the decision follows."""
        return "revoked a decision"

    def body(self) -> str:
        """The decision, then why it holds no more."""
        return f"{self.text}\nWhy it holds no more: {self.reason}"
