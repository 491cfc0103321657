"""Runs the engine inside a test: everything that is due now, until nothing is.

The only engine there is: it takes no leases on the periodic workers, whose turns it writes down together.
"""

from tocsin.core.engine.claim import lease_jobs
from tocsin.core.engine.execute import effect_kinds, run_effect, run_next_database_job
from tocsin.core.engine.models import Turn
from tocsin.core.engine.registry import drains, periodics
from tocsin.core.engine.turns import LEASE, Shard, attempt, due_periodics
from tocsin.kernel.clock import now

HOLDER = "test-engine"


def run_engine(*, rounds: int = 1000, periodic: bool = True) -> int:
    """Run drains, database jobs, effects and due periodic workers in this thread; returns the number of steps.

    Raises `AssertionError` when after `rounds` there is still work: something feeds itself.
    """
    steps = _periodic() if periodic else 0
    for _ in range(rounds):
        done = _drain() + _effects()
        while run_next_database_job():
            done += 1
            assert done < 10_000, "a database job causes itself over and over"
        if not done:
            return steps
        steps += done
    raise AssertionError(f"the engine is still busy after {rounds} rounds")


def _periodic() -> int:
    due = due_periodics(periodics.values())
    if not due:
        return 0
    ended = {worker.name: attempt(worker) for worker in due}
    known = {turn.name: turn for turn in Turn.objects.filter(shard=0, name__in=ended)}
    turns, at = [known.get(worker.name) or Turn(name=worker.name) for worker in due], now()
    for turn, worker in zip(turns, due, strict=True):
        turn.duration_ms, turn.last_error = ended[worker.name]
        turn.due_at, turn.finished_at = at + worker.every, at
        turn.runs, turn.failures = turn.runs + 1, turn.failures + bool(turn.last_error)
        turn.pk = None
    written = ["due_at", "finished_at", "duration_ms", "runs", "failures", "last_error"]
    Turn.objects.bulk_create(turns, update_conflicts=True, unique_fields=["name", "shard"], update_fields=written)
    return len(due)


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
        run_effect(job)
    return len(jobs)
