"""Runs the engine inside a test: everything that is due now, until nothing is."""

from tocsin.core.engine.claim import lease_jobs
from tocsin.core.engine.execute import effect_kinds, run_effect, run_next_database_job
from tocsin.core.engine.registry import drains, periodics
from tocsin.core.engine.turns import LEASE, Shard, due_periodics, run_periodic
from tocsin.kernel.clock import now

HOLDER = "test-engine"


def run_engine(*, rounds: int = 1000, periodic: bool = True) -> int:
    """Run drains, database jobs, effects and due periodic workers in this thread; returns the number of steps.

    Raises `AssertionError` when after `rounds` there is still work: something feeds itself.
    """
    steps = 0
    if periodic:
        steps += sum(run_periodic(worker, HOLDER) for worker in due_periodics(periodics.values()))
    for _ in range(rounds):
        done = _drain() + _effects()
        while run_next_database_job():
            done += 1
            assert done < 10_000, "a database job causes itself over and over"
        if not done:
            return steps
        steps += done
    raise AssertionError(f"the engine is still busy after {rounds} rounds")


def _drain() -> int:
    done = 0
    for worker in drains.values():
        for number in range(worker.shards) if worker.waiting is None else sorted(worker.waiting()):
            shard = Shard(worker, number, HOLDER)
            while count := shard.work():
                done += count
            shard.release()
    return done


def _effects() -> int:
    at = now()
    jobs = lease_jobs(kinds=effect_kinds(), holder=HOLDER, at=at, until=at + LEASE, limit=100, closed_lanes=[])
    for job in jobs:
        run_effect(job, interrupted=bool(job.leased_by))
    return len(jobs)
