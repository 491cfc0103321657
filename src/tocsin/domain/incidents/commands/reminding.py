"""Timers of tasks: the owner is told shortly before a task is due, and when it was due and is still open."""

from datetime import datetime

from django.db import transaction

from tocsin.core.work import cancel, enqueue
from tocsin.domain.accounts import queries as accounts
from tocsin.domain.delivery.ports import Message, Reader, message_about
from tocsin.domain.incidents import jobs
from tocsin.domain.incidents.commands.loading import record, subject
from tocsin.domain.incidents.commands.telling import address, tell
from tocsin.domain.incidents.events import TaskOverdue
from tocsin.domain.incidents.models import Incident, RoleHolder, Task
from tocsin.domain.incidents.naming import TOCSIN
from tocsin.domain.incidents.rules.roles import RoleName
from tocsin.domain.incidents.rules.states import OPEN_STATES, State
from tocsin.domain.incidents.rules.tasks import remind_at
from tocsin.kernel.clock import now
from tocsin.kernel.ids import id_of


def set_timers(task: Task) -> None:
    """Bring the timers of a task in line with it; called by whoever changes a task."""
    for over in (False, True):
        cancel(jobs.TASK_DUE, _key(task, over=over))
    if task.state != "open" or task.due_at is None or task.due_at <= now():
        return
    before = remind_at(task.due_at, now())
    if before is not None:
        _set(task, task.due_at, over=False, at=before)
    _set(task, task.due_at, over=True, at=task.due_at)


def remind(asked: jobs.TaskDue) -> None:
    """Tell the owner, or the commander when there is none. Event `incidents.task_overdue` once it is. By the worker.

    Nothing happens when the task was done, dropped or moved meanwhile, or its incident is over.
    """
    with transaction.atomic():
        found = Task.objects.filter(id=id_of(asked.task), state="open").first()
        if found is None:
            return
        row = Incident.objects.select_for_update().get(id=found.incident_id)
        task = Task.objects.filter(id=found.id, state="open").first()
        if task is None or task.due_at is None or int(task.due_at.timestamp()) != asked.due:
            return
        if State(row.state) not in OPEN_STATES:
            return
        if asked.over:
            task.overdue_at = now()
            task.save(update_fields=["overdue_at"])
            record(row, _overdue(task, task.due_at), TOCSIN)
        else:
            task.reminded_at = now()
            task.save(update_fields=["reminded_at"])
        _tell(row, task, task.due_at, over=asked.over)


def _tell(row: Incident, task: Task, due_at: datetime, *, over: bool) -> None:
    person = str(task.owner_id) if task.owner_id else _commander(row)
    words = "is overdue" if over else "is due soon"
    at, about = now(), subject(row)
    tail = f"{row.reference}: {row.title}"

    def message(reader: Reader) -> Message:
        return message_about(
            about,
            title=f"{row.reference}: a task {words}",
            text=f"{task.title}\n{words.capitalize()}: {reader.when(due_at, at)}. {tail}",
            severity=row.severity,
            url=f"{address(row)}#tasks",
            action="Open",
        )

    active = {p.id for p in accounts.people(TOCSIN, [person], active_only=True)} if person else set()
    tell(row, sorted(active), message, purpose="task", key=f"{_key(task, over=over)}:{int(due_at.timestamp())}")


def _commander(row: Incident) -> str:
    held = RoleHolder.objects.filter(incident=row, role=RoleName.COMMANDER.value, ended_at=None, accepted=True).first()
    return str(held.person_id) if held else ""


def _overdue(task: Task, due_at: datetime) -> TaskOverdue:
    names = {p.id: p.name for p in accounts.people(TOCSIN, [str(task.owner_id)])} if task.owner_id else {}
    author = str(task.created_by_id) if task.created_by_id else TOCSIN.id
    return TaskOverdue(
        author=author, task=str(task.id), title=task.title, owner_name=next(iter(names.values()), ""), due_at=due_at
    )


def _set(task: Task, due_at: datetime, *, over: bool, at: datetime) -> None:
    wanted = jobs.TaskDue(task=str(task.id), over=over, due=int(due_at.timestamp()))
    enqueue(jobs.TASK_DUE, wanted, key=_key(task, over=over), due=at)


def _key(task: Task, *, over: bool) -> str:
    return f"{task.id}:{'over' if over else 'soon'}"
