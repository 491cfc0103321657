"""Who listeners are and what they may follow: asked for many at once, at connect and again as long as they listen."""

import time
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from tocsin.core.events.read import heads
from tocsin.core.visibility import visible_to_many
from tocsin.kernel.actor import Actor

Identify = Callable[[Collection[str]], Mapping[str, Actor]]
"""The people behind sessions; one that has ended (signed out, password changed, deactivated) is left out."""
Wish = tuple[str, tuple[str, ...]]
"""A session, and the streams that it wants to follow."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Who stands behind a wish, None for nobody; whether all of its streams may be followed; where those stand; and
    `at`, when this was asked (`time.monotonic`).
    """

    actor: Actor | None
    allowed: bool
    heads: dict[str, int]
    at: float


def answers(identify: Identify, wishes: Iterable[Wish]) -> dict[Wish, Answer]:
    """The answer to each wish. Queries: those of `identify`, one for all heads, and those of the gates.

    Heads are read first: whatever takes access away afterwards stands above them, and is therefore seen by whoever
    follows from there.
    """
    at = time.monotonic()
    asked = set(wishes)
    numbers = heads(list({stream for _, streams in asked for stream in streams}))
    actors = identify({session for session, _ in asked})
    seen = visible_to_many(set(actors.values()), numbers)
    found = {}
    for wish in asked:
        session, streams = wish
        actor = actors.get(session)
        allowed = actor is not None and seen[actor].issuperset(streams)
        found[wish] = Answer(actor, allowed, {stream: numbers[stream] for stream in streams}, at)
    return found
