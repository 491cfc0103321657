"""A file of the incident of this world."""

from tests.access.world import SYSTEM, World
from tocsin.domain.incidents import commands


def make(world: World) -> dict[str, str]:
    """One small file, by its id."""
    given = {"incident": world.values["incident"], "name": "notes.txt"}
    return {"attachment": commands.attach_file(SYSTEM, chunks=[b"Disk full at 02:47"], **given)}
