"""Schedules: made, changed, removed. What makes a schedule useless is refused with its mend."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction

from tocsin.core.log import append
from tocsin.core.search.find import index, remove
from tocsin.domain.accounts import queries as accounts
from tocsin.domain.oncall.commands.layers import LayerInput, check_layers, layer_row, plain_layer, sun_layers
from tocsin.domain.oncall.commands.policies import policies_using
from tocsin.domain.oncall.events import ScheduleRemoved, ScheduleSaved
from tocsin.domain.oncall.models import Layer, Schedule
from tocsin.domain.oncall.permissions import CONFIGURE
from tocsin.domain.oncall.public_holidays import clean_region
from tocsin.domain.oncall.rules.regions import Region
from tocsin.domain.oncall.schedule_snapshots import READER
from tocsin.kernel.actor import Actor
from tocsin.kernel.business_time import zone_of
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Conflict, Invalid, NotFound
from tocsin.kernel.ids import id_of
from tocsin.kernel.subject import Subject

LONGEST_LIMIT = 24 * 366
MOST_NOTICES = 5
EARLIEST_NOTICE = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class ScheduleOptions:
    """What a schedule does besides saying who is on call.

    `team_id`: whose schedule it is. `holiday_region`: whose public holidays its calendar shows and its layers go by.
    `next_takes_over`: while someone is away, the next in the rotation stands in; else it only warns. `longest_hours`:
    more than that in a row is a finding. `notices`: minutes before a shift at which its person is told (0: at start).
    """

    team_id: str = ""
    holiday_region: str = ""
    next_takes_over: bool = False
    longest_hours: int = 192
    notices: tuple[int, ...] = (1440, 0)


def save_schedule(
    actor: Actor,
    *,
    name: str,
    time_zone: str,
    layers: Sequence[LayerInput],
    options: ScheduleOptions | None = None,
    schedule_id: str | None = None,
    version: int | None = None,
) -> str:
    """Make a schedule, or replace the name and layers of `schedule_id`; returns its id. Overrides stay.

    Without `options` they stay as they are. Raises `Invalid` naming what cannot be used, `Conflict` when someone
    else saved it since `version`.
    """
    actor.require(CONFIGURE)
    name = name.strip()
    if not name:
        raise Invalid("name: a schedule needs a name.", field="name")
    zone_of(time_zone, field="time_zone")
    with transaction.atomic():
        row = _row(schedule_id, version)
        if Schedule.objects.filter(name__iexact=name).exclude(id=row.id).exists():
            raise Invalid(f"name: there is a schedule '{name}' already; choose another name.", field="name")
        row.name, row.time_zone, row.changed_at = name, time_zone, now()
        if options is not None:
            _choose(row, options)
        check_layers(name, time_zone, row.holiday_region, layers)
        row.save()
        row.layers.all().delete()
        Layer.objects.bulk_create(layer_row(row, order, given) for order, given in enumerate(layers))
        plain = [plain_layer(given, time_zone) for given in layers]
        chosen: dict[str, object] = asdict(options) if options is not None else {}
        event = ScheduleSaved(schedule=str(row.id), name=name, layers=plain, options=chosen)
        append(f"schedule:{row.id}", event, actor)
        index(Subject("schedule", str(row.id), name, name, f"/on-call/schedules/{row.id}/"), "on call schedule")
    return str(row.id)


def add_follow_the_sun(
    actor: Actor,
    *,
    name: str,
    time_zone: str,
    regions: Sequence[Region],
    start: date,
    every: str = "weeks",
    count: int = 1,
    options: ScheduleOptions | None = None,
) -> str:
    """Make a schedule that goes round with the day: a layer for each region, in its own zone and hours.

    Raises `Invalid` as `save_schedule` does; where hours leave a gap, the schedule's findings say so.
    """
    layers = sun_layers(regions, start=start, every=every, count=count)
    return save_schedule(actor, name=name, time_zone=time_zone, layers=layers, options=options)


def remove_schedule(actor: Actor, *, schedule_id: str) -> None:
    """Remove a schedule. Raises `Conflict` while an escalation policy pages it."""
    actor.require(CONFIGURE)
    with transaction.atomic():
        row = locked_schedule(schedule_id)
        used = policies_using("schedule", str(row.id))
        if used:
            raise Conflict(f"{row.name} is paged by {', '.join(used)}; take it out of there first.")
        append(f"schedule:{row.id}", ScheduleRemoved(schedule=str(row.id), name=row.name), actor)
        remove(f"schedule:{row.id}")
        row.delete()


def locked_schedule(schedule_id: str) -> Schedule:
    """The row, locked. Raises `NotFound`."""
    row = Schedule.objects.select_for_update().filter(id=id_of(schedule_id)).first()
    if row is None:
        raise NotFound("There is no such schedule.")
    return row


def touch(row: Schedule) -> None:
    """Note that who is on call may have changed: calendars elsewhere go by it."""
    row.changed_at = now()
    row.save(update_fields=["changed_at"])


def active_person(person_id: str, field: str) -> accounts.PersonView:
    """The active person. Raises `Invalid` naming `field`."""
    found = accounts.people(READER, [person_id])
    if not found or not found[0].active:
        raise Invalid(f"{field}: choose an active person.", field=field)
    return found[0]


def _choose(row: Schedule, options: ScheduleOptions) -> None:
    if not 1 <= options.longest_hours <= LONGEST_LIMIT:
        sentence = f"longest_hours: write 1 to {LONGEST_LIMIT} hours; a week is 168."
        raise Invalid(sentence, field="longest_hours")
    earliest = int(EARLIEST_NOTICE.total_seconds() // 60)
    if len(options.notices) > MOST_NOTICES or any(not 0 <= lead <= earliest for lead in options.notices):
        sentence = f"notices: at most {MOST_NOTICES}, each 0 minutes to {EARLIEST_NOTICE.days} days before the shift."
        raise Invalid(sentence, field="notices")
    row.team_id = _team(options.team_id)
    row.holiday_region = clean_region(options.holiday_region)
    row.next_takes_over = options.next_takes_over
    row.longest_hours = options.longest_hours
    row.notices = sorted(set(options.notices), reverse=True)


def _team(team_id: str) -> UUID | None:
    if not team_id:
        return None
    try:
        return id_of(accounts.team(READER, team_id).id)
    except NotFound as error:
        raise Invalid("team_id: there is no such team; choose one of those there are.", field="team_id") from error


def _row(schedule_id: str | None, version: int | None) -> Schedule:
    if schedule_id is None:
        return Schedule(version=1)
    row = locked_schedule(schedule_id)
    if version is not None and row.version != version:
        raise Conflict(f"{row.name} was changed by someone else in the meantime; look at it again, then save.")
    row.version += 1
    return row
