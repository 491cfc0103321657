"""Outgoing webhooks: programs that hear what happens, and what was posted to them."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from tocsin.api.door import ApiRequest
from tocsin.api.offering import Offer
from tocsin.api.shapes import Body, Done, Limit, Made, Page, page_of, read, written
from tocsin.domain.delivery import commands
from tocsin.domain.delivery import webhook_queries as queries
from tocsin.domain.delivery.permissions import SUBSCRIBE

offer = Offer("webhooks")
Name = Annotated[str, Field(min_length=1, max_length=80)]
Url = Annotated[str, Field(min_length=1, max_length=2000)]
NoticeState = Literal["waiting", "held", "sent", "failed", "suppressed"]


class Webhook(Body):
    """Events of these types (`incidents.declared`, `incidents.*`, `*`) are posted to the address."""

    name: Name
    url: Url
    types: list[str]


class WebhookChange(Body):
    """What is left out stays."""

    name: Name | None = None
    url: Url | None = None
    types: list[str] | None = None


class WebhookMade(BaseModel):
    """The webhook's id, and the secret that its receiver verifies with."""

    id: str
    secret: str


@offer.get("/event-types", list[str], needs=SUBSCRIBE)
def types(request: ApiRequest) -> list[str]:
    """Every event that a webhook can hear."""
    return queries.event_types(request.actor)


@offer.get("/webhooks", Page[queries.WebhookView], needs=SUBSCRIBE)
def listing(request: ApiRequest, cursor: str = "", limit: Limit = 50) -> Page[queries.WebhookView]:
    """All webhooks by name."""
    return page_of(queries.webhooks(request.actor), cursor, limit, key=lambda row: row.id)


@offer.post("/webhooks", WebhookMade, needs=SUBSCRIBE, status=201)
def add(request: ApiRequest, given: Webhook) -> WebhookMade:
    """Have events posted to an address from now on; it hears only what its owner may see."""
    made = commands.add_webhook(request.actor, **given.dict())
    return WebhookMade(id=made, secret=queries.webhook_secret(request.actor, made))


@offer.get("/webhooks/{webhook}", queries.WebhookView, needs=SUBSCRIBE)
def one(request: ApiRequest, webhook: str) -> queries.WebhookView:
    """One webhook."""
    return queries.webhook(request.actor, webhook)


@offer.patch("/webhooks/{webhook}", queries.WebhookView, needs=SUBSCRIBE)
def change(request: ApiRequest, webhook: str, given: WebhookChange) -> queries.WebhookView:
    """Change what is given."""
    commands.change_webhook(request.actor, webhook_id=webhook, **given.dict(exclude_unset=True))
    return queries.webhook(request.actor, webhook)


@offer.delete("/webhooks/{webhook}", needs=SUBSCRIBE)
def remove(request: ApiRequest, webhook: str) -> None:
    """Remove a webhook and what waits for it."""
    commands.remove_webhook(request.actor, webhook_id=webhook)


@offer.post("/webhooks/{webhook}/pause", queries.WebhookView, needs=SUBSCRIBE)
def pause(request: ApiRequest, webhook: str) -> queries.WebhookView:
    """Post nothing until it is resumed; what happens meanwhile waits."""
    commands.pause_webhook(request.actor, webhook_id=webhook)
    return queries.webhook(request.actor, webhook)


@offer.post("/webhooks/{webhook}/resume", queries.WebhookView, needs=SUBSCRIBE)
def resume(request: ApiRequest, webhook: str) -> queries.WebhookView:
    """Set a paused or quarantined webhook going again."""
    commands.resume_webhook(request.actor, webhook_id=webhook)
    return queries.webhook(request.actor, webhook)


@offer.post("/webhooks/{webhook}/secret", WebhookMade, needs=SUBSCRIBE)
def new_secret(request: ApiRequest, webhook: str) -> WebhookMade:
    """A new secret; the one before signs too for 24 hours."""
    commands.change_webhook_secret(request.actor, webhook_id=webhook)
    return WebhookMade(id=webhook, secret=queries.webhook_secret(request.actor, webhook))


@offer.post("/webhooks/{webhook}/test", Made, needs=SUBSCRIBE)
def test(request: ApiRequest, webhook: str) -> Made:
    """Post a test event; the answer is the id of its notice."""
    return Made(id=commands.test_webhook(request.actor, webhook_id=webhook))


@offer.get("/webhooks/{webhook}/notices", Page[queries.NoticeView], needs=SUBSCRIBE)
def notices(
    request: ApiRequest, webhook: str, state: NoticeState | None = None, cursor: str = "", limit: Limit = 50
) -> Page[queries.NoticeView]:
    """What was posted, newest first, with every attempt; kept for 30 days."""
    offset = min(max(0, read(cursor, o=int)["o"]), 10_000_000) if cursor else 0
    found = queries.notices(request.actor, webhook, state=state or "", offset=offset, limit=limit + 1)
    more = written({"o": offset + limit}) if len(found) > limit else ""
    return Page(items=found[:limit], next=more)


@offer.post("/notices/{notice}/send-again", Done, needs=SUBSCRIBE)
def send_again(request: ApiRequest, notice: str) -> Done:
    """Post an event once more, with the same id and the same bytes."""
    commands.send_again(request.actor, notice_id=notice)
    return Done(said="It is sent again.")
