"""Who reacts to which event type. A reaction runs once per event, in a transaction of its own, by the engine."""

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from tocsin.core.engine.registry import JobView, transactional
from tocsin.core.events.models import Entry
from tocsin.core.events.types import Event, Recorded, recorded

E = TypeVar("E", bound=Event)
Handler = Callable[[Recorded[E]], None]
_reactions: dict[str, list[str]] = {}
_conditions: dict[str, Callable[[str], bool]] = {}


class Seen(msgspec.Struct):
    """Payload of a reaction's job: the id of the log entry."""

    entry: int


def reaction(
    *types: type[E], name: str, when: Callable[[str], bool] | None = None
) -> Callable[[Handler[Any]], Handler[Any]]:
    """Decorator: call the function for every event of `types`, at least once, in no promised order.

    `when(type name)` is asked as an event is written: False spares the job. It must be quick and use no query most
    times. The function loads the current row and reconciles; it must be idempotent. It runs in the transaction that
    removes its job: what it writes is written exactly once.
    """

    def register(function: Handler[Any]) -> Handler[Any]:
        kind = f"on:{name}"
        if when is not None:
            _conditions[kind] = when

        def run(payload: Seen, job: JobView) -> None:
            function(recorded(Entry.objects.get(id=payload.entry)))

        transactional(kind, Seen)(run)
        for type_ in types:
            listed = _reactions.setdefault(type_.type_name, [])
            if kind not in listed:
                listed.append(kind)
        return function

    return register


def reactions_to(type_name: str) -> list[str]:
    """Kinds of the jobs that an event of this type causes."""
    kinds = _reactions.get(type_name, [])
    return [kind for kind in kinds if kind not in _conditions or _conditions[kind](type_name)]
