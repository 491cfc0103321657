"""Jobs of this room: make the files, tell subscribers, turn maintenance at its time, and look that none was missed."""

from datetime import timedelta

from django.db import transaction

from tocsin.core.work import Done, JobView, Outcome, effect, periodic, transactional
from tocsin.domain.delivery.ports import DeliveryView, register_recheck
from tocsin.domain.statuspage.access import in_public
from tocsin.domain.statuspage.commands.maintenance import turn
from tocsin.domain.statuspage.commands.publishing import make
from tocsin.domain.statuspage.commands.telling import PURPOSE, tell_slice
from tocsin.domain.statuspage.jobs import RENDER, TELL, TURN, Render, Tell, Turn, render_soon
from tocsin.domain.statuspage.models import Component, Publication, PublicIncident, Subscriber, Update
from tocsin.domain.statuspage.rules.states import MAINTENANCE, MaintenanceStatus
from tocsin.kernel.clock import now

FRESH = timedelta(minutes=5)
"""While something is not operational, today's bar grows: the files are made anew this often."""
CALM = timedelta(hours=1)


@effect(RENDER, Render)
def render(payload: Render, job: JobView) -> Outcome:
    """Make the files, then write them: nothing is locked while they are made."""
    return Done(record=make())


@transactional(TELL, Tell)
def tell(payload: Tell, job: JobView) -> None:
    """One slice of subscribers."""
    tell_slice(payload)


@transactional(TURN, Turn)
def turn_maintenance(payload: Turn, job: JobView) -> None:
    """Maintenance begins or ends."""
    turn(payload.incident, payload.to)


@periodic("statuspage.look", every=timedelta(seconds=30))
def look() -> None:
    """Bars of days grow, days turn, and no timer may be lost: make anew and catch up what is due."""
    at = now()
    standing = Publication.objects.filter(single=True).first()
    if standing is not None:
        busy = Component.objects.filter(removed_at=None).exclude(status="operational").exists()
        age = at - standing.rendered_at if standing.rendered_at else CALM
        if standing.rendered < standing.wanted or age >= (FRESH if busy else CALM):
            with transaction.atomic():
                render_soon()
    open_ = PublicIncident.objects.filter(kind=MAINTENANCE, turns_by_itself=True, resolved_at=None, retracted_at=None)
    for id_, status, end in open_.filter(scheduled_for__lte=at).values_list("id", "status", "scheduled_until"):
        if end is not None and end <= at:
            turn(str(id_), MaintenanceStatus.COMPLETED)
        elif status == MaintenanceStatus.SCHEDULED:
            turn(str(id_), MaintenanceStatus.IN_PROGRESS)


def _still_public(delivery: DeliveryView) -> str | None:
    update = Update.objects.filter(id=delivery.subject_id).first()
    if update is None or not in_public(PublicIncident.objects.filter(id=update.incident_id)).exists():
        return "It is no longer public."
    subscriber = delivery.key.rpartition(":")[2]
    if not Subscriber.objects.filter(id=subscriber, state="active").exists():
        return "This subscriber has left, or the address is broken."
    return None


register_recheck(f"{PURPOSE}.update", _still_public)
