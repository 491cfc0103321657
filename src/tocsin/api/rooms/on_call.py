"""Who is on call: now and next, schedules with their overrides, escalation policies and what they would do."""

from datetime import date, time, timedelta
from typing import Annotated, Literal

from pydantic import Field

from tocsin.api.door import ApiRequest, if_match, versioned
from tocsin.api.offering import Offer
from tocsin.api.shapes import Body, Instant, Limit, Made, Page, page_of
from tocsin.domain.oncall import commands, queries
from tocsin.domain.oncall.permissions import CONFIGURE, OVERRIDE, VIEW
from tocsin.domain.oncall.rules.schedule import Shift
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Invalid

offer = Offer("on call")
Name = Annotated[str, Field(min_length=1, max_length=120)]
LONGEST = timedelta(days=92)


class WindowGiven(Body):
    """Only on this weekday (Monday 0) between these hours."""

    weekday: Annotated[int, Field(ge=0, le=6)]
    opens: time
    closes: time


class Layer(Body):
    """One layer; a later layer wins over an earlier one. Without a zone or region: the schedule's.

    `pattern`: lengths of uneven turns, one after the other, instead of `count`.
    """

    people: list[str]
    handoff: time = time(9)
    start: date
    every: Literal["days", "weeks", "hours"] = "weeks"
    count: Annotated[int, Field(ge=1, le=10_000)] = 1
    time_zone: str = ""
    end: date | None = None
    restrictions: list[WindowGiven] = []
    name: Annotated[str, Field(max_length=80)] = ""
    pattern: list[Annotated[int, Field(ge=1, le=10_000)]] = []
    on_holidays: Literal["always", "never", "only"] = "always"
    holiday_region: Annotated[str, Field(max_length=16)] = ""

    def layer(self) -> commands.LayerInput:
        """As the command takes it."""
        given = self.dict(exclude={"people", "restrictions", "pattern"})
        given["pattern"] = tuple(self.pattern)
        windows = tuple(commands.Window(w.weekday, w.opens, w.closes) for w in self.restrictions)
        return commands.LayerInput(people=tuple(self.people), restrictions=windows, **given)


class Options(Body):
    """What a schedule does besides saying who is on call; what is left out takes its default.

    `next_takes_over`: while someone is away the next in the rotation stands in. `notices`: minutes before a shift at
    which its person is told.
    """

    team_id: str = ""
    holiday_region: Annotated[str, Field(max_length=16)] = ""
    next_takes_over: bool = False
    longest_hours: Annotated[int, Field(ge=1, le=8784)] = 192
    notices: list[Annotated[int, Field(ge=0, le=20_160)]] = [1440, 0]

    def options(self) -> commands.ScheduleOptions:
        """As the command takes them."""
        return commands.ScheduleOptions(**self.dict(exclude={"notices"}), notices=tuple(self.notices))


class Schedule(Body):
    """A schedule with its layers. Without `options` those of a schedule that is replaced stay."""

    name: Name
    time_zone: str
    layers: list[Layer]
    options: Options | None = None


class Region(Body):
    """People of one place, on call between these hours on the wall of their zone."""

    name: Name
    time_zone: str
    opens: time
    closes: time
    people: list[str]


class FollowTheSun(Body):
    """Regions that hand over as the day goes round, each taking turns among its own people."""

    name: Name
    time_zone: str
    regions: list[Region]
    start: date
    every: Literal["days", "weeks", "hours"] = "weeks"
    count: Annotated[int, Field(ge=1, le=10_000)] = 1
    options: Options | None = None


class Override(Body):
    """A person on call from `start` until `end`, instead of `replaces` or of anyone."""

    person: str
    start: Instant
    end: Instant
    replaces: str = ""


class Target(Body):
    """A person, schedule, team, webhook of the organisation or (alone in its step) a policy to hand over to, by id."""

    kind: Literal["person", "schedule", "team", "webhook", "policy"]
    id: str


class ConditionGiven(Body):
    """When a step counts; what is empty asks for nothing. `calendar`: a team's id; empty: the owner of the service."""

    severities: list[Severity] = []
    kinds: list[str] = []
    hours: Literal["", "open", "closed"] = ""
    calendar: str = ""


