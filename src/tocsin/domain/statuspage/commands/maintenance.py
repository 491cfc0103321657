"""Scheduled maintenance: announced, moved, begun and ended by timers that survive a restart."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import translation

from tocsin.domain.statuspage.commands.components import still_needed
from tocsin.domain.statuspage.commands.incidents import told
from tocsin.domain.statuspage.commands.loading import (
    TOCSIN,
    changed,
    locked_component,
    locked_incident,
    record,
    the_page,
    words,
)
from tocsin.domain.statuspage.events import PublicIncidentChanged, PublicIncidentOpened
from tocsin.domain.statuspage.jobs import turn_at, turn_no_more
from tocsin.domain.statuspage.models import Component, Named, PublicIncident, Text, Update
from tocsin.domain.statuspage.permissions import PUBLISH
from tocsin.domain.statuspage.rules.states import (
    ACTIVE_MAINTENANCE,
    MAINTENANCE,
    ComponentStatus,
    Impact,
    MaintenanceStatus,
)
from tocsin.domain.statuspage.wording import default_text
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Conflict, Invalid

LONGEST = timedelta(days=90)


def schedule_maintenance(
    actor: Actor,
    *,
    title: str,
    body: str,
    components: Sequence[str],
    scheduled_for: datetime,
    scheduled_until: datetime,
    by_itself: bool = True,
    notify: bool = True,
    key: str = "",
) -> str:
    """Announce maintenance of components (ids or codes); its id. Events `incident_opened`, `update_posted`.

    `by_itself`: it begins and ends at its times, which sets its components. The same `key` returns what it made.
    Raises `Denied`, `Invalid`, `NotFound`.
    """
    actor.require(PUBLISH)
    _window(scheduled_for, scheduled_until)
    with transaction.atomic():
        known = Update.objects.filter(key=key).first() if key else None
        if known is not None:
            return str(known.incident_id)
        at = now()
        rows = [locked_component(given) for given in sorted(set(components))]
        row = PublicIncident.objects.create(
            kind=MAINTENANCE,
            title=words(title, "title", longest=200, needed="say what is maintained."),
            status=MaintenanceStatus.SCHEDULED,
            impact=Impact.MAINTENANCE,
            scheduled_for=scheduled_for,
            scheduled_until=scheduled_until,
            turns_by_itself=by_itself,
            started_at=at,
            created_at=at,
            updated_at=at,
            version=0,
        )
        Named.objects.bulk_create([Named(incident=row, component=component) for component in rows])
        record(PublicIncidentOpened(title=row.title, kind=row.kind, impact=row.impact), actor, incident=row)
        told(actor, row, MaintenanceStatus.SCHEDULED, body, {}, notify=notify, key=key)
        _set_timers(row)
    return str(row.id)


def move_maintenance(
    actor: Actor,
    *,
    public_incident_id: str,
    scheduled_for: datetime,
    scheduled_until: datetime,
    version: int | None = None,
) -> None:
    """Change its times; the timers move with them. Event `statuspage.incident_changed`.

    Raises `Denied`, `NotFound`, `Invalid`; `Conflict` when it is over, or has begun and its beginning is changed.
    """
    actor.require(PUBLISH)
    with transaction.atomic():
        row = locked_incident(actor, public_incident_id, version=version)
        if row.kind != MAINTENANCE or row.resolved_at is not None:
            raise Conflict("This maintenance is over; announce a new one.", field="scheduled_for")
        begun = row.status in ACTIVE_MAINTENANCE
        if begun and scheduled_for != row.scheduled_for:
            raise Conflict("It has begun already; only its end can be moved.", field="scheduled_for")
        _window(scheduled_for, scheduled_until, begun=begun)
        row.scheduled_for, row.scheduled_until = scheduled_for, scheduled_until
        row.updated_at = now()
        row.version += 1
        row.save()
        _set_timers(row)
        record(PublicIncidentChanged(fields=("times",)), actor, incident=row)
        changed()


def _window(begin: datetime, end: datetime, *, begun: bool = False) -> None:
    if end <= begin:
        raise Invalid("scheduled_until: it must end after it begins.", field="scheduled_until")
    if end - begin > LONGEST:
        raise Invalid(f"scheduled_until: at most {LONGEST.days} days.", field="scheduled_until")
    if end <= now():
        raise Invalid("scheduled_until: this is over already; choose a time to come.", field="scheduled_until")
    if begin < now() - timedelta(days=1) and not begun:
        raise Invalid("scheduled_for: this is too long ago; choose a time to come.", field="scheduled_for")


def _set_timers(row: PublicIncident) -> None:
    if not row.turns_by_itself or row.scheduled_for is None or row.scheduled_until is None:
        return
    if row.status == MaintenanceStatus.SCHEDULED:
        turn_at(str(row.id), MaintenanceStatus.IN_PROGRESS, row.scheduled_for)
    turn_at(str(row.id), MaintenanceStatus.COMPLETED, row.scheduled_until)


def turn(incident: str, to: str) -> None:
    """What a timer does: begin or end maintenance whose time has come. Idempotent; looks at what is true now."""
    with transaction.atomic():
        row = PublicIncident.objects.select_for_update().filter(id=incident, retracted_at=None).first()
        if row is None or row.kind != MAINTENANCE or row.resolved_at is not None or not row.turns_by_itself:
            return
        due = row.scheduled_for if to == MaintenanceStatus.IN_PROGRESS else row.scheduled_until
        if due is None or due > now():
            return
        if to == MaintenanceStatus.IN_PROGRESS and row.status != MaintenanceStatus.SCHEDULED:
            return
        own = Component.objects.filter(id__in=Named.objects.filter(incident=row).values("component"), removed_at=None)
        listed = list(own.order_by("position"))
        states = {str(one.id): str(ComponentStatus.MAINTENANCE) for one in listed}
        if to == MaintenanceStatus.COMPLETED:
            states = still_needed(row.id)
        told(TOCSIN, row, to, agreed_text(to, [one.name for one in listed]), states)
        if to == MaintenanceStatus.COMPLETED:
            turn_no_more(str(row.id), MaintenanceStatus.IN_PROGRESS)


def agreed_text(status: str, names: list[str]) -> str:
    """The text that people agreed on for this state, else Tocsin's own, in the page's first language."""
    agreed = Text.objects.filter(status=status, name__istartswith="auto").order_by("name").first()
    if agreed is not None:
        return agreed.body
    languages = the_page().languages
    with translation.override(languages[0] if languages else None):
        return default_text(status, names)
