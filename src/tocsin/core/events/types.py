"""Event types: what a room may write to the log, each with its own sentence. Hides encoding and sealing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Generic, TypeVar

import msgspec

from tocsin.core.secrets.sealing import open_for, seal_for


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Base of all event types: a frozen record, encoded as canonical JSON.

    `sealed` maps a field of free or personal text to the field that holds the id of the person whose key seals it,
    so that erasing the person erases the text and leaves the chain whole. `changes_access` makes the live stream ask
    the gates again before it goes on. Fields may be added later only with a
    default: old entries must stay readable.
    """

    type_name: ClassVar[str] = ""
    mark: ClassVar[str] = "note"
    sealed: ClassVar[dict[str, str]] = {}
    changes_access: ClassVar[bool] = False

    def sentence(self) -> str:
        """What happened, to be read after the actor's name: 'took Incident Commander from Mateo Fuentes'."""
        raise NotImplementedError

    def body(self) -> str:
        """Longer text that a person wrote, shown below the sentence; empty for machine events."""
        return ""


E = TypeVar("E", bound=Event)
_types: dict[str, type[Event]] = {}


class Unknown(Event, frozen=True, kw_only=True):
    """Stands for an entry whose type this version does not know."""

    of: str

    def sentence(self) -> str:
        """Names the type."""
        return f"recorded {self.of}"


def event(name: str, *, mark: str = "note") -> Callable[[type[E]], type[E]]:
    """Class decorator: register an event type under `<room>.<past tense>`; `mark` is its icon in timelines.

    Raises `ValueError` when the name is taken by another class.
    """

    def register(cls: type[E]) -> type[E]:
        if name in _types and _types[name].__qualname__ != cls.__qualname__:
            raise ValueError(f"The event type {name} is registered twice.")
        cls.type_name, cls.mark = name, mark
        _types[name] = cls
        return cls

    return register


def registered() -> dict[str, type[Event]]:
    """All known event types by name."""
    return dict(_types)


def encode(event: Event) -> str:
    """Canonical JSON of the event: keys sorted, sealed fields sealed, NUL replaced (PostgreSQL refuses it)."""
    if event.sealed:
        changes = {
            field: seal_for(f"person:{getattr(event, owner)}", getattr(event, field))
            for field, owner in event.sealed.items()
        }
        event = msgspec.structs.replace(event, **changes)
    return msgspec.json.encode(event, order="deterministic").decode().replace("\\u0000", "\\ufffd")


def decode(name: str, data: str) -> Event:
    """The event that `encode` wrote; `Unknown` when its type is not known here (any more)."""
    cls = _types.get(name)
    if cls is None:
        return Unknown(of=name)
    event = msgspec.json.decode(data.encode(), type=cls)
    if not event.sealed:
        return event
    opened = {
        field: open_for(f"person:{getattr(event, owner)}", getattr(event, field))
        for field, owner in event.sealed.items()
    }
    return msgspec.structs.replace(event, **opened)


@dataclass(frozen=True, slots=True)
class Recorded(Generic[E]):
    """An entry of the log, decoded."""

    id: int
    stream: str
    seq: int
    type: str
    actor_id: str
    actor_name: str
    occurred_at: datetime
    recorded_at: datetime
    audience: str
    event: E

    @property
    def subject_id(self) -> str:
        """Id of the stream's subject: the part after the colon."""
        return self.stream.partition(":")[2]


def recorded(row: Any) -> Recorded[Event]:
    """Decode an `Entry` row."""
    return Recorded(
        id=row.id,
        stream=row.stream,
        seq=row.seq,
        type=row.type,
        actor_id=row.actor_id,
        actor_name=row.actor_name,
        occurred_at=row.occurred_at,
        recorded_at=row.recorded_at,
        audience=row.audience,
        event=decode(row.type, row.data),
    )
