"""Running legal clocks in the shape of deadlines, so that what the law wants stands beside what was promised.

Reads only; which clocks run, and who sees them, the obligations room decides.
"""

from collections.abc import Iterable

from tocsin.domain.incidents.views import DeadlineView
from tocsin.domain.obligations.queries import LegalDueView

KIND = "legal"
"""The kind of such a deadline; no target of an incident has it."""


def as_deadline(due: LegalDueView) -> DeadlineView:
    """The clock as a deadline is shown."""
    return DeadlineView(
        id=due.id,
        kind=KIND,
        words=due.words,
        term=due.term,
        starts_at=due.starts_at,
        at_risk_at=due.at_risk_at,
        due_at=due.due_at,
        met_at=None,
        standing=due.standing,
    )


def worst_of(running: Iterable[LegalDueView]) -> LegalDueView | None:
    """The first that is missed or at risk; None while all are on track."""
    return next((due for due in running if due.standing in ("breached", "at_risk")), None)
