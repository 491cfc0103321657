"""How the API joins Django: one table of remembered answers, and the worker that forgets them."""

from tocsin.core.rooms import RoomConfig


class ApiConfig(RoomConfig):
    """The REST API."""

    name = "tocsin.api"
    label = "api"
