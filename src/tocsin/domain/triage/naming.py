"""Under whose name this room learns."""

from uuid import UUID

from tocsin.kernel.actor import system

TOCSIN = system("triage")
LEARNING = "learning:all"


def uuid_of(text: str) -> UUID | None:
    """The id that the text spells; None for anything else."""
    try:
        return UUID(str(text))
    except ValueError:
        return None
