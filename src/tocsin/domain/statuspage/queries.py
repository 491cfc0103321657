"""Reads of this room. What stems from a restricted incident is withheld from the public and from who may not see it."""

from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import UUID

from django.db.models import Count

from tocsin.domain.accounts.queries import organisation
from tocsin.domain.delivery import queries as delivery
from tocsin.domain.statuspage import picturing
from tocsin.domain.statuspage.access import seen_by
from tocsin.domain.statuspage.models import Asset, Component, Page, Publication, PublicIncident, Subscriber, Text
from tocsin.domain.statuspage.permissions import MANAGE, SEE
from tocsin.domain.statuspage.rules.states import INCIDENT
from tocsin.domain.statuspage.subscriptions import opened
from tocsin.domain.statuspage.views import (
    ComponentView,
    GroupView,
    Imported,
    PageView,
    Picture,
    PublicationView,
    PublicIncidentView,
    SubscriberPage,
    SubscriberView,
    Subscription,
    TextView,
    Told,
    UpdateView,
)
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import NotFound

__all__ = [
    "ComponentView",
    "GroupView",
    "Imported",
    "PageView",
    "Picture",
    "PublicIncidentView",
    "PublicationView",
    "SubscriberPage",
    "SubscriberView",
    "Subscription",
    "TextView",
    "Told",
    "UpdateView",
    "components",
    "groups",
    "incident",
    "incident_of",
    "incidents",
    "page",
    "picture",
    "publication",
    "subscriber_rows",
    "subscribers",
    "subscription",
    "texts",
    "told",
]


def page(actor: Actor) -> PageView | None:
    """The page; None as long as nobody made one. One query."""
    actor.require(SEE)
    row = Page.objects.first()
    return picturing.page_view(row) if row else None


def picture(actor: Actor, at: datetime | None = None) -> Picture:
    """All that strangers see; of a page that nobody made yet what it would be. Eleven queries."""
    actor.require(SEE)
    row = Page.objects.first()
    if row is None:
        house = organisation()
        begun = datetime.fromtimestamp(0, UTC)
        row = Page(name=house.name, time_zone=house.time_zone, published=False, created_at=begun, updated_at=begun)
    return picturing.picture(row, at or now())


def components(actor: Actor) -> list[ComponentView]:
    """Components in the order of the page, without their history. One query."""
    actor.require(SEE)
    return picturing.component_views(now(), "UTC", history=False)


def groups(actor: Actor) -> list[GroupView]:
    """All groups with their components, without history. Two queries."""
    return picturing.group_views(components(actor))


def incidents(
    actor: Actor, *, kind: str = INCIDENT, open_only: bool = False, limit: int = 100
) -> list[PublicIncidentView]:
    """Published incidents (or maintenance), newest first, also retracted ones. Four queries."""
    actor.require(SEE)
    rows = PublicIncident.objects.filter(kind=kind).order_by("-started_at", "-id")
    if open_only:
        rows = rows.filter(resolved_at=None, retracted_at=None)
    return picturing.incident_views(seen_by(actor, list(rows[:limit])))


def incident(actor: Actor, code_or_id: str) -> PublicIncidentView:
    """One published incident or maintenance. Four queries. Raises `NotFound`."""
    actor.require(SEE)
    try:
        rows = PublicIncident.objects.filter(id=UUID(code_or_id))
    except ValueError:
        rows = PublicIncident.objects.filter(code=code_or_id)
    seen = seen_by(actor, list(rows))
    if not seen:
        raise NotFound("There is no such incident on the status page.")
    return picturing.incident_views(seen)[0]


def incident_of(actor: Actor, inside: str) -> PublicIncidentView | None:
    """What the public reads of one of our incidents, the newest. Four queries."""
    actor.require(SEE)
    rows = PublicIncident.objects.filter(incident_id=inside, retracted_at=None).order_by("-started_at")
    seen = seen_by(actor, list(rows[:1]))
    return picturing.incident_views(seen)[0] if seen else None


def texts(actor: Actor) -> list[TextView]:
    """Texts agreed on beforehand, by name. One query."""
    actor.require(SEE)
    return [TextView(str(row.id), row.name, row.status, row.body) for row in Text.objects.order_by("name")]


def subscribers(
    actor: Actor, *, state: str = "", kind: str = "", text: str = "", offset: int = 0, limit: int = 50
) -> SubscriberPage:
    """One page of subscribers, newest first, without addresses. Three queries."""
    actor.require(MANAGE)
    rows = Subscriber.objects.all()
    if state:
        rows = rows.filter(state=state)
    if kind:
        rows = rows.filter(kind=kind)
    if text:
        rows = rows.filter(address_hint__icontains=text)
    counts = {row["state"]: row["n"] for row in Subscriber.objects.order_by().values("state").annotate(n=Count("id"))}
    listed = rows.defer("address").order_by("-created_at", "-id")[offset : offset + limit]
    return SubscriberPage(tuple(_subscriber(row) for row in listed), rows.count(), counts)


def _subscriber(row: Subscriber) -> SubscriberView:
    return SubscriberView(
        id=str(row.id),
        kind=row.kind,
        hint=row.address_hint,
        state=row.state,
        components=tuple(row.components),
        failures=row.failures,
        last_answer=row.last_answer,
        confirmed_at=row.confirmed_at,
        created_at=row.created_at,
    )


def subscriber_rows(actor: Actor) -> Iterable[tuple[str, str, str, str, str]]:
    """Every subscriber as (kind, address, state, components, since), for an export. One query, read in parts."""
    actor.require(MANAGE)
    rows = Subscriber.objects.exclude(state="left").order_by("created_at", "id")
    for row in rows.iterator(chunk_size=2000):
        since = (row.confirmed_at or row.created_at).isoformat(timespec="seconds")
        yield row.kind, row.address, row.state, " ".join(row.components), since


def subscription(token: str) -> Subscription:
    """What a subscriber's own link leads to. Three queries. Raises `NotFound` for a link that is not ours."""
    row = Subscriber.objects.filter(id=opened(token)).first()
    found = Page.objects.first()
    if row is None or found is None:
        raise NotFound("This subscription does not exist any more.")
    listed = Component.objects.filter(removed_at=None).order_by("position", "name").values_list("code", "name")
    return Subscription(
        hint=row.address_hint,
        kind=row.kind,
        state=row.state,
        page=found.name,
        components=tuple((code, name, not row.components or code in row.components) for code, name in listed),
    )


def told(actor: Actor, update_ids: Iterable[str]) -> dict[str, Told]:
    """What became of the messages of these updates. One query."""
    actor.require(SEE)
    counted = delivery.states_of_subjects(actor, kind="public_update", ids=list(update_ids))
    return {id_: Told(id_, counts) for id_, counts in counted.items()}


def publication(actor: Actor) -> PublicationView:
    """How far the served files are. Two queries."""
    actor.require(SEE)
    row = Publication.objects.first()
    if row is None:
        return PublicationView(0, 0, None, 0)
    return PublicationView(row.version, max(0, row.wanted - row.rendered), row.rendered_at, Asset.objects.count())
