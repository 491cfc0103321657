"""Counts all lessons anew a moment after one came or went."""

from tocsin.core.work import JobView, transactional
from tocsin.domain.triage import jobs
from tocsin.domain.triage.commands import learning


@transactional(jobs.TRAIN, jobs.Train)
def train(payload: jobs.Train, job: JobView) -> None:
    """Once for any number of lessons that came together."""
    learning.retrain()
