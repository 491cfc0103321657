"""Registers the alarms about Tocsin itself with Django."""

from tocsin.core.rooms import RoomConfig


class AlarmsConfig(RoomConfig):
    """The alarms about Tocsin itself."""

    name = "tocsin.core.alarms"
    label = "alarms"
