"""What the log says about secret addresses of calendars. The address itself is nowhere in it."""

from tocsin.core.log import Event, event


@event("oncall.feed_made", mark="calendar")
class FeedMade(Event, frozen=True, kw_only=True):
    """A calendar can be read under a new secret address."""

    feed: str
    person: str
    person_name: str
    schedule: str
    schedule_name: str

    def sentence(self) -> str:
        """Whose shifts."""
        return f"made a calendar address for {self.schedule_name or 'the shifts of ' + self.person_name}"


@event("oncall.feed_revoked", mark="calendar")
class FeedRevoked(Event, frozen=True, kw_only=True):
    """The address opens nothing any more."""

    feed: str
    person: str
    person_name: str

    def sentence(self) -> str:
        """Whose."""
        return f"revoked a calendar address of {self.person_name}"
