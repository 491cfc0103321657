"""Incident templates: list, add, change, remove."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from tocsin.domain.accounts import queries as accounts
from tocsin.domain.catalog.queries import services
from tocsin.domain.incidents.rules.states import Kind
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.domain.triage import commands, queries
from tocsin.domain.triage.permissions import MANAGE
from tocsin.domain.triage.queries import IncidentTemplateView
from tocsin.screens.admin.incident_templates.forms import TemplateForm, initial_of
from tocsin.ui.access import ScreenRequest


def listing(request: ScreenRequest) -> HttpResponseBase:
    """All templates by name."""
    found = [(view, Kind(view.kind).words) for view in queries.templates(request.actor)]
    context = {"tab": "incident_templates", "templates": found, "may": request.actor.has(MANAGE)}
    return render(request, "incident_templates/list.html", context)


def add(request: ScreenRequest) -> HttpResponseBase:
    """Add a template."""
    request.actor.require(MANAGE)
    form = _form(request, None)
    if form.is_bound and form.is_valid():
        with form.refusals():
            commands.save_template(request.actor, **form.said())
            messages.success(request, f"Added {form.cleaned_data['name']}.")
            return redirect("incident_templates")
    return _page(request, form, None)


def template(request: ScreenRequest, template_id: UUID) -> HttpResponseBase:
    """Change a template."""
    request.actor.require(MANAGE)
    view = queries.template(request.actor, str(template_id))
    form = _form(request, view)
    if form.is_bound and form.is_valid():
        with form.refusals():
            version = form.cleaned_data["version"]
            commands.save_template(request.actor, template_id=view.id, version=version, **form.said())
            messages.success(request, f"Saved {form.cleaned_data['name']}.")
            return redirect("incident_templates")
    return _page(request, form, view)


@require_POST
def remove(request: ScreenRequest, template_id: UUID) -> HttpResponseBase:
    """Remove a template; incidents declared from it stay."""
    view = queries.template(request.actor, str(template_id))
    commands.remove_template(request.actor, template_id=view.id)
    messages.success(request, f"Removed {view.name}.")
    return redirect("incident_templates")


def _form(request: ScreenRequest, view: IncidentTemplateView | None) -> TemplateForm:
    offered = [(s.id, s.name) for s in services(request.actor)]
    offered += [(s.id, f"{s.name} (gone)") for s in view.services if s.gone] if view else []
    people = [(p.id, p.name) for p in accounts.people(request.actor, active_only=True)]
    initial: dict[str, Any] = {"kind": Kind.DISRUPTION.value, "severity": Severity.UNKNOWN.value}
    posted = request.POST if request.method == "POST" else None
    return TemplateForm(posted, services=offered, people=people, initial=initial_of(view) if view else initial)


def _page(request: ScreenRequest, form: TemplateForm, view: IncidentTemplateView | None) -> HttpResponseBase:
    context = {"tab": "incident_templates", "form": form, "template": view}
    return render(request, "incident_templates/template.html", context, status=422 if form.is_bound else 200)
