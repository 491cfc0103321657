"""Learns from what people decide about incidents. Each reaction loads what is true now, so nothing is counted twice."""

from typing import Any

from tocsin.core.log import Recorded, reaction
from tocsin.domain.incidents import events as incidents
from tocsin.domain.triage.commands import learning


@reaction(
    incidents.Confirmed,
    incidents.Dismissed,
    incidents.Reopened,
    incidents.Changed,
    incidents.Assessed,
    incidents.Resolved,
    name="triage.learn",
)
def learn(recorded: Recorded[Any]) -> None:
    """What this incident was, as people say now."""
    learning.learn(recorded.subject_id)
