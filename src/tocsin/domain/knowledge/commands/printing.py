"""PDFs of reports: asked for, made by a worker, kept by the hash of what they show."""

from datetime import timedelta

from django.db import transaction

from tocsin.core.log import append
from tocsin.core.work import enqueue
from tocsin.domain.knowledge import jobs
from tocsin.domain.knowledge.commands.loading import locked
from tocsin.domain.knowledge.events import PdfFailed
from tocsin.domain.knowledge.models import Print, Report
from tocsin.domain.knowledge.naming import TOCSIN
from tocsin.domain.knowledge.permissions import VIEW
from tocsin.domain.knowledge.queries.composing import composed
from tocsin.domain.knowledge.writing.printed import content, content_hash
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now

KEPT = 3
"""Settled PDFs of a report that are kept; older ones can be made again."""
STUCK = timedelta(minutes=10)


def ask_for_pdf(actor: Actor, *, report_id: str) -> str:
    """Have the report typeset as it is now, unless that was done; the id of the PDF. Raises `Denied`, `NotFound`."""
    actor.require(VIEW)
    with transaction.atomic():
        return queue_pdf(locked(actor, report_id))


def queue_pdf(report: Report) -> str:
    """The same for a locked report: one that failed, or that hangs, is tried again."""
    said = content(composed(report))
    row, made = Print.objects.get_or_create(
        report=report, content_hash=content_hash(said), defaults={"content": said, "asked_at": now()}
    )
    hangs = row.state == "queued" and row.asked_at < now() - STUCK
    if not made and row.state != "failed" and not hangs:
        return str(row.id)
    row.state, row.error, row.content, row.asked_at = "queued", "", said, now()
    row.save(update_fields=["state", "error", "content", "asked_at"])
    enqueue(jobs.TYPESET, jobs.Typeset(print=str(row.id)), key=str(row.id))
    return str(row.id)


def settle_pdf(print_id: str, file: bytes, *, pages: int, standard: str, note: str) -> None:
    """Keep a PDF that was made; the oldest beyond three go. Called by the worker only."""
    row = Print.objects.filter(id=print_id).first()
    if row is None:
        return
    row.state, row.file, row.pages, row.standard, row.note = "ready", file, pages, standard, note
    row.settled_at, row.content = now(), ""
    row.save()
    old = Print.objects.filter(report=row.report_id, state="ready").order_by("-settled_at").values_list("id", flat=True)
    Print.objects.filter(id__in=list(old[KEPT:])).delete()


def fail_pdf(print_id: str, error: str) -> None:
    """Write down why a PDF cannot be made. Event `knowledge.pdf_failed`. Called by the worker only."""
    row = Print.objects.filter(id=print_id).first()
    if row is not None:
        row.state, row.error, row.settled_at = "failed", error[:1000], now()
        row.save(update_fields=["state", "error", "settled_at"])
        append(f"report:{row.report_id}", PdfFailed(error=error[:300]), TOCSIN)


def content_of(print_id: str) -> str:
    """What is to be typeset; empty when it was settled meanwhile. For the worker only."""
    return Print.objects.filter(id=print_id, state="queued").values_list("content", flat=True).first() or ""
