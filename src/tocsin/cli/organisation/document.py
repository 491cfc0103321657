"""What a file of the organisation may say: its sections, their entries, and the defaults of what is left out.

Names things as people do (addresses, short names, names), never by id. Holds no secret.
"""

from typing import Annotated, Any

from msgspec import Meta, Struct, field

Name = Annotated[str, Meta(min_length=1, max_length=120)]


class Entry(Struct, kw_only=True, omit_defaults=True):
    """Base of everything in the file: what equals its default is not written."""


class Organisation(Entry):
    """The organisation itself; what is left out stays as it is. `catch_all` are addresses of people."""

    name: Name | None = None
    url: str | None = None
    time_zone: str | None = None
    holiday_region: str | None = None
    closed_dates: list[str] | None = None
    hours: dict[str, list[list[str]]] | None = None
    catch_all: list[str] | None = None


class ContactMethod(Entry):
    """One way to reach a person. `vouched`: no code is asked; it counts only when the method is added."""

    kind: str
    address: str
    label: str = ""
    vouched: bool = False
    enabled: bool = True


class Person(Entry):
    """Someone, known by the address they sign in with. Without `contact_methods`, theirs stay as they are."""

    email: Name
    name: Name
    roles: list[str] = field(default_factory=lambda: ["responder"])
    time_zone: str = ""
    phone: str = ""
    language: str = ""
    skills: list[str] = field(default_factory=list)
    site: str = ""
    active: bool = True
    contact_methods: list[ContactMethod] | None = None


class TeamHours(Entry):
    """Working hours of a team's own; an empty week: the organisation's."""

    time_zone: str
    week: dict[str, list[list[str]]]
    holiday_region: str = ""
    closed_dates: list[str] = field(default_factory=list)


class Team(Entry):
    """A team, known by its short name; members by address. Without `hours`, its hours stay as they are."""

    slug: Name
    name: Name
    members: list[str] = field(default_factory=list)
    hours: TeamHours | None = None


class Service(Entry):
    """A service, known by its short name. `owner` is a team, `policy` the name of who is paged for it."""

    slug: Name
    name: Name
    description: str = ""
    kind: str = "service"
    tier: Annotated[int, Meta(ge=1, le=4)] = 3
    owner: str = ""
    needs: list[str] = field(default_factory=list)
    policy: str = ""


class Window(Entry):
    """A weekly window in which a layer counts."""

    weekday: str
    opens: str
    closes: str


class Layer(Entry):
    """People who take turns; a later layer wins over an earlier one.

    `pattern`: lengths of uneven turns, instead of `count`. `on_holidays`: always, only or never.
    """

    people: Annotated[list[str], Meta(min_length=1)]
    handoff: str
    start: str
    every: str = "weeks"
    count: Annotated[int, Meta(ge=1)] = 1
    end: str = ""
    time_zone: str = ""
    restrictions: list[Window] = field(default_factory=list)
    name: str = ""
    pattern: list[int] = field(default_factory=list)
    on_holidays: str = "always"
    holiday_region: str = ""


class Schedule(Entry):
    """Who is on call when, known by its name. `team` is a short name; `notices` say how long before a shift."""

    name: Name
    time_zone: str
    layers: list[Layer]
    team: str = ""
    holiday_region: str = ""
    next_takes_over: bool = False
    longest_hours: Annotated[int, Meta(ge=1)] = 192
    notices: list[str] = field(default_factory=lambda: ["24h", "0m"])


class Target(Entry):
    """Exactly one of: a person by address, a schedule by name, a team by short name, a webhook of the organisation by
    its label, a policy by name whose steps stand here (alone in its step).
    """

    person: str = ""
    schedule: str = ""
    team: str = ""
    webhook: str = ""
    policy: str = ""


class When(Entry):
    """When a step counts. `hours`: open or closed, by the calendar of a team, else of the organisation."""

    severities: list[str] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    hours: str = ""
    calendar: str = ""


class Step(Entry):
    """Page all of these, or one of them `in_turn`, then wait; without `wait`, 80 % of the time the severity allows."""

    page: Annotated[list[Target], Meta(min_length=1)]
    wait: str = ""
    in_turn: bool = False
    when: When | None = None


class Policy(Entry):
    """Who is paged after whom, known by its name."""

    name: Name
    steps: list[Step]
    rounds: Annotated[int, Meta(ge=1)] = 3


class Route(Entry):
    """Which alerts go where, known by its name; the file's order is the order in which they are tried."""

    name: Name
    match: str
    service: str = ""
    policy: str = ""
    group_by: list[str] = field(default_factory=lambda: ["alertname"])
    continues: bool = False


class Integration(Entry):
    """A source of alerts, known by its name. Its key is made when it is added and never written to a file."""

    name: Name
    kind: str
    service: str = ""
    every: str = ""


class Check(Entry):
    """Something that Tocsin asks by itself, known by its name. A heartbeat's address is never written to a file."""

    name: Name
    kind: str = "http"
    target: str = ""
    service: str = ""
    every: str = "30s"
    timeout: str = "10s"
    severity: str = "high"
    fails_after: Annotated[int, Meta(ge=1)] = 2
    well_after: Annotated[int, Meta(ge=1)] = 2
    expect: dict[str, str | int] = field(default_factory=dict)


class Channel(Entry):
    """An account with a vendor, known by its name. Secrets are never written to a file: they come from the environment
    or the screen.
    """

    name: Name
    settings: dict[str, str] = field(default_factory=dict)


class ListedTask(Entry):
    """One task of a list. `owner` is a person by address or a role of incidents; `within` from when it is added."""

    title: Annotated[str, Meta(min_length=1, max_length=300)]
    owner: str = ""
    within: str = ""


class TaskList(Entry):
    """Tasks for incidents of a kind, from a severity up; known by its name. Left out: every kind, every severity."""

    name: Name
    tasks: Annotated[list[ListedTask], Meta(min_length=1)]
    kind: str = ""
    severity: str = ""


class TemplateRole(Entry):
    """A role to fill when an incident is declared; without a person somebody is to be found."""

    role: str
    person: str = ""


class TemplateTask(Entry):
    """Something to do then; `within` like 30m."""

    title: Name
    within: str = ""


class IncidentTemplate(Entry):
    """How to declare an incident of a known sort, known by its name. `services` by short name, people by address."""

    name: Name
    title: Name
    kind: str = "disruption"
    severity: str = "unknown"
    summary: str = ""
    services: list[str] = field(default_factory=list)
    roles: list[TemplateRole] = field(default_factory=list)
    tasks: list[TemplateTask] = field(default_factory=list)
    message: str = ""


class Rules(Entry):
    """Rulebooks; each that is given is published as a new edition when it differs. Their form: the reference."""

    targets: dict[str, Any] | None = None
    severity_matrix: dict[str, Any] | None = None
    legal_clocks: dict[str, Any] | None = None


class Document(Entry):
    """The file. A section that is left out stays as it is; so does an entry, unless removal is asked for."""

    organisation: Organisation | None = None
    people: list[Person] = field(default_factory=list)
    teams: list[Team] = field(default_factory=list)
    services: list[Service] = field(default_factory=list)
    schedules: list[Schedule] = field(default_factory=list)
    policies: list[Policy] = field(default_factory=list)
    routes: list[Route] = field(default_factory=list)
    integrations: list[Integration] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    channels: list[Channel] = field(default_factory=list)
    task_lists: list[TaskList] = field(default_factory=list)
    incident_templates: list[IncidentTemplate] = field(default_factory=list)
    rules: Rules | None = None
