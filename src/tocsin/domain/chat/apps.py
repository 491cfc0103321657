"""The chat room, as Django knows it."""

from tocsin.core.rooms import RoomConfig


class ChatConfig(RoomConfig):
    """Joins the room to the log and the engine."""

    name = "tocsin.domain.chat"
    label = "chat"
