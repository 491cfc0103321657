"""Lists of tasks kept by name, to be added to an incident at once."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from django.db import IntegrityError, transaction

from tocsin.core.log import append
from tocsin.domain.accounts import queries as accounts
from tocsin.domain.incidents.commands import calling
from tocsin.domain.incidents.commands.loading import choice, locked, text
from tocsin.domain.incidents.commands.tasks import make_task
from tocsin.domain.incidents.events import TaskTemplateRemoved, TaskTemplateSaved
from tocsin.domain.incidents.models import Incident, RoleHolder, Task, TaskTemplate
from tocsin.domain.incidents.naming import TOCSIN
from tocsin.domain.incidents.permissions import MANAGE, WRITE
from tocsin.domain.incidents.rules.roles import RoleName
from tocsin.domain.incidents.rules.states import FINAL_STATES, Kind, State
from tocsin.domain.incidents.rules.tasks import Draft, Item, drafts
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Conflict, Invalid, NotFound
from tocsin.kernel.ids import id_of, new_id


@dataclass(frozen=True, slots=True)
class Added:
    """Ids of the tasks that were added, and what is missing of them in sentences."""

    tasks: tuple[str, ...]
    missing: tuple[str, ...]


def save_task_template(
    actor: Actor,
    *,
    name: str,
    items: Sequence[Item],
    kind: str = "",
    severity: str = "",
    template: str | None = None,
) -> str:
    """Make a list of tasks, or change `template`; returns its id. Event `incidents.task_template_saved`.

    `severity`: from this one up. Raises `Invalid` naming the task whose owner is nobody.
    """
    actor.require(MANAGE)
    called = text(name, "name", needed="give the list a name.", longest=80)
    choice(kind, ["", *(k.value for k in Kind)], "kind")
    choice(severity, ["", *(s.value for s in Severity)], "severity")
    if not items:
        raise Invalid("tasks: write at least one task.", field="tasks")
    _refuse_strangers(items)
    values = {"name": called, "kind": kind, "severity": severity, "items": [asdict(item) for item in items]}
    with transaction.atomic():
        id_ = template or str(new_id())
        if template is not None and not TaskTemplate.objects.filter(id=id_of(template)).exists():
            raise NotFound("There is no such task list.", field="template")
        try:
            with transaction.atomic():
                TaskTemplate.objects.update_or_create(id=id_, defaults=values)
        except IntegrityError:
            raise Conflict(f"There is a task list called {called}; choose another name.", field="name") from None
        append(f"task_template:{id_}", TaskTemplateSaved(template=id_, name=called), actor)
    return id_


def remove_task_template(actor: Actor, *, template: str) -> None:
    """Remove a list of tasks; tasks that came from it stay. Event `incidents.task_template_removed`."""
    actor.require(MANAGE)
    with transaction.atomic():
        row = TaskTemplate.objects.filter(id=id_of(template)).first()
        if row is None:
            raise NotFound("There is no such task list.", field="template")
        append(f"task_template:{row.id}", TaskTemplateRemoved(template=str(row.id), name=row.name), actor)
        row.delete()


def add_tasks_from_template(actor: Actor, *, incident: str, template: str) -> Added:
    """Add the tasks of a list, those that are not there from it yet; owners and times are those of now.

    An event `incidents.task_added` for each. A task whose person left is added without an owner, and the answer says
    so. Raises `Conflict` when all of them are there, or when the incident is over.
    """
    actor.require(WRITE)
    with transaction.atomic():
        row = locked(actor, incident)
        found = TaskTemplate.objects.filter(id=id_of(template)).first()
        if found is None:
            raise NotFound("There is no such task list.", field="template")
        if State(row.state) in FINAL_STATES:
            raise Conflict(f"{row.reference} is {row.state}; reopen it to add tasks.", field="state")
        there = set(Task.objects.filter(incident=row, template_id=found.id).values_list("title", flat=True))
        fresh = [draft for draft in _drafts(row, found) if draft.title not in there]
        if not fresh:
            raise Conflict(f"All tasks of {found.name} are here already.", field="template")
        names = {p.id: p.name for p in accounts.people(TOCSIN, [d.owner for d in fresh if d.owner])}
        made = [
            make_task(
                actor,
                row,
                d.title,
                owner=d.owner,
                owner_name=names.get(d.owner or "", ""),
                due_at=d.due_at,
                template=found.id,
            )
            for d in fresh
        ]
        calling.active(row)
    return Added(tuple(made), tuple(draft.missing for draft in fresh if draft.missing))


def _drafts(row: Incident, template: TaskTemplate) -> list[Draft]:
    held = RoleHolder.objects.filter(incident=row, ended_at=None, accepted=True).values_list("role", "person_id")
    people = accounts.people(TOCSIN)
    return drafts(
        [Item(**item) for item in template.items],
        now=now(),
        holders={role: str(person) for role, person in held},
        active={p.id: p.name for p in people if p.active},
        names={p.id: p.name for p in people},
    )


def _refuse_strangers(items: Sequence[Item]) -> None:
    active = {p.id for p in accounts.people(TOCSIN, active_only=True)}
    for item in items:
        kind, _, id_ = item.owner.partition(":")
        known = {"": True, "person": id_ in active, "role": id_ in set(RoleName)}.get(kind, False)
        if not known:
            raise Invalid(f"tasks: the owner of '{item.title}' is no active person and no role.", field="tasks")
