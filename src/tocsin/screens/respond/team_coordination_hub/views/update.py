"""'Send Status Update': two texts of their own, when each is owed, and words from what happened since the last one."""

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from tocsin.domain.incidents import commands, queries
from tocsin.domain.incidents.queries import HubView
from tocsin.screens.incident import form_page
from tocsin.screens.respond.team_coordination_hub.forms import UpdateForm
from tocsin.screens.respond.team_coordination_hub.parts import standing_updates
from tocsin.screens.respond.team_coordination_hub.suggested import happened, internal_text
from tocsin.screens.respond.team_coordination_hub.views.hub import SCREEN
from tocsin.ui.access import ScreenRequest


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: ScreenRequest, ref: str) -> HttpResponseBase:
    """Write and send. The draft stays in the browser until it was sent."""
    context = form_page(request, ref, "respond", SCREEN)
    picture: HubView = context["hub"]
    since = happened(
        queries.timeline(request.actor, picture.incident.id, limit=100), picture.incident.internal_update_at
    )
    words = internal_text(picture, since)
    initial = {"internal": words} if request.GET.get("use") == "suggested" else {}
    form = UpdateForm(request.POST or None, initial=initial)
    form.draft = f"status-update-{picture.incident.reference}"
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            commands.send_status_update(request.actor, incident=picture.incident.id, **form.cleaned_data)
            messages.success(request, _sent(form.cleaned_data))
            return redirect("team_coordination_hub", ref=picture.incident.reference)
    context |= {"form": form, "since": since, "words": words, "promised": standing_updates(picture)}
    return render(request, "team_coordination_hub/update.html", context, status=422 if form.is_bound else 200)


def _sent(given: dict[str, str]) -> str:
    both = given["internal"].strip() and given["public"].strip()
    which = "internal and public" if both else "internal" if given["internal"].strip() else "public"
    return f"Recorded the {which} update in the timeline; the next one is counted from now."
