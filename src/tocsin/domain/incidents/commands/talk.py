"""What people say in an incident: notes, decisions, and status updates inside and outside."""

from datetime import datetime

from django.db import transaction

from tocsin.domain.incidents.commands import calling, timers
from tocsin.domain.incidents.commands.loading import locked, record, save, text
from tocsin.domain.incidents.events import Decided, Noted, StatusUpdateSent
from tocsin.domain.incidents.models import Deadline, Incident, StatusUpdate
from tocsin.domain.incidents.naming import author
from tocsin.domain.incidents.permissions import INFORM, RESPOND, WRITE
from tocsin.domain.incidents.rules.deadlines import DeadlineKind
from tocsin.domain.incidents.rules.states import FINAL_STATES, State
from tocsin.kernel.actor import Actor, Role
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Conflict, Invalid

AUDIENCES = ("", *(f"role:{role.value}" for role in Role))


def write(actor: Actor, *, incident: str, text: str, audience: str = "") -> None:
    """Write a note into the timeline, at any time, also when it is over. Event `incidents.noted`.

    `audience` narrows it (`role:security`).
    """
    actor.require(WRITE)
    said = _said(text)
    if audience not in AUDIENCES:
        raise Invalid(f"audience: choose all (empty) or one of {', '.join(AUDIENCES[1:])}.", field="audience")
    with transaction.atomic():
        row = locked(actor, incident)
        record(row, Noted(author=author(actor), text=said), actor, audience=audience)
        calling.active(row)


def decide(actor: Actor, *, incident: str, text: str) -> None:
    """Record a decision. Event `incidents.decided`."""
    actor.require(RESPOND)
    said = _said(text)
    with transaction.atomic():
        row = locked(actor, incident)
        record(row, Decided(author=author(actor), text=said), actor)
        calling.active(row)


def _said(words: str) -> str:
    return text(words, "text", needed="write something first.")


def send_status_update(actor: Actor, *, incident: str, internal: str = "", public: str = "") -> str:
    """Say how it stands, inside, outside or both, in two texts of their own; returns the id of the update.

    Event `incidents.status_update_sent`. The promised update is met, the next one due by the cadence of the severity.
    Nothing of a restricted incident is told outside: raises `Conflict`, as when it is closed.
    """
    actor.require(INFORM)
    inside, outside = text(internal, "internal"), text(public, "public")
    if not inside and not outside:
        raise Invalid("internal: write what to tell inside, outside, or both.", field="internal")
    with transaction.atomic():
        row = locked(actor, incident)
        if State(row.state) in FINAL_STATES:
            raise Conflict(f"{row.reference} is {row.state}; reopen it to send an update.", field="state")
        if outside and row.restricted:
            raise Conflict(
                f"{row.reference} is restricted: nothing of it goes outside until the Security Lead releases it.",
                field="public",
            )
        told = StatusUpdate.objects.create(
            incident=row, internal=inside, public=outside, author_id=actor.person or None, at=now()
        )
        _keep_promises(row, told)
        record(row, _sent(actor, row, told), actor)
        calling.active(row)
    return str(told.id)


def _keep_promises(row: Incident, told: StatusUpdate) -> None:
    """The cadence starts anew with what was told; the first public text is also the first public post."""
    fields = []
    if told.internal:
        timers.met(row, DeadlineKind.INTERNAL_UPDATE)
        row.internal_update_at = told.at
        fields.append("internal_update_at")
    if told.public:
        timers.met(row, DeadlineKind.PUBLIC_UPDATE)
        row.public_update_at = told.at
        fields.append("public_update_at")
        if row.public_post_at is None:
            row.public_post_at = told.at
            fields.append("public_post_at")
        if not row.visible_to_users:
            row.visible_to_users = True
            fields.append("visible_to_users")
    save(row, *fields)
    timers.replan(row)


def _sent(actor: Actor, row: Incident, told: StatusUpdate) -> StatusUpdateSent:
    return StatusUpdateSent(
        author=author(actor),
        update=str(told.id),
        internal=told.internal,
        public=told.public,
        next_internal_at=_due(row, DeadlineKind.INTERNAL_UPDATE),
        next_public_at=_due(row, DeadlineKind.PUBLIC_UPDATE),
    )


def _due(row: Incident, kind: DeadlineKind) -> datetime | None:
    found = Deadline.objects.filter(incident=row, kind=kind.value, met_at=None).order_by("due_at").first()
    return found.due_at if found else None
