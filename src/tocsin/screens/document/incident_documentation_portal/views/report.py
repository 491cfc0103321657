"""One incident's report: read it, generate it, write its parts."""

from typing import Any

from django.contrib import messages
from django.http.response import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tocsin.domain.accounts.queries import people
from tocsin.domain.knowledge import commands, queries
from tocsin.domain.knowledge.permissions import WRITE
from tocsin.domain.knowledge.queries import ReportView
from tocsin.domain.knowledge.rules.document import TITLES, WRITABLE
from tocsin.kernel.errors import Conflict, NotFound
from tocsin.screens.document.incident_documentation_portal import looks
from tocsin.screens.document.incident_documentation_portal.forms import ItemForm, LessonForm, PartForm
from tocsin.screens.incident import form_page
from tocsin.ui.access import ScreenRequest

STAGE, SCREEN = "document", "incident_documentation_portal"


@require_safe
def page(request: ScreenRequest, ref: str) -> HttpResponseBase:
    """The report, or what it will be. `edit` in the address opens one part for writing."""
    return show(request, ref, edit=request.GET.get("edit", ""))


@require_POST
def generate(request: ScreenRequest, ref: str) -> HttpResponseBase:
    """Make the report, or make its generated part anew."""
    report = commands.generate_report(request.actor, incident=ref)
    made = queries.report(request.actor, report)
    if made.generation == 1:
        messages.success(
            request, f"Generated the report of {made.reference} from {made.entries_read} entries of the log."
        )
    elif made.changes:
        messages.success(request, "Generated it anew. What people wrote was kept; what changed stands beside.")
    else:
        messages.success(request, "Generated it anew: nothing changed since the last time.")
    return redirect("incident_report", ref=made.reference)


@require_http_methods(["GET", "HEAD", "POST"])
def write(request: ScreenRequest, ref: str, part: str) -> HttpResponse | HttpResponseBase:
    """Save one part. When someone else saved it meanwhile, both texts are shown and none is lost."""
    if part not in WRITABLE:
        raise NotFound("There is no such part of a report.", field="part")
    made = queries.report(request.actor, ref)
    if request.method != "POST":
        return redirect(part_url(made.reference, part))
    form = _form(made, part, request.POST)
    if form.is_valid():
        try:
            commands.save_section(
                request.actor,
                report_id=made.id,
                section=part,
                text=form.cleaned_data["text"],
                version=form.cleaned_data["version"] or 0,
            )
        except Conflict as refused:
            return _both(request, ref, part, form.cleaned_data["text"], refused)
        return redirect(f"{reverse('incident_report', kwargs={'ref': made.reference})}#{part}")
    return show(request, ref, edit=part, form=form)


def show(
    request: ScreenRequest,
    ref: str,
    *,
    edit: str = "",
    form: PartForm | None = None,
    theirs: str | None = None,
    lesson: LessonForm | None = None,
    item: ItemForm | None = None,
) -> HttpResponseBase:
    """The page, with a form that was refused where there is one."""
    context = form_page(request, ref, STAGE, SCREEN)
    made = queries.report_of(request.actor, ref, zone=timezone.get_current_timezone_name())
    context |= {"report": made, "may_generate": request.actor.has(WRITE)}
    if made is not None:
        writing = edit if edit in WRITABLE and made.may_write else ""
        context |= _context(request, made, writing)
        if writing:
            context |= {"form": form or _form(made, writing), "theirs": theirs}
        context |= {
            "lesson_form": lesson or LessonForm(auto_id="lesson_%s"),
            "item_form": item or ItemForm(auto_id="item_%s", people=person_choices(request)),
        }
    refused = any(f is not None and f.is_bound for f in (form, lesson, item))
    return render(request, "incident_documentation_portal/report.html", context, status=422 if refused else 200)


def _context(request: ScreenRequest, made: ReportView, writing: str) -> dict[str, Any]:
    kind, icon = looks.REVIEW_LOOKS[made.state]
    found = queries.pdf(request.actor, made.id)
    return {
        "parts": looks.parts(made),
        "editing": writing,
        "review_kind": kind,
        "review_icon": icon,
        "steps": looks.steps(made),
        "items": made.items,
        "open_items": sum(item.state == "open" for item in made.items),
        "may_add": request.actor.has(WRITE),
        "pdf": found,
        "pdf_words": looks.pdf_words(found),
    }


def _form(made: ReportView, part: str, given: Any = None) -> PartForm:
    there = made.sections[part]
    return PartForm(
        given,
        draft=f"report-{made.reference}-{part}-{there.version}",
        label=f"Your text on {TITLES[part].lower()}",
        initial={"text": there.text, "version": there.version},
    )


def _both(request: ScreenRequest, ref: str, part: str, typed: str, refused: Conflict) -> HttpResponseBase:
    """The typed text stays in the form, theirs is shown beside it; saving again means that both were read."""
    made = queries.report(request.actor, ref)
    there = made.sections[part]
    form = _form(made, part, {"text": typed, "version": there.version})
    form.add_error(None, refused.sentence)
    return show(request, ref, edit=part, form=form, theirs=there.text)


def part_url(ref: str, part: str) -> str:
    """The page with this part open for writing."""
    return f"{reverse('incident_report', kwargs={'ref': ref})}?edit={part}#{part}"


def person_choices(request: ScreenRequest) -> list[tuple[str, str]]:
    """Everyone active, oneself first."""
    me = request.actor.person
    found = sorted(people(request.actor, active_only=True), key=lambda p: (p.id != me, p.name.casefold()))
    return [(p.id, f"{p.name} (you)" if p.id == me else p.name) for p in found]
