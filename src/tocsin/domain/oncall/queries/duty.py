"""Who is on call over a stretch of time: by schedule, by team, by person; and who answers for a service now."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin.domain.accounts import queries as accounts
from tocsin.domain.catalog import queries as catalog
from tocsin.domain.oncall.models import Absence, Schedule
from tocsin.domain.oncall.permissions import VIEW
from tocsin.domain.oncall.queries.calendar import ShiftView, shift_view
from tocsin.domain.oncall.queries.rosters import OnCallView, on_call_at, one_schedule, schedule_rows
from tocsin.domain.oncall.queries.simulation import policy_asked, severity_asked
from tocsin.domain.oncall.rules import escalation as rules
from tocsin.domain.oncall.rules import schedule as shifts
from tocsin.domain.oncall.rules.escalation import Decision, TargetKind
from tocsin.domain.oncall.schedule_snapshots import READER, schedule_snapshots
from tocsin.domain.oncall.snapshots import Directory, clocks, directory, policy_snapshot
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Invalid, NotFound
from tocsin.kernel.ids import id_of

LONGEST = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class LaneView:
    """One schedule over the time that was asked for. Of a person or a team only their own shifts, without gaps.

    `zones`: those on whose walls it hands over, its own first.
    """

    schedule_id: str
    schedule: str
    time_zone: str
    holiday_region: str
    changed_at: datetime
    shifts: tuple[ShiftView, ...]
    zones: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AwayView:
    """Someone is away. What for is nobody's business here."""

    person_id: str
    person: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class DutyView:
    """Who is on call from `start` until `end`, a lane for each schedule by name, and who is away meanwhile."""

    start: datetime
    end: datetime
    lanes: tuple[LaneView, ...]
    away: tuple[AwayView, ...]

    @property
    def gaps(self) -> list[ShiftView]:
        """When nobody is on call, over all lanes."""
        return [shift for lane in self.lanes for shift in lane.shifts if not shift.person_id]


@dataclass(frozen=True, slots=True)
class StepDutyView:
    """Whom one step of a service's policy would page; `schedules` say until when and who is next.

    `passed_over`: why the step does not count then, or has nobody; empty when it does. `in_turn`: one of several, whose
    turn it is. `told` are webhooks.
    """

    step: int
    people: tuple[str, ...]
    person_ids: tuple[str, ...]
    schedules: tuple[OnCallView, ...]
    passed_over: str
    in_turn: bool
    told: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ServiceDutyView:
    """Who answers for trouble of a service that begins at `at`, step by step; without a policy the catch-all people, as
    one step.

    `held_until`: this severity wakes nobody, and the steps are those of that moment; null: at once. `last_resort` are
    paged after all steps. `unreachable`: people who are meant and cannot be reached, each a sentence.
    """

    service_id: str
    service: str
    policy_id: str
    policy: str
    severity: str
    at: datetime
    held_until: datetime | None
    steps: tuple[StepDutyView, ...]
    last_resort: tuple[str, ...]
    unreachable: tuple[str, ...]


def duty(
    actor: Actor, *, start: datetime, end: datetime, schedule_id: str = "", person_id: str = "", team_id: str = ""
) -> DutyView:
    """Who is on call in [start, end), at most 400 days: by one schedule, of a person, of a team, or everything.

    A team's calendar has the schedules that belong to it, whole, and of others the shifts of its members. The time
    before a schedule began is no gap, and left out. At most
    eight queries. Raises `NotFound` for a schedule or team that is not there, `Invalid` for the time.
    """
    actor.require(VIEW)
    if not timedelta(0) < end - start <= LONGEST:
        raise Invalid(f"end: ask for 1 to {LONGEST.days} days.", field="end")
    rows = [one_schedule(schedule_id)] if schedule_id else list(schedule_rows())
    found = schedule_snapshots(rows, start)
    members = {person_id} if person_id else set()
    if team_id:
        members = set(accounts.team(READER, team_id).member_ids)
    lanes = []
    for row, snapshot in zip(rows, found.schedules, strict=True):
        whole = not (person_id or team_id) or (team_id and str(row.team_id) == team_id)
        listed = shifts.shifts(snapshot, start, end)
        if listed and listed[0].person is None and not shifts.begun(snapshot, listed[0].end):
            listed = listed[1:]
        kept = [one for one in listed if whole or one.person in members]
        if kept or whole:
            lanes.append(_lane(row, kept, found.names))
    people = members or {one.person_id for lane in lanes for one in lane.shifts}
    return DutyView(start, end, tuple(lanes), _away(people, start, end))


def on_call_for_service(
    actor: Actor, service_id: str, *, severity: str = "critical", at: datetime | None = None
) -> ServiceDutyView:
    """Whom trouble of a service (by id or short name) at `at` (now) would page, each step by itself.

    By the rules and the directory that page: conditions, turns, waking hours, who cannot be reached. A fixed number of
    queries. Raises `NotFound`, `Invalid` for the severity.
    """
    actor.require(VIEW)
    service = next((one for one in catalog.services(actor) if service_id in (one.id, one.slug)), None)
    if service is None:
        raise NotFound("There is no such service.")
    level, began = severity_asked(severity), at or now()
    row = policy_asked("", service.id)
    found = directory(policy_snapshot(row), policy_id=str(row.id) if row else "")
    hours = clocks([found.policy], services=[service.id])
    held = rules.held_until(level, began, hours)
    then = held or began
    steps, last = rules.stand_by(
        found.policy, level, then, found.people_at(then), found.administrators, hours, turns=found.turns
    )
    return ServiceDutyView(
        service_id=service.id,
        service=service.name,
        policy_id=str(row.id) if row else "",
        policy=row.name if row else "",
        severity=level.value,
        at=began,
        held_until=held,
        steps=tuple(_step(n, made, found, then) for n, made in enumerate(steps, 1)),
        last_resort=tuple(found.names[page.person] for page in last.pages),
        unreachable=tuple(found.holes_at(then).values()),
    )


def _step(number: int, made: Decision, found: Directory, at: datetime) -> StepDutyView:
    step = found.policy.steps[number - 1]
    schedules = [found.schedule(target.id) for target in step.targets if target.kind is TargetKind.SCHEDULE]
    return StepDutyView(
        step=number,
        people=tuple(found.names[page.person] for page in made.pages),
        person_ids=tuple(page.person for page in made.pages),
        schedules=tuple(on_call_at(one, at, found.names) for one in schedules if one),
        passed_over=" ".join((*made.skipped, *made.notes)),
        in_turn=step.in_turn,
        told=tuple(hook.name or "a webhook" for hook in made.hooks),
    )


def _lane(row: Schedule, kept: list[shifts.Shift], names: dict[str, str]) -> LaneView:
    return LaneView(
        schedule_id=str(row.id),
        schedule=row.name,
        time_zone=row.time_zone,
        holiday_region=row.holiday_region,
        changed_at=row.changed_at,
        shifts=tuple(shift_view(one, names) for one in kept),
        zones=tuple(dict.fromkeys([row.time_zone, *(layer.time_zone for layer in row.layers.all())])),
    )


def _away(people: Iterable[str], start: datetime, end: datetime) -> tuple[AwayView, ...]:
    ids = [id_of(id_) for id_ in people if id_]
    rows = Absence.objects.filter(person__in=ids, end_at__gt=start, start_at__lt=end).select_related("person")
    return tuple(
        AwayView(str(row.person_id), str(row.person), row.start_at, row.end_at) for row in rows.order_by("start_at")
    )
