"""What the log says about reachability: a fault was found, a fault is mended, everyone on call was tested."""

from tocsin.core.log import Event, event

STREAM = "reachability:audit"


class _About(Event, frozen=True, kw_only=True):
    finding: str
    kind: str
    about: str
    severity: str
    text: str


@event("assurance.finding_appeared", mark="alert-triangle")
class FindingAppeared(_About, frozen=True, kw_only=True):
    """Something would keep a page from reaching somebody."""

    def sentence(self) -> str:
        """What was found."""
        return f"found that a page would get lost: {self.text}"


@event("assurance.finding_ended", mark="circle-check")
class FindingEnded(_About, frozen=True, kw_only=True):
    """It is mended."""

    def sentence(self) -> str:
        """What was mended."""
        return f"finds this mended: {self.text}"


@event("assurance.round_started", mark="bell-ringing")
class RoundStarted(Event, frozen=True, kw_only=True):
    """Everyone on call was sent a test page."""

    round: str
    people: int

    def sentence(self) -> str:
        """How many."""
        return f"tested everyone on call: {self.people} test page{'' if self.people == 1 else 's'}"
