"""Files of a report: HTML, Markdown and JSON at once, the PDF when a worker has typeset it."""

from django.http.response import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from tocsin.domain.knowledge import commands, queries
from tocsin.domain.knowledge.queries.single import FORMS
from tocsin.kernel.errors import NotFound
from tocsin.screens.document.incident_documentation_portal.looks import pdf_words
from tocsin.ui.access import ScreenRequest


@require_POST
def ask(request: ScreenRequest, ref: str) -> HttpResponseBase:
    """Have the PDF made of what the report says now."""
    made = queries.report(request.actor, ref)
    commands.ask_for_pdf(request.actor, report_id=made.id)
    return redirect(f"{reverse('incident_report', kwargs={'ref': made.reference})}#files")


@require_safe
def files(request: ScreenRequest, ref: str) -> HttpResponseBase:
    """The list of files, to be put in place while the PDF is made."""
    made = queries.report(request.actor, ref)
    found = queries.pdf(request.actor, ref)
    context = {"report": made, "pdf": found, "pdf_words": pdf_words(found), "ref": made.reference}
    return render(request, "incident_documentation_portal/parts/files.html", context)


@require_safe
def file(request: ScreenRequest, ref: str, form: str) -> HttpResponseBase:
    """One file, as a download. A PDF that is not made yet leads back to where it is asked for."""
    if form not in FORMS:
        raise NotFound("A report has no such file.", field="form")
    made = queries.report(request.actor, ref)
    if form == "pdf" and (found := queries.pdf(request.actor, ref)) and not (found.current and found.state == "ready"):
        return redirect(f"{reverse('incident_report', kwargs={'ref': made.reference})}#files")
    body = queries.document(request.actor, ref, form)
    return HttpResponse(
        body,
        content_type=FORMS[form],
        headers={
            "Content-Disposition": f'attachment; filename="{made.reference}-report.{form}"',
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        },
    )
