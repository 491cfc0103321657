"""Jobs of this room: the audit of reachability every few minutes, and telling people of what it found."""

from datetime import timedelta

from django.conf import settings

from tocsin.core.work import Done, JobView, Outcome, Retry, effect, periodic, transactional
from tocsin.domain.assurance import commands, jobs
from tocsin.domain.assurance.commands import pulsing
from tocsin.domain.assurance.gathering import READER
from tocsin.domain.assurance.jobs import AUDIT, Audit, OnTheWay
from tocsin.kernel.clock import now

_DOOR_OPENS = timedelta(seconds=20)


@periodic("assurance.audit", every=timedelta(minutes=5))
def audit() -> int:
    """Look at the coming 14 days; time alone makes findings too."""
    return commands.audit(READER) if settings.REACHABILITY else 0


@effect(AUDIT, Audit)
def audit_soon(payload: Audit, job: JobView) -> Outcome:
    """Something changed that decides whom a page reaches. No job of the database alone: of a thousand people it looks
    for most of a second, and in a transaction of its own everybody else would wait to write.
    """
    if settings.REACHABILITY:
        commands.audit(READER)
    return Done()


@periodic("assurance.tell", every=timedelta(minutes=5))
def tell() -> int:
    """Tell those who can mend it."""
    return commands.tell(READER)


@periodic("assurance.end_tests", every=timedelta(minutes=1))
def end_tests() -> int:
    """A test page that nobody answers does not ring on for ever."""
    return commands.end_old_tests(READER)


@periodic("assurance.conserve", every=timedelta(minutes=1))
def conserve() -> int:
    """Nothing is lost between two rooms: each equation holds."""
    return commands.conserve(READER) if settings.REACHABILITY else 0


@periodic("assurance.pulse", every=timedelta(seconds=settings.PULSE_EVERY or 60))
def pulse() -> None:
    """Begin a synthetic page, and look where the ones before it stand."""
    if settings.PULSE_EVERY:
        pulsing.watch_pulse()
        pulsing.begin_pulse()


@effect(jobs.KNOCK, OnTheWay, timeout=timedelta(seconds=30))
def knock(payload: OnTheWay, job: JobView) -> Outcome:
    """Post it at the door, once: a pulse that was refused is over, the next one tries again.

    Not so while it is young: Tocsin may be starting, and its engine be there before its door.
    """
    problem = pulsing.knock(payload.pulse)
    if problem and now() - job.created_at < _DOOR_OPENS:
        return Retry(problem, timedelta(seconds=2))
    return Done(record=lambda: pulsing.accepted(payload.pulse, problem))


@transactional(jobs.GROUP, OnTheWay)
def group(payload: OnTheWay, job: JobView) -> None:
    """The timer of its group."""
    pulsing.grouped(payload.pulse)


@transactional(jobs.ESCALATE, OnTheWay)
def escalate(payload: OnTheWay, job: JobView) -> None:
    """The timer of its escalation."""
    pulsing.escalated(payload.pulse)


@transactional(jobs.CHECK, OnTheWay)
def check(payload: OnTheWay, job: JobView) -> None:
    """Has its answer been recorded?"""
    pulsing.check(payload.pulse)


@effect(jobs.HEARTBEAT, OnTheWay, timeout=timedelta(seconds=30))
def heartbeat(payload: OnTheWay, job: JobView) -> Outcome:
    """Tell the outside; a heartbeat that fails is not repeated, the next round brings one."""
    problem = pulsing.beat()
    return Done(record=lambda: pulsing.told(payload.pulse, problem))
