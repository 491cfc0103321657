"""What the log says about legal clocks, on the incident's stream. Reasons are sealed under who wrote them."""

from datetime import datetime
from typing import ClassVar

from tocsin.core.log import Event, event


class _Said(Event, frozen=True, kw_only=True):
    """Base of what a person decided, with the reason."""

    author: str
    regime: str = ""
    said: str
    reason: str = ""
    sealed: ClassVar[dict[str, str]] = {"reason": "author"}

    def sentence(self) -> str:
        """What was decided, in the register's words."""
        return self.said

    def body(self) -> str:
        """The reason as it was typed."""
        return self.reason


@event("obligations.decided", mark="gavel")
class Decided(_Said, frozen=True, kw_only=True):
    """Whether a regime applies, whether to notify, a hold, a waiver: every line of the register but submissions."""

    decision: str


@event("obligations.submitted", mark="send")
class Submitted(_Said, frozen=True, kw_only=True):
    """A report went to an authority, to people or to a partner."""

    obligation: str
    at: datetime
    reference: str = ""


@event("obligations.noted", mark="clipboard-list")
class Noted(_Said, frozen=True, kw_only=True):
    """Facts that clocks depend on were answered, or a moment got a time."""


@event("obligations.replanned", mark="refresh")
class Replanned(_Said, frozen=True, kw_only=True):
    """The clocks follow another edition of the book from now on."""

    edition: int
    before: int


class _Clock(Event, frozen=True, kw_only=True):
    """Base of what Tocsin noticed about a clock."""

    obligation: str
    words: str
    to: str
    due_at: datetime | None = None
    people: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    def _when(self) -> str:
        return f"due at {self.due_at:%Y-%m-%d %H:%M} UTC" if self.due_at else "owed at once"


@event("obligations.at_risk", mark="clock")
class AtRisk(_Clock, frozen=True, kw_only=True):
    """Four fifths of a legal clock are gone, or something is owed at once."""

    def sentence(self) -> str:
        """Names the duty, the time and who was reminded."""
        told = f"reminded {', '.join(self.names)}" if self.names else "found nobody to remind"
        return f"{told}: {self.words} to {self.to} is {self._when()}"


@event("obligations.breached", mark="alert-triangle")
class Breached(_Clock, frozen=True, kw_only=True):
    """A legal clock ran out and nothing was recorded as submitted."""

    def sentence(self) -> str:
        """Names the duty, the time and who was told."""
        told = f"; {', '.join(self.names)} told" if self.names else ""
        return f"marked a missed legal deadline: {self.words} to {self.to} was {self._when()}{told}"
