"""A staff alert that asks everyone, and a drill that comes again."""

from tests.access.world import SYSTEM, World
from tocsin.domain.broadcasts import commands


def make(world: World) -> dict[str, str]:
    """Their references, by which every route names them."""
    ref = commands.send_alert(SYSTEM, title="Smoke on floor 2", severity="low", audience={"everyone": True})
    drill = commands.send_alert(
        SYSTEM, title="Fire drill", severity="low", audience={"everyone": True}, practice=True, repeat_weeks=4
    )
    return {"staff_alert": ref, "alert": ref, "drill": drill}
