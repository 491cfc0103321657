"""What this room writes to the log, on `practice:<id>`: that a drill began and how it ended.

What happened in it stands in the incident's own stream, like that of any other.
"""

from tocsin.core.log import Event, event


@event("drill.began", mark="flag")
class Began(Event, frozen=True, kw_only=True):
    """A drill was started."""

    scenario: str

    def sentence(self) -> str:
        """What was started."""
        return f"started the drill '{self.scenario}'"


@event("drill.ended", mark="flag")
class Ended(Event, frozen=True, kw_only=True):
    """A drill is over and tidied up."""

    scenario: str
    outcome: str
    incident: str = ""
    left: tuple[str, ...] = ()
    """What could not be removed, a sentence each."""

    def sentence(self) -> str:
        """How it ended."""
        words = {"done": "was finished", "cancelled": "was cancelled", "failed": "failed"}
        return f"noted that the drill '{self.scenario}' {words.get(self.outcome, 'was abandoned and tidied up')}"
