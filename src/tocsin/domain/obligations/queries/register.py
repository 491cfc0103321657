"""The register of decisions, of one incident or of all that the actor may see, and what is due next in all of them."""

from datetime import datetime

from tocsin.core.visibility import visible
from tocsin.domain.obligations.commands.filing import book_of
from tocsin.domain.obligations.models import Obligation, RegisterEntry
from tocsin.domain.obligations.permissions import VIEW
from tocsin.domain.obligations.rules.planning import Due, Standing, standing
from tocsin.domain.obligations.rules.regimes import Clocks
from tocsin.domain.obligations.views import LegalDueView, RegisterView
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now

MOST = 5_000


def register(actor: Actor, incident_id: str = "", *, since: datetime | None = None) -> list[RegisterView]:
    """Every decision, newest first; with an id, those of that incident. Two queries."""
    actor.require(VIEW)
    rows = RegisterEntry.objects.select_related("incident").order_by("-at", "-id")
    if incident_id:
        rows = rows.filter(incident_id=incident_id)
    if since is not None:
        rows = rows.filter(at__gte=since)
    found = list(rows[:MOST])
    seen = visible(actor, {f"incident:{row.incident_id}" for row in found})
    return [_view(row) for row in found if f"incident:{row.incident_id}" in seen]


def _view(row: RegisterEntry) -> RegisterView:
    return RegisterView(
        reference=row.incident.reference,
        incident_title=row.incident.title,
        at=row.at,
        by=row.by,
        regime=row.regime_name,
        owed=row.owed,
        decision=row.decision,
        said=row.said,
        reason=row.reason,
        edition=row.edition,
    )


def due_next(actor: Actor, limit: int = 10, *, incident_id: str = "") -> list[LegalDueView]:
    """Legal clocks that run in all incidents the actor may see, or in one of them, soonest first; held ones are left
    out. One query when none runs, else two, and one per edition in use.
    """
    actor.require(VIEW)
    rows = Obligation.objects.filter(met_at=None, why_not="", quiet=False, due_at__isnull=False)
    if incident_id:
        rows = rows.filter(file__incident_id=incident_id)
    found = list(rows.select_related("file__incident").order_by("due_at")[: limit * 5])
    seen = visible(actor, {f"incident:{row.file.incident_id}" for row in found}) if found else set()
    books = {edition: book_of(edition) for edition in {row.file.edition for row in found}}
    shown = (_running(row, books[row.file.edition]) for row in found if f"incident:{row.file.incident_id}" in seen)
    return [due for due in shown if due is not None][:limit]


def _running(row: Obligation, book: Clocks) -> LegalDueView | None:
    """The clock as it runs; None when the authorities hold it."""
    if row.due_at is None:
        return None
    how = standing(Due(row.clock, row.starts_at, row.due_at, row.at_risk_at, held_until=row.held_until), now())
    if how is Standing.HELD:
        return None
    incident, regime = row.file.incident, book.regime(row.regime)
    clock = regime.clock(row.clock) if regime else None
    return LegalDueView(
        id=str(row.id),
        reference=incident.reference,
        title=incident.title,
        severity=incident.severity,
        url=incident.url,
        regime=regime.name if regime else row.regime,
        words=f"{regime.name}, {clock.owed}" if regime and clock else row.clock,
        to=clock.to if clock else "",
        term=clock.term_for(book.who).words() if clock else "",
        starts_at=row.starts_at or row.due_at,
        due_at=row.due_at,
        at_risk_at=row.at_risk_at or row.due_at,
        standing=how.value,
    )
