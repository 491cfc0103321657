"""Who may see drills: everybody who works here."""

from collections.abc import Collection

from tocsin.core.visibility import register_gate
from tocsin.domain.drill.permissions import VIEW
from tocsin.kernel.actor import Actor


def _staff(actor: Actor, ids: Collection[str]) -> set[str]:
    return set(ids) if actor.has(VIEW) else set()


register_gate("practice", _staff)
