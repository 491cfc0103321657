"""Registers the secrets tables with Django."""

from tocsin.core.rooms import RoomConfig


class SecretsConfig(RoomConfig):
    """The secrets tables."""

    name = "tocsin.core.secrets"
    label = "secrets"
