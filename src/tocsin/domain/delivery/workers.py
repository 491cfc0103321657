"""Sends what waits: lease, send, record. And keeps the ledger's equation.

Knows no vendor. Never sends inside a transaction.
"""

import time
from collections.abc import Callable
from datetime import timedelta

import structlog
from django.db import transaction

from tocsin.core.alarms.standing import look
from tocsin.core.engine.points import reached
from tocsin.core.work import Done, Failed, JobView, Outcome, Retry, effect, periodic
from tocsin.domain.delivery import buttons, limits, webhook_posts
from tocsin.domain.delivery.balance import unsettled_without_work
from tocsin.domain.delivery.channels import account, channel_kinds
from tocsin.domain.delivery.commands.channels import CONNECT_JOB, Connect, connected
from tocsin.domain.delivery.commands.ending import end_destination, forget_heard
from tocsin.domain.delivery.commands.ledger import ENGINE, Begun, begin, conclude, put_back
from tocsin.domain.delivery.doors import load_doors
from tocsin.domain.delivery.ports import (
    Accepted,
    Permanent,
    Reply,
    Temporary,
    Unknown,
    load_transports,
    transports,
)
from tocsin.domain.delivery.rules import Decision, decide
from tocsin.domain.delivery.rules import Outcome as Told
from tocsin.domain.delivery.work import SEND_JOB, Send
from tocsin.kernel.clock import now

log = structlog.get_logger()
load_transports()
load_doors()
__all__ = ["buttons", "conserve", "limits", "send", "webhook_posts"]

_TOLD = {
    Accepted: Told.ACCEPTED,
    Permanent: Told.PERMANENT,
    Temporary: Told.TEMPORARY,
    Unknown: Told.UNKNOWN,
}


# A mail server may take 10 s for each of some ten answers; a shorter lease would send twice what is only slow.
@effect(SEND_JOB, Send, timeout=timedelta(minutes=2), begins=True)
def send(payload: Send, job: JobView) -> Outcome:
    """One attempt of one delivery. Its key is the delivery's id, the same for all attempts."""
    begun = begin(payload.delivery)
    if begun is None:
        return Done()
    reached("begun")
    began = time.monotonic()
    reply = _ask(begun)
    duration = timedelta(seconds=time.monotonic() - began)
    told = _TOLD[type(reply)]
    decision = decide(
        told,
        reply.answer,
        attempt=begun.number,
        doubtful=begun.doubtful,
        created_at=begun.delivery.created_at,
        now=now(),
        retry_after=reply.retry_after if isinstance(reply, Temporary) else None,
    )

    def record() -> None:
        name = reply.provider_id if isinstance(reply, Accepted) else ""
        conclude(begun, told, decision, duration=duration, provider_id=name)
        if isinstance(reply, Permanent) and reply.ended:
            end_destination(ENGINE, destination_id=begun.destination.id, reason=reply.answer)

    return _outcome(begun, reply, decision, record)


def _ask(begun: Begun) -> Reply:
    transport = transports().get(begun.destination.kind)
    if transport is None:
        return Permanent(f"This Tocsin has no transport for {begun.destination.kind}.")
    try:
        return transport.send(begun.destination, begun.message, begun.delivery.id)
    except Exception as problem:
        # A fault of ours in the middle: how far it came is not known.
        log.exception("transport_failed", kind=transport.kind, delivery=begun.delivery.id)
        return Unknown(f"The transport broke ({type(problem).__name__}).")


def _outcome(begun: Begun, reply: Reply, decision: Decision, record: Callable[[], None]) -> Outcome:
    wait = decision.wait
    if isinstance(reply, Accepted):
        return Done(record=record)
    if wait is None:
        return Failed(decision.answer, record=record, quiet=True)
    if isinstance(reply, Temporary) and not reply.provider:
        # Done, not Retry: the provider is well, its circuit breaker must not count this message's trouble.
        due = now() + wait

        def record_and_put_back() -> None:
            record()
            put_back(begun.delivery.id, due)

        return Done(record=record_and_put_back)
    return Retry(decision.answer, after=wait, record=record)


@effect(CONNECT_JOB, Connect, timeout=timedelta(minutes=1))
def connect(payload: Connect, job: JobView) -> Outcome:
    """Do at a vendor's what a changed account asks for, and keep what it came to."""
    kind = channel_kinds().get(payload.channel)
    config = account(payload.channel)
    if kind is None or not config:
        return Done()
    problem = kind.connect(config)
    return Done(record=lambda: connected(ENGINE, name=payload.channel, problem=problem))


@periodic("delivery.conserve", every=timedelta(minutes=1))
def conserve() -> None:
    """Find deliveries that no job would ever send, say so loudly, and send them."""
    lost = unsettled_without_work()
    look("deliveries", f"{len(lost)} messages had no work that would send them; they are sent now." if lost else "")
    if lost:
        log.error("deliveries_without_work", count=len(lost), deliveries=lost[:20])
        with transaction.atomic():
            for id_ in lost:
                put_back(id_, now())


@periodic("delivery.forget_heard", every=timedelta(hours=6))
def forget() -> None:
    """Forget what vendors said so long ago that it cannot come again."""
    forget_heard(ENGINE)
