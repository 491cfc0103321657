"""The review of a report: draft, in review, approved or changes asked for, published, and back to draft."""

from contextlib import suppress

from django.db import transaction

from tocsin.domain.incidents import commands as incidents
from tocsin.domain.knowledge.commands.loading import incident_of, locked, record, save, text
from tocsin.domain.knowledge.commands.printing import queue_pdf
from tocsin.domain.knowledge.events import (
    ChangesAsked,
    ReportApproved,
    ReportPublished,
    ReportReopened,
    ReportSubmitted,
    Reviewed,
)
from tocsin.domain.knowledge.models import Report, ReviewStep
from tocsin.domain.knowledge.naming import author
from tocsin.domain.knowledge.permissions import APPROVE, WRITE
from tocsin.domain.knowledge.rules.review import ReviewState, Verb, move
from tocsin.kernel.actor import Actor, Permission
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Conflict

_EVENTS: dict[Verb, type[Reviewed]] = {
    Verb.SUBMIT: ReportSubmitted,
    Verb.APPROVE: ReportApproved,
    Verb.ASK_FOR_CHANGES: ChangesAsked,
    Verb.PUBLISH: ReportPublished,
    Verb.REOPEN: ReportReopened,
}


def submit(actor: Actor, *, report_id: str, note: str = "", version: int | None = None) -> None:
    """Ask for a review. Event `knowledge.report_submitted`. Raises `Conflict` when its state forbids it."""
    _step(actor, report_id, Verb.SUBMIT, WRITE, note, version)


def approve(actor: Actor, *, report_id: str, note: str = "", version: int | None = None) -> None:
    """It is right as it is. Meets the incident's review deadline when it is resolved. A PDF is queued.

    Events `knowledge.report_approved`, `incidents.reviewed`. Raises `Denied`, `Conflict`, also when the report
    changed since `version`: nobody approves what they have not read.
    """
    with transaction.atomic():
        report = _step(actor, report_id, Verb.APPROVE, APPROVE, note, version)
        owner = incident_of(report)
        if owner.resolved_at is not None:
            # Somebody may have marked it by hand already; then nothing is owed any more.
            with suppress(Conflict):
                incidents.mark_reviewed(actor, incident=owner.id)
        queue_pdf(report)


def ask_for_changes(actor: Actor, *, report_id: str, note: str, version: int | None = None) -> None:
    """It is not right yet; `note` says what is missing. Event `knowledge.changes_asked`."""
    said = text(note, "note", needed="say what is to be changed.", longest=4_000)
    _step(actor, report_id, Verb.ASK_FOR_CHANGES, APPROVE, said, version)


def publish(actor: Actor, *, report_id: str, note: str = "", version: int | None = None) -> None:
    """Give an approved report out to everybody who may see the incident. Event `knowledge.report_published`."""
    with transaction.atomic():
        queue_pdf(_step(actor, report_id, Verb.PUBLISH, APPROVE, note, version))


def reopen(actor: Actor, *, report_id: str, note: str, version: int | None = None) -> None:
    """Take an approved or published report back to draft, for a reason. Event `knowledge.report_reopened`."""
    said = text(note, "note", needed="say why it is written again.", longest=4_000)
    _step(actor, report_id, Verb.REOPEN, WRITE, said, version)


def _step(actor: Actor, report_id: str, verb: Verb, needed: Permission, note: str, version: int | None) -> Report:
    actor.require(needed)
    said = text(note, "note", longest=4_000)
    with transaction.atomic():
        report = locked(actor, report_id)
        if version is not None and version != report.version:
            raise Conflict("The report changed since you read it; look at it again first.", field="version")
        report.state = move(ReviewState(report.state), verb).value
        save(report, "state")
        ReviewStep.objects.create(
            report=report, verb=verb.value, by_id=actor.person or None, by_name=actor.name[:200], at=now(), note=said
        )
        told = _EVENTS[verb](author=author(actor), report=str(report.id), state=report.state, note=said)
        record(report, told, actor)
    return report
