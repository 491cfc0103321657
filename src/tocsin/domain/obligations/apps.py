"""The obligations room, as Django knows it."""

from tocsin.core.rooms import RoomConfig


class ObligationsConfig(RoomConfig):
    """Joins the room to the log and the engine."""

    name = "tocsin.domain.obligations"
    label = "obligations"
