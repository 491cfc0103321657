"""One report: what stands in it, its files, its PDF."""

from tocsin.domain.accounts.queries import organisation
from tocsin.domain.incidents.queries import IncidentRow, row
from tocsin.domain.knowledge.access import visible_ids
from tocsin.domain.knowledge.models import ActionItem, Lesson, Print, Report
from tocsin.domain.knowledge.permissions import APPROVE, VIEW, WRITE
from tocsin.domain.knowledge.queries.composing import STEP_WORDS, People, Rows, is_overdue
from tocsin.domain.knowledge.rules.document import TITLES, WRITABLE
from tocsin.domain.knowledge.rules.review import OPEN, ReviewState, Verb, allowed
from tocsin.domain.knowledge.views import (
    ActionItemView,
    ChangeView,
    LessonView,
    PdfView,
    ReportView,
    SectionView,
    StepView,
)
from tocsin.domain.knowledge.writing import markdown, page, record
from tocsin.domain.knowledge.writing.printed import content, content_hash
from tocsin.kernel.actor import Actor
from tocsin.kernel.errors import Invalid, NotFound, Unavailable
from tocsin.kernel.ids import uuid_of

FORMS = {
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
    "md": "text/markdown; charset=utf-8",
    "json": "application/json",
}
"""The files of a report and their media types."""


def report(actor: Actor, ref: str, *, zone: str = "") -> ReportView:
    """The report of an incident (by its reference or id, or the report's own id), times in `zone`.

    A fixed number of queries. Raises `NotFound`, also when the actor may not see the incident.
    """
    return _view(actor, *_found(actor, ref), zone)


def report_of(actor: Actor, ref: str, *, zone: str = "") -> ReportView | None:
    """The same, None when the incident has no report yet."""
    owner = row(actor, ref)
    found = Report.objects.filter(incident_id=owner.id).exclude(known="").first()
    return _view(actor, found, owner, zone) if found else None


def texts(actor: Actor, ref: str) -> dict[str, SectionView]:
    """What people wrote, by part, those without a text too."""
    return report(actor, ref).sections


def document(actor: Actor, ref: str, form: str) -> bytes:
    """The report as a file: html, pdf, md or json, times in the zone of the organisation.

    Raises `NotFound`, `Invalid` (no such form), `Unavailable` (the PDF of what it says now is not made yet).
    """
    if form not in FORMS:
        raise Invalid(f"form: choose one of {', '.join(FORMS)}.", field="form")
    found, _ = _found(actor, ref)
    rows = Rows(found)
    if form == "json":
        return record.whole(rows.known, rows.written())
    written = rows.document(organisation().time_zone)
    if form == "pdf":
        return _file(found, content_hash(content(written)))
    text = page.whole(written) if form == "html" else markdown.whole(written)
    return text.encode()


def pdf(actor: Actor, ref: str) -> PdfView:
    """How the PDF of what the report says now is getting on; without one, the newest older one."""
    found, _ = _found(actor, ref)
    wanted = content_hash(content(Rows(found).document(organisation().time_zone)))
    rows = list(Print.objects.filter(report=found).order_by("-asked_at").defer("file", "content")[:10])
    current = next((r for r in rows if r.content_hash == wanted), None)
    shown = current or next((r for r in rows if r.state == "ready"), None)
    if shown is None:
        return PdfView("none", current=False)
    return PdfView(
        state=shown.state,
        current=current is not None,
        error=shown.error,
        note=shown.note,
        standard=shown.standard,
        pages=shown.pages,
        asked_at=shown.asked_at,
        ready_at=shown.settled_at if shown.state == "ready" else None,
    )


