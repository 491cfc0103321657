"""Who may see entries of this room in log, search and live stream: staff, less groups of restricted incidents."""

from collections.abc import Collection

from tocsin.core.visibility import register_gate
from tocsin.domain.alerts.permissions import VIEW
from tocsin.domain.alerts.ports import hidden_groups
from tocsin.kernel.actor import Actor


def _groups(actor: Actor, ids: Collection[str]) -> set[str]:
    return set(ids) - hidden_groups(actor) if actor.has(VIEW) else set()


def _staff(actor: Actor, ids: Collection[str]) -> set[str]:
    return set(ids) if actor.has(VIEW) else set()


register_gate("alert_group", _groups)
for _kind in ("integration", "route", "silence", "inhibition", "maintenance"):
    register_gate(_kind, _staff)
