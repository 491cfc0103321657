"""Registers the engine tables with Django."""

from tocsin.core.rooms import RoomConfig


class EngineConfig(RoomConfig):
    """The engine tables."""

    name = "tocsin.core.engine"
    label = "engine"
