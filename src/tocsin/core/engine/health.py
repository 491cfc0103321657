"""What Tocsin knows of its own health: engines, workers, the queue, dead letters. Read by screens and /metrics."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Count, Min, Q
from django.db.models.functions import Greatest

from tocsin.core.engine.models import Engine, Job, Turn
from tocsin.core.engine.wake import wake_engine
from tocsin.kernel.actor import ADMINISTRATORS, Actor, Permission
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Conflict, NotFound

SILENT_AFTER = timedelta(seconds=20)
LATE_AFTER = timedelta(seconds=30)

RETRY_DEAD = Permission("engine.retry", ADMINISTRATORS, "retry a dead letter")


@dataclass(frozen=True, slots=True)
class EngineHealth:
    """One engine. `silent` when it has not beaten for 20 s."""

    name: str
    started_at: datetime
    beat_at: datetime
    silent: bool
    breakers: dict[str, str]


@dataclass(frozen=True, slots=True)
class WorkerHealth:
    """One periodic worker or drain shard."""

    name: str
    shard: int
    finished_at: datetime | None
    duration_ms: int
    failures: int
    last_error: str


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A job that was given up."""

    id: int
    kind: str
    attempts: int
    created_at: datetime
    last_error: str


@dataclass(frozen=True, slots=True)
class Health:
    """The whole picture. `well` when an engine beats, nothing is late and no letter is dead."""

    engines: list[EngineHealth]
    workers: list[WorkerHealth]
    waiting: int
    oldest_due: datetime | None
    dead: int

    @property
    def alive(self) -> int:
        """Engines that beat."""
        return sum(not engine.silent for engine in self.engines)

    @property
    def late(self) -> timedelta:
        """How long the oldest due job has waited; zero when nothing is due."""
        return max(now() - self.oldest_due, timedelta(0)) if self.oldest_due else timedelta(0)

    @property
    def well(self) -> bool:
        """True when nobody needs to look."""
        return bool(self.alive) and self.late < LATE_AFTER and not self.dead


def health(*, workers: bool = True) -> Health:
    """Three queries; two without the turns of the workers, which only the screen of health shows one by one."""
    at = now()
    engines = [
        EngineHealth(e.name, e.started_at, e.beat_at, at - e.beat_at > SILENT_AFTER, e.breakers)
        for e in Engine.objects.order_by("name")
    ]
    turns = [
        WorkerHealth(t.name, t.shard, t.finished_at, t.duration_ms, t.failures, t.last_error)
        for t in (Turn.objects.order_by("name", "shard") if workers else ())
    ]
    due = Q(dead=False, due_at__lte=at)
    # What is put in as due long ago (an incident that is dated back) has not waited since then.
    since = Greatest("due_at", "created_at")
    jobs = Job.objects.filter(due | Q(dead=True)).aggregate(
        waiting=Count("id", filter=due), oldest=Min(since, filter=due), letters=Count("id", filter=Q(dead=True))
    )
    return Health(engines, turns, jobs["waiting"], jobs["oldest"], jobs["letters"])


def last_run(worker: str) -> datetime | None:
    """When a periodic worker last came to its end. One query."""
    return Turn.objects.filter(name=worker, shard=0).values_list("finished_at", flat=True).first()


def dead_letters(limit: int = 100) -> list[DeadLetter]:
    """The newest dead letters. One query."""
    rows = Job.objects.filter(dead=True).order_by("-created_at")[:limit]
    return [DeadLetter(j.id, j.kind, j.attempts, j.created_at, j.last_error) for j in rows]


def retry_dead_letter(actor: Actor, job_id: int) -> None:
    """Make a dead letter due now, with a fresh ladder. Raises `Denied`, `NotFound`, and `Conflict` when newer work for
    the same thing waits already: that comes instead of it."""
    actor.require(RETRY_DEAD)
    try:
        with transaction.atomic():
            moved = Job.objects.filter(id=job_id, dead=True).update(
                dead=False, attempts=0, due_at=now(), created_at=now(), last_error=""
            )
    except IntegrityError:
        raise Conflict(
            "Newer work for the same thing waits already and does what this dead letter would do. Nothing was changed;"
            " retry it when that has run."
        ) from None
    if not moved:
        raise NotFound("There is no such dead letter; it may have been retried already.")
    wake_engine()
