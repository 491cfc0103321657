"""How the room of accounts joins Django."""

from tocsin.core.rooms import RoomConfig


class AccountsConfig(RoomConfig):
    """People, teams, sign-in and API tokens."""

    name = "tocsin.domain.accounts"
    label = "accounts"
