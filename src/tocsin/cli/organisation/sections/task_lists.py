"""Lists of tasks for incidents: owners by address or role, times as durations."""

from collections.abc import Iterable
from contextlib import suppress
from typing import Annotated

from msgspec import Meta

from tocsin.cli.organisation.applying import Work
from tocsin.cli.organisation.entry import Entry, Name
from tocsin.cli.organisation.section import Section, Standing
from tocsin.domain.incidents import commands, queries
from tocsin.domain.incidents.rules.roles import RoleName
from tocsin.domain.incidents.rules.tasks import Item, within
from tocsin.kernel.actor import Actor
from tocsin.kernel.durations import parse_duration
from tocsin.kernel.errors import Invalid


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


class _TaskLists(Section[TaskList]):
    name, one, entry, place = "task_lists", "task list", TaskList, 10
    after = ("people",)

    def read(self, now: Standing) -> Iterable[tuple[str, TaskList]]:
        emails = now.names("people")
        for view in queries.task_templates(now.actor):
            tasks = [
                ListedTask(
                    title=item.title,
                    owner=emails.get(item.owner.removeprefix("person:"), item.owner.removeprefix("role:")),
                    within=_within(item.minutes),
                )
                for item in view.items
            ]
            yield view.id, TaskList(name=view.name, kind=view.kind, severity=view.severity, tasks=tasks)

    def normal(self, entry: TaskList) -> None:
        for task in entry.tasks:
            with suppress(Invalid):
                task.within = _within(_minutes(task.within))

    def save(self, work: Work, entry: TaskList, old: TaskList | None, id_: str) -> str:
        return commands.save_task_template(
            work.actor,
            name=entry.name,
            kind=entry.kind,
            severity=entry.severity,
            items=[Item(task.title, _owner(work, task.owner), _minutes(task.within)) for task in entry.tasks],
            template=id_ or None,
        )

    def remove(self, actor: Actor, id_: str) -> None:
        commands.remove_task_template(actor, template=id_)


def _owner(work: Work, owner: str) -> str:
    if not owner:
        return ""
    if owner in set(RoleName):
        return f"role:{owner}"
    return f"person:{work.id_of('people', owner.strip().lower(), 'owner')}"


def _minutes(text: str) -> int | None:
    return max(1, round(parse_duration(text, field="within").total_seconds() / 60)) if text else None


def _within(minutes: int | None) -> str:
    return within(minutes) if minutes else ""


SECTION = _TaskLists()
