"""A check that nobody asks yet, and a heartbeat."""

from datetime import timedelta
from typing import Any

from tocsin.domain.monitoring import commands, queries
from tocsin.kernel.actor import system

HOUSE = system("test")


def make(world: Any) -> dict[str, str]:
    """Their ids, and what the heartbeat's address ends in."""
    check = commands.add_check(
        HOUSE,
        name="Shop page",
        target="http://127.0.0.1:9/health",
        interval=timedelta(hours=1),
        service_id=world.values.get("service"),
    )
    beat = commands.add_check(HOUSE, name="Nightly backup", kind="heartbeat", interval=timedelta(days=1))
    return {"check_id": check, "beat_id": beat, "heartbeat": queries.heartbeat_token(HOUSE, beat)}


def paused(world: Any) -> None:
    """The check is paused."""
    commands.pause_check(HOUSE, check_id=world.values["check_id"])
