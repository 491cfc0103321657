"""What a source of alerts (a vendor's format) must offer, and the registry through which intake finds it.

A source is pure: bytes in, items and an answer out; later, item in, report out. It never touches the store.
What each request makes are Structs: a tenth of the cost of frozen dataclasses.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from importlib import import_module
from typing import Any, Protocol

import msgspec

from tocsin.domain.alerts.rules.identity import dedup_id
from tocsin.domain.alerts.rules.lifecycle import Signal
from tocsin.kernel.actor import Actor

SHARDS = 8
"""Shards of the inbox: all signals of one alert are folded by the same one, in order."""
BUILT_IN = "tocsin"
"""Name of the source through which Tocsin raises alerts of its own."""
CHECKS = "checks"
"""Kind of the integration that Tocsin's own checks speak through. Nobody connects or changes it."""
PULSE = "pulse"
"""The synthetic signal by which Tocsin proves its own way; see `pulse`."""
_SHORT_NAME = 64


class Call(msgspec.Struct, frozen=True):
    """One request as a source sees it. `path` is without `/in/<key>`; `headers` have lower-case names."""

    method: str
    path: str
    body: bytes
    headers: Mapping[bytes, bytes] = msgspec.field(default_factory=dict)
    query: str = ""
    integration: str = ""
    """Id of the integration whose key the address or the Authorization header carries; empty when none does."""


class Answer(msgspec.Struct, frozen=True):
    """An answer in the format's own shape."""

    status: int
    body: bytes = b""
    content_type: str = "application/json"


class Item(msgspec.Struct, frozen=True):
    """One signal of a request. `name` identifies the alert within its integration; `raw` is what `read` gets.

    `routing_key` names the integration where the format carries it per item; else it is that of the call.
    """

    name: str
    raw: bytes
    routing_key: str = ""


class Received(msgspec.Struct, frozen=True):
    """What a request brought: items to store, and the answer to give once they are durable."""

    items: tuple[Item, ...]
    answer: Answer


@dataclass(frozen=True, slots=True)
class Report:
    """A signal in Tocsin's words. Without a `signal` it is a change, which never notifies."""

    signal: Signal | None
    title: str
    labels: Mapping[str, str]
    annotations: Mapping[str, str] = field(default_factory=dict)
    dedup_key: str = ""
    url: str = ""
    links: tuple[tuple[str, str], ...] = ()
    """Pairs of address and text."""
    extra: Mapping[str, Any] = field(default_factory=dict)
    happened_at: datetime | None = None
    """Of a change: when it was made."""
    service: str = ""
    """Id of the service, where the source knows it better than its integration does (Tocsin's own checks)."""


class Source(Protocol):
    """A format in which alerts arrive."""

    @property
    def name(self) -> str:
        """Stands in each inbox row."""
        ...

    @property
    def paths(self) -> tuple[str, ...]:
        """Addresses at the root, found also below `/in/<key>`; one that ends in `/` stands for all below it."""
        ...

    @property
    def keyed_paths(self) -> tuple[str, ...]:
        """Addresses that exist only below `/in/<key>`."""
        ...

    @property
    def largest(self) -> int:
        """Largest accepted body, in bytes."""
        ...

    def address(self, base: str, key: str) -> str:
        """The address to give to the sender, for an installation at `base`."""
        ...

    def receive(self, call: Call) -> Received | Answer:
        """Validate a request. An `Answer` alone stores nothing. Never raises for any bytes."""
        ...

    def read(self, raw: bytes, received_at: datetime) -> Report:
        """Decode one stored item. Raises any exception for what it cannot read: a dead letter."""
        ...

    def refuse(self, status: int, sentence: str) -> Answer:
        """An error in the format's own shape: 401 no key, 404 unknown key, 413 too large, 503 try again."""
        ...


class Asked(Protocol):
    """A source that also answers questions (`amtool`), from the store, in a thread."""

    def asks(self, call: Call) -> bool:
        """True when `answer` must answer this call and not `receive`."""
        ...

    def answer(self, actor: Actor, call: Call) -> Answer:
        """Answer from the store. Refusals may be raised."""
        ...


class Accepted(msgspec.Struct, frozen=True):
    """A row for the inbox."""

    integration: str
    source: str
    shard: int
    key: str
    raw: bytes


def accepted(integration: str, source: str, name: str, raw: bytes) -> Accepted:
    """The inbox row for one signal about the alert called `name` within its integration."""
    place = _place if len(name) <= _SHORT_NAME else _place.__wrapped__
    key, shard = place(integration, name)
    return Accepted(integration, source, shard, key, raw)


# A firing alert is told again and again. Long names are not kept: the table's size must have an end.
@lru_cache(maxsize=16_384)
def _place(integration: str, name: str) -> tuple[str, int]:
    key = dedup_id(integration, name)
    return key, int(key[:15], 16) % SHARDS


_sources: dict[str, Source] = {}
_kinds: dict[str, str] = {}
Hiding = Callable[[Actor], set[str]]
_hidings: list[Hiding] = []


def register_source(source: Source, *, kinds: tuple[str, ...] = ()) -> None:
    """Make a source known by its name; `kinds` are further names of tools that speak its format."""
    _sources[source.name] = source
    for kind in (source.name, *kinds):
        _kinds[kind] = source.name


def sources() -> dict[str, Source]:
    """All sources by name."""
    return dict(_sources)


def kinds() -> dict[str, str]:
    """Every kind of integration, and the name of the source that reads it."""
    return {kind: name for kind, name in _kinds.items() if name not in (BUILT_IN, PULSE)}


def load_sources() -> None:
    """Import the `source` module of every vendor that has one; each registers itself."""
    # By name: vendors stand above this room, which must not know them.
    import_module("tocsin.integrations").discover("source")


def register_hiding(hiding: Hiding) -> None:
    """`hiding(actor)` returns ids of the alert groups that the actor must not see (those of restricted incidents)."""
    if hiding not in _hidings:
        _hidings.append(hiding)


def hidden_groups(actor: Actor) -> set[str]:
    """Ids of all groups hidden from the actor. One query per room that hides any."""
    if actor.is_system:
        return set()
    return {id_ for hiding in _hidings for id_ in hiding(actor)}
