"""Who counts as the author of a text (so that erasing that person erases the text)."""

from tocsin.kernel.actor import Actor, system

TOCSIN = system("incidents")
"""Does what follows from what people or alerts did: paging, for example, needs no right of the person who declared."""


def author(actor: Actor) -> str:
    """Under whose key a text is sealed: the person behind the actor, else the actor itself."""
    return actor.person or actor.id
