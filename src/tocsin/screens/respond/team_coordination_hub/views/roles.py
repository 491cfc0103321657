"""Roles of the incident: who holds which, giving, taking, handing over, accepting, ending."""

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from tocsin.domain.incidents import commands
from tocsin.domain.incidents.queries import HubView, suggest_roles
from tocsin.domain.incidents.rules.roles import role_words
from tocsin.kernel.errors import Invalid
from tocsin.screens.incident import form_page
from tocsin.screens.respond.team_coordination_hub.forms import RoleForm
from tocsin.screens.respond.team_coordination_hub.views.hub import SCREEN, STAGE, person_choices, role_rows
from tocsin.ui.access import ScreenRequest


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: ScreenRequest, ref: str) -> HttpResponseBase:
    """All roles, and a form to give one. A role that one holds is handed over: it changes hands when accepted."""
    context = form_page(request, ref, STAGE, SCREEN)
    picture: HubView = context["hub"]
    initial = {"role": request.GET.get("role", ""), "person": request.GET.get("person", "")}
    form = RoleForm(request.POST or None, people=person_choices(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            _give(request, picture, **form.cleaned_data)
            return redirect("incident_roles", ref=picture.incident.reference)
    suggested = suggest_roles(request.actor, picture.incident.id)
    context |= {
        "form": form,
        "me": request.actor.person,
        "role_rows": role_rows(picture, request.actor.person),
        "suggested": [(role, role_words(role), people) for role, people in suggested.items()],
    }
    return render(request, "team_coordination_hub/roles.html", context, status=422 if form.is_bound else 200)


def _give(request: ScreenRequest, picture: HubView, *, role: str, person: str, note: str) -> None:
    incident = picture.incident.id
    held = any(holder.role == role for holder in picture.roles)
    if held and person != request.actor.person:
        commands.hand_over(request.actor, incident=incident, role=role, to=person, note=note)
    else:
        commands.assign_role(request.actor, incident=incident, role=role, person=person)
    mine = person == request.actor.person
    words = role_words(role)
    messages.success(request, f"You are {words} now." if mine else f"Asked them to take {words}; they must accept.")


@require_POST
def answer(request: ScreenRequest, ref: str) -> HttpResponseBase:
    """Accept or refuse an offer, take a free role, or lay one down. The button pressed is named `do`."""
    role, wish = request.POST.get("role", ""), request.POST.get("do", "")
    if wish == "accept":
        commands.accept_role(request.actor, incident=ref, role=role)
        messages.success(request, f"You are {role_words(role)} now.")
    elif wish == "take":
        commands.assign_role(request.actor, incident=ref, role=role, person=request.actor.person)
        messages.success(request, f"You are {role_words(role)} now.")
    elif wish == "decline":
        commands.decline_role(request.actor, incident=ref, role=role)
        messages.success(request, f"{role_words(role)} stays where it was.")
    elif wish == "end":
        commands.end_role(request.actor, incident=ref, role=role)
        messages.success(request, f"Nobody is {role_words(role)} now.")
    else:
        raise Invalid("do: choose accept, take, decline or end.", field="do")
    return redirect("team_coordination_hub", ref=ref)
