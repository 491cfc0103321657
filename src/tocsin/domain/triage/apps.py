"""The triage room, as Django knows it."""

from tocsin.core.rooms import RoomConfig


class TriageConfig(RoomConfig):
    """Joins the room to the log and the engine."""

    name = "tocsin.domain.triage"
    label = "triage"
