"""Who may see what: one gate per kind of subject, asked by every reader of log, search and live stream.

Rooms register their gate; the core never knows why a subject is restricted. A kind without a gate is invisible to
all but the system, so that a forgotten gate hides rather than leaks.
"""

from collections.abc import Callable, Collection, Mapping

from tocsin.kernel.actor import Actor

Gate = Callable[[Actor, Collection[str]], set[str]]
WideGate = Callable[[Collection[Actor], Collection[str]], Mapping[Actor, set[str]]]
_gates: dict[str, Gate] = {}
_wide_gates: dict[str, WideGate] = {}


def register_gate(kind: str, gate: Gate, wide: WideGate | None = None) -> None:
    """`gate(actor, ids)` returns those ids of `kind` that the actor may see now. One query for all ids.

    `wide(actors, ids)` says the same of each of many people, with a fixed number of queries; without it the live
    stream asks the gate for one after the other.
    """
    _gates[kind] = gate
    _wide_gates.pop(kind, None)
    if wide is not None:
        _wide_gates[kind] = wide


def visible(actor: Actor, streams: Collection[str]) -> set[str]:
    """Those of `streams` (`kind:id`) that the actor may see. One query per kind."""
    if actor.is_system:
        return set(streams)
    return {
        f"{kind}:{id_}"
        for kind, ids in _by_kind(streams).items()
        if (gate := _gates.get(kind)) is not None
        for id_ in gate(actor, ids)
    }


def visible_to_many(actors: Collection[Actor], streams: Collection[str]) -> dict[Actor, set[str]]:
    """What `visible` says of each actor. A fixed number of queries for kinds with a wide gate, whoever asks."""
    asking = [actor for actor in actors if not actor.is_system]
    seen: dict[Actor, set[str]] = {actor: set(streams) if actor.is_system else set() for actor in actors}
    for kind, ids in _by_kind(streams).items():
        gate, wide = _gates.get(kind), _wide_gates.get(kind)
        if gate is None:
            continue
        found = wide(asking, ids) if wide else {actor: gate(actor, ids) for actor in asking}
        for actor in asking:
            seen[actor].update(f"{kind}:{id_}" for id_ in found[actor])
    return seen


def _by_kind(streams: Collection[str]) -> dict[str, list[str]]:
    by_kind: dict[str, list[str]] = {}
    for stream in streams:
        kind, _, id_ = stream.partition(":")
        by_kind.setdefault(kind, []).append(id_)
    return by_kind


def within(actor: Actor, audience: str) -> bool:
    """True when an entry marked narrower than its subject is for this actor: '' all, `role:<role>`, `person:<id>`."""
    if not audience or actor.is_system:
        return True
    kind, _, value = audience.partition(":")
    return (kind == "role" and value in actor.roles) or (kind == "person" and value == actor.person)
