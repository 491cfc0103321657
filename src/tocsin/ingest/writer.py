"""Group commit: what many requests bring at once becomes one transaction, written by one thread.

Answers only after the commit. When the store is unwell everybody is told so; when one row is at fault it is
found by halving and buried, and nothing valid is lost. Never reads the store, never runs in the event loop.
"""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog
from django.db import InterfaceError, OperationalError, connection
from prometheus_client import Counter, Gauge, Histogram

from tocsin.domain.alerts.ports import Accepted

log = structlog.get_logger()

MOST_ROWS = 50_000
MOST_BYTES = 64 * 1024 * 1024
"""Pending alerts beyond either are refused with 503 and Retry-After: unthrottled intake harms everything else."""
BATCH_ROWS = 2_000
"""Rows in one transaction, so that the engine's turn at the one writer of SQLite comes soon."""
RING_EVERY = 0.02
_ROW_OVERHEAD = 256

_accepted = Counter("tocsin_ingest_alerts", "Alerts accepted, durable in the inbox.")
_buried = Counter("tocsin_ingest_dead_letters", "Alerts that the inbox refused, kept as dead letters.")
_refused = Counter("tocsin_ingest_refused", "Alerts answered 503.", ["reason"])
_full, _unwell = _refused.labels("full"), _refused.labels("store")
_commit_seconds = Histogram(
    "tocsin_ingest_commit_seconds",
    "Duration of one group commit.",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5),
)
_batch_rows = Histogram(
    "tocsin_ingest_commit_alerts", "Alerts in one group commit.", buckets=(1, 5, 20, 50, 100, 250, 500, 1000, 2000)
)
_waiting = Gauge("tocsin_ingest_pending_alerts", "Alerts received and not yet durable.")


class Full(Exception):
    """Too much is pending; try again in a moment."""


class StoreUnwell(Exception):
    """The store could not take the alerts; they were not accepted."""


@dataclass(slots=True)
class _Request:
    rows: Sequence[Accepted]
    size: int
    done: asyncio.Future[None]


class Writer:
    """One writing thread. `accept` appends rows in a transaction, `bury` keeps one refused row, `ring` wakes."""

    def __init__(
        self,
        *,
        accept: Callable[[Sequence[Accepted]], None],
        bury: Callable[[Accepted, str], None],
        ring: Callable[[], None],
    ) -> None:
        self._accept, self._bury, self._ring = accept, bury, ring
        self._queue: deque[_Request] = deque()
        self._changed = threading.Condition()
        self._rows = self._bytes = 0
        self._stopping = False
        self._rung_at = 0.0
        self._owes_ring = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the thread; call in the event loop that `store` will be awaited in."""
        self._loop = asyncio.get_running_loop()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="ingest-writer", daemon=True)
        self._thread.start()

    async def stop(self) -> None:
        """Write what is pending, then end the thread."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        if self._thread is not None:
            await asyncio.to_thread(self._thread.join, 10)
            self._thread = None

    async def store(self, rows: Sequence[Accepted]) -> None:
        """Return once all rows are durable. Raises `Full` or `StoreUnwell`: then they are not."""
        size = sum(len(row.raw) for row in rows) + _ROW_OVERHEAD * len(rows)
        loop = asyncio.get_running_loop()
        request = _Request(rows, size, loop.create_future())
        with self._changed:
            over = self._rows + len(rows) > MOST_ROWS or self._bytes + size > MOST_BYTES
            if self._stopping or (over and self._rows):
                _full.inc(len(rows))
                raise Full
            self._queue.append(request)
            self._rows += len(rows)
            self._bytes += size
            self._changed.notify()
        # Shielded from a client that hangs up: what it sent is written all the same.
        await request.done

    def _run(self) -> None:
        while True:
            batch = self._take()
            if batch is None:
                break
            if batch:
                self._write(batch)
            self._ring_if_time()
        if self._owes_ring:
            self._ring()
        connection.close()

    def _take(self) -> list[_Request] | None:
        """Everything queued up to the batch limit; empty when only a ring is owed; None at the end."""
        with self._changed:
            while not self._queue:
                if self._stopping:
                    return None
                if not self._changed.wait(RING_EVERY if self._owes_ring else None) and self._owes_ring:
                    return []
            batch = [self._queue.popleft()]
            rows = len(batch[0].rows)
            while self._queue and rows + len(self._queue[0].rows) <= BATCH_ROWS:
                batch.append(self._queue.popleft())
                rows += len(batch[-1].rows)
            self._rows -= rows
            self._bytes -= sum(request.size for request in batch)
            _waiting.set(self._rows)
        return batch

    def _write(self, batch: list[_Request]) -> None:
        rows = [row for request in batch for row in request.rows]
        error: Exception | None = None
        began = time.perf_counter()
        try:
            self._write_or_bury(rows)
            _commit_seconds.observe(time.perf_counter() - began)
            _batch_rows.observe(len(rows))
            _accepted.inc(len(rows))
            self._owes_ring = True
        except Exception as problem:
            log.exception("ingest_store_unwell", alerts=len(rows))
            _unwell.inc(len(rows))
            connection.close()
            error = problem
        assert self._loop is not None
        self._loop.call_soon_threadsafe(_settle, batch, error)

    def _write_or_bury(self, rows: Sequence[Accepted]) -> None:
        """Write all rows; halve on a refusal until the culprit is alone, and bury it. Raises when the store is away."""
        try:
            self._accept(rows)
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:
            if len(rows) == 1:
                log.exception("ingest_row_buried", source=rows[0].source)
                self._bury(rows[0], f"{type(error).__name__}: {error}")
                _buried.inc()
                return
            middle = len(rows) // 2
            self._write_or_bury(rows[:middle])
            self._write_or_bury(rows[middle:])

    def _ring_if_time(self) -> None:
        at = time.monotonic()
        if self._owes_ring and at - self._rung_at >= RING_EVERY:
            self._rung_at, self._owes_ring = at, False
            self._ring()


def _settle(batch: list[_Request], error: Exception | None) -> None:
    for request in batch:
        if request.done.done():
            continue
        if error is None:
            request.done.set_result(None)
        else:
            request.done.set_exception(StoreUnwell(str(error)))
