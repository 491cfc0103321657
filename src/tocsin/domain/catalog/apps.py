"""How the room of the catalogue joins Django."""

from tocsin.core.rooms import RoomConfig


class CatalogConfig(RoomConfig):
    """Services, their owners and their dependencies."""

    name = "tocsin.domain.catalog"
    label = "catalog"
