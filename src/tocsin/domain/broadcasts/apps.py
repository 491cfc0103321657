"""The room of staff alerts, as Django knows it."""

from tocsin.core.rooms import RoomConfig


class BroadcastsConfig(RoomConfig):
    """Joins the room to the log and the engine."""

    name = "tocsin.domain.broadcasts"
    label = "broadcasts"
