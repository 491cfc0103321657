"""Who acts for the room itself."""

from tocsin.kernel.actor import Actor, system

SELF = system("chat")


def guest(title: str, name: str) -> Actor:
    """Somebody of the chat who is nobody here: their words are kept under their name there, with no right of theirs."""
    return Actor(id="system:chat", name=f"{name or 'Somebody'} ({title})"[:200])
