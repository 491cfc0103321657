"""The public status page: what it says, its components, what is told of incidents and maintenance, subscribers."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from tocsin.api.door import ApiRequest, if_match, versioned
from tocsin.api.offering import Offer
from tocsin.api.shapes import Body, Done, Instant, Limit, Made, Page, page_of, read, written
from tocsin.domain.statuspage import commands, queries
from tocsin.domain.statuspage.permissions import MANAGE, PUBLISH, SEE
from tocsin.kernel.errors import NotFound

offer = Offer("status page")
Name = Annotated[str, Field(min_length=1, max_length=120)]
Heading = Annotated[str, Field(max_length=200)]
Words = Annotated[str, Field(min_length=1, max_length=20_000)]
Address = Annotated[str, Field(max_length=300)]
How = Literal["operational", "under_maintenance", "degraded_performance", "partial_outage", "major_outage"]
Stage = Literal["investigating", "identified", "monitoring", "resolved", "postmortem"]
AnyStage = Stage | Literal["scheduled", "in_progress", "verifying", "completed"]
Impact = Literal["none", "minor", "major", "critical", "maintenance", ""]
Public = queries.PublicIncidentView
MOST_LISTED = 1_000


class StatusPage(BaseModel):
    """The page. `languages` are codes; the first is the one without a prefix in its address."""

    id: str
    code: str
    name: str
    url: str
    support_url: str
    about: str
    time_zone: str
    languages: list[str]
    published: bool
    opens_by_itself: bool
    version: int


class StatusPageChange(Body):
    """What is left out stays."""

    name: Annotated[str, Field(min_length=1, max_length=80)] | None = None
    url: Address | None = None
    support_url: Address | None = None
    about: Annotated[str, Field(max_length=2000)] | None = None
    time_zone: Annotated[str, Field(max_length=64)] | None = None
    languages: list[str] | None = None
    published: bool | None = None
    opens_by_itself: bool | None = None


class ComponentGroup(Body):
    """A heading."""

    name: Name
    position: Annotated[int, Field(ge=0, le=10_000)] | None = None


class Component(Body):
    """A part that the public knows; with a `service_id` it follows the incidents of that service."""

    name: Name
    service_id: str | None = None
    group_id: str | None = None
    description: Annotated[str, Field(max_length=500)] = ""
    showcase: bool = True
    only_show_if_degraded: bool = False


class ComponentChange(Body):
    """What is left out stays; an empty `service_id` or `group_id` takes it away."""

    name: Name | None = None
    service_id: str | None = None
    group_id: str | None = None
    description: Annotated[str, Field(max_length=500)] | None = None
    showcase: bool | None = None
    only_show_if_degraded: bool | None = None


class ComponentStatuses(Body):
    """A state for each component, by id or code."""

    components: dict[str, How]


class PublicIncident(Body):
    """What the public is told first. `incident` is ours; without a title it is named after its components."""

    status: Stage
    body: Words
    title: Heading = ""
    components: dict[str, How] = {}
    incident: str | None = None
    impact: Impact = ""
    next_update_at: Instant | None = None
    notify: bool = True


class PublicUpdate(Body):
    """How it stands."""

    status: AnyStage
    body: Words
    components: dict[str, How] = {}
    next_update_at: Instant | None = None
    notify: bool = True


class PublicIncidentChange(Body):
    """What is left out stays; an empty `impact` lets the components decide."""

    title: Heading | None = None
    impact: Impact | None = None


class PublicText(Body):
    """The text as it should be."""

    body: Words


class Retraction(Body):
    """Why it is taken off."""

    reason: Annotated[str, Field(min_length=1, max_length=500)]


class Maintenance(Body):
    """Planned work. `by_itself`: it begins and ends at its times."""

    title: Annotated[str, Field(min_length=1, max_length=200)]
    body: Words
    scheduled_for: Instant
    scheduled_until: Instant
    components: list[str] = []
    by_itself: bool = True
    notify: bool = True


class MaintenanceTimes(Body):
    """Its new times."""

    scheduled_for: Instant
    scheduled_until: Instant


class SubscriberGiven(Body):
    """Somebody who agreed elsewhere. `components` are codes; none means all."""

    address: Annotated[str, Field(min_length=1, max_length=500)]
    kind: Literal["mail", "webhook", "slack"] = "mail"
    components: list[str] = []


class SubscriberList(Body):
    """A list of them."""

    subscribers: Annotated[list[SubscriberGiven], Field(max_length=10_000)]


class ImportFault(BaseModel):
    """What is wrong with one of them, counted from 1."""

    number: int
    detail: str


class SubscribersTaken(BaseModel):
    """What came of a list."""

    added: int
    known: int
    refused: int
    faults: list[ImportFault]


@offer.get("/status-page", StatusPage, needs=SEE)
def page(request: ApiRequest) -> StatusPage:
    """The page; 404 as long as nobody made one."""
    found = queries.page(request.actor)
    if found is None:
        raise NotFound("There is no status page yet; change it once to make it.")
    return versioned(request, StatusPage(**{name: getattr(found, name) for name in StatusPage.model_fields}))


@offer.patch("/status-page", StatusPage, needs=MANAGE)
def save_page(request: ApiRequest, given: StatusPageChange) -> StatusPage:
    """Make or change the page."""
    commands.save_page(request.actor, version=if_match(request), **given.dict(exclude_unset=True))
    return page(request)


@offer.get("/status-page/groups", Page[queries.GroupView], needs=SEE)
def groups(request: ApiRequest, cursor: str = "", limit: Limit = 50) -> Page[queries.GroupView]:
    """Groups with their components, in the order of the page."""
    return page_of(queries.groups(request.actor), cursor, limit, key=lambda row: row.id)


@offer.post("/status-page/groups", Made, needs=MANAGE, status=201)
def add_group(request: ApiRequest, given: ComponentGroup) -> Made:
    """Add a group."""
    return Made(id=commands.save_group(request.actor, **given.dict()))


@offer.put("/status-page/groups/{status_group}", Made, needs=MANAGE)
def change_group(request: ApiRequest, status_group: str, given: ComponentGroup) -> Made:
    """Change a group's name or place."""
    return Made(id=commands.save_group(request.actor, group_id=status_group, **given.dict()))


