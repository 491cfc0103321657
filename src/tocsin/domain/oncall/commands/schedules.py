"""Schedules, and who takes over for a while. What makes a schedule useless is refused with its mend."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time

from django.db import transaction

from tocsin.core.log import append
from tocsin.core.search.find import index, remove
from tocsin.domain.accounts import queries as accounts
from tocsin.domain.oncall.commands.policies import policies_using
from tocsin.domain.oncall.events import OverrideAdded, OverrideRemoved, ScheduleRemoved, ScheduleSaved
from tocsin.domain.oncall.models import Layer, Override, Schedule
from tocsin.domain.oncall.permissions import CONFIGURE, OVERRIDE
from tocsin.domain.oncall.rules import schedule as shifts
from tocsin.domain.oncall.snapshots import READER, id_of
from tocsin.kernel.actor import Actor
from tocsin.kernel.business_time import zone_of
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Conflict, Invalid, NotFound
from tocsin.kernel.subject import Subject

MOST_LAYERS = 10


@dataclass(frozen=True, slots=True)
class Window:
    """A weekly window in which a layer counts (Monday 0); `closes` at or before `opens` is the next day's."""

    weekday: int
    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class LayerInput:
    """One layer as given; a later layer wins over an earlier one. Without a zone: the schedule's."""

    people: tuple[str, ...]
    handoff: time
    start: date
    every: str = "weeks"
    count: int = 1
    time_zone: str = ""
    end: date | None = None
    restrictions: tuple[Window, ...] = field(default=())


def save_schedule(
    actor: Actor,
    *,
    name: str,
    time_zone: str,
    layers: Sequence[LayerInput],
    schedule_id: str | None = None,
    version: int | None = None,
) -> str:
    """Make a schedule, or replace the name and layers of `schedule_id`; returns its id. Overrides stay.

    Raises `Invalid` naming what cannot be used, `Conflict` when someone else saved it since `version`.
    """
    actor.require(CONFIGURE)
    name = name.strip()
    if not name:
        raise Invalid("name: a schedule needs a name.", field="name")
    zone_of(time_zone, field="time_zone")
    if not 1 <= len(layers) <= MOST_LAYERS:
        raise Invalid(f"layers: a schedule has 1 to {MOST_LAYERS} layers.", field="layers")
    _check(name, time_zone, layers)
    with transaction.atomic():
        row = _row(schedule_id, version)
        if Schedule.objects.filter(name__iexact=name).exclude(id=row.id).exists():
            raise Invalid(f"name: there is a schedule '{name}' already; choose another name.", field="name")
        row.name, row.time_zone = name, time_zone
        row.save()
        row.layers.all().delete()
        Layer.objects.bulk_create(_layer(row, order, given) for order, given in enumerate(layers))
        plain = [_plain(given, time_zone) for given in layers]
        append(f"schedule:{row.id}", ScheduleSaved(schedule=str(row.id), name=name, layers=plain), actor)
        index(Subject("schedule", str(row.id), name, name, f"/on-call/schedules/{row.id}/"), "on call schedule")
    return str(row.id)


def remove_schedule(actor: Actor, *, schedule_id: str) -> None:
    """Remove a schedule. Raises `Conflict` while an escalation policy pages it."""
    actor.require(CONFIGURE)
    with transaction.atomic():
        row = _load(schedule_id)
        used = policies_using("schedule", str(row.id))
        if used:
            raise Conflict(f"{row.name} is paged by {', '.join(used)}; take it out of there first.")
        append(f"schedule:{row.id}", ScheduleRemoved(schedule=str(row.id), name=row.name), actor)
        remove(f"schedule:{row.id}")
        row.delete()


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
        row = _load(schedule_id)
        person = _active(person_id, "person")
        if replaces:
            _active(replaces, "replaces")
        made = Override.objects.create(
            schedule=row, person_id=person.id, replaces_id=replaces or None, start_at=start, end_at=end
        )
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
        event = OverrideRemoved(override=str(row.id), person=str(row.person_id), person_name=str(row.person))
        append(f"schedule:{row.schedule_id}", event, actor)
        row.delete()


def _row(schedule_id: str | None, version: int | None) -> Schedule:
    if schedule_id is None:
        return Schedule(version=1)
    row = _load(schedule_id)
    if version is not None and row.version != version:
        raise Conflict(f"{row.name} was changed by someone else in the meantime; look at it again, then save.")
    row.version += 1
    return row


def _load(schedule_id: str) -> Schedule:
    row = Schedule.objects.select_for_update().filter(id=id_of(schedule_id)).first()
    if row is None:
        raise NotFound("There is no such schedule.")
    return row


def _active(person_id: str, field_: str) -> accounts.PersonView:
    found = accounts.people(READER, [person_id])
    if not found or not found[0].active:
        raise Invalid(f"{field_}: choose an active person.", field=field_)
    return found[0]


def _check(name: str, time_zone: str, layers: Sequence[LayerInput]) -> None:
    """What the rules call a problem is refused here, so that it never has to be met at page time."""
    active = {p.id for p in accounts.people(READER, {id_ for given in layers for id_ in given.people}) if p.active}
    for number, given in enumerate(layers, 1):
        if any(id_ not in active for id_ in given.people):
            raise Invalid(f"people: layer {number} names someone who is not an active person.", field="people")
        if given.every not in set(shifts.Every):
            raise Invalid(f"every: layer {number} hands over by hours, days or weeks.", field="every")
    snapshot = shifts.Schedule("", name, tuple(_rule(n, g, time_zone) for n, g in enumerate(layers, 1)))
    for problem in shifts.problems(snapshot):
        raise Invalid(f"{problem.field}: {problem.sentence}", field=problem.field)


def _rule(order: int, given: LayerInput, time_zone: str) -> shifts.Layer:
    return shifts.Layer(
        id=str(order),
        order=order,
        people=given.people,
        rotation=shifts.Rotation(shifts.Every(given.every), given.count),
        handoff=given.handoff,
        zone=given.time_zone or time_zone,
        start=given.start,
        end=given.end,
        restrictions=tuple(shifts.Restriction(w.weekday, w.opens, w.closes) for w in given.restrictions),
    )


def _layer(row: Schedule, order: int, given: LayerInput) -> Layer:
    return Layer(
        schedule=row,
        order=order,
        people=list(given.people),
        every=given.every,
        count=given.count,
        handoff=given.handoff,
        time_zone=given.time_zone or row.time_zone,
        start=given.start,
        end=given.end,
        restrictions=_windows(given),
    )


def _windows(given: LayerInput) -> list[dict[str, object]]:
    return [
        {"weekday": w.weekday, "opens": w.opens.isoformat("minutes"), "closes": w.closes.isoformat("minutes")}
        for w in given.restrictions
    ]


def _plain(given: LayerInput, time_zone: str) -> dict[str, object]:
    return {
        "people": list(given.people),
        "every": given.every,
        "count": given.count,
        "handoff": given.handoff.isoformat("minutes"),
        "time_zone": given.time_zone or time_zone,
        "start": given.start.isoformat(),
        "end": given.end.isoformat() if given.end else None,
        "restrictions": _windows(given),
    }
