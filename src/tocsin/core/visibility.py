"""Who may see what: one gate per kind of subject, asked by every reader of log, search and live stream.

Rooms register their gate; the core never knows why a subject is restricted. A kind without a gate is invisible to
all but the system, so that a forgotten gate hides rather than leaks.
"""

from collections.abc import Callable, Collection

from tocsin.kernel.actor import Actor

Gate = Callable[[Actor, Collection[str]], set[str]]
_gates: dict[str, Gate] = {}


def register_gate(kind: str, gate: Gate) -> None:
    """`gate(actor, ids)` returns those ids of `kind` that the actor may see now. One query for all ids."""
    _gates[kind] = gate


def visible(actor: Actor, streams: Collection[str]) -> set[str]:
    """Those of `streams` (`kind:id`) that the actor may see. One query per kind."""
    if actor.is_system:
        return set(streams)
    by_kind: dict[str, list[str]] = {}
    for stream in streams:
        kind, _, id_ = stream.partition(":")
        by_kind.setdefault(kind, []).append(id_)
    return {
        f"{kind}:{id_}"
        for kind, ids in by_kind.items()
        if (gate := _gates.get(kind)) is not None
        for id_ in gate(actor, ids)
    }


def within(actor: Actor, audience: str) -> bool:
    """True when an entry marked narrower than its subject is for this actor: '' all, `role:<role>`, `person:<id>`."""
    if not audience or actor.is_system:
        return True
    kind, _, value = audience.partition(":")
    return (kind == "role" and value in actor.roles) or (kind == "person" and value == actor.person)
