"""Who is on call over a stretch of time: by schedule, by team, by person; and who answers for a service now."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin.domain.accounts import queries as accounts
from tocsin.domain.catalog import queries as catalog
from tocsin.domain.oncall.models import Absence, Schedule, ServicePolicy
from tocsin.domain.oncall.permissions import VIEW
from tocsin.domain.oncall.queries.calendar import ShiftView, shift_view
from tocsin.domain.oncall.queries.rosters import OnCallView, on_call_now, one_schedule, schedule_rows
from tocsin.domain.oncall.rules import schedule as shifts
from tocsin.domain.oncall.schedule_snapshots import READER, schedule_snapshots
from tocsin.kernel.actor import Actor
from tocsin.kernel.errors import Invalid, NotFound
from tocsin.kernel.ids import id_of

LONGEST = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class LaneView:
    """One schedule over the time that was asked for. Of a person or a team only their own shifts, without gaps."""

    schedule_id: str
    schedule: str
    time_zone: str
    holiday_region: str
    changed_at: datetime
    shifts: tuple[ShiftView, ...]


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
    """Who stands behind one step of a service's policy at this moment; `schedules` say until when and who is next."""

    step: int
    people: tuple[str, ...]
    person_ids: tuple[str, ...]
    schedules: tuple[OnCallView, ...]


@dataclass(frozen=True, slots=True)
class ServiceDutyView:
    """Who answers for a service at this moment, step by step; without a policy the catch-all people, as one step."""

    service_id: str
    service: str
    policy_id: str
    policy: str
    steps: tuple[StepDutyView, ...]


def duty(
    actor: Actor, *, start: datetime, end: datetime, schedule_id: str = "", person_id: str = "", team_id: str = ""
) -> DutyView:
    """Who is on call in [start, end), at most 400 days: by one schedule, of a person, of a team, or everything.

    A team's calendar has the schedules that belong to it, whole, and of others the shifts of its members. At most
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
        kept = [one for one in listed if whole or one.person in members]
        if kept or whole:
            lanes.append(_lane(row, kept, found.names))
    people = members or {one.person_id for lane in lanes for one in lane.shifts}
    return DutyView(start, end, tuple(lanes), _away(people, start, end))


def on_call_for_service(actor: Actor, service_id: str) -> ServiceDutyView:
    """Who would be paged for a service at this moment, step by step. A fixed number of queries. Raises `NotFound`."""
    actor.require(VIEW)
    service = next((one for one in catalog.services(actor) if service_id in (one.id, one.slug)), None)
    if service is None:
        raise NotFound("There is no such service.")
    link = ServicePolicy.objects.select_related("policy").filter(service=id_of(service.id)).first()
    now = {view.schedule_id: view for view in on_call_now(actor)}
    if link is None:
        steps: list[list[dict[str, str]]] = [[{"kind": "person", "id": id_} for id_ in accounts.catch_all_ids()]]
    else:
        steps = [step.targets for step in link.policy.steps.order_by("order")]
    teams = {team.id: team.member_ids for team in accounts.teams(READER)}
    meant = [list(dict.fromkeys(_behind(step, now, teams))) for step in steps]
    names = {one.id: one.name for one in accounts.known({id_ for ids in meant for id_ in ids}) if one.active}
    return ServiceDutyView(
        service_id=service.id,
        service=service.name,
        policy_id=str(link.policy_id) if link else "",
        policy=link.policy.name if link else "",
        steps=tuple(
            StepDutyView(
                step=number,
                people=tuple(names[id_] for id_ in ids if id_ in names),
                person_ids=tuple(id_ for id_ in ids if id_ in names),
                schedules=tuple(now[t["id"]] for t in step if t["kind"] == "schedule" and t["id"] in now),
            )
            for number, (step, ids) in enumerate(zip(steps, meant, strict=True), 1)
        ),
    )


def _behind(
    targets: Iterable[dict[str, str]], now: dict[str, OnCallView], teams: dict[str, tuple[str, ...]]
) -> Iterable[str]:
    for target in targets:
        match target["kind"]:
            case "person":
                yield target["id"]
            case "team":
                yield from teams.get(target["id"], ())
            case "schedule" if target["id"] in now and now[target["id"]].person_id:
                yield now[target["id"]].person_id


def _lane(row: Schedule, kept: list[shifts.Shift], names: dict[str, str]) -> LaneView:
    return LaneView(
        schedule_id=str(row.id),
        schedule=row.name,
        time_zone=row.time_zone,
        holiday_region=row.holiday_region,
        changed_at=row.changed_at,
        shifts=tuple(shift_view(one, names) for one in kept),
    )


def _away(people: Iterable[str], start: datetime, end: datetime) -> tuple[AwayView, ...]:
    ids = [id_of(id_) for id_ in people if id_]
    rows = Absence.objects.filter(person__in=ids, end_at__gt=start, start_at__lt=end).select_related("person")
    return tuple(
        AwayView(str(row.person_id), str(row.person), row.start_at, row.end_at) for row in rows.order_by("start_at")
    )
