"""Reports of incidents: find, generate, write, what was learned and is to be done, the review, files."""

from datetime import datetime
from typing import Annotated, Literal

from django.http import HttpResponse
from pydantic import BaseModel, Field

from tocsin.api.door import ApiRequest, if_match, versioned
from tocsin.api.offering import Offer
from tocsin.api.shapes import Body, Done, Instant, Limit, Made, Page, read, written
from tocsin.domain.knowledge import commands, queries
from tocsin.domain.knowledge.commands.actions import KEEP
from tocsin.domain.knowledge.permissions import APPROVE, VIEW, WRITE
from tocsin.domain.knowledge.queries.single import FORMS
from tocsin.kernel.errors import Conflict, Unavailable

offer = Offer("reports")
Note = Annotated[str, Field(max_length=4000)]
Title = Annotated[str, Field(min_length=1, max_length=300)]
Link = Annotated[str, Field(max_length=500)]
Words = Annotated[str, Field(max_length=2000)]
Review = Literal["draft", "in_review", "changes_asked", "approved", "published", "none"]
ItemState = Literal["open", "done", "dropped"]


class IncidentReport(BaseModel):
    """A report with what people wrote. Its generated part is in its documents. `allowed`: the review's next steps."""

    id: str
    reference: str
    incident_id: str
    state: str
    version: int
    generation: int
    generated_at: datetime
    generated_by: str
    entries_read: int
    sections: dict[str, queries.SectionView]
    lessons: list[queries.LessonView]
    proposed: list[queries.LessonView]
    dismissed: list[queries.LessonView]
    items: list[queries.ActionItemView]
    allowed: list[str]


class ReportText(Body):
    """What a part says in people's own words."""

    text: Annotated[str, Field(max_length=200_000)]


class SectionSaved(BaseModel):
    """The part's new version."""

    version: int


class OwnLesson(Body):
    """A lesson or recommendation of one's own."""

    kind: Literal["lesson", "recommendation"]
    text: Words


class LessonDecision(Body):
    """What becomes of it; `text` says it in other words."""

    state: Literal["accepted", "dismissed", "proposed"]
    text: Words | None = None


class ActionItem(Body):
    """What is to be done, by whom and until when."""

    title: Title
    owner: str | None = None
    due_at: Instant | None = None
    link: Link = ""


class ActionItemChange(Body):
    """What is left out stays; `owner` or `due_at` null takes it away."""

    title: Title | None = None
    owner: str | None = None
    due_at: Instant | None = None
    state: ItemState | None = None
    link: Link | None = None


class ReviewNote(Body):
    """A word with the step."""

    note: Note = ""


class ReviewReason(Body):
    """What is to be changed, or why it is written again."""

    note: Annotated[str, Field(min_length=1, max_length=4000)]


def _seen(request: ApiRequest, ref: str) -> IncidentReport:
    found = queries.report(request.actor, ref)
    return versioned(request, IncidentReport(**{name: getattr(found, name) for name in IncidentReport.model_fields}))


def _id(request: ApiRequest, ref: str) -> str:
    return queries.report(request.actor, ref).id


@offer.get("/reports", Page[queries.PortalRow], needs=VIEW)
def listing(
    request: ApiRequest,
    text: str = "",
    review: Review | None = None,
    open_items: bool = False,
    lacking: bool = False,
    cursor: str = "",
    limit: Limit = 50,
) -> Page[queries.PortalRow]:
    """Incidents with their reports, newest first; `text` searches both, `lacking`: over, owed, and without one."""
    number = 1
    if cursor:
        found = read(cursor, p=int, l=int)
        number, limit = min(max(1, found["p"]), 1_000_000), min(max(1, found["l"]), 100)
    filters = queries.PortalFilters(text=text, review=review or "", open_items=open_items, lacking=lacking)
    page = queries.portal(request.actor, filters, page=number, size=limit)
    more = number * limit < page.total
    return Page(items=list(page.rows), next=written({"p": number + 1, "l": limit}) if more else "")


@offer.get("/incidents/{ref}/report", IncidentReport, needs=VIEW, incident=True)
def one(request: ApiRequest, ref: str) -> IncidentReport:
    """The report of an incident."""
    return _seen(request, ref)


@offer.post("/incidents/{ref}/report/generate", Made, needs=WRITE, incident=True)
def generate(request: ApiRequest, ref: str) -> Made:
    """Make the report, or its generated part anew; what people wrote stays."""
    return Made(id=commands.generate_report(request.actor, incident=ref))


@offer.put("/incidents/{ref}/report/sections/{section}", SectionSaved, needs=WRITE)
def save_section(request: ApiRequest, ref: str, section: str, given: ReportText) -> SectionSaved:
    """Write into a part. `If-Match` is the part's own version; without it, only a part without text is written."""
    made = commands.save_section(
        request.actor,
        report_id=_id(request, ref),
        section=section,
        text=given.text,
        version=if_match(request) or 0,
    )
    return SectionSaved(version=made)


@offer.post("/incidents/{ref}/report/lessons", Made, needs=WRITE, status=201, incident=True)
def add_lesson(request: ApiRequest, ref: str, given: OwnLesson) -> Made:
    """Add a lesson or recommendation of one's own."""
    return Made(id=commands.add_lesson(request.actor, report_id=_id(request, ref), **given.dict()))


