"""Jobs of staff alerts: one batch of a wave, and the next wave."""

from tocsin.core.work import JobView, transactional
from tocsin.domain.broadcasts import jobs
from tocsin.domain.broadcasts.commands.alerting import next_wave, send_batch


@transactional(jobs.SEND, jobs.Alert)
def send(payload: jobs.Alert, job: JobView) -> None:
    """The next batch of the present wave."""
    send_batch(payload.alert)


@transactional(jobs.WAVE, jobs.Alert)
def wave(payload: jobs.Alert, job: JobView) -> None:
    """The next wave, the beginning of a scheduled alert, or its end."""
    next_wave(payload.alert)
