"""The monitoring room, as Django knows it."""

from tocsin.core.rooms import RoomConfig


class MonitoringConfig(RoomConfig):
    """Joins the room to the log and the engine."""

    name = "tocsin.domain.monitoring"
    label = "monitoring"
