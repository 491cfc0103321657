"""What belongs to an incident: linked incidents, tickets elsewhere, conferences, and tasks from kept lists."""

from typing import Annotated

from pydantic import Field

from tocsin.api.door import ApiRequest
from tocsin.api.offering import Offer
from tocsin.api.shapes import Body, Done, Made, Page
from tocsin.domain.incidents import commands, queries
from tocsin.domain.incidents.permissions import MANAGE, VIEW, WRITE
from tocsin.domain.incidents.rules.linking import Relation
from tocsin.domain.incidents.rules.states import Kind
from tocsin.domain.incidents.rules.tasks import Item
from tocsin.domain.oncall.rules.urgency import Severity

offer = Offer("incident links")
Label = Annotated[str, Field(max_length=200)]
Address = Annotated[str, Field(max_length=2000)]


class IncidentLink(Body):
    """Another incident, and what this one is to it."""

    other: str
    relation: Relation = Relation.RELATED


class Ticket(Body):
    """A ticket elsewhere: its reference, its address, or both."""

    label: Label = ""
    url: Address = ""


class Bridge(Body):
    """A conference: an address to join, a number to dial, or both."""

    label: Label = ""
    url: Address = ""
    phone: Annotated[str, Field(max_length=40)] = ""
    pin: Annotated[str, Field(max_length=40)] = ""


class ListedTask(Body):
    """A task of a list. `owner`: empty, `person:<id>` or `role:<slug>`; `minutes` from when it is added."""

    title: Annotated[str, Field(min_length=1, max_length=300)]
    owner: Annotated[str, Field(max_length=60)] = ""
    minutes: Annotated[int, Field(ge=1, le=20160)] | None = None


class TaskList(Body):
    """A list of tasks for incidents of a kind, from a severity up; empty: every one."""

    name: Annotated[str, Field(min_length=1, max_length=80)]
    kind: Kind | None = None
    severity: Severity | None = None
    tasks: Annotated[list[ListedTask], Field(min_length=1, max_length=50)]


class TaskListName(Body):
    """A kept list of tasks, by id."""

    template: str


class TasksAdded(Body):
    """The tasks that were added, and sentences about owners that are missing."""

    tasks: list[str]
    missing: list[str]


@offer.get("/incidents/{ref}/links", queries.LinksView, needs=VIEW, incident=True)
def links(request: ApiRequest, ref: str) -> queries.LinksView:
    """Linked incidents, tickets and conferences."""
    return queries.links(request.actor, ref)


@offer.post("/incidents/{ref}/links", Made, needs=WRITE, status=201, incident=True)
def link(request: ApiRequest, ref: str, given: IncidentLink) -> Made:
    """Say how it belongs to another incident; it shows on both."""
    return Made(
        id=commands.link_incident(request.actor, incident=ref, other=given.other, relation=given.relation.value)
    )


@offer.delete("/incident-links/{link}", needs=WRITE)
def unlink(request: ApiRequest, link: str) -> None:
    """Take such a link away."""
    commands.unlink_incident(request.actor, link=link)


@offer.post("/incidents/{ref}/tickets", Made, needs=WRITE, status=201, incident=True)
def add_ticket(request: ApiRequest, ref: str, given: Ticket) -> Made:
    """Add a ticket of another system."""
    return Made(id=commands.add_outside_link(request.actor, incident=ref, kind="ticket", **given.dict()))


@offer.post("/incidents/{ref}/bridges", Made, needs=WRITE, status=201, incident=True)
def add_bridge(request: ApiRequest, ref: str, given: Bridge) -> Made:
    """Add a conference."""
    return Made(id=commands.add_outside_link(request.actor, incident=ref, kind="bridge", **given.dict()))


@offer.delete("/outside-links/{link}", needs=WRITE)
def remove_outside(request: ApiRequest, link: str) -> None:
    """Take a ticket or a conference away."""
    commands.remove_outside_link(request.actor, link=link)


@offer.put("/bridge", Done, needs=MANAGE)
def set_bridge(request: ApiRequest, given: Bridge) -> Done:
    """The conference that every incident offers; all empty takes it away."""
    commands.set_bridge_for_all(request.actor, **given.dict())
    return Done(said="Saved.")


@offer.post("/incidents/{ref}/tasks/from-list", TasksAdded, needs=WRITE, status=201, incident=True)
def tasks_from_list(request: ApiRequest, ref: str, given: TaskListName) -> TasksAdded:
    """Add the tasks of a list that are not there yet."""
    made = commands.add_tasks_from_template(request.actor, incident=ref, template=given.template)
    return TasksAdded(tasks=list(made.tasks), missing=list(made.missing))


@offer.get("/task-lists", Page[queries.TaskTemplateView], needs=VIEW)
def task_lists(request: ApiRequest) -> Page[queries.TaskTemplateView]:
    """Kept lists of tasks by name."""
    return Page(items=queries.task_templates(request.actor))


@offer.post("/task-lists", Made, needs=MANAGE, status=201)
def add_task_list(request: ApiRequest, given: TaskList) -> Made:
    """Keep a list of tasks."""
    return Made(id=_save(request, given))


@offer.put("/task-lists/{template}", Made, needs=MANAGE)
def save_task_list(request: ApiRequest, template: str, given: TaskList) -> Made:
    """Replace a kept list of tasks."""
    return Made(id=_save(request, given, template))


@offer.delete("/task-lists/{template}", needs=MANAGE)
def remove_task_list(request: ApiRequest, template: str) -> None:
    """Remove a kept list of tasks; tasks that came from it stay."""
    commands.remove_task_template(request.actor, template=template)


def _save(request: ApiRequest, given: TaskList, template: str | None = None) -> str:
    return commands.save_task_template(
        request.actor,
        name=given.name,
        kind=given.kind.value if given.kind else "",
        severity=given.severity.value if given.severity else "",
        items=[Item(task.title, task.owner, task.minutes) for task in given.tasks],
        template=template,
    )
