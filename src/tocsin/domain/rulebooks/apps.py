"""The rulebooks room, as Django knows it."""

from tocsin.core.rooms import RoomConfig


class RulebooksConfig(RoomConfig):
    """Joins the room to the log and the engine."""

    name = "tocsin.domain.rulebooks"
    label = "rulebooks"
