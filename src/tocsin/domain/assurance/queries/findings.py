"""Findings of the audit, worst first."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from tocsin.core.engine.health import last_run
from tocsin.domain.assurance.models import Finding
from tocsin.domain.assurance.permissions import VIEW
from tocsin.domain.assurance.rules.audit import KINDS
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.kernel.actor import Actor

OWN_METHODS = "/settings/contact/"


@dataclass(frozen=True, slots=True)
class ReachabilityFinding:
    """One fault. `mend` says what to do, at `url`; `ended_at` is set once it is mended."""

    id: str
    kind: str
    what: str
    severity: str
    sentence: str
    mend: str
    url: str
    person_id: str
    since: datetime
    told_at: datetime | None
    ended_at: datetime | None


def findings(actor: Actor, *, ended: bool = False, limit: int = 1000) -> list[ReachabilityFinding]:
    """Those that stand, worst and then oldest first; with `ended` those that were mended, newest first. One query."""
    actor.require(VIEW)
    if ended:
        rows = Finding.objects.filter(ended_at__isnull=False).order_by("-ended_at")[:limit]
        return [_view(actor, row) for row in rows]
    views = [_view(actor, row) for row in Finding.objects.filter(ended_at=None).order_by("since", "key")[:limit]]
    return sorted(views, key=lambda view: -Severity(view.severity).rank)


def counts(actor: Actor) -> dict[str, int]:
    """How many findings stand, by severity, worst first. One query."""
    actor.require(VIEW)
    rows = Finding.objects.filter(ended_at=None).order_by().values_list("severity").annotate(n=Count("id"))
    found = dict(rows)
    return {s.value: found[s.value] for s in sorted(Severity, key=lambda s: -s.rank) if s.value in found}


def looked_at(actor: Actor) -> datetime | None:
    """When the engine's audit last came to its end; None when it never has. One query."""
    actor.require(VIEW)
    return last_run("assurance.audit")


def _view(actor: Actor, row: Finding) -> ReachabilityFinding:
    return ReachabilityFinding(
        id=str(row.id),
        kind=row.kind,
        what=KINDS.get(row.kind, row.kind),
        severity=row.severity,
        sentence=row.sentence,
        mend=row.mend,
        url=OWN_METHODS if row.person_id and row.person_id == actor.person else row.url,
        person_id=row.person_id,
        since=row.since,
        told_at=row.told_at,
        ended_at=row.ended_at,
    )
