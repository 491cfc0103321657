"""Who of those called is on it, and for how long: states of a call, time worked, the count against the deadline.

Pure. Never calls anybody.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Engagement(StrEnum):
    """Where a person stands with the call. `called`: asked, no answer yet."""

    CALLED = "called"
    JOINED = "joined"
    DECLINED = "declined"
    STOOD_DOWN = "stood_down"

    @property
    def words(self) -> str:
        """As screens show it."""
        return _WORDS[self]


_WORDS = {
    Engagement.CALLED: "Called",
    Engagement.JOINED: "Joined",
    Engagement.DECLINED: "Declined",
    Engagement.STOOD_DOWN: "Stood down",
}
PAGED_AGAIN_AFTER = timedelta(seconds=60)
"""How long after a page the same person may be paged again by hand: two people pressing the button page once."""


@dataclass(frozen=True, slots=True)
class Progress:
    """`joined` of `asked` are on it; `declined` are not counted as asked once somebody was called in their place."""

    joined: int
    asked: int
    declined: int


def worked(worked_seconds: int, since: datetime | None, now: datetime) -> timedelta:
    """Time worked in all: what was kept, and what runs since `since`."""
    running = max(now - since, timedelta(0)) if since else timedelta(0)
    return timedelta(seconds=worked_seconds) + running


def progress(calls: Iterable[tuple[Engagement, bool]]) -> Progress:
    """Count calls, each a state and whether somebody was called in this person's place."""
    joined = asked = declined = 0
    for state, replaced in calls:
        joined += state is Engagement.JOINED
        declined += state is Engagement.DECLINED
        asked += state in (Engagement.CALLED, Engagement.JOINED) or (state is Engagement.DECLINED and not replaced)
    return Progress(joined, asked, declined)
