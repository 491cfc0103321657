"""Secret addresses under which calendar programs read shifts: made, shown once, revoked."""

from django.db import transaction

from tocsin.core.log import append
from tocsin.domain.oncall.commands.schedules import active_person, locked_schedule
from tocsin.domain.oncall.feed_events import FeedMade, FeedRevoked
from tocsin.domain.oncall.models import CalendarFeed, Schedule
from tocsin.domain.oncall.permissions import CONFIGURE, VIEW
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Conflict, Invalid, NotFound
from tocsin.kernel.ids import id_of, new_token, token_hash

MOST = 20
HINT = 5


def make_feed(actor: Actor, *, schedule_id: str = "") -> str:
    """A secret for reading one's own shifts, or those of a schedule, as a calendar; it is told only now.

    Raises `Invalid` when no person stands behind the actor, `Conflict` when they have 20 already, `NotFound`.
    """
    actor.require(VIEW)
    if not actor.person:
        raise Invalid("person: a calendar address belongs to a person; sign in as one.", field="person")
    with transaction.atomic():
        owner = active_person(actor.person, "person")
        schedule: Schedule | None = locked_schedule(schedule_id) if schedule_id else None
        if CalendarFeed.objects.filter(owner=id_of(owner.id), revoked_at=None).count() >= MOST:
            raise Conflict(f"You have {MOST} calendar addresses already; revoke one that is not used any more.")
        token = new_token()
        made = CalendarFeed.objects.create(
            owner_id=owner.id, schedule=schedule, token_hash=token_hash(token), hint=token[:HINT]
        )
        event = FeedMade(
            feed=str(made.id),
            person=owner.id,
            person_name=owner.name,
            schedule=str(schedule.id) if schedule else "",
            schedule_name=schedule.name if schedule else "",
        )
        append(f"schedule:{schedule.id}" if schedule else f"person:{owner.id}", event, actor)
    return token


def revoke_feed(actor: Actor, *, feed_id: str) -> None:
    """The address opens nothing from now on. One's own, or any for who may change schedules. Raises `NotFound`."""
    actor.require(VIEW)
    with transaction.atomic():
        row = (
            CalendarFeed.objects.select_for_update(of=("self",))
            .select_related("owner")
            .filter(id=id_of(feed_id))
            .first()
        )
        if row is None:
            raise NotFound("There is no such calendar address.")
        if str(row.owner_id) != actor.person:
            actor.require(CONFIGURE)
        if row.revoked_at is None:
            row.revoked_at = now()
            row.save(update_fields=["revoked_at"])
            event = FeedRevoked(feed=str(row.id), person=str(row.owner_id), person_name=str(row.owner))
            append(f"schedule:{row.schedule_id}" if row.schedule_id else f"person:{row.owner_id}", event, actor)
