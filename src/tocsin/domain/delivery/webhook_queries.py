"""What people see of outgoing webhooks: each with its state, its notices and every attempt."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Prefetch, Q

from tocsin.domain.delivery.models import Notice, NoticeAttempt, Webhook
from tocsin.domain.delivery.permissions import SUBSCRIBE
from tocsin.domain.delivery.ports import AttemptView
from tocsin.domain.delivery.webhook_types import offered
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class WebhookView:
    """One webhook. `state`: active, paused or quarantined; `waiting` counts notices that are not settled."""

    id: str
    name: str
    url_hint: str
    types: tuple[str, ...]
    owner_id: str
    owner: str
    state: str
    failures: int
    failing_since: datetime | None
    created_at: datetime
    waiting: int
    last_sent_at: datetime | None
    both_secrets_until: datetime | None


@dataclass(frozen=True, slots=True)
class NoticeView:
    """One event for one webhook. `state`: waiting, held, sent, failed or suppressed."""

    id: str
    type: str
    state: str
    answer: str
    created_at: datetime
    next_at: datetime | None
    settled_at: datetime | None
    attempts: tuple[AttemptView, ...]


def webhooks(actor: Actor) -> list[WebhookView]:
    """All webhooks by name. One query."""
    actor.require(SUBSCRIBE)
    return [_view(row) for row in _rows().order_by("name", "id")]


def webhook(actor: Actor, webhook_id: str) -> WebhookView:
    """One webhook. One query. Raises `NotFound`."""
    actor.require(SUBSCRIBE)
    return _view(_one(webhook_id))


def webhook_secret(actor: Actor, webhook_id: str) -> str:
    """The secret that its receiver verifies with. Raises `NotFound`."""
    actor.require(SUBSCRIBE)
    return str(_one(webhook_id).secret)


def webhook_url(actor: Actor, webhook_id: str) -> str:
    """The whole address, for the form that changes it. Raises `NotFound`."""
    actor.require(SUBSCRIBE)
    return str(_one(webhook_id).url)


def notices(actor: Actor, webhook_id: str, *, state: str = "", offset: int = 0, limit: int = 50) -> list[NoticeView]:
    """Notices of a webhook, newest first, with every attempt. Three queries. Raises `NotFound`."""
    actor.require(SUBSCRIBE)
    rows = Notice.objects.filter(webhook=_one(webhook_id)).defer("body").order_by("-created_at", "-id")
    if state:
        rows = rows.filter(state=state)
    tries = Prefetch("attempts", NoticeAttempt.objects.order_by("number"))
    return [_notice(row) for row in rows.prefetch_related(tries)[offset : offset + limit]]


def notice_count(actor: Actor, webhook_id: str, *, state: str = "") -> int:
    """How many there are."""
    actor.require(SUBSCRIBE)
    rows = Notice.objects.filter(webhook=_one(webhook_id))
    return rows.filter(state=state).count() if state else rows.count()


def event_types(actor: Actor) -> list[str]:
    """Every event that can be heard, by name. No query."""
    actor.require(SUBSCRIBE)
    return offered()


def _rows() -> Any:
    unsettled = Count("notices", filter=Q(notices__state__in=("waiting", "held")))
    sent = Max("notices__settled_at", filter=Q(notices__state="sent"))
    return Webhook.objects.select_related("owner").annotate(unsettled=unsettled, last_sent=sent)


def _one(webhook_id: str) -> Webhook:
    try:
        row = _rows().filter(id=UUID(webhook_id)).first()
    except ValueError:
        row = None
    if row is None:
        raise NotFound("There is no such webhook.")
    return row  # type: ignore[no-any-return]


def _view(row: Webhook) -> WebhookView:
    until = row.previous_until
    return WebhookView(
        id=str(row.id),
        name=row.name,
        url_hint=row.url_hint,
        types=tuple(row.types),
        owner_id=str(row.owner_id),
        owner=row.owner.name,
        state=row.state,
        failures=row.failures,
        failing_since=row.failing_since,
        created_at=row.created_at,
        waiting=row.unsettled,  # type: ignore[attr-defined]
        last_sent_at=row.last_sent,  # type: ignore[attr-defined]
        both_secrets_until=until if until and until > now() else None,
    )


def _notice(row: Notice) -> NoticeView:
    return NoticeView(
        id=str(row.id),
        type=row.type,
        state=row.state,
        answer=row.answer,
        created_at=row.created_at,
        next_at=row.next_at,
        settled_at=row.settled_at,
        attempts=_attempts(row.attempts.all()),
    )


def _attempts(rows: Iterable[NoticeAttempt]) -> tuple[AttemptView, ...]:
    return tuple(AttemptView(a.number, a.at, a.outcome, a.answer, a.duration_ms) for a in rows)
