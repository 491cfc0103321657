"""What the log says about those who were called: joining, declining, being paged again, standing down.

Reasons and notes are sealed under who wrote them.
"""

from datetime import datetime
from typing import ClassVar

from tocsin.core.log import Event, event
from tocsin.domain.incidents.events.people import listed
from tocsin.domain.incidents.rules.roles import role_words


@event("incidents.responder_joined", mark="user-check")
class ResponderJoined(Event, frozen=True, kw_only=True):
    """Someone works on it from now on."""

    person: str
    person_name: str
    role: str = ""

    def sentence(self) -> str:
        """As what, if they were called for a role."""
        return f"joined the response as {role_words(self.role)}" if self.role else "joined the response"


@event("incidents.responder_declined", mark="user-x")
class ResponderDeclined(Event, frozen=True, kw_only=True):
    """Someone who was called cannot come now; `come_at`: but will then."""

    person: str
    person_name: str
    reason: str = ""
    come_at: datetime | None = None
    sealed: ClassVar[dict[str, str]] = {"reason": "person"}

    def sentence(self) -> str:
        """With the time at which they can come."""
        later = f"; can come at {self.come_at:%Y-%m-%d %H:%M} UTC" if self.come_at else ""
        return f"declined the call{later}"

    def body(self) -> str:
        """Why."""
        return self.reason


@event("incidents.called_again", mark="bell-ringing")
class CalledAgain(Event, frozen=True, kw_only=True):
    """Someone who had not come was paged once more, by hand."""

    person: str
    person_name: str

    def sentence(self) -> str:
        """Whom."""
        return f"paged {self.person_name} again"


@event("incidents.stood_down", mark="user-minus")
class StoodDown(Event, frozen=True, kw_only=True):
    """People no longer work on it. `seconds` is what each has worked, in the order of `people`."""

    author: str
    people: tuple[str, ...]
    names: tuple[str, ...]
    seconds: tuple[int, ...]
    note: str = ""
    sealed: ClassVar[dict[str, str]] = {"note": "author"}

    def sentence(self) -> str:
        """Whom."""
        if self.people == (self.author,):
            return "stood down"
        return f"stood {listed(self.names)} down"

    def body(self) -> str:
        """What they were told."""
        return self.note
