"""Schedules as people look at them: layers, overrides, who is on call now and next, what is wrong with them."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Prefetch, QuerySet

from tocsin.domain.oncall.models import Override, Schedule
from tocsin.domain.oncall.permissions import VIEW
from tocsin.domain.oncall.rules import findings as rules
from tocsin.domain.oncall.rules import schedule as shifts
from tocsin.domain.oncall.rules.findings import Circumstances
from tocsin.domain.oncall.schedule_snapshots import schedule_snapshots
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import NotFound
from tocsin.kernel.ids import id_of


@dataclass(frozen=True, slots=True)
class OnCallView:
    """Who is on call by a schedule at this moment. In a gap `person` is empty; `until` None: no change in sight."""

    schedule_id: str
    schedule: str
    person_id: str
    person: str
    until: datetime | None
    next_person_id: str
    next_person: str


@dataclass(frozen=True, slots=True)
class LayerView:
    """One layer as it was saved; `restrictions` are (weekday, opens, closes) with Monday 0.

    `pattern` are lengths of uneven turns, instead of `count`; `on_holidays` is always, only or never.
    """

    id: str
    order: int
    people: tuple[str, ...]
    names: tuple[str, ...]
    every: str
    count: int
    handoff: time
    time_zone: str
    start: date
    end: date | None
    restrictions: tuple[tuple[int, time, time], ...]
    name: str
    pattern: tuple[int, ...]
    on_holidays: str
    holiday_region: str


@dataclass(frozen=True, slots=True)
class OverrideView:
    """One override that is not over."""

    id: str
    person_id: str
    person: str
    replaces: str
    start_at: datetime
    end_at: datetime


@dataclass(frozen=True, slots=True)
class ScheduleView:
    """A schedule with its layers and coming overrides. `problems` are parts that do nothing, each with its mend.

    `notices` are minutes before a shift at which its person is told; more than `longest_hours` in a row is a finding.
    """

    id: str
    name: str
    time_zone: str
    team_id: str
    team: str
    holiday_region: str
    next_takes_over: bool
    longest_hours: int
    notices: tuple[int, ...]
    version: int
    layers: tuple[LayerView, ...]
    overrides: tuple[OverrideView, ...]
    problems: tuple[str, ...]
    now: OnCallView


@dataclass(frozen=True, slots=True)
class FindingView:
    """One thing that is wrong or doubtful; `mend` says what to do. `urgent`: a page can go astray by it."""

    kind: str
    sentence: str
    mend: str
    urgent: bool
    start: datetime | None
    end: datetime | None
    person_ids: tuple[str, ...]


def on_call_now(actor: Actor, *, team_id: str = "") -> list[OnCallView]:
    """Every schedule, or those of a team, with who is on call now and next. Five queries."""
    actor.require(VIEW)
    at = now()
    rows = schedule_rows(since=at)
    if team_id:
        rows = rows.filter(team=id_of(team_id))
    found = schedule_snapshots(list(rows), at)
    return [on_call_at(one, at, found.names) for one in found.schedules]


def schedules(actor: Actor) -> list[ScheduleView]:
    """All schedules by name. Five queries."""
    actor.require(VIEW)
    at = now()
    rows = list(schedule_rows(since=at))
    found = schedule_snapshots(rows, at)
    return [_schedule_view(row, one, at, found.names) for row, one in zip(rows, found.schedules, strict=True)]


def schedule(actor: Actor, schedule_id: str) -> ScheduleView:
    """One schedule. Five queries. Raises `NotFound`."""
    actor.require(VIEW)
    at = now()
    row = one_schedule(schedule_id)
    found = schedule_snapshots([row], at)
    return _schedule_view(row, found.schedules[0], at, found.names)


def shifts_of(actor: Actor, schedule_id: str, *, start: datetime, end: datetime) -> list[shifts.Shift]:
    """The final schedule of [start, end): who is on call when, gaps said openly. Five queries. Raises `NotFound`."""
    actor.require(VIEW)
    (found,) = schedule_snapshots([one_schedule(schedule_id)], start).schedules
    return shifts.shifts(found, start, end)


def findings(actor: Actor, schedule_id: str, *, days: int = 28, zone: str = "") -> list[FindingView]:
    """What is wrong or doubtful about a schedule in the coming days, urgent first. Five queries. Raises `NotFound`.

    Other schedules are read too: one person on call by two of them at once is told. Sentences have their times in
    `zone`, else in that of the schedule.
    """
    actor.require(VIEW)
    at = now()
    rows = list(schedule_rows(since=at))
    own = next((number for number, row in enumerate(rows) if row.id == id_of(schedule_id)), None)
    if own is None:
        raise NotFound("There is no such schedule.")
    found = schedule_snapshots(rows, at)
    mine = found.schedules[own]
    given = Circumstances(found.names, zone or rows[own].time_zone, timedelta(hours=rows[own].longest_hours))
    others = [one for number, one in enumerate(found.schedules) if number != own]
    return [
        FindingView(
            kind=one.kind.value,
            sentence=one.sentence,
            mend=one.mend,
            urgent=one.urgent,
            start=one.start,
            end=one.end,
            person_ids=one.people,
        )
        for one in rules.findings(mine, others, at, at + timedelta(days=days), given)
    ]


def schedule_rows(since: datetime | None = None) -> QuerySet[Schedule]:
    """All schedules by name with what a snapshot needs. Three queries once they are read.

    With `since` only overrides that end after it are read: who asks of now need not read those of years.
    """
    overrides = Override.objects.all() if since is None else Override.objects.filter(end_at__gt=since)
    found = Schedule.objects.select_related("team").order_by("name")
    return found.prefetch_related("layers", Prefetch("overrides", overrides))


def one_schedule(schedule_id: str) -> Schedule:
    """The schedule with what a snapshot needs. Raises `NotFound`."""
    row = schedule_rows().filter(id=id_of(schedule_id)).first()
    if row is None:
        raise NotFound("There is no such schedule.")
    return row


def on_call_at(found: shifts.Schedule, at: datetime, names: dict[str, str]) -> OnCallView:
    """Who is on call by a schedule at that moment, until when, and who is next. No query."""
    person = next(iter(shifts.on_call(found, at)), "")
    until = shifts.next_change(found, at)
    following = next(iter(shifts.on_call(found, until)), "") if until else ""
    return OnCallView(
        schedule_id=found.id,
        schedule=found.name,
        person_id=person,
        person=names.get(person, ""),
        until=until,
        next_person_id=following,
        next_person=names.get(following, ""),
    )


def _schedule_view(row: Schedule, snapshot: shifts.Schedule, at: datetime, names: dict[str, str]) -> ScheduleView:
    layers = sorted(snapshot.layers, key=lambda layer: layer.order)
    regions = {str(layer.id): layer.holiday_region for layer in row.layers.all()}
    overrides = sorted((o for o in row.overrides.all() if o.end_at > at), key=lambda o: o.start_at)
    return ScheduleView(
        id=str(row.id),
        name=row.name,
        time_zone=row.time_zone,
        team_id=str(row.team_id or ""),
        team=row.team.name if row.team else "",
        holiday_region=row.holiday_region,
        next_takes_over=row.next_takes_over,
        longest_hours=row.longest_hours,
        notices=tuple(row.notices),
        version=row.version,
        layers=tuple(_layer_view(layer, regions.get(layer.id, ""), names) for layer in layers),
        overrides=tuple(
            OverrideView(
                id=str(o.id),
                person_id=str(o.person_id),
                person=names.get(str(o.person_id), ""),
                replaces=names.get(str(o.replaces_id), ""),
                start_at=o.start_at,
                end_at=o.end_at,
            )
            for o in overrides
        ),
        problems=tuple(problem.sentence for problem in shifts.problems(snapshot)),
        now=on_call_at(snapshot, at, names),
    )


def _layer_view(layer: shifts.Layer, region: str, names: dict[str, str]) -> LayerView:
    return LayerView(
        id=layer.id,
        order=layer.order,
        people=layer.people,
        names=tuple(names.get(id_, "someone who is gone") for id_ in layer.people),
        every=layer.rotation.every.value,
        count=layer.rotation.count,
        handoff=layer.handoff,
        time_zone=layer.zone,
        start=layer.start,
        end=layer.end,
        restrictions=tuple((r.weekday, r.opens, r.closes) for r in layer.restrictions),
        name=layer.name,
        pattern=layer.rotation.pattern,
        on_holidays=layer.on_holidays.value,
        holiday_region=region,
    )
