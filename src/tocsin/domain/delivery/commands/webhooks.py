"""Outgoing webhooks as people arrange them: add, change, pause, resume, change the secret, send again, remove."""

from collections.abc import Sequence
from datetime import timedelta
from json import dumps
from uuid import UUID

from django.db import transaction

from tocsin.core.log import Event, append
from tocsin.core.outgoing import check_url
from tocsin.domain.delivery import webhook_types
from tocsin.domain.delivery.commands.posting import let_go, post
from tocsin.domain.delivery.events import WebhookAdded, WebhookChanged, WebhookRemoved
from tocsin.domain.delivery.models import Notice, Webhook
from tocsin.domain.delivery.permissions import SUBSCRIBE
from tocsin.domain.delivery.rules import one_line
from tocsin.domain.delivery.signing import new_secret
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Conflict, Invalid, NotFound

BOTH_SECRETS = timedelta(hours=24)
"""How long a receiver may still verify with the secret before."""
MOST = 50
GONE = "There is no such webhook."


def add_webhook(actor: Actor, *, name: str, url: str, types: Sequence[str]) -> str:
    """Have events of these types posted to an address from now on; returns the id. Event webhook_added.

    It belongs to whoever adds it and hears only what they may see, at the time of each post. Raises `Invalid`.
    """
    actor.require(SUBSCRIBE)
    if not actor.person:
        raise Invalid("owner: a webhook belongs to a person; use a token that belongs to one.", field="owner")
    address = check_url(url, field="url")
    chosen = webhook_types.clean(types)
    with transaction.atomic():
        if Webhook.objects.count() >= MOST:
            raise Conflict(f"There are {MOST} webhooks already; remove one first.")
        row = Webhook.objects.create(
            owner_id=UUID(actor.person),
            name=_name(name),
            url=address,
            url_hint=_hint(address),
            types=chosen,
            secret=new_secret(),
            created_at=now(),
        )
        said = WebhookAdded(webhook=str(row.id), name=row.name, host=row.url_hint, types=chosen)
        append(f"webhook:{row.id}", said, actor)
    webhook_types.forget()
    return str(row.id)


def change_webhook(
    actor: Actor,
    *,
    webhook_id: str,
    name: str | None = None,
    url: str | None = None,
    types: Sequence[str] | None = None,
) -> None:
    """Change what is given. Event webhook_changed."""
    actor.require(SUBSCRIBE)
    with transaction.atomic():
        row = _locked(webhook_id)
        changed = []
        if name is not None and _name(name) != row.name:
            row.name = _name(name)
            changed.append("name")
        if url is not None and check_url(url, field="url") != row.url:
            row.url = check_url(url, field="url")
            row.url_hint = _hint(row.url)
            changed.append("address")
        if types is not None and webhook_types.clean(types) != row.types:
            row.types = webhook_types.clean(types)
            changed.append("events")
        if changed:
            row.save(update_fields=["name", "url", "url_hint", "types"])
            _tell(actor, row, ", ".join(changed))
    webhook_types.forget()


def pause_webhook(actor: Actor, *, webhook_id: str) -> None:
    """Post nothing until it is resumed; what happens meanwhile waits. Event webhook_changed."""
    actor.require(SUBSCRIBE)
    with transaction.atomic():
        row = _locked(webhook_id)
        if row.state == "active":
            row.state = "paused"
            row.save(update_fields=["state"])
            _tell(actor, row, "paused")


def resume_webhook(actor: Actor, *, webhook_id: str) -> int:
    """Set a paused or quarantined webhook going again; returns how many notices waited. Event webhook_changed."""
    actor.require(SUBSCRIBE)
    with transaction.atomic():
        row = _locked(webhook_id)
        if row.state == "active":
            return 0
        row.state, row.failures, row.failing_since = "active", 0, None
        row.save(update_fields=["state", "failures", "failing_since"])
        _tell(actor, row, "resumed")
        return let_go(row)


def change_webhook_secret(actor: Actor, *, webhook_id: str) -> None:
    """Make a new secret; the one before signs too for 24 hours. Event webhook_changed."""
    actor.require(SUBSCRIBE)
    with transaction.atomic():
        row = _locked(webhook_id)
        row.previous_secret, row.previous_until = row.secret, now() + BOTH_SECRETS
        row.secret = new_secret()
        row.save(update_fields=["secret", "previous_secret", "previous_until"])
        _tell(actor, row, "new secret")


def test_webhook(actor: Actor, *, webhook_id: str) -> str:
    """Post a test event; the id of its notice."""
    actor.require(SUBSCRIBE)
    with transaction.atomic():
        row = _locked(webhook_id)
        at = now()
        said = {
            "type": "tocsin.test",
            "timestamp": at.isoformat(),
            "data": {"sentence": f"{actor.name} sends a test to {row.name}", "webhook": row.name},
        }
        notice = Notice.objects.create(
            webhook=row,
            type="tocsin.test",
            body=dumps(said, ensure_ascii=False, separators=(",", ":")),
            created_at=at,
            next_at=at,
        )
        post(notice)
    return str(notice.id)


def send_again(actor: Actor, *, notice_id: str) -> None:
    """Post a notice once more, with the same id and the same bytes. Raises `Conflict` while it waits anyway."""
    actor.require(SUBSCRIBE)
    with transaction.atomic():
        row = Notice.objects.select_for_update().filter(id=_uuid(notice_id)).first()
        if row is None:
            raise NotFound("There is no such notice; they are kept for 30 days.")
        if row.state in ("waiting", "held"):
            raise Conflict("It waits to be sent already.")
        if _locked(str(row.webhook_id)).state != "active":
            raise Conflict("Its webhook is paused or in quarantine; resume it first.")
        row.state, row.settled_at, row.next_at = "waiting", None, now()
        row.save(update_fields=["state", "settled_at", "next_at"])
        post(row)


def remove_webhook(actor: Actor, *, webhook_id: str) -> None:
    """Remove a webhook and what waits for it. Event webhook_removed."""
    actor.require(SUBSCRIBE)
    with transaction.atomic():
        row = _locked(webhook_id)
        append(f"webhook:{row.id}", WebhookRemoved(webhook=str(row.id), name=row.name, host=row.url_hint), actor)
        row.delete()
    webhook_types.forget()


def _tell(actor: Actor, row: Webhook, what: str) -> None:
    said: Event = WebhookChanged(webhook=str(row.id), name=row.name, host=row.url_hint, what=what)
    append(f"webhook:{row.id}", said, actor)


def _locked(webhook_id: str) -> Webhook:
    row = Webhook.objects.select_for_update().filter(id=_uuid(webhook_id)).first()
    if row is None:
        raise NotFound(GONE)
    return row


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound(GONE) from error


def _name(text: str) -> str:
    name = one_line(text, 80)
    if not name:
        raise Invalid("name: say what receives the events.", field="name")
    return name


def _hint(url: str) -> str:
    return "/".join(url.split("/")[:3])[:158] + "/…"
