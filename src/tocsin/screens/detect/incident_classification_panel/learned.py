"""What was learned from decisions about incidents: counts by feature, each lesson, and how to make it forget one."""

from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from tocsin.domain.triage import commands, queries
from tocsin.domain.triage.permissions import TEACH
from tocsin.screens.detect.incident_classification_panel.tabs import tabs
from tocsin.ui.access import ScreenRequest
from tocsin.ui.undo import offer_undo


@require_safe
def page(request: ScreenRequest) -> HttpResponseBase:
    """Everything it goes by."""
    context = {
        "place": "incidents",
        "tabs": tabs("classification_learned"),
        "learned": queries.learned(request.actor),
        "may": request.actor.has(TEACH),
    }
    return render(request, "incident_classification_panel/learned.html", context)


@require_POST
def forget(request: ScreenRequest) -> HttpResponseBase:
    """Forget a lesson, or all that have a feature; ten seconds to take it back."""
    about = {"incident": request.POST.get("incident", ""), "feature": request.POST.get("feature", "")}
    count = commands.forget(request.actor, **about)
    name, value = next(((n, v) for n, v in about.items() if v), ("incident", ""))
    offer_undo(
        request,
        f"Forgot {count} lesson{'' if count == 1 else 's'}.",
        reverse("classification_remember", args=[name, value]),
    )
    return redirect("classification_learned")


@require_POST
def remember(request: ScreenRequest, what: str, value: str) -> HttpResponseBase:
    """Take it back."""
    commands.remember(request.actor, **{"feature" if what == "feature" else "incident": value})
    return redirect("classification_learned")
