"""Silences in force and to come: list, add, end."""

from uuid import UUID

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from tocsin.domain.alerts import commands, queries
from tocsin.domain.alerts.permissions import HANDLE
from tocsin.kernel.clock import now
from tocsin.screens.detect.incident_classification_panel.forms import SilenceForm
from tocsin.screens.detect.incident_classification_panel.tabs import tabs
from tocsin.ui.access import ScreenRequest


def listing(request: ScreenRequest) -> HttpResponseBase:
    """What is silent and until when; responders add a silence."""
    if request.method == "POST":
        request.actor.require(HANDLE)
    form = SilenceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            said = form.cleaned_data
            commands.add_silence(
                request.actor, matchers=said["matchers"], ends_at=now() + said["lasts"], comment=said["comment"]
            )
            messages.success(request, "Silent. What fires again after its end is told then.")
            return redirect("classification_silences")
    context = {
        "place": "incidents",
        "tabs": tabs("classification_silences"),
        "silences": queries.silences(request.actor),
        "form": form,
        "may": request.actor.has(HANDLE),
    }
    return render(request, "incident_classification_panel/silences.html", context, status=422 if form.is_bound else 200)


@require_POST
def expire(request: ScreenRequest, silence_id: UUID) -> HttpResponseBase:
    """End a silence now."""
    commands.expire_silence(request.actor, silence_id=str(silence_id))
    messages.success(request, "Ended the silence. What still fires is told now.")
    return redirect("classification_silences")
