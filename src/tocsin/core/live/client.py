"""One listener of the live stream: what it watches, where it stands, what waits to be sent to it."""

import asyncio
from dataclasses import dataclass, field

import msgspec

from tocsin.core.events.types import Event, Recorded
from tocsin.core.live.cursor import write_cursor
from tocsin.core.visibility import within
from tocsin.kernel.actor import Actor

ROOM_FOR = 500
"""Messages that may wait for a slow client before it is cut off; it resumes where it stood."""

_encoder = msgspec.json.Encoder()


def message(kind: str, body: object, cursor: str = "") -> bytes:
    """One server-sent event."""
    head = f"id: {cursor}\n" if cursor else ""
    return f"{head}event: {kind}\ndata: ".encode() + _encoder.encode(body) + b"\n\n"


def as_body(entry: Recorded[Event]) -> dict[str, str]:
    """An entry as the browser gets it: text only, escaped by whoever shows it."""
    return {
        "stream": entry.stream,
        "type": entry.type,
        "mark": entry.event.mark,
        "actor": entry.actor_name,
        "actor_id": entry.actor_id,
        "at": entry.occurred_at.isoformat(),
        "sentence": entry.event.sentence(),
        "body": entry.event.body(),
    }


@dataclass(eq=False, slots=True)
class Client:
    """A connected listener. `kinds` are those whose changes it wants a hint of."""

    actor: Actor
    positions: dict[str, int]
    kinds: frozenset[str]
    session: str = ""
    queue: asyncio.Queue[bytes | None] = field(default_factory=lambda: asyncio.Queue(ROOM_FOR))
    catching_up: bool = True
    held: list[Recorded[Event]] = field(default_factory=list)
    checked_at: float = 0.0

    def offer(self, entries: list[Recorded[Event]]) -> None:
        """Entries of watched streams, in order within a stream; those already seen are passed over."""
        if self.catching_up:
            self.held.extend(entries)
            return
        for entry in entries:
            if entry.seq <= self.positions.get(entry.stream, entry.seq):
                continue
            self.positions[entry.stream] = entry.seq
            if within(self.actor, entry.audience):
                self.push(message("entry", as_body(entry), write_cursor(self.positions)))

    def caught_up(self, missed: list[Recorded[Event]]) -> None:
        """Deliver what was missed, then what came meanwhile, and go on live."""
        self.catching_up = False
        held, self.held = self.held, []
        self.offer(missed)
        self.offer(held)

    def push(self, raw: bytes) -> None:
        """Queue a message; a client that cannot keep up is cut off."""
        try:
            self.queue.put_nowait(raw)
        except asyncio.QueueFull:
            self.hang_up()

    def hang_up(self, last: bytes = b"") -> None:
        """End the connection, with `last` as the last thing said; the browser comes back with its cursor."""
        while not self.queue.empty():
            self.queue.get_nowait()
        if last:
            self.queue.put_nowait(last)
        self.queue.put_nowait(None)
