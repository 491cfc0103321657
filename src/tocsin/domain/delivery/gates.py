"""Visibility of this room's streams in log, search and live stream."""

from collections.abc import Collection
from uuid import UUID

from tocsin.core.visibility import register_gate
from tocsin.domain.delivery.access import person_key, seen_by
from tocsin.domain.delivery.models import Delivery, Destination
from tocsin.domain.delivery.permissions import CHANNELS, MANAGE, SUBSCRIBE
from tocsin.kernel.actor import Actor


def _uuids(ids: Collection[str]) -> list[UUID]:
    found = []
    for id_ in ids:
        try:
            found.append(UUID(id_))
        except ValueError:
            continue
    return found


def deliveries(actor: Actor, ids: Collection[str]) -> set[str]:
    """Deliveries to the actor, or about something that the actor may see."""
    return {str(row.id) for row in seen_by(actor, Delivery.objects.filter(id__in=_uuids(ids)))}


def destinations(actor: Actor, ids: Collection[str]) -> set[str]:
    """The actor's own contact methods; all for administrators."""
    rows = Destination.objects.filter(id__in=_uuids(ids))
    if not actor.has(MANAGE):
        rows = rows.filter(person_id=person_key(actor.person)) if actor.person else rows.none()
    return {str(id_) for id_ in rows.values_list("id", flat=True)}


def webhooks(actor: Actor, ids: Collection[str]) -> set[str]:
    """All of them for who may add one. No query."""
    return set(ids) if actor.has(SUBSCRIBE) else set()


def channels(actor: Actor, ids: Collection[str]) -> set[str]:
    """All of them for who may set one up. No query."""
    return set(ids) if actor.has(CHANNELS) else set()


register_gate("channel", channels)
register_gate("webhook", webhooks)
register_gate("delivery", deliveries)
register_gate("destination", destinations)