def _found(actor: Actor, ref: str) -> tuple[Report, IncidentRow]:
    actor.require(VIEW)
    id_ = uuid_of(ref)
    own = Report.objects.filter(id=id_).exclude(known="").first() if id_ else None
    if own is not None and str(own.id) not in visible_ids(actor, [str(own.id)]):
        raise NotFound("There is no such report.", field="report")
    owner = row(actor, str(own.incident_id) if own else ref)
    found = own or Report.objects.filter(incident_id=owner.id).exclude(known="").first()
    if found is None:
        raise NotFound(f"{owner.reference} has no report yet; generate it first.", field="report")
    return found, owner


def _file(found: Report, wanted: str) -> bytes:
    made = Print.objects.filter(report=found, content_hash=wanted).first()
    if made is None or made.file is None:
        why = f" It failed: {made.error}" if made and made.state == "failed" else ""
        raise Unavailable(f"The PDF of this report is not made yet.{why} Ask for it, then try again.", field="form")
    return bytes(made.file)


def _view(actor: Actor, found: Report, owner: IncidentRow, zone: str) -> ReportView:
    rows = Rows(found)
    lessons = [_lesson(lesson, rows) for lesson in rows.lessons]
    current = {str(lesson.id) for lesson in rows.lessons if lesson.current}
    return ReportView(
        id=str(found.id),
        reference=owner.reference,
        incident_id=owner.id,
        state=found.state,
        state_words=ReviewState(found.state).words,
        version=found.version,
        generation=found.generation,
        generated_at=found.generated_at,
        generated_by=found.generated_by,
        entries_read=rows.known.entries_read,
        changes=tuple(ChangeView(**{**change, "examples": tuple(change["examples"])}) for change in found.changes),
        document=rows.document(zone or organisation().time_zone),
        sections=_sections(rows),
        lessons=tuple(each for each in lessons if each.state == "accepted"),
        proposed=tuple(each for each in lessons if each.state == "proposed" and each.id in current),
        dismissed=tuple(each for each in lessons if each.state == "dismissed"),
        items=tuple(item_view(item, rows.people, owner.reference, owner.url) for item in rows.items),
        steps=tuple(StepView(s.verb, STEP_WORDS[Verb(s.verb)], s.by_name, s.at, s.note) for s in rows.steps),
        allowed=_allowed(actor, ReviewState(found.state)),
        may_write=actor.has(WRITE) and ReviewState(found.state) in OPEN,
    )


def _allowed(actor: Actor, state: ReviewState) -> tuple[str, ...]:
    mine = {Verb.SUBMIT: WRITE, Verb.REOPEN: WRITE}
    return tuple(verb.value for verb in allowed(state) if actor.has(mine.get(verb, APPROVE)))


def _sections(rows: Rows) -> dict[str, SectionView]:
    there = {s.key: s for s in rows.sections}
    found = {}
    for key in WRITABLE:
        row_ = there.get(key)
        found[key] = SectionView(
            key=key,
            title=TITLES[key],
            text=row_.text if row_ else "",
            version=row_.version if row_ else 0,
            by=rows.people.get(str(row_.saved_by_id)) if row_ else None,
            at=row_.saved_at if row_ else None,
        )
    return found


def _lesson(row_: Lesson, rows: Rows) -> LessonView:
    return LessonView(
        id=str(row_.id),
        kind=row_.kind,
        text=row_.text or row_.proposed,
        proposed=row_.proposed,
        facts=tuple(row_.facts),
        state=row_.state,
        edited=bool(row_.text and row_.rule),
        own=not row_.rule,
        by=rows.people.get(str(row_.decided_by_id)),
        at=row_.decided_at,
        version=row_.version,
    )


def item_view(item: ActionItem, people: People, reference: str, url: str) -> ActionItemView:
    """One action item, with the people who are named in it."""
    owner, maker = people.get(str(item.owner_id)), people.get(str(item.created_by_id))
    return ActionItemView(
        id=str(item.id),
        title=item.title,
        owner=owner,
        due_at=item.due_at,
        state=item.state,
        link=item.link,
        overdue=is_overdue(item),
        done_at=item.done_at,
        created_by=maker,
        created_at=item.created_at,
        version=item.version,
        reference=reference,
        url=url,
    )
