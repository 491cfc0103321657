"""The incidents room, as Django knows it."""

from tocsin.core.rooms import RoomConfig


class IncidentsConfig(RoomConfig):
    """Joins the room to the log and the engine."""

    name = "tocsin.domain.incidents"
    label = "incidents"
