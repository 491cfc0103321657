"""What is to be done for an incident, by whom and until when."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import F

from tocsin.domain.accounts import queries as accounts
from tocsin.domain.incidents.commands import calling
from tocsin.domain.incidents.commands.loading import choice, locked, record, text
from tocsin.domain.incidents.commands.reminding import set_timers
from tocsin.domain.incidents.events import TaskAdded, TaskChanged
from tocsin.domain.incidents.models import Incident, Task
from tocsin.domain.incidents.naming import TOCSIN, author
from tocsin.domain.incidents.permissions import WRITE
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Conflict, NotFound
from tocsin.kernel.ids import id_of

KINDS = ("task", "fix")
STATES = ("open", "done", "dropped")


class Keep:
    """Stands for 'leave it as it is', where None means 'nobody' or 'no time'."""


KEEP: Final = Keep()


def add_task(
    actor: Actor,
    *,
    incident: str,
    title: str,
    owner: str | None = None,
    due_at: datetime | None = None,
    kind: str = "task",
) -> str:
    """Write down something to do; returns its id. Event `incidents.task_added`. `kind` fix: it removes the cause."""
    actor.require(WRITE)
    sort = choice(kind, KINDS, "kind")
    what = text(title, "title", needed="say what is to be done.", longest=300)
    with transaction.atomic():
        row = locked(actor, incident)
        made = make_task(actor, row, what, owner=owner, owner_name=_owner(owner), due_at=due_at, kind=sort)
        calling.active(row)
    return made


def make_task(
    actor: Actor,
    row: Incident,
    title: str,
    *,
    owner: str | None,
    owner_name: str,
    due_at: datetime | None,
    kind: str = "task",
    template: UUID | None = None,
) -> str:
    """Add a task to a locked incident, with its timers. Event `incidents.task_added`."""
    task = Task.objects.create(
        incident=row,
        title=title,
        kind=kind,
        owner_id=owner or None,
        due_at=due_at,
        template_id=template,
        created_by_id=actor.person or None,
        created_at=now(),
    )
    set_timers(task)
    told = TaskAdded(author=author(actor), task=str(task.id), title=title, owner_name=owner_name, due_at=due_at)
    record(row, told, actor)
    return str(task.id)


def change_task(
    actor: Actor,
    *,
    task: str,
    title: str | None = None,
    owner: str | Keep | None = KEEP,
    due_at: datetime | Keep | None = KEEP,
    state: str | None = None,
    version: int | None = None,
) -> None:
    """Do, drop, reopen, rename, give away or move a task. Event `incidents.task_changed`.

    Raises `Conflict` when someone else changed it since `version`.
    """
    actor.require(WRITE)
    with transaction.atomic():
        found = _task(task)
        row = locked(actor, str(found.incident_id))
        found = Task.objects.get(id=found.id)
        if version is not None and version != found.version:
            raise Conflict(f"Someone else changed this task in the meantime; it is {found.state} now.", field="version")
        said = _apply(found, title, owner, due_at, state)
        if not said:
            return
        found.done_at = (found.done_at or now()) if found.state == "done" else None
        found.version += 1
        saved = Task.objects.filter(id=found.id, version=found.version - 1).update(
            version=F("version") + 1,
            title=found.title,
            owner=found.owner_id,
            due_at=found.due_at,
            state=found.state,
            done_at=found.done_at,
            overdue_at=found.overdue_at,
        )
        if not saved:
            raise Conflict("Someone else changed this task in the meantime; look at it again.", field="version")
        set_timers(found)
        what = ", ".join(said)
        told = TaskChanged(author=author(actor), task=task, title=found.title, state=found.state, what=what)
        record(row, told, actor)
        calling.active(row)


def _apply(
    task: Task, title: str | None, owner: str | Keep | None, due_at: datetime | Keep | None, state: str | None
) -> list[str]:
    """Set what differs; returns it in words."""
    said = []
    if state is not None and choice(state, STATES, "state") != task.state:
        task.state = state
        said.append({"done": "finished a task", "dropped": "dropped a task", "open": "reopened a task"}[state])
    if (
        title is not None
        and (name := text(title, "title", needed="say what is to be done.", longest=300)) != task.title
    ):
        task.title = name
        said.append("renamed a task")
    if not isinstance(owner, Keep) and (owner or None) != (str(task.owner_id) if task.owner_id else None):
        who = _owner(owner)
        task.owner_id = owner or None
        said.append(f"gave a task to {who}" if who else "took a task from its owner")
    if not isinstance(due_at, Keep) and due_at != task.due_at:
        task.due_at, task.overdue_at = due_at, None
        said.append(f"moved a task to {due_at:%Y-%m-%d %H:%M} UTC" if due_at else "took the due time off a task")
    return said


def _task(id_: str) -> Task:
    found = Task.objects.filter(id=id_of(id_)).first()
    if found is None:
        raise NotFound("There is no such task.", field="task")
    return found


def _owner(person: str | None) -> str:
    if not person:
        return ""
    found = accounts.people(TOCSIN, [person], active_only=True)
    if not found:
        raise NotFound("There is no such active person; choose another owner.", field="owner")
    return found[0].name
