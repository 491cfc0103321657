"""What the log of a schedule says about cover: asked, taken, declined, taken back, run out."""

from tocsin.core.log import Event, event


def _span(start: str, end: str) -> str:
    return f"{start[:16].replace('T', ' ')} to {end[:16].replace('T', ' ')} UTC"


@event("oncall.cover_asked", mark="calendar")
class CoverAsked(Event, frozen=True, kw_only=True):
    """Someone asked whether a colleague takes their time on call. Times are ISO 8601 in UTC."""

    cover: str
    person: str
    person_name: str
    start_at: str
    end_at: str
    note: str
    asked: list[str]
    return_start_at: str = ""
    return_end_at: str = ""

    def sentence(self) -> str:
        """Whose time, and what is offered in return."""
        offer = ""
        if self.return_start_at:
            offer = f", and takes {_span(self.return_start_at, self.return_end_at)} in return"
        return f"asked for cover of {self.person_name} {_span(self.start_at, self.end_at)}{offer}"


@event("oncall.cover_accepted", mark="circle-check")
class CoverAccepted(Event, frozen=True, kw_only=True):
    """A colleague takes it; the overrides that follow are set in the same moment."""

    cover: str
    person: str
    person_name: str
    instead: str
    instead_name: str
    start_at: str
    end_at: str

    def sentence(self) -> str:
        """Who takes what."""
        return f"takes {_span(self.start_at, self.end_at)} for {self.instead_name}"


@event("oncall.cover_declined", mark="calendar")
class CoverDeclined(Event, frozen=True, kw_only=True):
    """One of those asked cannot."""

    cover: str
    person: str
    person_name: str

    def sentence(self) -> str:
        """Who."""
        return f"cannot take the cover that was asked for: {self.person_name}"


@event("oncall.cover_taken_back", mark="arrow-back-up")
class CoverTakenBack(Event, frozen=True, kw_only=True):
    """The request is withdrawn, or who took it cannot after all (`open_again`). Overrides of it are gone."""

    cover: str
    person: str
    person_name: str
    open_again: bool

    def sentence(self) -> str:
        """What holds now."""
        if self.open_again:
            return f"took back that {self.person_name} covers; it is asked for again"
        return "took back the request for cover; the rotation holds"


@event("oncall.cover_expired", mark="clock")
class CoverExpired(Event, frozen=True, kw_only=True):
    """The time began and nobody had taken it."""

    cover: str
    person: str
    person_name: str

    def sentence(self) -> str:
        """Who stays on call."""
        return f"found nobody to cover for {self.person_name}, who stays on call"
