"""Who may see entries about checks in log, search and live stream: all staff."""

from collections.abc import Collection

from tocsin.core.visibility import register_gate
from tocsin.domain.monitoring.permissions import VIEW
from tocsin.kernel.actor import Actor


def _staff(actor: Actor, ids: Collection[str]) -> set[str]:
    return set(ids) if actor.has(VIEW) else set()


register_gate("check", _staff)
