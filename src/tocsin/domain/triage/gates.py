"""Who may see how templates and lessons changed: everybody who works here, and no stranger."""

from collections.abc import Collection

from tocsin.core.visibility import register_gate
from tocsin.domain.triage.permissions import VIEW
from tocsin.kernel.actor import Actor


def staff(actor: Actor, ids: Collection[str]) -> set[str]:
    """All of `ids` for people with a role, else none. No query."""
    return set(ids) if actor.has(VIEW) else set()


for _kind in ("incident_template", "learning"):
    register_gate(_kind, staff)
