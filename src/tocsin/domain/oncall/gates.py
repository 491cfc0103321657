"""Schedules and policies are no secret within the house: whoever may see who is on call sees them."""

from collections.abc import Collection

from tocsin.core.visibility import register_gate
from tocsin.domain.oncall.permissions import VIEW
from tocsin.kernel.actor import Actor


def _staff(actor: Actor, ids: Collection[str]) -> set[str]:
    return set(ids) if actor.has(VIEW) else set()


def _own_test(actor: Actor, ids: Collection[str]) -> set[str]:
    return {id_ for id_ in ids if actor.is_system or id_ == actor.person}


register_gate("rules_test", _own_test)
register_gate("schedule", _staff)
register_gate("policy", _staff)
