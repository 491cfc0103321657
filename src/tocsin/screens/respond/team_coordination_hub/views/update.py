"""'Send Status Update': two texts of their own, when each is owed, a draft of each, and where each goes."""

from dataclasses import dataclass

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from tocsin.domain.incidents import commands, queries
from tocsin.domain.incidents.queries import HubView
from tocsin.domain.statuspage import queries as statuspage
from tocsin.screens.incident import form_page
from tocsin.screens.respond.team_coordination_hub.forms import UpdateForm
from tocsin.screens.respond.team_coordination_hub.parts import standing_updates
from tocsin.screens.respond.team_coordination_hub.suggested import happened, internal_text, public_text
from tocsin.screens.respond.team_coordination_hub.views.hub import SCREEN
from tocsin.ui.access import ScreenRequest
from tocsin.ui.times import written


@dataclass(frozen=True, slots=True)
class Goes:
    """Where the public text goes: the page, its components, and whether the public reads of the incident already."""

    page: str
    published: bool
    components: tuple[str, ...]
    opened: bool


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: ScreenRequest, ref: str) -> HttpResponseBase:
    """Write and send. The draft stays in the browser until it was sent."""
    context = form_page(request, ref, "respond", SCREEN)
    picture: HubView = context["hub"]
    seen = picture.incident
    goes = _goes(request, picture)
    since = happened(queries.timeline(request.actor, context["sight"], limit=200), seen.internal_update_at)
    words = {
        "internal": internal_text(picture, since),
        "public": public_text(picture, goes.components, first=seen.public_update_at is None),
    }
    use = request.GET.get("use", "")
    form = UpdateForm(request.POST or None, initial={k: v for k, v in words.items() if use in (k, "both", "suggested")})
    form.draft = f"status-update-{seen.reference}"
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            commands.send_status_update(request.actor, incident=seen.id, **form.cleaned_data)
            messages.success(request, _sent(form.cleaned_data, queries.hub(request.actor, seen.id)))
            return redirect("team_coordination_hub", ref=seen.reference)
    context |= {"form": form, "words": words, "promised": standing_updates(picture), "goes": goes}
    return render(request, "team_coordination_hub/update.html", context, status=422 if form.is_bound else 200)


def _goes(request: ScreenRequest, picture: HubView) -> Goes:
    """Four queries and those of the public incident; nothing of a restricted incident is asked or shown."""
    if picture.incident.restricted:
        return Goes("", False, (), False)
    found = statuspage.page(request.actor)
    affected = {service.id for service in picture.incident.services}
    names = tuple(c.name for c in statuspage.components(request.actor) if c.service_id in affected)
    opened = statuspage.incident_of(request.actor, picture.incident.id) is not None
    return Goes(found.name if found else "", bool(found and found.published), names, opened)


def _sent(given: dict[str, str], after: HubView) -> str:
    inside, outside = bool(given["internal"].strip()), bool(given["public"].strip())
    which = "internal and public" if inside and outside else "internal" if inside else "public"
    due = after.next_internal if inside else after.next_public
    when = f" The next one is due {written(due.due_at, 'zone')}." if due else ""
    return f"Sent the {which} update.{when}"
