"""Rows of schedules as the pure rules want them: layers with their holidays, overrides, who is away or gone.

Hides JSON columns and the rooms that people come from. Never writes, never decides.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

from tocsin.domain.accounts import queries as accounts
from tocsin.domain.oncall import models
from tocsin.domain.oncall.public_holidays import days_off
from tocsin.domain.oncall.rules import schedule as shifts
from tocsin.kernel.actor import system
from tocsin.kernel.clock import now
from tocsin.kernel.ids import id_of, uuid_of

READER = system("paging")
FOR_GOOD = timedelta(days=3650)
NOTHING = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Snapshots:
    """Schedules as the rules want them, in the order of their rows, and the names of everyone in them."""

    schedules: list[shifts.Schedule]
    names: dict[str, str]


def schedule_snapshots(rows: Sequence[models.Schedule], since: datetime | None = None) -> Snapshots:
    """Schedules for the rules, with overrides and absences that end after `since`.

    Two queries for all of them, and two more unless layers and overrides were prefetched. Who was deactivated counts
    as gone from this hour on: what is past stays as it was.
    """
    everyone = {id_ for row in rows for id_ in people_of(row)}
    if not everyone:
        return Snapshots([_snapshot(row, since, []) for row in rows], {})
    at = now().replace(minute=0, second=0, microsecond=0)
    away = models.Absence.objects.filter(person__in=[id_of(id_) for id_ in everyone]).order_by("start_at", "id")
    if since is not None:
        away = away.filter(end_at__gt=since)
    absences = [shifts.Absence(str(one.person_id), one.start_at, one.end_at) for one in away]
    known = {one.id: one for one in accounts.known(everyone)}
    gone = sorted(id_ for id_ in everyone if id_ not in known or not known[id_].active)
    absences += [shifts.Absence(id_, at, at + FOR_GOOD, gone=True) for id_ in gone]
    names = {one.id: one.name for one in known.values()}
    return Snapshots([_snapshot(row, since, absences) for row in rows], names)


def schedules_by_id(ids: Iterable[str]) -> dict[str, shifts.Schedule]:
    """Snapshots of these schedules. Five queries."""
    wanted = [id_ for id_ in map(uuid_of, ids) if id_]
    if not wanted:
        return {}
    rows = list(models.Schedule.objects.filter(id__in=wanted).prefetch_related("layers", "overrides"))
    return {found.id: found for found in schedule_snapshots(rows).schedules}


def schedule_of_layers(name: str, layers: Sequence[models.Layer], region: str) -> shifts.Schedule:
    """A schedule that is not kept yet, of rows that are not saved: no override, nobody away. No query."""
    return shifts.Schedule(id="", name=name, layers=tuple(_layer(layer, region) for layer in layers))


def people_of(row: models.Schedule) -> set[str]:
    """Ids of everyone in the layers and overrides. No query when these were prefetched."""
    named = {id_ for layer in row.layers.all() for id_ in layer.people}
    overrides = row.overrides.all()
    return named | {str(o.person_id) for o in overrides} | {str(o.replaces_id) for o in overrides if o.replaces_id}


def _snapshot(row: models.Schedule, since: datetime | None, absences: list[shifts.Absence]) -> shifts.Schedule:
    overrides = sorted(row.overrides.all(), key=lambda o: o.id)
    people = people_of(row) if absences else set()
    return shifts.Schedule(
        id=str(row.id),
        name=row.name,
        layers=tuple(_layer(layer, row.holiday_region) for layer in row.layers.all()),
        overrides=tuple(
            shifts.Override(str(o.id), o.start_at, o.end_at, str(o.person_id), str(o.replaces_id or ""))
            for o in overrides
            if since is None or o.end_at > since
        ),
        absences=tuple(one for one in absences if one.person in people),
        next_takes_over=row.next_takes_over,
    )


def _layer(row: models.Layer, region: str) -> shifts.Layer:
    region = row.holiday_region or region
    return shifts.Layer(
        id=str(row.id),
        order=row.order,
        people=tuple(row.people),
        rotation=shifts.Rotation(shifts.Every(row.every), row.count, tuple(row.pattern)),
        handoff=row.handoff,
        zone=row.time_zone,
        start=row.start,
        end=row.end,
        restrictions=tuple(
            shifts.Restriction(r["weekday"], time.fromisoformat(r["opens"]), time.fromisoformat(r["closes"]))
            for r in row.restrictions
        ),
        name=row.name,
        on_holidays=shifts.OnHolidays(row.on_holidays),
        holidays=days_off(region) if region and row.on_holidays != shifts.OnHolidays.ALWAYS else (),
    )