class Step(Body):
    """Page all targets, or one of them in turn, then wait; null waits 80 % of the severity's acknowledge target."""

    targets: list[Target]
    delay_seconds: Annotated[int, Field(ge=1, le=24 * 3600)] | None = None
    in_turn: bool = False
    when: ConditionGiven = ConditionGiven()

    def step(self) -> commands.StepInput:
        """As the command takes it."""
        targets = tuple(commands.TargetInput(t.kind, t.id) for t in self.targets)
        given = self.when
        when = commands.ConditionInput(
            tuple(s.value for s in given.severities), tuple(given.kinds), given.hours, given.calendar
        )
        delay = timedelta(seconds=self.delay_seconds) if self.delay_seconds else None
        return commands.StepInput(targets, delay, self.in_turn, when)


class Policy(Body):
    """An escalation policy."""

    name: Name
    steps: list[Step]
    rounds: Annotated[int, Field(ge=1, le=10)] = 3


class ServicePolicy(Body):
    """A policy by id; null: the catch-all people."""

    policy_id: str | None


@offer.get("/on-call", list[queries.OnCallView], needs=VIEW)
def now_and_next(request: ApiRequest, team: str = "") -> list[queries.OnCallView]:
    """Every schedule, or those of one team (by id), with who is on call now, until when, and who is next."""
    return queries.on_call_now(request.actor, team_id=team)


@offer.get("/schedules", Page[queries.ScheduleView], needs=VIEW)
def schedules(request: ApiRequest, cursor: str = "", limit: Limit = 50) -> Page[queries.ScheduleView]:
    """All schedules by name."""
    return page_of(queries.schedules(request.actor), cursor, limit, key=lambda row: row.id)


@offer.post("/schedules", queries.ScheduleView, needs=CONFIGURE, status=201)
def add_schedule(request: ApiRequest, given: Schedule) -> queries.ScheduleView:
    """Make a schedule."""
    made = commands.save_schedule(
        request.actor,
        name=given.name,
        time_zone=given.time_zone,
        layers=[layer.layer() for layer in given.layers],
        options=given.options.options() if given.options else None,
    )
    return queries.schedule(request.actor, made)


@offer.post("/schedules/follow-the-sun", queries.ScheduleView, needs=CONFIGURE, status=201)
def add_follow_the_sun(request: ApiRequest, given: FollowTheSun) -> queries.ScheduleView:
    """Make a schedule with a layer for each region; where their hours leave a gap, its findings say so."""
    regions = [commands.Region(r.name, r.time_zone, r.opens, r.closes, tuple(r.people)) for r in given.regions]
    made = commands.add_follow_the_sun(
        request.actor,
        name=given.name,
        time_zone=given.time_zone,
        regions=regions,
        start=given.start,
        every=given.every,
        count=given.count,
        options=given.options.options() if given.options else None,
    )
    return queries.schedule(request.actor, made)


@offer.get("/schedules/{schedule}", queries.ScheduleView, needs=VIEW)
def schedule(request: ApiRequest, schedule: str) -> queries.ScheduleView:
    """One schedule."""
    return versioned(request, queries.schedule(request.actor, schedule))


@offer.put("/schedules/{schedule}", queries.ScheduleView, needs=CONFIGURE)
def save_schedule(request: ApiRequest, schedule: str, given: Schedule) -> queries.ScheduleView:
    """Replace name and layers of a schedule; overrides stay."""
    commands.save_schedule(
        request.actor,
        name=given.name,
        time_zone=given.time_zone,
        layers=[layer.layer() for layer in given.layers],
        options=given.options.options() if given.options else None,
        schedule_id=schedule,
        version=if_match(request),
    )
    return versioned(request, queries.schedule(request.actor, schedule))


@offer.delete("/schedules/{schedule}", needs=CONFIGURE)
def remove_schedule(request: ApiRequest, schedule: str) -> None:
    """Remove a schedule that no policy pages."""
    commands.remove_schedule(request.actor, schedule_id=schedule)


@offer.get("/schedules/{schedule}/shifts", list[Shift], needs=VIEW)
def shifts(request: ApiRequest, schedule: str, start: Instant | None = None, end: Instant | None = None) -> list[Shift]:
    """Who is on call when, gaps said openly; two weeks from now unless told otherwise, at most 92 days."""
    began = start or now()
    try:
        ends = end or began + timedelta(days=14)
        too_long = ends - began > LONGEST
    except OverflowError as error:
        raise Invalid("start: this is too far away.", field="start") from error
    if too_long or not 2000 <= began.year <= 2200:
        raise Invalid("end: ask for at most 92 days between the years 2000 and 2200.", field="end")
    return queries.shifts_of(request.actor, schedule, start=began, end=ends)


