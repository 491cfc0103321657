"""Turns: the leases on periodic workers and drain shards. A fenced transaction proves that the lease still holds."""

import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import timedelta

import structlog
from django.db import connection, transaction
from django.db.models import Q

from tocsin.core.engine.models import Turn
from tocsin.core.engine.points import reached
from tocsin.core.engine.registry import Drain, Periodic
from tocsin.kernel.clock import now

log = structlog.get_logger()

LEASE = timedelta(seconds=30)
"""Lease of a job or a turn (the product's defaults); a drain holder renews at half of it."""


_HELD = f"SELECT 1 FROM {Turn._meta.db_table} WHERE id = %s AND lease_version = %s"  # noqa: S608


class LostTurn(Exception):
    """Another engine has the turn now."""


def _take(name: str, shard: int, holder: str) -> Turn | None:
    at = now()
    row, _ = Turn.objects.get_or_create(name=name, shard=shard, defaults={"due_at": at})
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=at) | Q(leased_by=holder)
    taken = Turn.objects.filter(free, id=row.id, lease_version=row.lease_version, due_at__lte=at).update(
        lease_until=at + LEASE, leased_by=holder, lease_version=row.lease_version + 1
    )
    if not taken:
        return None
    row.lease_version += 1
    row.leased_by, row.lease_until = holder, at + LEASE
    return row


def due_periodics(workers: Collection[Periodic]) -> list[Periodic]:
    """Those of the workers whose turn it may be now. One query."""
    at = now()
    due = dict(Turn.objects.filter(shard=0, name__in=[worker.name for worker in workers]).values_list("name", "due_at"))
    return [w for w in workers if w.name not in due or not at < due[w.name] <= at + w.every]


def attempt(worker: Periodic) -> tuple[int, str]:
    """Run the worker: how many milliseconds it took, and its exception in words; '' when it went well."""
    began, error = time.monotonic(), ""
    try:
        worker.run()
    except Exception as problem:
        log.exception("worker_failed", worker=worker.name)
        error = f"{type(problem).__name__}: {problem}"[:2000]
    return int((time.monotonic() - began) * 1000), error


def run_periodic(worker: Periodic, holder: str) -> bool:
    """Run the worker if it is due and its turn is free. Its exception is logged and kept, never raised."""
    due = Turn.objects.filter(name=worker.name, shard=0).values_list("due_at", flat=True).first()
    if due is not None and due > now() + worker.every:
        # Set by a clock that has been set back since: what looks after lost timers must not wait for it.
        Turn.objects.filter(name=worker.name, shard=0, due_at=due).update(due_at=now(), lease_until=None)
    elif due is not None and due > now():
        return False
    turn = _take(worker.name, 0, holder)
    if turn is None:
        return False
    took, error = attempt(worker)
    Turn.objects.filter(id=turn.id, lease_version=turn.lease_version).update(
        lease_until=None,
        leased_by="",
        due_at=now() + worker.every,
        finished_at=now(),
        duration_ms=took,
        runs=turn.runs + 1,
        failures=turn.failures + bool(error),
        last_error=error,
    )
    return True


class Shard:
    """One shard of a drain, held by this engine as long as it renews."""

    def __init__(self, worker: Drain, number: int, holder: str) -> None:
        self.worker, self.number, self.holder = worker, number, holder
        self.turn: Turn | None = None

    def hold(self) -> bool:
        """Take or renew the lease; False when another engine has it."""
        turn = self.turn
        if turn is not None and turn.lease_until is not None and turn.lease_until - now() > LEASE / 2:
            return True
        self.turn = _take(self.worker.name, self.number, self.holder)
        return self.turn is not None

    def work(self) -> int:
        """Run the drain once in a fenced transaction; the number of items done. 0 also when the turn was lost."""
        if not self.hold():
            return 0
        try:
            with self._fenced():
                done = self.worker.run(self.number)
                if done:
                    reached("folded")
        except LostTurn:
            self.turn = None
            return 0
        return done

    @contextmanager
    def _fenced(self) -> Iterator[None]:
        turn = self.turn
        assert turn is not None
        with transaction.atomic():
            lock = " FOR UPDATE" if connection.features.has_select_for_update else ""
            with connection.cursor() as cursor:
                cursor.execute(f"{_HELD}{lock}", [turn.id, turn.lease_version])
                if cursor.fetchone() is None:
                    raise LostTurn
            yield

    def release(self) -> None:
        """Give the turn up, so that another engine need not wait for the lease to run out."""
        if self.turn is not None:
            Turn.objects.filter(id=self.turn.id, lease_version=self.turn.lease_version).update(
                lease_until=None, leased_by=""
            )
            self.turn = None
