"""What the log of a schedule says about hand-over."""

from typing import ClassVar

from tocsin.core.log import Event, event


@event("oncall.handover_noted", mark="message")
class HandoverNoted(Event, frozen=True, kw_only=True):
    """Who goes off left a word for who comes on."""

    sealed: ClassVar[dict[str, str]] = {"text": "person"}

    note: str
    person: str
    person_name: str
    text: str

    def sentence(self) -> str:
        """The word itself."""
        return f"left a word for the next on call: {self.text}"
