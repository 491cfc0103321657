"""What whoever acknowledges a page of an incident owes next: shown by the page's own link. Reads only."""

from tocsin.domain.incidents.models import Deadline
from tocsin.domain.incidents.rules.deadlines import DeadlineKind
from tocsin.domain.oncall.ports import Coming
from tocsin.kernel.ids import id_of
from tocsin.kernel.subject import Subject


def promised(subject: Subject) -> list[Coming]:
    """The next three things that are due once it is acknowledged. One query; says nothing of what it is about."""
    owed = Deadline.objects.filter(incident=id_of(subject.id), met_at=None).exclude(kind=DeadlineKind.ACKNOWLEDGE)
    owed = owed.order_by("due_at")[:3]
    return [Coming(row.due_at, f"{DeadlineKind(row.kind).words} is due.") for row in owed]