@offer.get("/schedules/{schedule}/findings", list[queries.FindingView], needs=VIEW)
def findings(
    request: ApiRequest, schedule: str, days: Annotated[int, Field(ge=1, le=92)] = 28
) -> list[queries.FindingView]:
    """Gaps and conflicts of the coming days, each as a sentence with its mend; urgent ones first."""
    return queries.findings(request.actor, schedule, days=days)


@offer.post("/schedules/{schedule}/overrides", Made, needs=OVERRIDE, status=201)
def add_override(request: ApiRequest, schedule: str, given: Override) -> Made:
    """Put a person on call for a while."""
    made = commands.add_override(
        request.actor,
        schedule_id=schedule,
        person_id=given.person,
        start=given.start,
        end=given.end,
        replaces=given.replaces,
    )
    return Made(id=made)


@offer.delete("/overrides/{override}", needs=OVERRIDE)
def remove_override(request: ApiRequest, override: str) -> None:
    """The rotation holds again."""
    commands.remove_override(request.actor, override_id=override)


@offer.get("/policies", Page[queries.PolicyView], needs=VIEW)
def policies(request: ApiRequest, cursor: str = "", limit: Limit = 50) -> Page[queries.PolicyView]:
    """All escalation policies by name."""
    return page_of(queries.policies(request.actor), cursor, limit, key=lambda row: row.id)


@offer.post("/policies", queries.PolicyView, needs=CONFIGURE, status=201)
def add_policy(request: ApiRequest, given: Policy) -> queries.PolicyView:
    """Make a policy."""
    made = commands.save_policy(
        request.actor, name=given.name, rounds=given.rounds, steps=[step.step() for step in given.steps]
    )
    return queries.policy(request.actor, made)


@offer.get("/policies/{policy}", queries.PolicyView, needs=VIEW)
def policy(request: ApiRequest, policy: str) -> queries.PolicyView:
    """One policy."""
    return versioned(request, queries.policy(request.actor, policy))


@offer.put("/policies/{policy}", queries.PolicyView, needs=CONFIGURE)
def save_policy(request: ApiRequest, policy: str, given: Policy) -> queries.PolicyView:
    """Replace a policy; escalations under way follow the new steps."""
    commands.save_policy(
        request.actor,
        name=given.name,
        rounds=given.rounds,
        steps=[step.step() for step in given.steps],
        policy_id=policy,
        version=if_match(request),
    )
    return versioned(request, queries.policy(request.actor, policy))


@offer.delete("/policies/{policy}", needs=CONFIGURE)
def remove_policy(request: ApiRequest, policy: str) -> None:
    """Remove a policy by which no service is paged."""
    commands.remove_policy(request.actor, policy_id=policy)


@offer.get("/policies/{policy}/preview", list[queries.PreviewStep], needs=VIEW)
def preview(request: ApiRequest, policy: str, severity: Severity = Severity.CRITICAL) -> list[queries.PreviewStep]:
    """Who would be paged, how and when, if nobody ever answered. Pages nobody."""
    return queries.preview(request.actor, policy_id=policy, severity=severity.value)


@offer.get("/on-call/simulation", queries.SimulationView, needs=VIEW)
def simulation(
    request: ApiRequest,
    severity: Severity = Severity.CRITICAL,
    policy: str = "",
    service: str = "",
    kind: str = "",
    at: Instant | None = None,
) -> queries.SimulationView:
    """If this fired at a moment and nobody ever answered: who is paged, how and when, with everybody's own rules.

    By a policy, else that of a service, else the catch-all people. Pages nobody.
    """
    if at is not None and not 2000 <= at.year <= 2200:
        raise Invalid("at: ask for a moment between the years 2000 and 2200.", field="at")
    return queries.simulate(
        request.actor, severity=severity.value, policy_id=policy, service_id=service, kind=kind, at=at
    )


@offer.get("/service-policies", list[queries.ServicePolicyView], needs=VIEW)
def service_policies(request: ApiRequest) -> list[queries.ServicePolicyView]:
    """Every service with its policy, those without one first."""
    return queries.service_policies(request.actor)


@offer.put("/services/{service}/policy", list[queries.ServicePolicyView], needs=CONFIGURE)
def set_service_policy(request: ApiRequest, service: str, given: ServicePolicy) -> list[queries.ServicePolicyView]:
    """Page trouble of a service, by id, by this policy."""
    commands.set_service_policy(request.actor, service_id=service, policy_id=given.policy_id)
    return [row for row in queries.service_policies(request.actor) if row.service_id == service]
