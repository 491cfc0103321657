"""The review: submit, approve, ask for changes, publish, take back."""

from collections.abc import Callable

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from tocsin.domain.knowledge import commands, queries
from tocsin.kernel.errors import NotFound
from tocsin.screens.document.incident_documentation_portal.forms import StepForm
from tocsin.screens.document.incident_documentation_portal.looks import NEEDS_NOTE, STEPS
from tocsin.screens.document.incident_documentation_portal.views.report import SCREEN, STAGE
from tocsin.screens.incident import form_page
from tocsin.ui.access import ScreenRequest

_COMMANDS: dict[str, Callable[..., None]] = {
    "submit": commands.submit,
    "approve": commands.approve,
    "ask_for_changes": commands.ask_for_changes,
    "publish": commands.publish,
    "reopen": commands.reopen,
}
_DONE = {
    "submit": "Asked for a review.",
    "approve": "Approved the report. The PDF is being typeset.",
    "ask_for_changes": "Asked for changes.",
    "publish": "Published the report.",
    "reopen": "It is a draft again.",
}


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: ScreenRequest, ref: str, verb: str) -> HttpResponseBase:
    """One step, with a note. What was read is what is approved: a report that changed meanwhile is refused."""
    verb = verb.replace("-", "_")
    if verb not in _COMMANDS:
        raise NotFound("There is no such step of a review.", field="verb")
    made = queries.report(request.actor, ref)
    form = StepForm(request.POST or None, initial={"version": made.version})
    form.fields["note"].required = verb in NEEDS_NOTE
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            _COMMANDS[verb](request.actor, report_id=made.id, **form.cleaned_data)
            messages.success(request, _DONE[verb])
            return redirect("incident_report", ref=made.reference)
    label, icon, meaning = STEPS[verb]
    context = form_page(request, ref, STAGE, SCREEN)
    context |= {"form": form, "label": label, "icon": icon, "meaning": meaning, "report": made, "verb": verb}
    return render(request, "incident_documentation_portal/step.html", context, status=422 if form.is_bound else 200)
