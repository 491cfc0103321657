"""Posts notices to webhooks: lease, post, record. Never inside a transaction, never shows what the receiver wrote.

Registers its worker; what may be heard is registered above all rooms, once every event type is known.
"""

import time
from datetime import timedelta

from tocsin.core.outgoing import AddressRefused, BadUrl, NoAnswer, Unreachable, request
from tocsin.core.work import Done, Failed, JobView, Outcome, Retry, effect, periodic
from tocsin.domain.delivery.commands.posting import JOB, Begun, PostNotice, begin, conclude, forget_old
from tocsin.domain.delivery.rules import Outcome as Told
from tocsin.domain.delivery.rules import decide
from tocsin.domain.delivery.signing import signed
from tocsin.kernel.clock import now

TIMEOUT = 15.0


@effect(JOB, PostNotice, timeout=timedelta(minutes=1))
def post_notice(payload: PostNotice, job: JobView) -> Outcome:
    """One attempt of one notice."""
    begun = begin(payload.notice)
    if begun is None:
        return Done()
    began = time.monotonic()
    told, answer = _post(begun)
    duration = timedelta(seconds=time.monotonic() - began)
    decision = decide(told, answer, attempt=job.attempts + 1, doubtful=False, created_at=job.created_at, now=now())

    def record() -> None:
        conclude(begun, told.value, decision, duration)

    if told is Told.ACCEPTED:
        return Done(record=record)
    if decision.wait is None:
        return Failed(decision.answer, record=record, quiet=True)
    return Retry(decision.answer, after=decision.wait, record=record)


def _post(begun: Begun) -> tuple[Told, str]:
    """Any 2xx is success and every other answer is tried again, but for what can never work."""
    headers = {"Content-Type": "application/json", **signed(f"msg_{begun.notice}", now(), begun.body, begun.secrets)}
    try:
        answer = request("POST", begun.url, headers=headers, content=begun.body, timeout=TIMEOUT, max_bytes=1024)
    except (AddressRefused, BadUrl) as refused:
        return Told.PERMANENT, str(refused)
    except Unreachable as error:
        return Told.TEMPORARY, str(error)
    except NoAnswer as error:
        return Told.UNKNOWN, str(error)
    return (Told.ACCEPTED if answer.ok else Told.TEMPORARY), answer.words


@periodic("delivery.forget_notices", every=timedelta(hours=1))
def forget() -> None:
    """Remove what was settled more than 30 days ago."""
    forget_old()
