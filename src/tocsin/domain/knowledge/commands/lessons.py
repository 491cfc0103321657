"""Lessons and recommendations: a person accepts, edits or dismisses what the rules propose, or adds their own."""

from django.db import transaction

from tocsin.domain.knowledge.commands.loading import locked, put_in_index, record, save, text, writable
from tocsin.domain.knowledge.events import LessonDecided
from tocsin.domain.knowledge.models import Lesson, Report
from tocsin.domain.knowledge.naming import author
from tocsin.domain.knowledge.permissions import WRITE
from tocsin.domain.knowledge.rules.proposals import LESSON, RECOMMENDATION
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Conflict, Invalid, NotFound
from tocsin.kernel.ids import id_of

LONGEST = 2_000
STATES = ("accepted", "dismissed", "proposed")


def add_lesson(actor: Actor, *, report_id: str, kind: str, text: str) -> str:
    """Write down a lesson or recommendation of one's own; its id. Event `knowledge.lesson_decided`."""
    actor.require(WRITE)
    if kind not in (LESSON, RECOMMENDATION):
        raise Invalid(f"kind: choose one of {LESSON}, {RECOMMENDATION}.", field="kind")
    said = _said(text)
    with transaction.atomic():
        report = locked(actor, report_id)
        writable(report)
        lesson = Lesson(report=report, kind=kind, text=said, state="accepted", version=0, created_at=now())
        _keep(report, lesson, actor)
    return str(lesson.id)


def decide_lesson(
    actor: Actor, *, lesson: str, state: str, text: str | None = None, version: int | None = None
) -> None:
    """Accept (with other words, if given), dismiss, or take that back. Event `knowledge.lesson_decided`.

    Raises `Conflict` when someone else decided since `version`, or the report is approved.
    """
    actor.require(WRITE)
    if state not in STATES:
        raise Invalid(f"state: choose one of {', '.join(STATES)}.", field="state")
    with transaction.atomic():
        row = Lesson.objects.filter(id=id_of(lesson)).first()
        if row is None:
            raise NotFound("There is no such lesson.", field="lesson")
        report = locked(actor, str(row.report_id))
        writable(report)
        row.refresh_from_db()
        if version is not None and version != row.version:
            raise Conflict("Someone else decided about this in the meantime; look at it again.", field="version")
        row.state = state
        if text is not None:
            said = _said(text)
            row.text = "" if said == row.proposed else said
        _keep(report, row, actor)


def _said(value: str) -> str:
    return text(value, "text", needed="say it in a sentence or two.", longest=LONGEST)


def _keep(report: Report, row: Lesson, actor: Actor) -> None:
    row.decided_by_id = actor.person or None
    row.decided_at = now()
    row.version += 1
    row.save()
    told = LessonDecided(
        author=author(actor), lesson=str(row.id), kind=row.kind, state=row.state, text=row.text or row.proposed
    )
    save(report)
    record(report, told, actor, own=True)
    put_in_index(report)
