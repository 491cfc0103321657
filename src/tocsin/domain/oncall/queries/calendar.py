"""The final schedule and its layers over the coming days, with names, for pictures and lists."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tocsin.domain.accounts import queries as accounts
from tocsin.domain.oncall.commands.layers import LayerInput, check_layers, layer_row, sun_layers
from tocsin.domain.oncall.models import Schedule
from tocsin.domain.oncall.permissions import VIEW
from tocsin.domain.oncall.public_holidays import clean_region
from tocsin.domain.oncall.rules import schedule as shifts
from tocsin.domain.oncall.rules.regions import Region
from tocsin.domain.oncall.schedule_snapshots import schedule_of_layers, schedule_snapshots
from tocsin.kernel.actor import Actor
from tocsin.kernel.business_time import wall_instant, zone_of
from tocsin.kernel.clock import now
from tocsin.kernel.ids import id_of


@dataclass(frozen=True, slots=True)
class ShiftView:
    """One person from `start` until just before `end`; an empty name is a gap. `override`: not by the rotation.

    `instead`: whose turn it would be; they are away and the next in the rotation stands in.
    """

    start: datetime
    end: datetime
    person_id: str
    person: str
    override: bool
    instead: str = ""


@dataclass(frozen=True, slots=True)
class PlanView:
    """What a schedule comes to: the final shifts, tiling the time, and each layer's own."""

    schedule_id: str
    schedule: str
    time_zone: str
    start: datetime
    end: datetime
    final: tuple[ShiftView, ...]
    layers: tuple[tuple[ShiftView, ...], ...]
    layer_names: tuple[str, ...]

    @property
    def gaps(self) -> list[ShiftView]:
        """When nobody is on call."""
        return [shift for shift in self.final if not shift.person_id]


def plans_ahead(actor: Actor, *, days: int = 14, schedule_id: str = "") -> list[PlanView]:
    """Every schedule (or one) by name, from today's midnight in its own zone for so many days. Five queries."""
    actor.require(VIEW)
    rows = Schedule.objects.prefetch_related("layers", "overrides").order_by("name")
    if schedule_id:
        rows = rows.filter(id=id_of(schedule_id))
    listed = list(rows)
    found = schedule_snapshots(listed)
    return [_plan(row, one, days, found.names) for row, one in zip(listed, found.schedules, strict=True)]


def tried(
    actor: Actor, *, name: str, time_zone: str, layers: Sequence[LayerInput], holiday_region: str = "", days: int = 28
) -> PlanView:
    """What layers come to that are not saved yet: no override, nobody away. Saves nothing.

    Raises `Invalid` as saving them would.
    """
    actor.require(VIEW)
    zone_of(time_zone, field="time_zone")
    region = clean_region(holiday_region)
    check_layers(name, time_zone, region, layers)
    row = Schedule(name=name, time_zone=time_zone, holiday_region=region)
    rows = [layer_row(row, order, given) for order, given in enumerate(layers)]
    people = {id_ for given in layers for id_ in given.people}
    names = {one.id: one.name for one in accounts.known(people)}
    return _plan(row, schedule_of_layers(name, rows, region), days, names)


def tried_sun(
    actor: Actor,
    *,
    name: str,
    time_zone: str,
    regions: Sequence[Region],
    start: date,
    every: str = "weeks",
    count: int = 1,
    holiday_region: str = "",
    days: int = 28,
) -> PlanView:
    """The same for regions that follow the sun, a layer for each. Saves nothing; raises `Invalid` as saving would."""
    layers = sun_layers(regions, start=start, every=every, count=count)
    return tried(actor, name=name, time_zone=time_zone, layers=layers, holiday_region=holiday_region, days=days)


def _plan(row: Schedule, snapshot: shifts.Schedule, days: int, names: dict[str, str]) -> PlanView:
    midnight = now().astimezone(zone_of(row.time_zone)).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    start, end = (wall_instant(row.time_zone, midnight + timedelta(days=n)) for n in (0, days))

    def viewed(found: list[shifts.Shift]) -> tuple[ShiftView, ...]:
        return tuple(shift_view(shift, names) for shift in found)

    ordered = sorted(snapshot.layers, key=lambda layer: layer.order)
    return PlanView(
        schedule_id=str(row.id),
        schedule=row.name,
        time_zone=row.time_zone,
        start=start,
        end=end,
        final=viewed(shifts.shifts(snapshot, start, end)),
        layers=tuple(viewed(shifts.layer_shifts(snapshot, layer, start, end)) for layer in ordered),
        layer_names=tuple(layer.name or f"Layer {n}" for n, layer in enumerate(ordered, 1)),
    )


def shift_view(shift: shifts.Shift, names: dict[str, str]) -> ShiftView:
    """A shift with names."""
    person = shift.person or ""
    return ShiftView(
        start=shift.start,
        end=shift.end,
        person_id=person,
        person=names.get(person, "") or ("Someone who is gone" if person else ""),
        override=shift.via.startswith("override:"),
        instead=names.get(shift.instead, ""),
    )
