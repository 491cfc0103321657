"""One listener of the live stream: what it watches, where it stands, and what of the log it is told."""

from dataclasses import dataclass, field

import msgspec

from tocsin.core.events.types import Event, Recorded
from tocsin.core.live.cursor import write_cursor
from tocsin.core.live.line import Line
from tocsin.core.visibility import within
from tocsin.kernel.actor import Actor

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
    """A connected listener. `kinds` are those whose changes it wants a hint of; `checked_at` is when it was last
    asked whether it still may.
    """

    actor: Actor
    positions: dict[str, int]
    kinds: frozenset[str]
    line: Line
    session: str = ""
    checked_at: float = 0.0
    held: list[Recorded[Event]] | None = field(default_factory=list)
    """What came while it is still told what it missed; None from then on."""

    def offer(self, entries: list[Recorded[Event]], script: Script) -> None:
        """Entries of watched streams, in order within a stream; those already seen are passed over."""
        if self.held is not None:
            self.held.extend(entries)
            return
        parts = []
        for entry in entries:
            if entry.seq <= self.positions.get(entry.stream, entry.seq):
                continue
            self.positions[entry.stream] = entry.seq
            if within(self.actor, entry.audience):
                parts.append(script.entry(entry, self.positions))
        if parts:
            self.line.write(parts[0] if len(parts) == 1 else b"".join(parts))

    def caught_up(self, missed: list[Recorded[Event]]) -> None:
        """Deliver what was missed, then what came meanwhile, and go on live."""
        held, self.held = self.held or [], None
        self.offer([*missed, *held], Script())
