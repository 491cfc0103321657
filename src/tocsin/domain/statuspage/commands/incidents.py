"""Public incidents and their updates: opened, told on, corrected, taken off.

One update is told once: a key that was used, the same words pressed twice, or a version that is no longer true never
make a second one. What stems from a restricted incident is refused.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import translation

from tocsin.domain.incidents import commands as incidents
from tocsin.domain.incidents import queries as inside
from tocsin.domain.statuspage.commands.components import put, still_needed
from tocsin.domain.statuspage.commands.loading import (
    TOCSIN,
    changed,
    locked_component,
    locked_incident,
    record,
    the_page,
    words,
)
from tocsin.domain.statuspage.events import (
    PublicIncidentChanged,
    PublicIncidentOpened,
    PublicIncidentRetracted,
    UpdatePosted,
)
from tocsin.domain.statuspage.jobs import tell_next, turn_no_more
from tocsin.domain.statuspage.models import Component, Named, PublicIncident, Update
from tocsin.domain.statuspage.permissions import PUBLISH
from tocsin.domain.statuspage.rules.states import INCIDENT, OVER, Impact, checked, impact_of
from tocsin.domain.statuspage.wording import default_title
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Conflict, Invalid, NotFound
from tocsin.kernel.ids import id_of

FROM_INSIDE = "incident-update:"
"""Begins the key of what was written as a status update in our incident, whose log has it already."""
TWICE_WITHIN = timedelta(minutes=2)
"""The same words for the same incident within this time are one update: somebody pressed twice."""


def open_incident(
    actor: Actor,
    *,
    title: str,
    status: str,
    body: str,
    components: Mapping[str, str],
    incident: str | None = None,
    impact: str = "",
    next_update_at: datetime | None = None,
    notify: bool = True,
    key: str = "",
) -> str:
    """Tell the public of an incident; its id. Events `statuspage.incident_opened`, `update_posted`.

    `components`: {id or code: state}. `incident`: ours (id or reference), of which nothing restricted goes out.
    Without a title it is named after its components. The same `key` again returns what it made.
    Raises `Denied`, `Invalid`, `NotFound`; `Conflict` when ours is restricted or has an open one in public.
    """
    actor.require(PUBLISH)
    checked(INCIDENT, status)
    with transaction.atomic():
        known = Update.objects.filter(key=key).first() if key else None
        if known is not None:
            return str(known.incident_id)
        ours = _ours(actor, incident)
        names = [locked_component(given).name for given in sorted(components)]
        at = now()
        row = PublicIncident(
            kind=INCIDENT,
            title=words(title, "title", longest=200) or _named(names),
            status=status,
            impact=_impact(impact) if impact else Impact.NONE,
            impact_set=bool(impact),
            incident_id=ours,
            started_at=at,
            created_at=at,
            updated_at=at,
            version=0,
        )
        _insert(row)
        record(PublicIncidentOpened(title=row.title, kind=row.kind, impact=row.impact), actor, incident=row)
        told(actor, row, status, body, components, next_update_at=next_update_at, notify=notify, key=key)
    return str(row.id)


def _ours(actor: Actor, incident: str | None) -> str | None:
    if not incident:
        return None
    found = inside.row(actor, incident)
    if found.restricted:
        raise Conflict(
            f"{found.reference} is restricted: nothing of it goes outside until the Security Lead releases it.",
            field="incident",
        )
    return found.id


def _named(names: list[str]) -> str:
    with translation.override(the_page().languages[0] if the_page().languages else None):
        return default_title(names)


def _insert(row: PublicIncident) -> None:
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict(
            "This incident is on the status page already; post an update there.", field="incident"
        ) from error


def _impact(value: str) -> str:
    if value not in set(Impact):
        raise Invalid(f"impact: choose one of {', '.join(Impact)}.", field="impact")
    return value


def post_update(
    actor: Actor,
    *,
    public_incident_id: str,
    status: str,
    body: str,
    components: Mapping[str, str] | None = None,
    next_update_at: datetime | None = None,
    notify: bool = True,
    version: int | None = None,
    key: str = "",
) -> str:
    """Tell the public how it stands; the id of the update. Event `statuspage.update_posted`.

    Once over, its components are operational again unless `components` says otherwise. `version`: what the writer
    had read. The same `key`, or the same words within two minutes, return the update that is there.
    Raises `Denied`, `Invalid`, `NotFound`; `Conflict` when somebody published meanwhile, or when it is restricted.
    """
    actor.require(PUBLISH)
    with transaction.atomic():
        known = Update.objects.filter(key=key).first() if key else None
        if known is not None:
            return str(known.id)
        row = locked_incident(actor, public_incident_id)
        checked(row.kind, status)
        text = words(body, "body", longest=20_000, needed="write what to tell.", lines=True)
        same = _pressed_twice(row, status, text)
        if same is not None:
            return str(same.id)
        row = locked_incident(actor, public_incident_id, version=version)
        if row.incident_id:
            _ours(TOCSIN, str(row.incident_id))
        given = dict(components or {})
        if status in OVER and row.resolved_at is None:
            given = still_needed(row.id) | _by_id(given)
        posted = told(actor, row, status, text, given, next_update_at=next_update_at, notify=notify, key=key)
    return str(posted.id)


def _pressed_twice(row: PublicIncident, status: str, text: str) -> Update | None:
    last = Update.objects.filter(incident=row).order_by("-display_at", "-id").first()
    if last is None or (last.status, last.body) != (status, text) or now() - last.created_at > TWICE_WITHIN:
        return None
    return last


def _by_id(components: Mapping[str, str]) -> dict[str, str]:
    return {str(locked_component(given).id): status for given, status in components.items()}


def told(
    actor: Actor,
    row: PublicIncident,
    status: str,
    body: str,
    components: Mapping[str, str],
    *,
    next_update_at: datetime | None = None,
    notify: bool = True,
    key: str = "",
) -> Update:
    """Write one update of a locked incident with all that follows: states, impact, files, messages."""
    text = words(body, "body", longest=20_000, needed="write what to tell.", lines=True)
    at = now()
    affected = put(components, at)
    for change in affected:
        Named.objects.get_or_create(incident=row, component=Component.objects.get(code=change["code"]))
    posted = Update.objects.create(
        incident=row,
        status=status,
        body=text,
        affected=affected,
        notify=notify,
        author_id=actor.person or None,
        key=key or None,
        display_at=at,
        created_at=at,
        updated_at=at,
    )
    _move(row, status, [change["new_status"] for change in affected], at)
    row.next_update_at = next_update_at if row.resolved_at is None else None
    row.updated_at = at
    row.version += 1
    row.save()
    said = UpdatePosted(author=actor.person or actor.id, update=str(posted.id), status=status, text=text)
    record(said, actor, incident=row)
    if row.incident_id and not key.startswith(FROM_INSIDE):
        incidents.told_in_public(actor, incident=str(row.incident_id), public=text, state=status)
    changed()
    if notify:
        tell_next(str(posted.id))
    return posted


def _move(row: PublicIncident, status: str, states: list[str], at: datetime) -> None:
    row.status = status
    if row.kind == INCIDENT and not row.impact_set:
        # The worst that it ever was: an incident that is nearly solved was not a small one.
        row.impact = max(Impact(row.impact), impact_of(states), key=lambda impact: impact.rank)
    if status == "monitoring" and row.monitoring_at is None:
        row.monitoring_at = at
    if status in OVER:
        row.resolved_at = row.resolved_at or at
        turn_no_more(str(row.id), "in_progress", "completed")
    else:
        row.resolved_at = None


def change_incident(
    actor: Actor,
    *,
    public_incident_id: str,
    title: str | None = None,
    impact: str | None = None,
    version: int | None = None,
) -> None:
    """Correct title or impact ('' lets components decide again); tells nobody. Event `statuspage.incident_changed`."""
    actor.require(PUBLISH)
    with transaction.atomic():
        row = locked_incident(actor, public_incident_id, version=version)
        fields = []
        if title is not None and (new := words(title, "title", longest=200, needed="give it a title.")) != row.title:
            row.title = new
            fields.append("title")
        if impact is not None and (_impact(impact) if impact else "") != (row.impact if row.impact_set else ""):
            worst = [change["new_status"] for update in row.updates.all() for change in update.affected]
            row.impact_set, row.impact = bool(impact), impact or impact_of(worst)
            fields.append("impact")
        if fields:
            row.updated_at = now()
            row.version += 1
            row.save()
            record(PublicIncidentChanged(fields=tuple(fields)), actor, incident=row)
            _corrected(actor, row, *fields, text=f"{row.title}, {row.impact} impact")
            changed()


def correct_update(actor: Actor, *, update_id: str, body: str) -> None:
    """Correct the text of an update that is published; tells nobody anew. Event `statuspage.incident_changed`."""
    actor.require(PUBLISH)
    text = words(body, "body", longest=20_000, needed="write what to tell.", lines=True)
    with transaction.atomic():
        found = Update.objects.filter(id=id_of(update_id)).first()
        if found is None:
            raise NotFound("There is no such update.")
        row = locked_incident(actor, str(found.incident_id))
        if found.body == text:
            return
        at = now()
        Update.objects.filter(id=found.id).update(body=text, updated_at=at)
        row.updated_at = at
        row.version += 1
        row.save(update_fields=["updated_at", "version"])
        record(PublicIncidentChanged(fields=("text",)), actor, incident=row)
        _corrected(actor, row, "text", text=text)
        changed()


def _corrected(actor: Actor, row: PublicIncident, *fields: str, text: str) -> None:
    if row.incident_id:
        incidents.corrected_in_public(actor, incident=str(row.incident_id), fields=fields, text=text)


def retract_incident(actor: Actor, *, public_incident_id: str, reason: str) -> None:
    """Take it off the page with all its updates; messages that wait are held back. Event `incident_retracted`."""
    actor.require(PUBLISH)
    why = words(reason, "reason", longest=500, needed="say why it is taken off.")
    with transaction.atomic():
        row = locked_incident(actor, public_incident_id)
        if row.resolved_at is None:
            put(still_needed(row.id), now())
        row.retracted_at = row.updated_at = now()
        row.version += 1
        row.save()
        turn_no_more(str(row.id), "in_progress", "completed")
        record(PublicIncidentRetracted(author=actor.person or actor.id, reason=why), actor, incident=row)
        if row.incident_id:
            incidents.retracted_in_public(actor, incident=str(row.incident_id), title=row.title, reason=why)
        changed()
