"""Which alerts go where: routes in order, add, change, move, switch off, remove; which one would take an alert."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from tocsin.domain.alerts import commands, queries
from tocsin.domain.alerts.permissions import ROUTE
from tocsin.domain.alerts.rules import routing
from tocsin.domain.catalog import queries as catalog
from tocsin.domain.oncall import queries as oncall
from tocsin.kernel.errors import Invalid, NotFound
from tocsin.screens.detect.incident_classification_panel.forms import RouteForm
from tocsin.screens.detect.incident_classification_panel.tabs import tabs
from tocsin.ui.access import ScreenRequest


def listing(request: ScreenRequest) -> HttpResponseBase:
    """All routes in order; commanders add one; anybody asks which one takes given labels."""
    if request.method == "POST":
        request.actor.require(ROUTE)
    form = _form(request, {"matchers": request.GET.get("matchers", ""), "group_by": "alertname"})
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
        "policies": {policy.id: policy.name for policy in oncall.policies(request.actor)},
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
            routing.Route(
                r.id,
                r.order,
                routing.parse_matchers(r.matchers),
                r.service,
                r.policy_id,
                continue_=r.continues,
                name=r.name,
            )
            for r in found
            if r.enabled
        ]
        taken = routing.route(rules, labels)
    except Invalid as refused:
        return {"labels": text, "verdict": refused.sentence}
    if isinstance(taken, routing.Unrouted):
        return {"labels": text, "verdict": taken.sentence}
    first, *more = taken.routes
    also = f" Also: {', '.join(route.name for route in more)}." if more else ""
    return {"labels": text, "verdict": f"{first.name} takes it: {first.service or 'its policy'}.{also}"}


def _form(request: ScreenRequest, initial: dict[str, Any]) -> RouteForm:
    return RouteForm(
        request.POST or None,
        services=catalog.services(request.actor),
        policies=oncall.policies(request.actor),
        initial=initial,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: ScreenRequest, route_id: UUID) -> HttpResponseBase:
    """Change a route; alerts that open from now on follow it."""
    request.actor.require(ROUTE)
    known = next((r for r in queries.routes(request.actor) if r.id == str(route_id)), None)
    if known is None:
        raise NotFound("There is no such route; it may have been removed.")
    initial = {
        "name": known.name,
        "matchers": known.matchers,
        "service": known.service_id or "",
        "policy_id": known.policy_id,
        "group_by": ", ".join(known.group_by),
        "continues": known.continues,
    }
    form = _form(request, initial)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            commands.save_route(request.actor, route_id=known.id, enabled=known.enabled, **form.cleaned_data)
            messages.success(request, f"Saved {form.cleaned_data['name']}. Groups that exist stay where they are.")
            return redirect("classification_routes")
    context = {"place": "incidents", "tabs": tabs("classification_routes"), "route": known, "form": form}
    return render(request, "incident_classification_panel/route.html", context, status=422 if form.is_bound else 200)


@require_POST
def move(request: ScreenRequest, route_id: UUID) -> HttpResponseBase:
    """Move a route up or down by one place: the first that matches takes the alert."""
    ids = [route.id for route in queries.routes(request.actor)]
    here = ids.index(str(route_id)) if str(route_id) in ids else -1
    there = here + (1 if request.POST.get("do") == "down" else -1)
    if here >= 0 and 0 <= there < len(ids):
        ids[here], ids[there] = ids[there], ids[here]
    commands.reorder_routes(request.actor, route_ids=ids)
    return redirect(f"{reverse('classification_routes')}#r-{route_id}")


@require_POST
def enable(request: ScreenRequest, route_id: UUID) -> HttpResponseBase:
    """Let a route take alerts again, or no more; what it says is kept."""
    wished = request.POST.get("do") == "enable"
    commands.enable_route(request.actor, route_id=str(route_id), enabled=wished)
    messages.success(request, "It takes alerts again." if wished else "It takes no alerts any more.")
    return redirect(f"{reverse('classification_routes')}#r-{route_id}")


@require_POST
def remove(request: ScreenRequest, route_id: UUID) -> HttpResponseBase:
    """Remove a route; groups that exist stay where they are."""
    commands.remove_route(request.actor, route_id=str(route_id))
    messages.success(request, "Removed the route.")
    return redirect("classification_routes")
