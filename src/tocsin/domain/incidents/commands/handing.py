"""What is open when a role changes hands: told with the offer, shown with it. Reads only."""

from tocsin.domain.incidents.commands.holding import holder
from tocsin.domain.incidents.models import Deadline, Duty, Incident, Task
from tocsin.domain.incidents.rules.deadlines import DeadlineKind
from tocsin.domain.incidents.views_roles import LeftOpen

_MOST = 5


def left_open(row: Incident, role: str) -> list[LeftOpen]:
    """Duties not ticked, tasks of the present holder, and what is due next, in a few words each. Four queries."""
    duties = Duty.objects.filter(incident=row, role=role, done_at=None).order_by("position")[:_MOST]
    held = holder(row, role)
    tasks = Task.objects.filter(incident=row, owner=held.person_id, state="open")[:_MOST] if held else []
    due = Deadline.objects.filter(incident=row, met_at=None).order_by("due_at")[:2]
    return [
        *(LeftOpen(f"Duty: {duty.text}") for duty in duties),
        *(LeftOpen(f"Task: {task.title}") for task in tasks),
        *(LeftOpen(f"{DeadlineKind(each.kind).words}: due at", each.due_at) for each in due),
    ]
