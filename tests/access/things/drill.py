"""A drill under way, which nobody plays."""

from typing import Any

from tocsin.domain.drill import commands
from tocsin.kernel.actor import system


def make(world: Any) -> dict[str, str]:
    """Its id."""
    return {"drill_id": commands.begin(system("test"), player=False)}
