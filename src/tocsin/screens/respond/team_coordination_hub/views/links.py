"""What belongs to an incident: linked incidents, tickets elsewhere, conferences; tasks from a list."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from tocsin.domain.incidents import commands, queries
from tocsin.domain.incidents.permissions import WRITE
from tocsin.kernel.errors import NotFound
from tocsin.screens.incident import form_page
from tocsin.screens.respond.team_coordination_hub.link_forms import BridgeForm, LinkIncidentForm, TicketForm
from tocsin.screens.respond.team_coordination_hub.views.hub import SCREEN, STAGE
from tocsin.ui.access import ScreenRequest
from tocsin.ui.forms import ScreenForm

_FORMS: dict[str, type[ScreenForm]] = {"incident": LinkIncidentForm, "ticket": TicketForm, "bridge": BridgeForm}
_SAID = {"incident": "Linked the incident.", "ticket": "Added the ticket.", "bridge": "Added the bridge."}


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: ScreenRequest, ref: str) -> HttpResponseBase:
    """All of it, with a form for each kind. The button pressed is named `do`."""
    context = form_page(request, ref, STAGE, SCREEN)
    wish = request.POST.get("do", "")
    if request.method == "POST":
        request.actor.require(WRITE)
    forms = {kind: form(request.POST if kind == wish else None) for kind, form in _FORMS.items()}
    asked = forms.get(wish)
    if asked is not None and asked.is_valid():
        with asked.refusals():
            _add(request, ref, wish, asked.cleaned_data)
            messages.success(request, _SAID[wish])
            return redirect("incident_links", ref=ref)
    context |= {"forms": forms, "links": queries.links(request.actor, context["sight"])}
    return render(request, "team_coordination_hub/links.html", context, status=422 if asked is not None else 200)


def _add(request: ScreenRequest, ref: str, kind: str, given: dict[str, Any]) -> None:
    if kind == "incident":
        commands.link_incident(request.actor, incident=ref, **given)
    else:
        commands.add_outside_link(request.actor, incident=ref, kind=kind, **given)


@require_POST
def remove(request: ScreenRequest, ref: str, link: UUID) -> HttpResponseBase:
    """Take a link of this incident away."""
    request.actor.require(WRITE)
    found = queries.links(request.actor, ref)
    id_ = str(link)
    if id_ in {each.id for each in found.incidents}:
        commands.unlink_incident(request.actor, link=id_)
    elif id_ in {ticket.id for ticket in found.tickets} | {bridge.id for bridge in found.bridges}:
        commands.remove_outside_link(request.actor, link=id_)
    else:
        raise NotFound("There is no such link in this incident; somebody may have taken it away.")
    messages.success(request, "Took it away. That it was here stays in the log.")
    return redirect("incident_links", ref=ref)


@require_POST
def from_list(request: ScreenRequest, ref: str) -> HttpResponseBase:
    """Add the tasks of a list."""
    made = commands.add_tasks_from_template(request.actor, incident=ref, template=request.POST.get("template", ""))
    count = len(made.tasks)
    messages.success(request, f"Added {count} task{'' if count == 1 else 's'}.")
    for sentence in made.missing:
        messages.warning(request, sentence)
    return redirect(f"{reverse('team_coordination_hub', kwargs={'ref': ref})}#tasks")
