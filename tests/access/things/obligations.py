"""What some questions about legal clocks need to be there first."""

from copy import deepcopy

from tests.access.world import SYSTEM, World
from tocsin.domain.obligations import commands
from tocsin.domain.obligations.gates import BOOK
from tocsin.domain.obligations.rules.known import BUILT_IN
from tocsin.domain.rulebooks import commands as rulebooks


def newer_clocks(world: World) -> None:
    """The incident has a file, and a newer edition of the clocks is in force."""
    commands.note(world.actor("security"), incident=world.values["incident"], facts={"extortion": "no"})
    content = deepcopy(BUILT_IN)
    content["who"] = ["sec"]
    rulebooks.put_into_force(SYSTEM, book=BOOK, content=content)
