"""What whoever acknowledges a page of an incident owes next: shown by the page's own link. Reads only."""

from datetime import datetime

from tocsin.domain.incidents.models import Deadline
from tocsin.domain.incidents.rules.deadlines import DeadlineKind
from tocsin.domain.oncall.ports import Coming
from tocsin.kernel.clock import now
from tocsin.kernel.ids import id_of
from tocsin.kernel.subject import Subject


def promised(subject: Subject) -> list[Coming]:
    """The next three things that are due once it is acknowledged. One query; says nothing of what it is about."""
    owed = Deadline.objects.filter(incident=id_of(subject.id), met_at=None).exclude(kind=DeadlineKind.ACKNOWLEDGE)
    owed = owed.order_by("due_at")[:3]
    at = now()
    return [Coming(row.due_at, f"{DeadlineKind(row.kind).words} {_is_due(row, at)}.") for row in owed]


def _is_due(row: Deadline, at: datetime) -> str:
    return "is due" if row.due_at > at else "was due, and is missed"