@offer.delete("/status-page/groups/{status_group}", needs=MANAGE)
def remove_group(request: ApiRequest, status_group: str) -> None:
    """Take a heading away; its components stay."""
    commands.remove_group(request.actor, group_id=status_group)


@offer.get("/status-page/components", Page[queries.ComponentView], needs=SEE)
def components(request: ApiRequest, cursor: str = "", limit: Limit = 50) -> Page[queries.ComponentView]:
    """Components in the order of the page, without their history."""
    return page_of(queries.components(request.actor), cursor, limit, key=lambda row: row.id)


@offer.post("/status-page/components", Made, needs=MANAGE, status=201)
def add_component(request: ApiRequest, given: Component) -> Made:
    """Put a component at the end of its group."""
    return Made(id=commands.add_component(request.actor, **given.dict()))


@offer.patch("/status-page/components/{status_component}", Done, needs=MANAGE)
def change_component(request: ApiRequest, status_component: str, given: ComponentChange) -> Done:
    """Change fields of a component, by id or code."""
    said = given.dict(exclude_unset=True)
    commands.change_component(request.actor, component_id=status_component, version=if_match(request), **said)
    return Done(said="Changed.")


@offer.delete("/status-page/components/{status_component}", needs=MANAGE)
def remove_component(request: ApiRequest, status_component: str) -> None:
    """Take a component off the page; past incidents keep it."""
    commands.remove_component(request.actor, component_id=status_component)


@offer.put("/status-page/component-statuses", Done, needs=PUBLISH)
def set_statuses(request: ApiRequest, given: ComponentStatuses) -> Done:
    """Say how components do, without an incident."""
    commands.set_component_status(request.actor, components=given.components)
    return Done(said="Set.")


@offer.get("/status-page/incidents", Page[Public], needs=SEE)
def incidents(
    request: ApiRequest,
    kind: Literal["incident", "maintenance"] = "incident",
    open: bool = False,  # noqa: A002
    cursor: str = "",
    limit: Limit = 50,
) -> Page[Public]:
    """What was told the public, of the last thousand, newest first; also what was taken off."""
    found = queries.incidents(request.actor, kind=kind, open_only=open, limit=MOST_LISTED)
    return page_of(found, cursor, limit, key=lambda row: row.id)


@offer.post("/status-page/incidents", Public, needs=PUBLISH, status=201)
def open_incident(request: ApiRequest, given: PublicIncident) -> Public:
    """Tell the public of an incident, and subscribers with `notify`."""
    return queries.incident(request.actor, commands.open_incident(request.actor, **given.dict()))


