"""What every role asks for, and the editor of one."""

from django.contrib import messages
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from tocsin.domain.incidents import commands, queries
from tocsin.domain.incidents.permissions import MANAGE
from tocsin.domain.incidents.rules.roles import role_words
from tocsin.screens.admin.incident_roles.forms import RoleKindForm
from tocsin.ui.access import ScreenRequest


def listing(request: ScreenRequest) -> HttpResponseBase:
    """Every role with its skills and standing duties."""
    context = {
        "tab": "incident_roles",
        "roles": queries.role_kinds(request.actor),
        "manages": request.actor.has(MANAGE),
    }
    return render(request, "incident_roles/list.html", context)


def edit(request: ScreenRequest, role: str = "") -> HttpResponseBase:
    """Change what a role asks for, or add a role of one's own."""
    request.actor.require(MANAGE)
    kept = next((one for one in queries.role_kinds(request.actor) if one.role == role), None)
    if role and kept is None:
        raise Http404("There is no such role.")
    initial = {"skills": ", ".join(kept.skills), "duties": kept.duties} if kept else {}
    form = RoleKindForm(request.POST or None, initial=initial, named=kept is None)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            slug = commands.save_role(request.actor, role=role or form.slug(), **form.asked())
            messages.success(request, f"Saved {role_words(slug)}. Incidents that are open keep what they copied.")
            return redirect("incident_role_kinds")
    context = {"tab": "incident_roles", "role": kept, "form": form}
    return render(request, "incident_roles/edit.html", context, status=422 if form.is_bound else 200)


@require_POST
def remove(request: ScreenRequest, role: str) -> HttpResponseBase:
    """As it came, or gone when it is one's own."""
    commands.remove_role(request.actor, role=role)
    messages.success(request, "Done: a role of the house is as it came, one of your own is no longer offered.")
    return redirect("incident_role_kinds")
