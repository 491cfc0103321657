"""A chat that takes everything, and a channel of the incident of this world in it."""

from collections.abc import Mapping

from tests.access.world import SYSTEM, World
from tocsin.core.engine.testing import run_engine
from tocsin.domain.chat import commands, ports
from tocsin.domain.chat.commands.acting import met
from tocsin.domain.chat.commands.telling import failed


class Chat:
    """Makes channels and keeps nothing."""

    vendor, title, two_way = "test-chat", "Test chat", True

    def problem(self) -> str:
        return ""

    def severities(self) -> frozenset[str]:
        return frozenset()

    def open(self, name: str, *, again: bool) -> ports.Opened | ports.Reply:
        return ports.Opened("C1", name, "https://chat.example.org/C1")

    def invite(self, place: str, emails: Mapping[str, str]) -> ports.Reply:
        return ports.Accepted()

    def topic(self, place: str, topic: str) -> ports.Reply:
        return ports.Accepted()

    def say(self, place: str, saying: ports.Saying) -> ports.Reply:
        return ports.Accepted("1")

    def find(self, place: str, key: str) -> str | None:
        return ""

    def answer(self, back: str, saying: ports.Saying) -> ports.Reply:
        return ports.Accepted()

    def who(self, user: str) -> ports.Who | ports.Reply:
        return ports.Who("", "")


def make(world: World) -> dict[str, str]:
    """The channel, by its id."""
    ports.register_chat(Chat())
    made = commands.open_channel(SYSTEM, incident=world.values["incident"], vendor="test-chat")
    run_engine(periodic=False)
    met("slack", "U0STRANGER", "", ports.Who("", "A stranger"))
    return {"chat_channel": made, "chat_user": "U0STRANGER"}


def channel_failed(world: World) -> None:
    """The vendor refused."""
    failed(world.values["chat_channel"], "restricted_action")
