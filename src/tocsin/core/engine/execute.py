"""Runs one job. The order that loses nothing: lease, act, record (security.md, measured there).

Recording before acting would lose the act when the process dies in between; the price of this order is a rare
duplicate, so every attempt of a job carries the same idempotency key.
"""

from datetime import timedelta

import msgspec
import structlog
from django.db import OperationalError, transaction
from django.db.models import F

from tocsin.core.engine.claim import any_job, hold_job, remove_job
from tocsin.core.engine.models import Job
from tocsin.core.engine.points import reached
from tocsin.core.engine.registry import Done, Failed, JobView, Outcome, Retry, kinds
from tocsin.kernel.clock import now

log = structlog.get_logger()

LADDER = tuple(timedelta(seconds=s) for s in (5, 15, 60, 300, 900))
_MADE_TO_GIVE_WAY = ("40001", "40P01")
"""serialization_failure and deadlock_detected: https://www.postgresql.org/docs/current/errcodes-appendix.html"""
LAST_STEP = timedelta(minutes=30)
GIVE_UP_AFTER = timedelta(hours=24)


def retry_after(attempts: int) -> timedelta:
    """Wait before the next attempt: 5 s, 15 s, 1, 5, 15 min, then every 30 min (the product's defaults)."""
    return LADDER[attempts - 1] if attempts <= len(LADDER) else LAST_STEP


def database_kinds() -> list[str]:
    """Kinds of job that run inside a transaction."""
    return [kind.name for kind in kinds.values() if not kind.effect]


def effect_kinds() -> list[str]:
    """Kinds of job that act on the outside."""
    return [kind.name for kind in kinds.values() if kind.effect]


def view(job: Job) -> JobView:
    """What the handler sees of the row."""
    return JobView(job.id, job.kind, job.key, job.attempts, job.created_at, job.due_at, job.interrupted)


def run_next_database_job() -> bool:
    """Take and run one due database-only job; False when there is none. A failing job is put back by the ladder."""
    job = None
    if not any_job(kinds=database_kinds(), at=now()):
        return False
    try:
        with transaction.atomic():
            job = hold_job(kinds=database_kinds(), at=now())
            if job is None:
                return False
            reached("taken")
            kind = kinds[job.kind]
            kind.run(msgspec.json.decode(job.payload, type=kind.payload), view(job))
            remove_job(job)
            reached("worked")
        reached("kept")
    except Exception as error:
        if job is None:
            raise
        if _gave_way(error):
            log.warning("job_gave_way", kind=job.kind, job=job.id)
            return True
        log.exception("job_failed", kind=job.kind, job=job.id, attempts=job.attempts)
        _put_back(job, f"{type(error).__name__}: {error}")
    return True


def _gave_way(error: Exception) -> bool:
    """True when PostgreSQL rolled this back to let another on: nothing is wrong with the work, which is due at once."""
    return isinstance(error, OperationalError) and getattr(error.__cause__, "sqlstate", "") in _MADE_TO_GIVE_WAY


def _put_back(job: Job, error: str) -> None:
    attempts = job.attempts + 1
    gives_up = now() - job.created_at > GIVE_UP_AFTER
    Job.objects.filter(id=job.id, lease_version=job.lease_version).update(
        attempts=attempts, last_error=error[:2000], due_at=now() + retry_after(attempts), dead=gives_up
    )


def run_effect(job: Job) -> Outcome:
    """Run one leased effect job and record its outcome. Returns the outcome."""
    kind = kinds[job.kind]
    if not kind.begins:
        _keep_lease(job)
    try:
        outcome: Outcome = kind.run(msgspec.json.decode(job.payload, type=kind.payload), view(job))
    except Exception as error:
        log.exception("effect_failed", kind=job.kind, job=job.id, attempts=job.attempts)
        outcome = Retry(error=f"{type(error).__name__}: {error}")
    reached("acted")
    with transaction.atomic():
        _settle(job, outcome)
    reached("recorded")
    return outcome


def _keep_lease(job: Job) -> None:
    """The lease was committed without waiting for the disk (`durability`); this commit of an effect's thread waits."""
    Job.objects.filter(id=job.id, lease_version=job.lease_version).update(lease_version=job.lease_version)


def _settle(job: Job, outcome: Outcome) -> None:
    """Write the outcome and remove, move or bury the job. The outcome is a fact even if the lease was lost:
    it is recorded all the same, but then the job stays with its new holder. One that was moved while it ran
    is let go, to run again by its new payload."""
    outcome.record()
    mine = Job.objects.filter(id=job.id, lease_version=job.lease_version, dead=False)
    match outcome:
        case Done():
            settled, _ = mine.delete()
        case Retry(error, after):
            wait = after if after is not None else retry_after(job.attempts)
            gives_up = now() - job.created_at > GIVE_UP_AFTER
            settled = mine.update(
                due_at=now() + wait, last_error=error[:2000], lease_until=None, leased_by="", dead=gives_up
            )
        case Failed(error, _, quiet):
            if quiet:
                settled, _ = mine.delete()
            else:
                settled = mine.update(dead=True, last_error=error[:2000], lease_until=None, leased_by="")
    if not settled:
        _let_go_if_moved(job)


def _let_go_if_moved(job: Job) -> None:
    """A move starts the attempts anew, a lease by another counts one: so this is still ours."""
    moved = Job.objects.filter(id=job.id, lease_version__gt=job.lease_version, leased_by=job.leased_by, attempts=0)
    moved.update(lease_until=None, leased_by="")


def release(job: Job) -> None:
    """Give a leased job back unrun (the engine is stopping)."""
    mine = Job.objects.filter(id=job.id, lease_version=job.lease_version)
    if not mine.update(lease_until=None, leased_by="", attempts=F("attempts") - 1):
        _let_go_if_moved(job)
