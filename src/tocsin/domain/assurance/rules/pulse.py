"""Where a pulse stands on its way round, and which stage stopped. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

STAGES = {
    "begun": "Engine begins a pulse",
    "accepted": "Door accepts it",
    "folded": "Inbox is folded",
    "grouped": "Group speaks",
    "escalated": "Escalation pages",
    "sent": "Message is sent",
    "recorded": "Answer is recorded",
    "told": "Heartbeat goes out",
}
"""Every stage in order, as screens name it."""
LATE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Standing:
    """`stopped` is the stage that does not move (empty: all do); `sentence` says so."""

    stopped: str
    sentence: str


WELL = Standing("", "")


def standing(newest: Mapping[str, datetime | None] | None, every: timedelta, now: datetime, *, tells: bool) -> Standing:
    """From the newest pulse: which stage stopped, if any. `tells`: a heartbeat goes to an outside address."""
    if newest is None or newest["begun"] is None:
        return WELL
    since = now - newest["begun"]
    missing = next((s for s in STAGES if newest.get(s) is None and (tells or s != "told")), "")
    if missing and since > max(every, LATE):
        before = [at for at in newest.values() if at is not None]
        return Standing(missing, f"The pulse stopped before '{STAGES[missing]}', at {max(before):%H:%M:%S} UTC.")
    if since > 3 * every + LATE:
        return Standing("begun", f"No pulse has begun since {newest['begun']:%H:%M:%S} UTC: no engine runs.")
    return WELL
