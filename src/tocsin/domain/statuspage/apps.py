"""The statuspage room, as Django knows it."""

from tocsin.core.rooms import RoomConfig


class StatuspageConfig(RoomConfig):
    """Joins the room to the log and the engine."""

    name = "tocsin.domain.statuspage"
    label = "statuspage"
