"""Who may see how the rules changed: everybody who works here, and no stranger."""

from collections.abc import Collection

from tocsin.core.visibility import register_gate
from tocsin.domain.rulebooks.permissions import SEE
from tocsin.kernel.actor import Actor


def staff(actor: Actor, ids: Collection[str]) -> set[str]:
    """All of `ids` for people with a role, else none. No query."""
    return set(ids) if actor.has(SEE) else set()


register_gate("rulebook", staff)
