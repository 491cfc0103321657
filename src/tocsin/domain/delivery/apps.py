"""Registers the delivery room with Django."""

from tocsin.core.rooms import RoomConfig


class DeliveryConfig(RoomConfig):
    """The delivery room."""

    name = "tocsin.domain.delivery"
    label = "delivery"
