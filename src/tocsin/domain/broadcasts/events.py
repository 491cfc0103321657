"""What the log says about staff alerts: on the alert's own stream, and on that of the incident that it is about."""

from typing import ClassVar

from tocsin.core.log import Event, event


@event("broadcasts.alert_made", mark="speakerphone")
class AlertMade(Event, frozen=True, kw_only=True):
    """An alert was written; it goes out at once or at its time."""

    reference: str
    people: int
    practice: bool = False

    def sentence(self) -> str:
        """To how many."""
        return f"made {self.reference}, a {'drill' if self.practice else 'staff alert'}, to {self.people} people"


@event("broadcasts.wave_sent", mark="bell-ringing")
class WaveSent(Event, frozen=True, kw_only=True):
    """One batch of one wave went out."""

    wave: int
    people: int
    unreachable: int

    def sentence(self) -> str:
        """How many were asked, and who could not be."""
        mute = f"; {self.unreachable} cannot be reached" if self.unreachable else ""
        return f"asked {self.people} people, time {self.wave}{mute}"


@event("broadcasts.answered", mark="circle-check")
class Answered(Event, frozen=True, kw_only=True):
    """A person answered, or changed their answer."""

    person: str
    person_name: str
    answer: str
    via: str

    def sentence(self) -> str:
        """What, and by what."""
        return f"answered by {self.via}: {self.answer}"


@event("broadcasts.repeat_ended", mark="calendar-off")
class RepeatEnded(Event, frozen=True, kw_only=True):
    """A drill comes no more."""

    weeks: int

    def sentence(self) -> str:
        """How often it had come."""
        return f"stopped the drill that came every {self.weeks} weeks" if self.weeks > 1 else "stopped the weekly drill"


@event("broadcasts.closed", mark="circle-x")
class AlertClosed(Event, frozen=True, kw_only=True):
    """Nobody is asked any more."""

    answered: int
    people: int

    def sentence(self) -> str:
        """How many had answered."""
        return f"closed the alert: {self.answered} of {self.people} had answered"


@event("broadcasts.staff_alerted", mark="speakerphone")
class StaffAlerted(Event, frozen=True, kw_only=True):
    """Of an incident: staff were alerted about it."""

    author: str
    reference: str
    title: str
    people: int
    sealed: ClassVar[dict[str, str]] = {"title": "author"}

    def sentence(self) -> str:
        """To how many."""
        return f"alerted {self.people} people by {self.reference}"

    def body(self) -> str:
        """The short text."""
        return self.title


@event("broadcasts.staff_answered", mark="circle-check")
class StaffAnswered(Event, frozen=True, kw_only=True):
    """Of an incident: a staff alert about it is over."""

    reference: str
    answered: int
    people: int

    def sentence(self) -> str:
        """How many answered."""
        return f"ended {self.reference}: {self.answered} of {self.people} people answered"
