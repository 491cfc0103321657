"""The audit: look at the house, keep what is new, end what is mended. Told to people by `telling`."""

from collections.abc import Sequence

from django.db import transaction

from tocsin.core.log import Event, Pending, append_many
from tocsin.domain.assurance.events import STREAM, FindingAppeared, FindingEnded
from tocsin.domain.assurance.gathering import picture
from tocsin.domain.assurance.models import Finding
from tocsin.domain.assurance.permissions import AUDIT
from tocsin.domain.assurance.rules import audit as rules
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now


def audit(actor: Actor) -> int:
    """Bring the findings in line with the house as it is now; returns how many stand.

    Events: `assurance.finding_appeared`, `assurance.finding_ended`, once each. A sentence that only changes its times
    is the same finding.
    """
    actor.require(AUDIT)
    found = {finding.key: finding for finding in rules.audit(picture(now()))}
    with transaction.atomic():
        open_ = {row.key: row for row in Finding.objects.select_for_update().filter(ended_at=None).order_by("key")}
        said = _end([row for key, row in open_.items() if key not in found])
        said += _appear([finding for key, finding in found.items() if key not in open_])
        _renew([(row, found[key]) for key, row in open_.items() if key in found])
        append_many([Pending(STREAM, event, actor) for event in said])
    return len(found)


def _values(finding: rules.Finding) -> dict[str, object]:
    return {
        "kind": finding.kind,
        "about": finding.about,
        "severity": finding.severity.value,
        "sentence": finding.sentence,
        "mend": finding.mend,
        "url": finding.url,
        "person_id": finding.person,
        "roles": list(finding.roles),
    }


def _appear(findings: Sequence[rules.Finding]) -> list[Event]:
    """Keep them, but for those that another audit kept in the same moment."""
    at = now()
    rows = [Finding(key=each.key, **_values(each), since=at, seen_at=at) for each in findings]
    Finding.objects.bulk_create(rows, ignore_conflicts=True)
    kept = set(Finding.objects.filter(id__in=[row.id for row in rows]).values_list("id", flat=True))
    return [
        FindingAppeared(finding=str(row.id), kind=row.kind, about=row.about, severity=row.severity, text=row.sentence)
        for row in rows
        if row.id in kept
    ]


def _renew(standing: Sequence[tuple[Finding, rules.Finding]]) -> None:
    """Keep what they say now: one statement for all, and one for each that changed. One that got worse is told anew."""
    Finding.objects.filter(id__in=[row.id for row, _ in standing]).update(seen_at=now())
    for row, finding in standing:
        changed = {name: value for name, value in _values(finding).items() if getattr(row, name) != value}
        if finding.severity.rank > Severity(row.severity).rank:
            changed["told_at"] = None
        if changed:
            Finding.objects.filter(id=row.id).update(**changed)


def _end(rows: Sequence[Finding]) -> list[Event]:
    Finding.objects.filter(id__in=[row.id for row in rows]).update(ended_at=now())
    return [
        FindingEnded(finding=str(row.id), kind=row.kind, about=row.about, severity=row.severity, text=row.sentence)
        for row in rows
    ]
