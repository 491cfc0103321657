"""The engine process: claims what is due, runs it, says that it is alive. Any number may run.

Threads: one for database jobs and drains (SQLite has one writer anyway), a pool for effects, one for the heartbeat.
Polling is the truth; the bell only shortens the wait.
"""

import os
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import structlog
from django.db import DatabaseError, close_old_connections

from tocsin.core.engine.breaker import Breakers
from tocsin.core.engine.claim import lease_jobs
from tocsin.core.engine.durability import leave_to_the_next
from tocsin.core.engine.execute import effect_kinds, release, run_effect, run_next_database_job
from tocsin.core.engine.models import Engine, Job
from tocsin.core.engine.points import reached
from tocsin.core.engine.registry import Done, Retry, drains, kinds, periodics
from tocsin.core.engine.turns import LEASE, Shard, due_periodics, run_periodic
from tocsin.core.engine.wake import Bell
from tocsin.kernel.clock import now

log = structlog.get_logger()

BEAT = timedelta(seconds=5)
POOL = 16
PER_LANE = 8
PER_SLOW_LANE = 4
"""Of a lane whose name ends in `-slow`: together with its quick sister it leaves workers free for everybody else."""
POLL = 0.25
BURST = 50
HOLD_EVERY = 2.0
RENEW_EVERY = 2.0
"""Seconds between two renewals of the leases of what runs."""
STEP_ASIDE = 0.02
"""Seconds for which new work waits at most for what was handed out to leave."""
SWITCH = 0.001
"""Seconds after which a thread that computes lets another on; Python's own 5 ms are a fifth of a page's whole way."""


