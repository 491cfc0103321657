"""Who counts as the author of a text (so that erasing that person erases the text), and ids as the store wants them."""

from uuid import UUID

from tocsin.kernel.actor import Actor, system

TOCSIN = system("incidents")
"""Does what follows from what people or alerts did: paging, for example, needs no right of the person who declared."""


def author(actor: Actor) -> str:
    """Under whose key a text is sealed: the person behind the actor, else the actor itself."""
    return actor.person or actor.id


def uuid_of(text: str) -> UUID | None:
    """The id that the text spells; None for anything else, which no required column ever equals."""
    try:
        return UUID(text)
    except ValueError:
        return None


def id_of(text: str) -> UUID:
    """The same for looking up by primary key: the nil id, which nothing has, for anything else."""
    return uuid_of(text) or UUID(int=0)
