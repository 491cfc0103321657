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


class Script:
    """Messages of entries, each written once for all listeners that stand at the same place."""

    def __init__(self) -> None:
        self._bodies: dict[tuple[str, int], bytes] = {}
        self._whole: dict[tuple[str, int, tuple[tuple[str, int], ...]], bytes] = {}

    def entry(self, entry: Recorded[Event], positions: dict[str, int]) -> bytes:
        """The message of an entry for a listener who then stands at `positions`."""
        name = (entry.stream, entry.seq)
        place = (*name, tuple(positions.items()))
        whole = self._whole.get(place)
        if whole is None:
            body = self._bodies.get(name)
            if body is None:
                body = self._bodies[name] = message("entry", as_body(entry))
            whole = self._whole[place] = f"id: {write_cursor(positions)}\n".encode() + body
        return whole


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

    def offer(self, entries: list[Recorded[Event]], script: Script) -> None:
        """Entries of watched streams, in order within a stream; those already seen are passed over."""
        if self.catching_up:
            self.held.extend(entries)
            return
        for entry in entries:
            if entry.seq <= self.positions.get(entry.stream, entry.seq):
                continue
            self.positions[entry.stream] = entry.seq
            if within(self.actor, entry.audience):
                self.push(script.entry(entry, self.positions))

    def caught_up(self, missed: list[Recorded[Event]]) -> None:
        """Deliver what was missed, then what came meanwhile, and go on live."""
        self.catching_up = False
        held, self.held = self.held, []
        script = Script()
        self.offer(missed, script)
        self.offer(held, script)

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
