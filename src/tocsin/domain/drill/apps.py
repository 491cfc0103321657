"""How the room of drills joins Django."""

from tocsin.core.rooms import RoomConfig


class DrillConfig(RoomConfig):
    """Drills."""

    name = "tocsin.domain.drill"
    label = "drill"
