"""What the log of a person says about absences. Dates and what for are private: they are not in it."""

from tocsin.core.log import Event, event


@event("oncall.absence_noted", mark="calendar")
class AbsenceNoted(Event, frozen=True, kw_only=True):
    """A person is away for a time that was entered or uploaded."""

    person: str
    person_name: str
    how: str
    count: int

    def sentence(self) -> str:
        """How many, and how they came."""
        what = "an absence" if self.count == 1 else f"{self.count} absences"
        return f"noted {what} of {self.person_name} ({self.how})"


@event("oncall.absence_removed", mark="calendar")
class AbsenceRemoved(Event, frozen=True, kw_only=True):
    """An absence, or all that came from a calendar, no longer counts."""

    person: str
    person_name: str
    how: str

    def sentence(self) -> str:
        """Whose."""
        return f"removed absences of {self.person_name} ({self.how})"


@event("oncall.absence_calendar_set", mark="calendar")
class AbsenceCalendarSet(Event, frozen=True, kw_only=True):
    """A person's calendar elsewhere is asked for absences. Its address is a secret and not in here."""

    person: str
    person_name: str
    host: str

    def sentence(self) -> str:
        """Where it is."""
        return f"connected a calendar of {self.person_name} at {self.host}"
