"""The files of an incident: the list with an upload, one as a download that no browser runs, removing one."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import FileResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tocsin.domain.incidents import commands, queries
from tocsin.domain.incidents.permissions import WRITE
from tocsin.domain.incidents.queries import HubView
from tocsin.kernel.errors import NotFound
from tocsin.screens.incident import form_page
from tocsin.ui.access import ScreenRequest
from tocsin.ui.forms import ScreenForm

STAGE, SCREEN = "respond", "incident_files"


class FileForm(ScreenForm):
    """One file."""

    file = forms.FileField(
        label="File",
        allow_empty_file=True,
        help_text="At most 25 MB. It stays here and is never sent anywhere; the log keeps its SHA-256.",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: ScreenRequest, ref: str) -> HttpResponseBase:
    """Everything that people brought, and a form to bring more."""
    context = form_page(request, ref, STAGE, SCREEN)
    picture: HubView = context["hub"]
    if request.method == "POST":
        request.actor.require(WRITE)
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    if request.method == "POST" and form.is_valid():
        brought = form.cleaned_data["file"]
        with form.refusals():
            commands.attach_file(
                request.actor, incident=picture.incident.id, name=brought.name, chunks=brought.chunks()
            )
            messages.success(request, "Attached the file.")
            return redirect("incident_files", ref=picture.incident.reference)
    context |= {
        "form": form,
        "me": request.actor.person,
        "files": queries.attachments(request.actor, context["sight"]),
    }
    return render(request, "incident_files/page.html", context, status=422 if form.is_bound else 200)


@require_safe
def download(request: ScreenRequest, ref: str, attachment: UUID) -> HttpResponseBase:
    """The bytes, as a download without a type that a browser could run."""
    name, place = queries.attachment(request.actor, ref, str(attachment))
    response = FileResponse(
        place.open("rb"), as_attachment=True, filename=name, content_type="application/octet-stream"
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
def remove(request: ScreenRequest, ref: str, attachment: UUID) -> HttpResponseBase:
    """Take a file of this incident away."""
    if str(attachment) not in {kept.id for kept in queries.attachments(request.actor, ref)}:
        raise NotFound("There is no such file in this incident; somebody may have removed it.")
    commands.remove_file(request.actor, attachment=str(attachment))
    messages.success(request, "Removed the file. That it was here stays in the log.")
    return redirect("incident_files", ref=ref)
