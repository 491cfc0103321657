"""Who may see what the log says of the status page: everybody who works here, and no stranger."""

from collections.abc import Collection

from tocsin.core.visibility import register_gate
from tocsin.domain.statuspage.access import visible_incident_ids, visible_update_ids
from tocsin.domain.statuspage.permissions import SEE
from tocsin.kernel.actor import Actor


def staff(actor: Actor, ids: Collection[str]) -> set[str]:
    """All of `ids` for people with a role, else none. No query."""
    return set(ids) if actor.has(SEE) else set()


register_gate("statuspage", staff)
register_gate("public_incident", visible_incident_ids)
register_gate("public_update", visible_update_ids)
