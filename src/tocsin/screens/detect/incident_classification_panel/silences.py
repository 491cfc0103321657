"""Silences in force and to come: list, add, end."""

from uuid import UUID

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from tocsin.domain.alerts import commands, queries
from tocsin.domain.alerts.permissions import HANDLE
from tocsin.kernel.clock import now
from tocsin.screens.detect.incident_classification_panel.covering import cover
from tocsin.screens.detect.incident_classification_panel.forms import SilenceForm
from tocsin.screens.detect.incident_classification_panel.tabs import tabs
from tocsin.ui.access import ScreenRequest


def listing(request: ScreenRequest) -> HttpResponseBase:
    """What is silent and until when; responders add a silence, after seeing what it would cover."""
    if request.method == "POST":
        request.actor.require(HANDLE)
    form = SilenceForm(request.POST or None, initial={"matchers": request.GET.get("matchers", "")})
    looking = request.method != "POST" or "look" in request.POST
    if not looking and form.is_valid():
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
        "cover": cover(request.actor, str(form["matchers"].value() or "")),
    }
    return render(request, "incident_classification_panel/silences.html", context, status=200 if looking else 422)


@require_safe
def covered(request: ScreenRequest) -> HttpResponseBase:
    """What the matchers in the address would keep quiet now, alone; nothing is set."""
    context = {"cover": cover(request.actor, request.GET.get("matchers", ""))}
    return render(request, "incident_classification_panel/cover.html", context)


@require_POST
def expire(request: ScreenRequest, silence_id: UUID) -> HttpResponseBase:
    """End a silence now."""
    commands.expire_silence(request.actor, silence_id=str(silence_id))
    messages.success(request, "Ended the silence. What still fires is told now.")
    return redirect("classification_silences")
