"""What this room writes to the log, on `check:<id>`. Only transitions: an answer like the last one is a row, no event.

The sentences are read after the name of whoever did it.
"""

from datetime import datetime

from tocsin.core.log import Event, event


@event("monitoring.check_added", mark="plus")
class CheckAdded(Event, frozen=True, kw_only=True):
    """A check is asked from now on."""

    name: str
    kind: str
    target: str
    service_id: str | None = None

    def sentence(self) -> str:
        """Its name and target."""
        return f"added the check {self.name}" + (f" of {self.target}" if self.target else "")


@event("monitoring.check_changed", mark="pencil")
class CheckChanged(Event, frozen=True, kw_only=True):
    """What it asks, how often, or what it expects is different now."""

    name: str
    changed: tuple[str, ...]

    def sentence(self) -> str:
        """What was changed."""
        return f"changed {', '.join(self.changed)} of the check {self.name}"


@event("monitoring.check_paused", mark="player-pause")
class CheckPaused(Event, frozen=True, kw_only=True):
    """It is not asked until someone resumes it."""

    name: str

    def sentence(self) -> str:
        """Its name."""
        return f"paused the check {self.name}"


@event("monitoring.check_resumed", mark="player-play")
class CheckResumed(Event, frozen=True, kw_only=True):
    """It is asked again."""

    name: str

    def sentence(self) -> str:
        """Its name."""
        return f"resumed the check {self.name}"


@event("monitoring.check_removed", mark="trash")
class CheckRemoved(Event, frozen=True, kw_only=True):
    """It is not asked any more."""

    name: str

    def sentence(self) -> str:
        """Its name."""
        return f"removed the check {self.name}"


@event("monitoring.check_failed", mark="circle-x")
class CheckFailed(Event, frozen=True, kw_only=True):
    """So many answers in a row were wrong that it is failing."""

    name: str
    answer: str
    since: datetime
    times: int
    service_id: str | None = None

    def sentence(self) -> str:
        """Its name and the last answer."""
        times = "once" if self.times == 1 else f"{self.times} times in a row"
        return f"found that {self.name} fails, {times}: {self.answer}"


@event("monitoring.check_recovered", mark="circle-check")
class CheckRecovered(Event, frozen=True, kw_only=True):
    """So many answers in a row were right that it is well again."""

    name: str
    answer: str
    since: datetime
    """When it began to fail."""
    service_id: str | None = None

    def sentence(self) -> str:
        """Its name and the last answer."""
        return f"found that {self.name} is well again: {self.answer}"
