"""What becomes of an event that a webhook wants to hear: a notice, its attempts, the quarantine of who never answers.

Hides the rows. Never talks to anybody: `webhook_posts` does, between `begin` and `conclude`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from json import dumps
from typing import Any
from urllib.parse import urlsplit

import msgspec

from tocsin.core.log import Event, Recorded, append
from tocsin.core.visibility import visible, within
from tocsin.core.work import enqueue
from tocsin.domain.accounts.queries import actor_of
from tocsin.domain.delivery import webhook_types
from tocsin.domain.delivery.events import WebhookQuarantined
from tocsin.domain.delivery.models import Notice, NoticeAttempt, Webhook
from tocsin.domain.delivery.permissions import LISTEN
from tocsin.domain.delivery.ports import reason_to_keep
from tocsin.domain.delivery.rules import Decision, State, one_line
from tocsin.kernel.actor import Actor, system
from tocsin.kernel.clock import now
from tocsin.kernel.errors import NotFound

JOB = "delivery.post_notice"
KEPT = timedelta(days=30)
QUARANTINE_AFTER = 10
"""Failed attempts in a row, of whatever notices …"""
QUARANTINE_SINCE = timedelta(minutes=10)
"""… the first of them at least this long ago."""
ENGINE = system("delivery.webhooks")
HIDDEN = "Its owner may not see this any more."


class PostNotice(msgspec.Struct):
    """Payload: the notice's id."""

    notice: str


@dataclass(frozen=True, slots=True)
class Begun:
    """An attempt that was written down and may go out."""

    notice: str
    attempt: int
    number: int
    url: str
    body: bytes
    secrets: tuple[str, ...]


def hear(actor: Actor, *, recorded: Recorded[Event]) -> None:
    """Make a notice of an event for every webhook that wants it and whose owner may see it. Tocsin's own."""
    actor.require(LISTEN)
    for row in Webhook.objects.all():
        if webhook_types.hears(row.types, recorded.type) and _may_see(row, recorded.stream, recorded.audience):
            _note(row, recorded)


def _note(row: Webhook, recorded: Recorded[Event]) -> None:
    at = now()
    notice, fresh = Notice.objects.get_or_create(
        webhook=row,
        entry=recorded.id,
        defaults={
            "type": recorded.type,
            "stream": recorded.stream,
            "audience": recorded.audience,
            "body": payload(recorded),
            "state": "waiting" if row.state == "active" else "held",
            "created_at": at,
            "next_at": at,
        },
    )
    if fresh and row.state == "active":
        post(notice)


def payload(recorded: Recorded[Event]) -> str:
    """The body: type, time, and what happened in words and in fields."""
    kind, _, id_ = recorded.stream.partition(":")
    said: Mapping[str, Any] = {
        "type": recorded.type,
        "timestamp": recorded.occurred_at.isoformat(),
        "data": {
            "entry": recorded.id,
            "subject": {"kind": kind, "id": id_},
            "actor": {"id": recorded.actor_id, "name": recorded.actor_name},
            "sentence": recorded.event.sentence(),
            "body": recorded.event.body(),
            "fields": msgspec.to_builtins(recorded.event),
        },
    }
    return dumps(said, ensure_ascii=False, separators=(",", ":"))


def post(notice: Notice) -> None:
    """Make the notice's job due now, in the caller's transaction. One lane per host."""
    host = urlsplit(notice.webhook.url).hostname or ""
    enqueue(JOB, PostNotice(notice=str(notice.id)), key=str(notice.id), lane=f"notice:{host}"[:80])


def let_go(row: Webhook) -> int:
    """Put out everything that was held, oldest first; returns how many."""
    held = list(Notice.objects.filter(webhook=row, state="held").order_by("created_at", "id"))
    Notice.objects.filter(id__in=[notice.id for notice in held]).update(state="waiting", next_at=now())
    for notice in held:
        notice.webhook = row
        post(notice)
    return len(held)


def begin(notice_id: str) -> Begun | None:
    """Write an attempt down and hand out what to post; None when nothing is to be posted (any more)."""
    notice = Notice.objects.select_related("webhook").filter(id=notice_id, state="waiting").first()
    if notice is None:
        return None
    row = notice.webhook
    if row.state != "active":
        Notice.objects.filter(id=notice.id).update(state="held", next_at=None)
        return None
    unseen = bool(notice.stream) and not _may_see(row, notice.stream, notice.audience)
    if why := HIDDEN if unseen else reason_to_keep(notice.stream):
        settled = {"state": "suppressed", "answer": why, "settled_at": now(), "next_at": None, "body": ""}
        Notice.objects.filter(id=notice.id).update(**settled)
        return None
    at = now()
    number = notice.attempts.count() + 1
    attempt = NoticeAttempt.objects.create(notice=notice, number=number, at=at)
    live = [row.secret]
    if row.previous_secret and row.previous_until and row.previous_until > at:
        live.append(row.previous_secret)
    return Begun(str(notice.id), attempt.id, number, row.url, notice.body.encode(), tuple(live))


def _may_see(row: Webhook, stream: str, audience: str) -> bool:
    try:
        owner = actor_of(str(row.owner_id))
    except NotFound:
        return False
    return bool(visible(owner, [stream])) and within(owner, audience)


def conclude(begun: Begun, outcome: str, decision: Decision, duration: timedelta) -> None:
    """Write down what an attempt came to; after many failures in a row the webhook is quarantined."""
    NoticeAttempt.objects.filter(id=begun.attempt).update(
        outcome=outcome, answer=one_line(decision.answer), duration_ms=int(duration.total_seconds() * 1000)
    )
    notice = Notice.objects.filter(id=begun.notice).first()
    row = Webhook.objects.select_for_update().filter(id=notice.webhook_id).first() if notice else None
    if notice is None or row is None:
        return
    notice.answer = one_line(decision.answer)
    if decision.state is State.SENT:
        notice.state, notice.settled_at, notice.next_at = "sent", now(), None
        row.failures, row.failing_since = 0, None
    else:
        row.failures += 1
        row.failing_since = row.failing_since or now()
        if decision.wait is None:
            notice.state, notice.settled_at, notice.next_at = "failed", now(), None
        else:
            notice.next_at = now() + decision.wait
    notice.save(update_fields=["state", "answer", "settled_at", "next_at"])
    row.save(update_fields=["failures", "failing_since"])
    if decision.state is not State.SENT:
        _quarantine(row, decision.answer)


def _quarantine(row: Webhook, answer: str) -> None:
    since = row.failing_since
    if row.state != "active" or since is None:
        return
    if row.failures < QUARANTINE_AFTER or now() - since < QUARANTINE_SINCE:
        return
    row.state = "quarantined"
    row.save(update_fields=["state"])
    said = WebhookQuarantined(webhook=str(row.id), name=row.name, host=row.url_hint, reason=one_line(answer))
    append(f"webhook:{row.id}", said, ENGINE)


def forget_old() -> int:
    """Remove settled notices older than 30 days; returns how many."""
    return Notice.objects.filter(settled_at__lt=now() - KEPT).delete()[0]
