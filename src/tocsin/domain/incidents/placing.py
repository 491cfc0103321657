"""Where an alert belongs: into the incident it is in, back into one just resolved, or into a new one. Pure.

Never lets an incident that is over swallow new trouble, and never opens a new one for what was dismissed as no
incident while it gets no worse.
"""

from datetime import datetime
from enum import StrEnum

from tocsin.domain.incidents.rules.states import ACTIVE_STATES, State, takes_alerts


class Place(StrEnum):
    """What becomes of a group of alerts that says something."""

    STAY = "stay"
    REOPEN = "reopen"
    NEW = "new"
    LEAVE = "leave"


def place(
    state: State, *, over_at: datetime | None, happened_at: datetime, now: datetime, again: bool, worse: bool
) -> Place:
    """Where a group goes whose incident is in `state` since `over_at` (when it was resolved or ended).

    `again`: it fires after it had been quiet. `worse`: than it ever said. What happened before the incident was
    over was known to whoever ended it.
    """
    if state in ACTIVE_STATES:
        return Place.STAY
    if over_at is not None and happened_at <= over_at:
        return Place.LEAVE
    if takes_alerts(state, over_at, now):
        return Place.REOPEN
    if state is State.DISMISSED and not (again or worse):
        return Place.LEAVE
    return Place.NEW
