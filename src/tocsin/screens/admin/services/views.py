"""The catalogue of services: list, one service with what it needs and what breaks with it, import and export."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from tocsin.domain.accounts import queries as accounts
from tocsin.domain.catalog import commands, queries
from tocsin.domain.catalog.permissions import CHANGE
from tocsin.domain.catalog.queries import ServiceView
from tocsin.screens.admin.services.forms import KINDS, ImportForm, ServiceForm
from tocsin.ui.access import ScreenRequest
from tocsin.ui.forms import TypedConfirmation
from tocsin.ui.tables import Column, Filter, Table, from_list

COLUMNS: list[Column[ServiceView]] = [
    Column(
        "name",
        "Service",
        lambda s: format_html(
            '<div class="t-subj"><a href="{}"><bdi>{}</bdi></a><span class="t-meta">{}</span></div>',
            reverse("service", args=[s.slug]),
            s.name,
            s.description[:120] or s.slug,
        ),
        sort="name",
        plain=lambda s: s.name,
    ),
    Column("kind", "Kind", lambda s: s.kind, sort="kind"),
    Column("tier", "Tier", lambda s: s.tier, sort="tier", number=True),
    Column("owner", "Owner", lambda s: s.owner_team or "nobody", sort="owner"),
]
TABLE: Table[ServiceView] = Table(
    "services",
    "Services",
    COLUMNS,
    filters=[
        Filter("kind", "Kind", [(value, value.capitalize()) for value, _ in KINDS]),
        Filter("tier", "Tier", [(str(tier), str(tier)) for tier in (1, 2, 3, 4)]),
    ],
    sort="name",
)


def listing(request: ScreenRequest) -> HttpResponseBase:
    """All services, with filter, sort and CSV."""
    fetch = from_list(queries.services(request.actor), COLUMNS)
    context = {"tab": "services", "table": TABLE.page(request, fetch), "manages": request.actor.has(CHANGE)}
    return TABLE.csv(request, fetch) or render(request, "services/services.html", context)


def add(request: ScreenRequest) -> HttpResponseBase:
    """Add a service with its owner and dependencies."""
    request.actor.require(CHANGE)
    form = _form(request, queries.services(request.actor), {"tier": 3})
    if request.method == "POST" and form.is_valid():
        with form.refusals(), transaction.atomic():
            fields, needs = _split(form.cleaned_data)
            made = commands.add_service(request.actor, **fields)
            commands.set_dependencies(request.actor, service_id=made, needs=needs)
            messages.success(request, f"Added {fields['name']}.")
            return redirect("services")
    context = {"tab": "services", "form": form}
    return render(request, "services/service_add.html", context, status=422 if form.is_bound else 200)


def service(request: ScreenRequest, slug: str) -> HttpResponseBase:
    """One service: who owns it, what it needs, what breaks with it; administrators change it."""
    view = queries.service(request.actor, slug)
    if request.method == "POST":
        request.actor.require(CHANGE)
    direct = queries.dependencies(request.actor, view.id, direct=True)
    form = None
    if request.actor.has(CHANGE):
        others = [other for other in queries.services(request.actor) if other.id != view.id]
        form = _form(request, others, _initial(view, direct))
        if request.method == "POST" and form.is_valid():
            with form.refusals(), transaction.atomic():
                fields, needs = _split(form.cleaned_data)
                commands.change_service(request.actor, service_id=view.id, **fields)
                commands.set_dependencies(request.actor, service_id=view.id, needs=needs)
                messages.success(request, f"Saved {fields['name']}.")
                return redirect("service", slug=slug)
    context = {
        "tab": "services",
        "service": view,
        "form": form,
        "needs": queries.dependencies(request.actor, view.id),
        "direct_ids": {other.id for other in direct},
        "dependants": queries.dependants(request.actor, view.id),
    }
    status = 422 if form is not None and form.is_bound else 200
    return render(request, "services/service.html", context, status=status)


@require_POST
def remove(request: ScreenRequest, slug: str) -> HttpResponseBase:
    """Remove a service after its name was typed."""
    view = queries.service(request.actor, slug)
    form = TypedConfirmation(request.POST, expected=view.name)
    if not form.is_valid():
        messages.error(request, " ".join(sentence for _, sentence in form.errors_listed()))
        return redirect("service", slug=slug)
    commands.remove_service(request.actor, service_id=view.id)
    messages.success(request, f"Removed {view.name}.")
    return redirect("services")


def export(request: ScreenRequest) -> HttpResponseBase:
    """The catalogue as a YAML file."""
    response = HttpResponse(queries.export_catalogue(request.actor), content_type="application/yaml; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="catalogue.yaml"'
    return response


def import_(request: ScreenRequest) -> HttpResponseBase:
    """Show what a file would change; with `apply`, change it."""
    request.actor.require(CHANGE)
    form, changes = ImportForm(request.POST or None, request.FILES or None), None
    if request.method == "POST" and form.is_valid():
        text, applies = form.cleaned_data["text"], bool(request.POST.get("apply"))
        with form.refusals():
            changes = commands.import_catalogue(request.actor, text=text, dry_run=not applies)
            if applies:
                messages.success(request, f"Imported: {len(changes)} services added or changed.")
                return redirect("services")
    context = {
        "tab": "services",
        "form": form,
        "changes": changes,
        "text": form.cleaned_data["text"] if changes is not None else "",
    }
    return render(request, "services/import.html", context, status=422 if form.errors else 200)


def _form(request: ScreenRequest, others: list[ServiceView], initial: dict[str, Any]) -> ServiceForm:
    return ServiceForm(request.POST or None, initial=initial, teams=accounts.teams(request.actor), others=others)


def _initial(view: ServiceView, direct: list[ServiceView]) -> dict[str, Any]:
    return {
        "name": view.name,
        "description": view.description,
        "kind": view.kind,
        "tier": view.tier,
        "owner_team": view.owner_team_id,
        "needs": [other.id for other in direct],
    }


def _split(cleaned: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    return {name: value for name, value in cleaned.items() if name != "needs"}, cleaned["needs"]