class EngineProcess:
    """One engine. `run` blocks until `stop` is called (from a signal handler or another thread)."""

    def __init__(self, name: str = "") -> None:
        self.name = name or f"{socket.gethostname()}-{os.getpid()}"
        self.breakers = Breakers()
        self._stopping = threading.Event()
        self._running: dict[int, tuple[Job, datetime]] = {}
        self._lock = threading.Lock()
        self._ended = threading.Condition(self._lock)
        self._shards = [Shard(d, n, self.name) for d in drains.values() for n in range(d.shards)]
        self._started = now()
        self._held_until = 0.0

    def stop(self) -> None:
        """Finish what is under way, take nothing new, return from `run`."""
        self._stopping.set()

    def run(self) -> None:
        """Work until stopped. A database that is away is waited for, never a reason to end."""
        self._beat()
        sys.setswitchinterval(SWITCH)
        bell = Bell("engine")
        workers = [
            threading.Thread(target=self._keep, args=(self._renew, RENEW_EVERY), name="beat", daemon=True),
            threading.Thread(target=self._keep, args=(self._periodics, 0.5), name="periodics", daemon=True),
            threading.Thread(target=self._drains, name="drains", daemon=True),
        ]
        self._drain_bell = Bell("drain")
        for worker in workers:
            worker.start()
        leave_to_the_next()
        with ThreadPoolExecutor(POOL, thread_name_prefix="effect") as pool:
            while not self._stopping.is_set():
                if not self._turn(pool):
                    bell.wait(POLL)
        for worker in workers:
            worker.join(timeout=10)
        for shard in self._shards:
            shard.release()
        Engine.objects.filter(name=self.name).delete()
        bell.close()
        self._drain_bell.close()

    def _keep(self, function: "object", pause: float) -> None:
        assert callable(function)
        while not self._stopping.is_set():
            try:
                close_old_connections()
                function()
            except DatabaseError:
                log.exception("store_unwell")
                self._stopping.wait(1)
            if pause:
                self._stopping.wait(pause)

    def _turn(self, pool: ThreadPoolExecutor) -> bool:
        """One round: hand out effects, then a burst of database jobs. True when there was anything to do."""
        try:
            close_old_connections()
            busy = bool(self._hand_out(pool))
            for _ in range(BURST):
                if self._stopping.is_set() or not run_next_database_job():
                    break
                busy = True
                self._step_aside(self._hand_out(pool))
        except DatabaseError:
            log.exception("store_unwell")
            self._stopping.wait(1)
            return False
        return busy

    def _hand_out(self, pool: ThreadPoolExecutor) -> set[int]:
        at = now()
        free = POOL - len(self._running)
        jobs = lease_jobs(
            kinds=effect_kinds(),
            holder=self.name,
            at=at,
            until=at + LEASE,
            limit=free,
            closed_lanes=[*self.breakers.closed_off(at), *self._full_lanes()],
            fits=self._room(at),
        )
        if jobs:
            reached("claimed")
        for job in jobs:
            with self._lock:
                self._running[job.id] = (job, at + kinds[job.kind].timeout)
            pool.submit(self._effect, job)
        return {job.id for job in jobs}

    def _step_aside(self, handed: set[int]) -> None:
        """Let a page that was just handed out leave before more work is begun: one Python runs one thread at a time."""
        if handed:
            with self._ended:
                self._ended.wait_for(lambda: not handed & self._running.keys(), STEP_ASIDE)

    def _lanes(self) -> Counter[str]:
        with self._lock:
            return Counter(job.lane for job, _ in self._running.values() if job.lane)

    def _full_lanes(self) -> list[str]:
        return [lane for lane, count in self._lanes().items() if count >= _most(lane)]

    def _room(self, at: datetime) -> Callable[[Job], bool]:
        """Whether one more job of a lane may run: many that come due at one moment fill no more than their share, and
        a provider that was left alone gets a single one first."""
        taken = self._lanes()

        def fits(job: Job) -> bool:
            if job.lane and (taken[job.lane] >= _most(job.lane) or not self.breakers.admits(job.lane, at)):
                return False
            taken[job.lane] += 1
            return True

        return fits

    def _effect(self, job: Job) -> None:
        try:
            close_old_connections()
            if self._stopping.is_set():
                release(job)
                return
            outcome = run_effect(job)
            if isinstance(outcome, Done):
                self.breakers.worked(job.lane)
            elif isinstance(outcome, Retry):
                self.breakers.failed(job.lane, now())
            else:
                self.breakers.undecided(job.lane)
        except DatabaseError:
            # Not recorded: the lease runs out and the job is done again. A duplicate, never a loss.
            self.breakers.undecided(job.lane)
            log.exception("outcome_not_recorded", job=job.id)
        finally:
            with self._ended:
                self._running.pop(job.id, None)
                self._ended.notify_all()

    def _renew(self) -> None:
        self._beat()
        with self._lock:
            alive = [job.id for job, until in self._running.values() if until > now()]
        if alive:
            Job.objects.filter(id__in=alive, leased_by=self.name).update(lease_until=now() + LEASE)

    def _beat(self) -> None:
        Engine.objects.update_or_create(
            name=self.name,
            defaults={
                "host": socket.gethostname(),
                "pid": os.getpid(),
                "started_at": self._started,
                "beat_at": now(),
                "breakers": self.breakers.snapshot(),
            },
        )

    def _periodics(self) -> None:
        for worker in due_periodics(periodics.values()):
            if not self._stopping.is_set():
                run_periodic(worker, self.name)

    def _drains(self) -> None:
        leave_to_the_next()
        self._keep(self._drain, 0.0)

    def _drain(self) -> None:
        self._hold_turns()
        waiting = {d.name: d.waiting() for d in drains.values() if d.waiting is not None}
        shards = [s for s in self._shards if s.worker.name not in waiting or s.number in waiting[s.worker.name]]
        if not sum(self._one(shard) for shard in shards):
            self._drain_bell.wait(POLL)

    def _hold_turns(self) -> None:
        """Keep the leases of all shards, also of idle ones: none is to be taken while an alert waits."""
        if time.monotonic() >= self._held_until:
            for shard in self._shards:
                shard.hold()
            self._held_until = time.monotonic() + HOLD_EVERY

    def _one(self, shard: Shard) -> int:
        try:
            return 0 if self._stopping.is_set() else shard.work()
        except DatabaseError:
            raise
        except Exception:
            log.exception("drain_failed", drain=shard.worker.name, shard=shard.number)
            self._stopping.wait(1)
            return 0


def _most(lane: str) -> int:
    return PER_SLOW_LANE if lane.endswith("-slow") else PER_LANE
