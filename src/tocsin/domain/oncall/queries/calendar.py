"""The final schedule and its layers over the coming days, with names, for pictures and lists."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tocsin.domain.oncall.models import Schedule
from tocsin.domain.oncall.permissions import VIEW
from tocsin.domain.oncall.queries.plans import names_of, people_of
from tocsin.domain.oncall.rules import schedule as shifts
from tocsin.domain.oncall.snapshots import id_of, schedule_snapshot
from tocsin.kernel.actor import Actor
from tocsin.kernel.business_time import wall_instant, zone_of
from tocsin.kernel.clock import now


@dataclass(frozen=True, slots=True)
class ShiftView:
    """One person from `start` until just before `end`; an empty name is a gap. `override`: not by the rotation."""

    start: datetime
    end: datetime
    person_id: str
    person: str
    override: bool


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

    @property
    def gaps(self) -> list[ShiftView]:
        """When nobody is on call."""
        return [shift for shift in self.final if not shift.person_id]


def plans(actor: Actor, *, days: int = 14, schedule_id: str = "") -> list[PlanView]:
    """Every schedule (or one) by name, from today's midnight in its own zone for so many days. Five queries."""
    actor.require(VIEW)
    rows = Schedule.objects.prefetch_related("layers", "overrides").order_by("name")
    if schedule_id:
        rows = rows.filter(id=id_of(schedule_id))
    found = [(row, schedule_snapshot(row)) for row in rows]
    names = names_of(id_ for _, snapshot in found for id_ in people_of(snapshot))
    return [_plan(row, snapshot, days, names) for row, snapshot in found]


def _plan(row: Schedule, snapshot: shifts.Schedule, days: int, names: dict[str, str]) -> PlanView:
    midnight = now().astimezone(zone_of(row.time_zone)).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    start, end = (wall_instant(row.time_zone, midnight + timedelta(days=n)) for n in (0, days))

    def viewed(found: shifts.Schedule) -> tuple[ShiftView, ...]:
        return tuple(_view(shift, names) for shift in shifts.shifts(found, start, end))

    ordered = sorted(snapshot.layers, key=lambda layer: layer.order)
    alone = [replace(snapshot, layers=(layer,), overrides=()) for layer in ordered]
    return PlanView(
        schedule_id=str(row.id),
        schedule=row.name,
        time_zone=row.time_zone,
        start=start,
        end=end,
        final=viewed(snapshot),
        layers=tuple(viewed(one) for one in alone),
    )


def _view(shift: shifts.Shift, names: dict[str, str]) -> ShiftView:
    person = shift.person or ""
    return ShiftView(shift.start, shift.end, person, names.get(person, ""), shift.via.startswith("override:"))