@offer.get("/status-page/incidents/{status_incident}", Public, needs=SEE)
def one(request: ApiRequest, status_incident: str) -> Public:
    """One incident or maintenance, by id or code."""
    return versioned(request, queries.incident(request.actor, status_incident))


@offer.patch("/status-page/incidents/{status_incident}", Public, needs=PUBLISH)
def change(request: ApiRequest, status_incident: str, given: PublicIncidentChange) -> Public:
    """Correct title or impact; nobody is told."""
    said = given.dict(exclude_unset=True)
    commands.change_incident(request.actor, public_incident_id=status_incident, version=if_match(request), **said)
    return versioned(request, queries.incident(request.actor, status_incident))


@offer.post("/status-page/incidents/{status_incident}/updates", Made, needs=PUBLISH, status=201)
def post_update(request: ApiRequest, status_incident: str, given: PublicUpdate) -> Made:
    """Tell the public how it stands. The same words within two minutes are one update."""
    said = given.dict()
    made = commands.post_update(request.actor, public_incident_id=status_incident, version=if_match(request), **said)
    return Made(id=made)


@offer.post("/status-page/incidents/{status_incident}/retract", Done, needs=PUBLISH)
def retract(request: ApiRequest, status_incident: str, given: Retraction) -> Done:
    """Take it off the page with all its updates."""
    commands.retract_incident(request.actor, public_incident_id=status_incident, reason=given.reason)
    return Done(said="Taken off.")


@offer.patch("/status-page/updates/{status_update}", Done, needs=PUBLISH)
def correct(request: ApiRequest, status_update: str, given: PublicText) -> Done:
    """Correct the text of an update; nobody is told anew."""
    commands.correct_update(request.actor, update_id=status_update, body=given.body)
    return Done(said="Corrected.")


@offer.post("/status-page/maintenance", Public, needs=PUBLISH, status=201)
def schedule(request: ApiRequest, given: Maintenance) -> Public:
    """Announce maintenance."""
    return queries.incident(request.actor, commands.schedule_maintenance(request.actor, **given.dict()))


@offer.put("/status-page/maintenance/{status_maintenance}/times", Public, needs=PUBLISH)
def move(request: ApiRequest, status_maintenance: str, given: MaintenanceTimes) -> Public:
    """Move it; its timers move with it."""
    commands.move_maintenance(
        request.actor, public_incident_id=status_maintenance, version=if_match(request), **given.dict()
    )
    return versioned(request, queries.incident(request.actor, status_maintenance))


@offer.get("/status-page/subscribers", Page[queries.SubscriberView], needs=MANAGE)
def subscribers(
    request: ApiRequest,
    state: Literal["pending", "active", "broken", "left"] | None = None,
    kind: Literal["mail", "webhook", "slack"] | None = None,
    text: str = "",
    cursor: str = "",
    limit: Limit = 50,
) -> Page[queries.SubscriberView]:
    """Subscribers, newest first, without their addresses."""
    start = min(max(0, read(cursor, o=int)["o"]), 10_000_000) if cursor else 0
    found = queries.subscribers(
        request.actor, state=state or "", kind=kind or "", text=text, offset=start, limit=limit + 1
    ).rows
    more = written({"o": start + limit}) if len(found) > limit else ""
    return Page(items=list(found[:limit]), next=more)


@offer.post("/status-page/subscribers/import", SubscribersTaken, needs=MANAGE)
def import_subscribers(request: ApiRequest, given: SubscriberList) -> SubscribersTaken:
    """Take over people who agreed elsewhere. Who left stays away; what cannot be used is counted and named."""
    # Headings first: without them, a list whose first line begins with a kind would lose that line.
    rows = [("kind", "address", "state", "components")]
    rows += [(one.kind, one.address, "", " ".join(one.components)) for one in given.subscribers]
    found = commands.import_subscribers(request.actor, rows=rows)
    faults = [ImportFault(number=line - 1, detail=detail) for line, detail in found.faults]
    return SubscribersTaken(added=found.added, known=found.known, refused=found.refused, faults=faults)


@offer.delete("/status-page/subscribers/{status_subscriber}", needs=MANAGE)
def remove_subscriber(request: ApiRequest, status_subscriber: str) -> None:
    """Take somebody off the list; the address is forgotten."""
    commands.remove_subscriber(request.actor, subscriber_id=status_subscriber)
