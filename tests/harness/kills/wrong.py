"""The wrong order, planted to prove that the harness finds it: the message is recorded as sent, then it is sent."""

from datetime import timedelta
from typing import Any

import msgspec
from django.db import transaction

from tocsin.core.engine import execute, loop, points
from tocsin.core.engine.models import Job
from tocsin.core.work import Done
from tocsin.domain.delivery import workers
from tocsin.domain.delivery.commands.ledger import begin, conclude
from tocsin.domain.delivery.rules import Decision, Outcome, State
from tocsin.domain.delivery.work import SEND_JOB, Send


def plant() -> None:
    """From now on engines of this process, and of its children, do it in the wrong order."""
    setattr(loop, "run_effect", _record_before_send)  # noqa: B010  (the module exports no name)


def _record_before_send(job: Job) -> Any:
    if job.kind != SEND_JOB:
        return execute.run_effect(job)
    begun = begin(msgspec.json.decode(job.payload, type=Send).delivery)
    if begun is None:
        return execute.run_effect(job)
    points.reached("begun")
    sent = Decision(State.SENT, None, "")
    with transaction.atomic():
        execute._settle(
            job, Done(record=lambda: conclude(begun, Outcome.ACCEPTED, sent, duration=timedelta(), provider_id=""))
        )
    points.reached("acted")
    points.reached("recorded")
    workers._ask(begun)
    return Done()
