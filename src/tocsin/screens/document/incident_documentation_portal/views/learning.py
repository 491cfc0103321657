"""Lessons and recommendations: keep, edit or dismiss what is proposed, add one's own."""

from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from tocsin.domain.knowledge import commands, queries
from tocsin.domain.knowledge.queries import LessonView, ReportView
from tocsin.kernel.errors import NotFound
from tocsin.screens.document.incident_documentation_portal.forms import EditLessonForm, LessonForm
from tocsin.screens.document.incident_documentation_portal.views.report import SCREEN, STAGE, show
from tocsin.screens.incident import form_page
from tocsin.ui.access import ScreenRequest
from tocsin.ui.undo import offer_undo


@require_POST
def add(request: ScreenRequest, ref: str) -> HttpResponseBase:
    """Write down one's own."""
    form = LessonForm(request.POST, auto_id="lesson_%s")
    made = queries.report(request.actor, ref)
    if form.is_valid():
        with form.refusals():
            commands.add_lesson(request.actor, report_id=made.id, **form.cleaned_data)
            return redirect(f"{reverse('incident_report', kwargs={'ref': made.reference})}#learned")
    return show(request, ref, lesson=form)


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: ScreenRequest, ref: str, lesson: str) -> HttpResponseBase:
    """Keep or dismiss with one press (`state`), or keep it in other words (`text`)."""
    made = queries.report(request.actor, ref)
    found = _lesson(made, str(lesson))
    where = reverse("incident_report", kwargs={"ref": made.reference})
    wished = request.GET.get("state") or request.POST.get("state", "")
    if request.method == "POST" and wished:
        commands.decide_lesson(request.actor, lesson=found.id, state=wished)
        if wished != "proposed":
            said = "Kept" if wished == "accepted" else "Dismissed"
            back = reverse("incident_report_lesson", kwargs={"ref": made.reference, "lesson": found.id})
            before = "dismissed" if found.own else "proposed"
            offer_undo(request, f"{said}: {found.text}", f"{back}?state={before}")
        return redirect(f"{where}#learned")
    form = EditLessonForm(request.POST or None, initial={"text": found.text, "version": found.version})
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            commands.decide_lesson(request.actor, lesson=found.id, state="accepted", **form.cleaned_data)
            return redirect(f"{where}#learned")
    context = form_page(request, ref, STAGE, SCREEN) | {"form": form, "lesson": found, "report": made}
    return render(request, "incident_documentation_portal/lesson.html", context, status=422 if form.is_bound else 200)


def _lesson(made: ReportView, id_: str) -> LessonView:
    found = next((each for each in (*made.proposed, *made.lessons, *made.dismissed) if each.id == id_), None)
    if found is None:
        raise NotFound("There is no such lesson in this report.", field="lesson")
    return found
