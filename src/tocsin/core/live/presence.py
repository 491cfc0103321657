"""Who else looks at the same thing. Never enters the log."""

import time
from collections.abc import Collection, Mapping

from tocsin.core.live.client import Client, message

EACH = 0.002
"""Seconds that a change may wait for each listener of the stream: 0.4 s for 200, 10 s for 5,000."""
MOST_PEOPLE = 50


class Presence:
    """What is still to be told of who came and went."""

    def __init__(self) -> None:
        self._due: dict[str, float] = {}

    def moved(self, stream: str, listeners: int) -> None:
        """Somebody came or went. Where many listen this is told seldom: each of them hears of each other."""
        self._due.setdefault(stream, time.monotonic() + listeners * EACH)

    def tell(self, listeners: Mapping[str, Collection[Client]]) -> None:
        """Tell the listeners of each stream whose time has come."""
        at = time.monotonic()
        for stream in [s for s, when in self._due.items() if when <= at]:
            del self._due[stream]
            here = listeners.get(stream, ())
            people = sorted({(c.actor.name, c.actor.person) for c in here if c.actor.person})
            shown = [{"name": name, "person": person} for name, person in people[:MOST_PEOPLE]]
            raw = message("presence", {"stream": stream, "people": shown, "more": max(0, len(people) - MOST_PEOPLE)})
            for client in here:
                client.line.write(raw)
