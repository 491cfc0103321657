"""The room's timers and errands: a deadline at risk or over, a commander to relieve, people who were mentioned."""

from tocsin.core.work import JobView, transactional
from tocsin.domain.incidents import jobs
from tocsin.domain.incidents.commands import clocks, duties, engaging, mentioning, opening, reminding


@transactional(jobs.AT_RISK, jobs.DeadlineDue)
def at_risk(payload: jobs.DeadlineDue, job: JobView) -> None:
    """At four fifths of a deadline."""
    clocks.at_risk(payload.deadline)


@transactional(jobs.BREACH, jobs.DeadlineDue)
def breach(payload: jobs.DeadlineDue, job: JobView) -> None:
    """At the end of a deadline."""
    clocks.breached(payload.deadline)


@transactional(jobs.DUTY, jobs.DutyDue)
def duty(payload: jobs.DutyDue, job: JobView) -> None:
    """When a standing duty of a role is due."""
    duties.remind_duty(payload.duty)


@transactional(jobs.COME, jobs.Come)
def come(payload: jobs.Come, job: JobView) -> None:
    """At the time at which somebody said that they can come."""
    engaging.remind_to_come(payload.responder)


@transactional(jobs.HAND_OVER, jobs.HandOver)
def hand_over(payload: jobs.HandOver, job: JobView) -> None:
    """Every four hours of one person's command."""
    clocks.hand_over_due(payload.holder, payload.hours)


@transactional(jobs.MENTIONED, jobs.Mentioned)
def mentioned(payload: jobs.Mentioned, job: JobView) -> None:
    """Soon after a note that mentions somebody."""
    mentioning.tell_mentioned(payload)


@transactional(jobs.SETTLE, jobs.Settle)
def settle(payload: jobs.Settle, job: JobView) -> None:
    """Right after alerts began an incident."""
    opening.settle_now(payload.incident)


@transactional(jobs.TASK_DUE, jobs.TaskDue)
def task_due(payload: jobs.TaskDue, job: JobView) -> None:
    """Shortly before a task is due, and when it was."""
    reminding.remind(payload)