@offer.patch("/lessons/{lesson}", Done, needs=WRITE)
def decide_lesson(request: ApiRequest, lesson: str, given: LessonDecision) -> Done:
    """Accept what is proposed, in other words if need be, dismiss it, or take that back."""
    commands.decide_lesson(request.actor, lesson=lesson, version=if_match(request), **given.dict())
    return Done(said="Decided.")


@offer.get("/action-items", Page[queries.ActionItemView], needs=VIEW)
def items(
    request: ApiRequest, state: ItemState | None = None, text: str = "", cursor: str = "", limit: Limit = 50
) -> Page[queries.ActionItemView]:
    """Action items of all reports, due first, first; `text` in title or owner, or a reference."""
    start = min(max(0, read(cursor, o=int)["o"]), 10_000_000) if cursor else 0
    found = queries.action_items(request.actor, state=state or "", text=text, offset=start, limit=limit + 1)
    more = len(found) > limit
    return Page(items=found[:limit], next=written({"o": start + limit}) if more else "")


@offer.post("/incidents/{ref}/report/action-items", Made, needs=WRITE, status=201, incident=True)
def add_item(request: ApiRequest, ref: str, given: ActionItem) -> Made:
    """Write down what is to be done."""
    return Made(id=commands.add_action_item(request.actor, report_id=_id(request, ref), **given.dict()))


@offer.patch("/action-items/{item}", Done, needs=WRITE)
def change_item(request: ApiRequest, item: str, given: ActionItemChange) -> Done:
    """Do, drop, reopen, rename, give away, move or link an action item."""
    said = given.dict(exclude_unset=True)
    kept = {name: KEEP for name in ("owner", "due_at") if name not in said}
    commands.change_action_item(request.actor, item=item, version=if_match(request), **{**said, **kept})
    return Done(said="Changed.")


@offer.post("/incidents/{ref}/report/submit", IncidentReport, needs=WRITE, incident=True)
def submit(request: ApiRequest, ref: str, given: ReviewNote) -> IncidentReport:
    """Ask for a review."""
    commands.submit(request.actor, report_id=_id(request, ref), note=given.note, version=if_match(request))
    return _seen(request, ref)


@offer.post("/incidents/{ref}/report/approve", IncidentReport, needs=APPROVE, incident=True)
def approve(request: ApiRequest, ref: str, given: ReviewNote) -> IncidentReport:
    """It is right as it is. Send `If-Match`, so that nobody approves what they have not read."""
    commands.approve(request.actor, report_id=_id(request, ref), note=given.note, version=if_match(request))
    return _seen(request, ref)


@offer.post("/incidents/{ref}/report/ask-for-changes", IncidentReport, needs=APPROVE, incident=True)
def ask_for_changes(request: ApiRequest, ref: str, given: ReviewReason) -> IncidentReport:
    """It is not right yet."""
    commands.ask_for_changes(request.actor, report_id=_id(request, ref), note=given.note, version=if_match(request))
    return _seen(request, ref)


@offer.post("/incidents/{ref}/report/publish", IncidentReport, needs=APPROVE, incident=True)
def publish(request: ApiRequest, ref: str, given: ReviewNote) -> IncidentReport:
    """Give an approved report out to everybody who may see the incident."""
    commands.publish(request.actor, report_id=_id(request, ref), note=given.note, version=if_match(request))
    return _seen(request, ref)


@offer.post("/incidents/{ref}/report/reopen", IncidentReport, needs=WRITE, incident=True)
def reopen(request: ApiRequest, ref: str, given: ReviewReason) -> IncidentReport:
    """Take an approved or published report back to draft."""
    commands.reopen(request.actor, report_id=_id(request, ref), note=given.note, version=if_match(request))
    return _seen(request, ref)


@offer.get("/incidents/{ref}/report/pdf", queries.PdfView, needs=VIEW, incident=True)
def pdf(request: ApiRequest, ref: str) -> queries.PdfView:
    """How the PDF is getting on: none, queued, ready or failed, and whether it shows what the report says now."""
    return queries.pdf(request.actor, ref)


@offer.post("/incidents/{ref}/report/pdf", Made, needs=VIEW, incident=True)
def ask_for_pdf(request: ApiRequest, ref: str) -> Made:
    """Have it typeset as it is now, unless that was done."""
    return Made(id=commands.ask_for_pdf(request.actor, report_id=_id(request, ref)))


@offer.get("/incidents/{ref}/report/documents/{form}", str, needs=VIEW, incident=True, media="\n".join(FORMS.values()))
def document(request: ApiRequest, ref: str, form: Literal["html", "md", "json", "pdf"]) -> HttpResponse:
    """The report as a file. A PDF that is not made yet is 409: ask for it first."""
    try:
        found = queries.document(request.actor, ref, form)
    except Unavailable as not_yet:
        raise Conflict(not_yet.sentence, field=not_yet.field) from not_yet
    return HttpResponse(
        found,
        content_type=FORMS[form],
        headers={"Content-Disposition": f'attachment; filename="report.{form}"', "X-Content-Type-Options": "nosniff"},
    )
