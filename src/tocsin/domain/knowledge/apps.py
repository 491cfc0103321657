"""The knowledge room, as Django knows it."""

from tocsin.core.rooms import RoomConfig


class KnowledgeConfig(RoomConfig):
    """Joins the room to the log and the engine."""

    name = "tocsin.domain.knowledge"
    label = "knowledge"
