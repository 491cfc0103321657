"""Who acts for the room itself, and ids as the store wants them."""

from uuid import UUID

from tocsin.kernel.actor import Actor, system

SELF = system("chat")


def guest(title: str, name: str) -> Actor:
    """Somebody of the chat who is nobody here: their words are kept under their name there, with no right of theirs."""
    return Actor(id="system:chat", name=f"{name or 'Somebody'} ({title})"[:200])


def id_of(text: str) -> UUID:
    """The id that `text` spells; the nil id, which nothing has, when it spells none."""
    try:
        return UUID(str(text))
    except ValueError:
        return UUID(int=0)
