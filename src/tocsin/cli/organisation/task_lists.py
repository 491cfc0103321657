"""Lists of tasks in the file and in the room: owners by address or role, times as durations."""

from collections.abc import Callable, Mapping

from tocsin.cli.organisation.document import ListedTask, TaskList
from tocsin.domain.incidents import commands
from tocsin.domain.incidents.queries import TaskTemplateView
from tocsin.domain.incidents.rules.roles import RoleName
from tocsin.domain.incidents.rules.tasks import Item, within
from tocsin.kernel.actor import Actor
from tocsin.kernel.durations import parse_duration


def written(view: TaskTemplateView, emails: Mapping[str, str]) -> TaskList:
    """A list as the file has it."""
    return TaskList(
        name=view.name,
        kind=view.kind,
        severity=view.severity,
        tasks=[
            ListedTask(
                title=item.title,
                owner=emails.get(item.owner.removeprefix("person:"), item.owner.removeprefix("role:")),
                within=_text(item.minutes),
            )
            for item in view.items
        ],
    )


def save(actor: Actor, entry: TaskList, *, owner_of: Callable[[str], str], list_id: str | None) -> str:
    """Keep the list, or change the one of `list_id`; its id. Raises `Invalid`."""
    return commands.save_task_template(
        actor,
        name=entry.name,
        kind=entry.kind,
        severity=entry.severity,
        items=[Item(task.title, _owner(task.owner, owner_of), _minutes(task.within)) for task in entry.tasks],
        template=list_id,
    )


def _owner(owner: str, owner_of: Callable[[str], str]) -> str:
    if not owner:
        return ""
    return f"role:{owner}" if owner in set(RoleName) else f"person:{owner_of(owner.strip().lower())}"


def _minutes(text: str) -> int | None:
    return max(1, round(parse_duration(text, field="within").total_seconds() / 60)) if text else None


def _text(minutes: int | None) -> str:
    return within(minutes) if minutes else ""
