"""Makes the report of an incident, and makes it anew. What people wrote is never touched."""

from typing import Any

from django.db import transaction

from tocsin.core.log import Pending, append_many
from tocsin.domain.incidents import queries as incidents
from tocsin.domain.knowledge.commands.loading import put_in_index, save, writable
from tocsin.domain.knowledge.commands.printing import queue_pdf
from tocsin.domain.knowledge.events import ReportGenerated
from tocsin.domain.knowledge.gathering import gather
from tocsin.domain.knowledge.models import Lesson, Report
from tocsin.domain.knowledge.permissions import WRITE
from tocsin.domain.knowledge.rules.differences import changes
from tocsin.domain.knowledge.rules.proposals import proposals
from tocsin.domain.knowledge.rules.snapshot import Snapshot, decode, encode
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now


def generate_report(actor: Actor, *, incident: str) -> str:
    """Make the report, or make its generated part anew; its id. Event `knowledge.report_generated`; a PDF is queued.

    Its entry in the log is the mark: it holds the incident's log until the report is written, and everything before
    it is in the report, nothing after. Raises `Denied`, `NotFound`, `Conflict` (approved already).
    """
    actor.require(WRITE)
    owner = incidents.row(actor, incident)
    # In a transaction of its own: the database checks the row's incident only at the commit, and would then wait for
    # whoever changes that incident, who waits for the log that this holds.
    made, _ = Report.objects.get_or_create(
        incident_id=owner.id, defaults={"known": "", "generated_at": now(), "created_at": now(), "changed_at": now()}
    )
    with transaction.atomic():
        report = Report.objects.select_for_update().get(id=made.id)
        writable(report)
        before = decode(report.known) if report.known else None
        report.generation = report.generation + 1 if before else 1
        told = ReportGenerated(report=str(report.id), generation=report.generation)
        entry = append_many([Pending(f"incident:{owner.id}", told, actor)])[0]
        after = gather(owner.id, until=entry.seq - 1)
        _keep(report, before, after, actor)
        _propose(report, after)
        put_in_index(report)
        queue_pdf(report)
    return str(report.id)


def _keep(report: Report, before: Snapshot | None, after: Snapshot, actor: Actor) -> None:
    report.known = encode(after)
    report.generated_at, report.generated_by = now(), actor.name[:200]
    report.changes = [_as_row(change) for change in changes(before, after)] if before else []
    save(report, "known", "generation", "generated_at", "generated_by", "changes")


def _as_row(change: Any) -> dict[str, Any]:
    return {
        "key": change.key,
        "title": change.title,
        "added": change.added,
        "removed": change.removed,
        "examples": list(change.examples),
    }


def _propose(report: Report, known: Snapshot) -> None:
    """Renew what the rules propose. What a person decided stays decided, and keeps the person's words."""
    there = {lesson.rule: lesson for lesson in Lesson.objects.filter(report=report).exclude(rule="")}
    fresh = []
    for proposal in proposals(known):
        old = there.pop(proposal.key, None)
        if old is None:
            fresh.append(
                Lesson(
                    report=report,
                    kind=proposal.kind,
                    rule=proposal.key,
                    proposed=proposal.text,
                    facts=list(proposal.facts),
                    created_at=now(),
                )
            )
        else:
            old.proposed, old.facts, old.current = proposal.text, list(proposal.facts), True
            old.save(update_fields=["proposed", "facts", "current"])
    Lesson.objects.bulk_create(fresh)
    Lesson.objects.filter(id__in=[old.id for old in there.values()]).update(current=False)
