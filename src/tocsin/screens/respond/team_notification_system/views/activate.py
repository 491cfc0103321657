"""Calling the response team: choose, see exactly who is paged and how, leave some out, then page them all."""

from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from tocsin.domain.accounts import queries as accounts
from tocsin.domain.incidents import commands
from tocsin.domain.incidents import queries as incidents
from tocsin.domain.incidents.permissions import RESPOND
from tocsin.domain.incidents.queries import IncidentRow, TeamPreview, TeamTemplateView
from tocsin.domain.oncall import queries as oncall
from tocsin.domain.oncall.queries import OnCallView
from tocsin.kernel.clock import now
from tocsin.screens.incident import form_page
from tocsin.screens.respond.team_notification_system.forms import ActivateForm
from tocsin.ui.access import ScreenRequest

SCREEN = "team_notification_system"


def activate(request: ScreenRequest, ref: str) -> HttpResponseBase:
    """Choose whom to call, see how each can be reached, then page them all."""
    request.actor.require(RESPOND)
    row = incidents.row(request.actor, ref)
    templates = incidents.team_templates(request.actor, row.kind, row.severity)
    on_call = oncall.on_call_now(request.actor)
    form = ActivateForm(
        request.POST or None,
        initial=_initial(row, templates, on_call),
        templates=templates,
        teams=accounts.teams(request.actor),
        people=accounts.people(request.actor, active_only=True),
        on_call=on_call,
    )
    pages = request.method == "POST" and request.POST.get("do") == "page"
    picture = _preview(request, row, form)
    left_out = _left_out(request)
    if pages and form.is_valid():
        with form.refusals():
            called = commands.activate_response_team(
                request.actor, incident=row.id, **_said(form.cleaned_data), without=left_out, roles=_roles(request)
            )
            _tell(request, picture, called)
            return redirect(SCREEN, ref=row.reference)
    seen = {"form": form, **_shown(request, picture, left_out)}
    if request.htmx and not pages:
        return render(request, "team_notification_system/called.html", seen)
    context = {**form_page(request, ref, "respond", SCREEN), **seen}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "team_notification_system/activate.html", context, status=status)


def _preview(request: ScreenRequest, row: IncidentRow, form: ActivateForm) -> TeamPreview:
    chosen = form.chosen()
    people, teams, schedules = ([*(chosen.get(name) or ())] for name in ("people", "teams", "schedules"))
    return incidents.team_preview(
        request.actor,
        row.id,
        people=people,
        teams=teams,
        schedules=schedules,
        template=chosen.get("template") or None,
    )


def _shown(request: ScreenRequest, picture: TeamPreview, left_out: list[str]) -> dict[str, Any]:
    busy = ("called", "joined")
    paged = [one for one in picture.people if one.person.id not in left_out and one.standing not in busy]
    asked = _roles(request)
    return {
        "called": [
            (one, one.person.id not in left_out, one.standing in busy, _clock(one.zone)) for one in picture.people
        ],
        "gone": picture.gone,
        "roles": [(role, asked.get(role.role, role.proposed.id if role.proposed else "")) for role in picture.roles],
        "paged": len(paged),
        "reachable": sum(one.how != "none" for one in paged),
    }


def _clock(zone: str) -> str:
    """What the clock says where a person is: '03:12 in Asia/Kolkata'."""
    return f"{now().astimezone(ZoneInfo(zone)):%H:%M} in {zone}"


def _left_out(request: ScreenRequest) -> list[str]:
    """Those who were shown with a box that is not ticked."""
    ticked = set(request.POST.getlist("page"))
    return [id_ for id_ in request.POST.getlist("shown") if id_ not in ticked]


def _roles(request: ScreenRequest) -> dict[str, str]:
    prefix = "role_"
    given = {name.removeprefix(prefix): str(value) for name, value in request.POST.items() if name.startswith(prefix)}
    out = set(_left_out(request))
    return {role: person for role, person in given.items() if person and person not in out}


def _tell(request: ScreenRequest, picture: TeamPreview, called: list[str]) -> None:
    mute = [one.person.name for one in picture.people if one.how == "none" and one.person.id in called]
    reached = len(called) - len(mute)
    if reached:
        messages.success(request, f"{'1 person is' if reached == 1 else f'{reached} people are'} being paged.")
    if mute:
        messages.warning(request, f"Not reached: {', '.join(mute)}. Call them yourself.")


def _initial(row: IncidentRow, templates: list[TeamTemplateView], on_call: list[OnCallView]) -> dict[str, Any]:
    """The team kept for this kind and size of incident, or else whoever is on call."""
    kept = next((t.id for t in templates if t.kind or t.severities), "")
    return {"template": kept} if kept else {"people": sorted({s.person_id for s in on_call if s.person_id})}


def _said(cleaned: dict[str, Any]) -> dict[str, Any]:
    return {**cleaned, "template": cleaned["template"] or None}
