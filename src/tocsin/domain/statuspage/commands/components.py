"""Components of the page, their order, and their state with its history."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max

from tocsin.domain.catalog.queries import services
from tocsin.domain.statuspage.commands.loading import TOCSIN, changed, locked_component, record, save, words
from tocsin.domain.statuspage.events import ComponentAdded, ComponentChanged, ComponentRemoved, StatusSet
from tocsin.domain.statuspage.models import Component, Group, Named, StatusSpan
from tocsin.domain.statuspage.permissions import MANAGE, PUBLISH
from tocsin.domain.statuspage.rules.states import ComponentStatus, component_status
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Conflict, Invalid, NotFound
from tocsin.kernel.ids import id_of


def add_component(
    actor: Actor,
    *,
    name: str,
    service_id: str | None = None,
    group_id: str | None = None,
    description: str = "",
    showcase: bool = True,
    only_show_if_degraded: bool = False,
    start_date: date | None = None,
) -> str:
    """Put a component at the end of its group; its id. Event `statuspage.component_added`.

    `start_date`: from when its history counts (default: today). Raises `Denied`, `Invalid`.
    """
    actor.require(MANAGE)
    at = now()
    with transaction.atomic():
        last = Component.objects.filter(removed_at=None).aggregate(last=Max("position"))["last"]
        row = Component(
            name=words(name, "name", longest=120, needed="give the component a name."),
            description=words(description, "description", longest=500),
            service_id=_service(service_id or ""),
            group_id=_group(group_id or ""),
            position=0 if last is None else last + 1,
            showcase=showcase,
            only_show_if_degraded=only_show_if_degraded,
            start_date=start_date or at.date(),
            created_at=at,
            updated_at=at,
        )
        _insert(row)
        begin = at if start_date is None else datetime.combine(start_date, datetime.min.time(), at.tzinfo)
        StatusSpan.objects.create(component=row, status=row.status, since=min(begin, at))
        record(ComponentAdded(component=str(row.id), name=row.name), actor)
        changed()
    return str(row.id)


def change_component(
    actor: Actor,
    *,
    component_id: str,
    name: str | None = None,
    description: str | None = None,
    service_id: str | None = None,
    group_id: str | None = None,
    showcase: bool | None = None,
    only_show_if_degraded: bool | None = None,
    version: int | None = None,
) -> None:
    """Change fields; None leaves one as it is, '' takes service or group away. Event `statuspage.component_changed`.

    Raises `Denied`, `NotFound`, `Invalid`; `Conflict` when `version` is no longer the row's.
    """
    actor.require(MANAGE)
    given = {
        "name": None if name is None else words(name, "name", longest=120, needed="give the component a name."),
        "description": None if description is None else words(description, "description", longest=500),
        "showcase": showcase,
        "only_show_if_degraded": only_show_if_degraded,
    }
    values: dict[str, object] = {field: value for field, value in given.items() if value is not None}
    if service_id is not None:
        values["service_id"] = _service(service_id)
    if group_id is not None:
        values["group_id"] = _group(group_id)
    try:
        with transaction.atomic():
            row = locked_component(component_id)
            if version is not None and version != row.version:
                raise Conflict("Someone else changed this component meanwhile; look again, then save.")
            fields = save(row, values)
            if fields:
                called = tuple(field.removesuffix("_id") for field in fields)
                record(ComponentChanged(component=str(row.id), name=row.name, fields=called), actor)
                changed()
    except IntegrityError as error:
        raise Invalid("name: there is a component of this name already.", field="name") from error


def remove_component(actor: Actor, *, component_id: str) -> None:
    """Take a component off the page; its history and past incidents keep it. Event `statuspage.component_removed`.

    Raises `Denied`, `NotFound`; `Conflict` while an incident or maintenance that is not over names it.
    """
    actor.require(MANAGE)
    with transaction.atomic():
        row = locked_component(component_id)
        naming = Named.objects.filter(component=row, incident__resolved_at=None, incident__retracted_at=None)
        link = naming.select_related("incident").first()
        if link is not None:
            raise Conflict(
                f"'{link.incident.title}' names {row.name} and is not over; resolve it first, or keep the component.",
                field="component",
            )
        row.removed_at = row.updated_at = now()
        row.version += 1
        row.save(update_fields=["removed_at", "updated_at", "version"])
        StatusSpan.objects.filter(component=row, until=None).update(until=row.removed_at)
        record(ComponentRemoved(component=str(row.id), name=row.name), actor)
        changed()


def move_component(actor: Actor, *, component_id: str, by: int) -> None:
    """Move it up (-1) or down (1) within its group. Raises `Denied`, `NotFound`."""
    actor.require(MANAGE)
    with transaction.atomic():
        row = locked_component(component_id)
        rows = list(Component.objects.select_for_update().filter(removed_at=None).order_by("position", "name"))
        mates = [other for other in rows if other.group_id == row.group_id]
        here = next(i for i, other in enumerate(mates) if other.id == row.id)
        there = here + (1 if by > 0 else -1)
        if 0 <= there < len(mates):
            places = [rows.index(mates[here]), rows.index(mates[there])]
            rows[places[0]], rows[places[1]] = rows[places[1]], rows[places[0]]
        for position, other in enumerate(rows):
            if other.position != position:
                Component.objects.filter(id=other.id).update(position=position)
        changed()


def set_component_status(actor: Actor, *, components: Mapping[str, str]) -> None:
    """Say how components do, without an incident: {id or code: state}. Event `statuspage.status_set`.

    Raises `Denied`, `NotFound`, `Invalid`.
    """
    actor.require(PUBLISH)
    with transaction.atomic():
        changes = put(components, now())
        if changes:
            told = tuple((c["name"], c["old_status"], c["new_status"]) for c in changes)
            record(StatusSet(changes=told), actor)
            changed()


def put(components: Mapping[str, str], at: datetime) -> list[dict[str, str]]:
    """Move components to their states and write their history; what changed, as an update keeps it."""
    found = []
    for given, value in sorted(components.items()):
        wanted = component_status(value)
        row = locked_component(given)
        change = {"code": row.code, "name": row.name, "old_status": row.status, "new_status": str(wanted)}
        found.append(change)
        if row.status == wanted:
            continue
        StatusSpan.objects.filter(component=row, until=None).update(until=at)
        StatusSpan.objects.create(component=row, status=wanted, since=at)
        row.status, row.updated_at = wanted, at
        row.save(update_fields=["status", "updated_at"])
    return found


def still_needed(incident: UUID) -> dict[str, str]:
    """Components of an incident that ends, each with the state it has from now on: operational, unless another
    incident or maintenance under way names it too; then it stays as it is.
    """
    own = Named.objects.filter(incident=incident).values_list("component_id", flat=True)
    others = Named.objects.filter(component__in=list(own), incident__resolved_at=None, incident__retracted_at=None)
    others = others.exclude(incident=incident).exclude(incident__status="scheduled")
    busy = set(others.values_list("component_id", flat=True))
    rows = Component.objects.filter(id__in=list(own), removed_at=None)
    return {str(row.id): row.status if row.id in busy else ComponentStatus.OPERATIONAL for row in rows}


def of_services(service_ids: Sequence[str]) -> list[Component]:
    """Components that stand for these services, in the order of the page."""
    return list(Component.objects.filter(service__in=list(service_ids), removed_at=None).order_by("position", "name"))


def _insert(row: Component) -> None:
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise Invalid(f"name: there is a component '{row.name}' already.", field="name") from error


def _service(service_id: str) -> UUID | None:
    if not service_id:
        return None
    if not services(TOCSIN, [service_id]):
        raise Invalid("service_id: there is no such service.", field="service_id")
    return UUID(service_id)


def _group(group_id: str) -> UUID | None:
    if not group_id:
        return None
    found = Group.objects.filter(id=id_of(group_id)).first()
    if found is None:
        raise NotFound("There is no such group.", field="group_id")
    return found.id
