"""Group commit: everything that was acknowledged is durable, nothing valid is lost, trouble is said."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.db import OperationalError

from tocsin.domain.alerts.ports import Accepted
from tocsin.ingest import writer as group_commit
from tocsin.ingest.writer import Full, StoreUnwell, Writer


def row(raw: bytes = b"x") -> Accepted:
    return Accepted("id", "test", 0, "k", raw)


class Store:
    """A store that can fail."""

    def __init__(self) -> None:
        self.batches: list[int] = []
        self.kept: list[bytes] = []
        self.buried: list[bytes] = []
        self.rings = 0
        self.away = False

    def accept(self, rows: Sequence[Accepted]) -> None:
        if self.away:
            raise OperationalError("database is locked")
        if any(r.raw == b"poison" for r in rows):
            raise ValueError("poison")
        self.batches.append(len(rows))
        self.kept += [r.raw for r in rows]

    def bury(self, one: Accepted, error: str) -> None:
        self.buried.append(one.raw)

    def ring(self) -> None:
        self.rings += 1


def run(store: Store, work: Callable[[Writer], Any]) -> Any:
    async def main() -> Any:
        writer = Writer(accept=store.accept, bury=store.bury, ring=store.ring)
        writer.start()
        try:
            return await work(writer)
        finally:
            await writer.stop()

    return asyncio.run(main())


def test_requests_that_wait_together_are_written_together() -> None:
    store = Store()

    async def many(writer: Writer) -> None:
        await asyncio.gather(*(writer.store([row(b"%d" % n)]) for n in range(200)))

    run(store, many)
    assert sorted(store.kept) == sorted(b"%d" % n for n in range(200))
    assert len(store.batches) < 50
    assert 1 <= store.rings <= len(store.batches)


def test_a_store_that_is_away_refuses_everybody_and_recovers() -> None:
    store = Store()
    store.away = True

    async def twice(writer: Writer) -> None:
        with pytest.raises(StoreUnwell):
            await writer.store([row()])
        store.away = False
        await writer.store([row()])

    run(store, twice)
    assert store.kept == [b"x"]
    assert store.buried == []


def test_one_poisonous_row_is_buried_and_every_other_is_kept() -> None:
    store = Store()

    async def mixed(writer: Writer) -> None:
        rows = [[row(b"%d" % n) for n in range(k, k + 10)] for k in range(0, 100, 10)]
        rows[4][3] = row(b"poison")
        await asyncio.gather(*(writer.store(some) for some in rows))

    run(store, mixed)
    assert len(store.kept) == 99
    assert store.buried == [b"poison"]


def test_too_much_at_once_is_refused_and_not_half_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(group_commit, "MOST_ROWS", 100)
    store = Store()

    async def flood(writer: Writer) -> list[Any]:
        return list(await asyncio.gather(*(writer.store([row()] * 60) for _ in range(5)), return_exceptions=True))

    results = run(store, flood)
    refused = [r for r in results if isinstance(r, Full)]
    assert refused
    assert len(store.kept) == 60 * (5 - len(refused))


def test_a_stop_writes_what_is_pending() -> None:
    store = Store()

    async def hasty(writer: Writer) -> None:
        task = asyncio.ensure_future(writer.store([row()]))
        await asyncio.sleep(0)
        await writer.stop()
        await task

    run(store, hasty)
    assert store.kept == [b"x"]
