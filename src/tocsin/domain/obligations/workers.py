"""The room's timers: a legal clock at risk, a legal clock that ran out."""

from tocsin.core.work import JobView, transactional
from tocsin.domain.obligations import jobs
from tocsin.domain.obligations.commands import alarms


@transactional(jobs.AT_RISK, jobs.ClockDue)
def at_risk(payload: jobs.ClockDue, job: JobView) -> None:
    """At four fifths of a clock, or at once where the text says so."""
    alarms.at_risk(payload.obligation)


@transactional(jobs.BREACH, jobs.ClockDue)
def breach(payload: jobs.ClockDue, job: JobView) -> None:
    """At the end of a clock."""
    alarms.breached(payload.obligation)
