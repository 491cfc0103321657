"""What the log says about the team of an incident: who was called, who has which role, what is to be done.

Text that a person wrote is sealed under its author.
"""

from datetime import datetime
from typing import ClassVar

from tocsin.core.log import Event, event
from tocsin.domain.incidents.events.people import listed
from tocsin.domain.incidents.rules.roles import role_words


@event("incidents.team_activated", mark="users-group")
class TeamActivated(Event, frozen=True, kw_only=True):
    """The response team was called."""

    author: str
    people: tuple[str, ...]
    names: tuple[str, ...]
    message: str = ""
    sealed: ClassVar[dict[str, str]] = {"message": "author"}

    def sentence(self) -> str:
        """Names who was called."""
        return f"activated the response team: {listed(self.names)}"

    def body(self) -> str:
        """What they were told."""
        return self.message


class RoleEvent(Event, frozen=True, kw_only=True):
    """Base of all changes of roles. Who has a role sees a restricted incident by it."""

    changes_access: ClassVar[bool] = True
    author: str = ""
    role: str
    person: str
    person_name: str
    note: str = ""
    sealed: ClassVar[dict[str, str]] = {"note": "author"}

    def body(self) -> str:
        """What was said at the hand-over."""
        return self.note


@event("incidents.role_taken", mark="user-check")
class RoleTaken(RoleEvent, frozen=True, kw_only=True):
    """Someone holds a role from now on; `before` held it until now."""

    before: str = ""
    before_name: str = ""

    def sentence(self) -> str:
        """Names the role, the person, and who had it."""
        what, earlier = role_words(self.role), f" over from {self.before_name}" if self.before_name else ""
        if self.author == self.person:
            return f"took {what}{earlier}"
        return f"made {self.person_name} {what}{', taken' + earlier if earlier else ''}"


@event("incidents.role_offered", mark="user-check")
class RoleOffered(RoleEvent, frozen=True, kw_only=True):
    """Someone was asked to take a role; the holder keeps it until they accept."""

    def sentence(self) -> str:
        """Names the role and the person."""
        return f"asked {self.person_name} to take {role_words(self.role)}"


@event("incidents.role_declined", mark="user-check")
class RoleDeclined(RoleEvent, frozen=True, kw_only=True):
    """The offer was refused or taken back."""

    def sentence(self) -> str:
        """Names the role and the person."""
        if self.author == self.person:
            return f"declined to be {role_words(self.role)}"
        return f"took the offer of {role_words(self.role)} to {self.person_name} back"


@event("incidents.role_ended", mark="user-check")
class RoleEnded(RoleEvent, frozen=True, kw_only=True):
    """Nobody holds the role any more."""

    def sentence(self) -> str:
        """Names the role and the person."""
        if self.author == self.person:
            return f"gave {role_words(self.role)} up"
        return f"ended {role_words(self.role)} of {self.person_name}"


@event("incidents.duty_done", mark="square-check")
class DutyDone(Event, frozen=True, kw_only=True):
    """A standing duty of a role was ticked, or the tick was taken back. The text is the house's, not a person's."""

    role: str
    text: str
    done: bool

    def sentence(self) -> str:
        """What was done, as what."""
        verb = "did" if self.done else "took back"
        return f"{verb} as {role_words(self.role)}: {self.text}"


@event("incidents.role_kind_saved", mark="user-check")
class RoleKindSaved(Event, frozen=True, kw_only=True):
    """What a role asks for was changed. On `role_kind:<slug>`."""

    role: str
    what: str

    def sentence(self) -> str:
        """Names the role."""
        return f"{self.what} what {role_words(self.role)} asks for"


@event("incidents.task_added", mark="square-check")
class TaskAdded(Event, frozen=True, kw_only=True):
    """Something to do was written down."""

    author: str
    task: str
    title: str
    owner_name: str = ""
    due_at: datetime | None = None
    sealed: ClassVar[dict[str, str]] = {"title": "author"}

    def sentence(self) -> str:
        """Names the task and its owner."""
        return f"added a task{' for ' + self.owner_name if self.owner_name else ''}: {self.title}"


@event("incidents.task_overdue", mark="clock")
class TaskOverdue(Event, frozen=True, kw_only=True):
    """A task is still open although it was due. `author` is who wrote it down."""

    author: str
    task: str
    title: str
    owner_name: str = ""
    due_at: datetime
    sealed: ClassVar[dict[str, str]] = {"title": "author"}

    def sentence(self) -> str:
        """Names the task and its owner."""
        return f"saw a task overdue{', ' + self.owner_name + ' has it' if self.owner_name else ''}: {self.title}"


@event("incidents.task_template_saved", mark="checklist")
class TaskTemplateSaved(Event, frozen=True, kw_only=True):
    """A list of tasks was made or changed. On `task_template:<id>`."""

    template: str
    name: str

    def sentence(self) -> str:
        """Names the list."""
        return f"saved the task list {self.name}"


@event("incidents.task_template_removed", mark="checklist")
class TaskTemplateRemoved(TaskTemplateSaved, frozen=True, kw_only=True):
    """A list of tasks was removed."""

    def sentence(self) -> str:
        """Names the list."""
        return f"removed the task list {self.name}"


@event("incidents.task_changed", mark="square-check")
class TaskChanged(Event, frozen=True, kw_only=True):
    """A task was done, dropped, reopened, given to someone or moved."""

    author: str
    task: str
    title: str
    state: str
    what: str
    sealed: ClassVar[dict[str, str]] = {"title": "author"}

    def sentence(self) -> str:
        """What changed, then the task."""
        return f"{self.what}: {self.title}"
