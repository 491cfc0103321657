"""What an engine can do: job kinds, periodic workers and drains, registered by the rooms' decorators."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

import msgspec

P = TypeVar("P", bound=msgspec.Struct)


@dataclass(frozen=True, slots=True)
class JobView:
    """A job as its handler sees it.

    `interrupted`: an earlier holder died between lease and record, so what it did is unknown.
    `idempotency_key` is the same for every attempt.
    """

    id: int
    kind: str
    key: str | None
    attempts: int
    created_at: datetime
    due_at: datetime
    interrupted: bool = False

    @property
    def idempotency_key(self) -> str:
        """Stable over all attempts of this job."""
        return f"tocsin-{self.id}"


def nothing() -> None:
    """The record of an effect that has nothing to write."""


@dataclass(frozen=True, slots=True)
class Done:
    """The effect happened; `record` writes that down in the transaction that removes the job."""

    record: Callable[[], None] = nothing


@dataclass(frozen=True, slots=True)
class Retry:
    """It did not happen, or nobody knows; try again by the ladder, or `after` that long."""

    error: str
    after: timedelta | None = None
    record: Callable[[], None] = nothing


@dataclass(frozen=True, slots=True)
class Failed:
    """It will never work: the job becomes a dead letter, unless `quiet` (the failure is recorded elsewhere)."""

    error: str
    record: Callable[[], None] = nothing
    quiet: bool = False


Outcome = Done | Retry | Failed


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of job. `effect` jobs run outside a transaction and return an Outcome.

    `begins`: it writes down by itself that it begins, in a commit of its own, before it acts.
    """

    name: str
    payload: type[msgspec.Struct]
    run: Callable[[Any, JobView], Any]
    effect: bool
    timeout: timedelta
    begins: bool = False


@dataclass(frozen=True, slots=True)
class Periodic:
    """A function that one engine at a time runs every so often."""

    name: str
    every: timedelta
    run: Callable[[], Any]


@dataclass(frozen=True, slots=True)
class Drain:
    """A queue emptied shard by shard, each shard by one engine at a time. `waiting`: the shards that hold anything."""

    name: str
    shards: int
    run: Callable[[int], int]
    waiting: Callable[[], Collection[int]] | None = None


kinds: dict[str, Kind] = {}
periodics: dict[str, Periodic] = {}
drains: dict[str, Drain] = {}

T = TypeVar("T")


def transactional(
    name: str, payload: type[P]
) -> Callable[[Callable[[P, JobView], None]], Callable[[P, JobView], None]]:
    """Decorator: a job that touches only the database. Runs in the transaction that removes it: exactly once."""

    def register(function: Callable[[P, JobView], None]) -> Callable[[P, JobView], None]:
        kinds[name] = Kind(name, payload, function, effect=False, timeout=timedelta(seconds=30))
        return function

    return register


def effect(
    name: str, payload: type[P], *, timeout: timedelta = timedelta(seconds=60), begins: bool = False
) -> Callable[[Callable[[P, JobView], Outcome]], Callable[[P, JobView], Outcome]]:
    """Decorator: a job that acts on the outside. Order: lease, act, record. Runs without a transaction.

    After `timeout` its lease is no longer renewed, so that another engine takes it over. At least once.
    With `begins` the function commits a record of its beginning before it acts, so that the lease need not be forced
    to the disk as well.
    """

    def register(function: Callable[[P, JobView], Outcome]) -> Callable[[P, JobView], Outcome]:
        kinds[name] = Kind(name, payload, function, effect=True, timeout=timeout, begins=begins)
        return function

    return register


def periodic(name: str, *, every: timedelta) -> Callable[[Callable[[], T]], Callable[[], T]]:
    """Decorator: run the function every `every`, by one engine at a time; exceptions are kept apart."""

    def register(function: Callable[[], T]) -> Callable[[], T]:
        periodics[name] = Periodic(name, every, function)
        return function

    return register


def drain(
    name: str, *, shards: int, waiting: Callable[[], Collection[int]] | None = None
) -> Callable[[Callable[[int], int]], Callable[[int], int]]:
    """Decorator: `function(shard) -> items done` is called in a fenced transaction until it returns 0.

    With `waiting`, one cheap read, the engine opens a transaction only for shards that hold anything.
    """

    def register(function: Callable[[int], int]) -> Callable[[int], int]:
        drains[name] = Drain(name, shards, function, waiting)
        return function

    return register
