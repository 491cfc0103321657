"""Who takes over for a while, whatever the rotation says."""

from datetime import datetime

from django.db import transaction

from tocsin.core.log import append
from tocsin.domain.oncall.commands.schedules import active_person, locked_schedule, touch
from tocsin.domain.oncall.events import OverrideAdded, OverrideRemoved
from tocsin.domain.oncall.models import Override, Schedule
from tocsin.domain.oncall.permissions import OVERRIDE
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Invalid, NotFound
from tocsin.kernel.ids import id_of


def add_override(
    actor: Actor, *, schedule_id: str, person_id: str, start: datetime, end: datetime, replaces: str = ""
) -> str:
    """Put a person on call from `start` until `end`, instead of `replaces` or of anyone; returns its id.

    Raises `Invalid` for an end that is not later than the start or is past, or a person who is not active.
    """
    actor.require(OVERRIDE)
    if end <= start:
        raise Invalid("end: it must be later than the start.", field="end")
    if end <= now():
        raise Invalid("end: this time is over; an override changes only what is to come.", field="end")
    with transaction.atomic():
        return put_over(actor, locked_schedule(schedule_id), person_id, start, end, replaces)


def put_over(actor: Actor, row: Schedule, person_id: str, start: datetime, end: datetime, replaces: str = "") -> str:
    """Set an override in the caller's transaction; its id. `row` is locked."""
    person = active_person(person_id, "person")
    if replaces:
        active_person(replaces, "replaces")
    made = Override.objects.create(
        schedule=row, person_id=person.id, replaces_id=replaces or None, start_at=start, end_at=end
    )
    touch(row)
    event = OverrideAdded(
        override=str(made.id),
        person=person.id,
        person_name=person.name,
        replaces=replaces,
        start_at=start.isoformat(),
        end_at=end.isoformat(),
    )
    append(f"schedule:{row.id}", event, actor)
    return str(made.id)


def remove_override(actor: Actor, *, override_id: str) -> None:
    """The rotation holds again. Raises `NotFound`."""
    actor.require(OVERRIDE)
    with transaction.atomic():
        row = Override.objects.select_related("schedule", "person").filter(id=id_of(override_id)).first()
        if row is None:
            raise NotFound("There is no such override; someone may have removed it.")
        touch(row.schedule)
        event = OverrideRemoved(override=str(row.id), person=str(row.person_id), person_name=str(row.person))
        append(f"schedule:{row.schedule_id}", event, actor)
        row.delete()
