"""A staff alert that asks everyone."""

from tests.access.world import SYSTEM, World
from tocsin.domain.broadcasts import commands


def make(world: World) -> dict[str, str]:
    """Its reference, by which every route names it."""
    ref = commands.send_alert(SYSTEM, title="Smoke on floor 2", severity="low", audience={"everyone": True})
    return {"staff_alert": ref, "alert": ref}
