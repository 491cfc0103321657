"""Which alerts go where: routes in order, add, remove, and which route would take an alert."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from tocsin.domain.alerts import commands, queries
from tocsin.domain.alerts.permissions import ROUTE
from tocsin.domain.alerts.rules import routing
from tocsin.domain.catalog import queries as catalog
from tocsin.kernel.errors import Invalid
from tocsin.screens.detect.incident_classification_panel.forms import RouteForm
from tocsin.screens.detect.incident_classification_panel.tabs import tabs
from tocsin.ui.access import ScreenRequest


def listing(request: ScreenRequest) -> HttpResponseBase:
    """All routes in order; commanders add one; anybody asks which one takes given labels."""
    if request.method == "POST":
        request.actor.require(ROUTE)
    form = RouteForm(
        request.POST or None,
        services=catalog.services(request.actor),
        initial={"matchers": request.GET.get("matchers", "")},
    )
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            commands.save_route(request.actor, **form.cleaned_data)
            messages.success(request, f"Added {form.cleaned_data['name']}. It takes alerts that open from now on.")
            return redirect("classification_routes")
    found = queries.routes(request.actor)
    context = {
        "place": "incidents",
        "tabs": tabs("classification_routes"),
        "routes": found,
        "form": form,
        "may": request.actor.has(ROUTE),
        **_asked(request.GET.get("labels", ""), found),
    }
    return render(request, "incident_classification_panel/routes.html", context, status=422 if form.is_bound else 200)


def _asked(text: str, found: list[queries.RouteView]) -> dict[str, Any]:
    """Which route would take an alert with these labels, asked of the same rule that places alerts."""
    if not text.strip():
        return {"labels": "", "verdict": ""}
    try:
        labels = {m.name: m.value for m in routing.parse_matchers(text)}
        rules = [
            routing.Route(r.id, r.order, routing.parse_matchers(r.matchers), r.service, r.policy_id, name=r.name)
            for r in found
        ]
        taken = routing.route(rules, labels)
    except Invalid as refused:
        return {"labels": text, "verdict": refused.sentence}
    if isinstance(taken, routing.Unrouted):
        return {"labels": text, "verdict": taken.sentence}
    first = taken.routes[0]
    return {"labels": text, "verdict": f"{first.name} takes it: {first.service or 'its policy'}."}


@require_POST
def remove(request: ScreenRequest, route_id: UUID) -> HttpResponseBase:
    """Remove a route; groups that exist stay where they are."""
    commands.remove_route(request.actor, route_id=str(route_id))
    messages.success(request, "Removed the route.")
    return redirect("classification_routes")
