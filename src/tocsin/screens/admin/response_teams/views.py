"""The kept response teams, and the editor of one."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from tocsin.domain.accounts import queries as accounts
from tocsin.domain.incidents import commands, queries
from tocsin.domain.incidents.permissions import MANAGE
from tocsin.domain.incidents.queries import TeamTemplateView
from tocsin.domain.incidents.rules.roles import role_words
from tocsin.domain.oncall import queries as oncall
from tocsin.screens.admin.response_teams.forms import ResponseTeamForm
from tocsin.ui.access import ScreenRequest


def listing(request: ScreenRequest) -> HttpResponseBase:
    """Every response team with whom it calls; people who may not sign in any more are named."""
    people = {person.id: person for person in accounts.people(request.actor)}
    teams = {team.id: team.name for team in accounts.teams(request.actor)}
    schedules = {shift.schedule_id: shift.schedule for shift in oncall.on_call_now(request.actor)}
    rows = []
    for kept in queries.team_templates(request.actor):
        named = [people[id_] for id_ in kept.person_ids if id_ in people]
        rows.append(
            {
                "team": kept,
                "people": [person.name for person in named if person.active],
                "gone": [person.name for person in named if not person.active],
                "teams": [teams[id_] for id_ in kept.team_ids if id_ in teams],
                "schedules": [schedules[id_] for id_ in kept.schedule_ids if id_ in schedules],
                "roles": [role_words(role) for role in kept.roles],
            }
        )
    context = {"tab": "response_teams", "rows": rows, "manages": request.actor.has(MANAGE)}
    return render(request, "response_teams/list.html", context)


def edit(request: ScreenRequest, team_id: UUID | None = None) -> HttpResponseBase:
    """Make or change one."""
    request.actor.require(MANAGE)
    kept = _kept(request, str(team_id)) if team_id else None
    form = ResponseTeamForm(
        request.POST or None,
        initial=_initial(kept) if kept else {},
        people=accounts.people(request.actor, active_only=True),
        teams=accounts.teams(request.actor),
        on_call=oncall.on_call_now(request.actor),
        kept_roles=kept.roles if kept else (),
    )
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            commands.save_team_template(request.actor, template=kept.id if kept else None, **form.cleaned_data)
            messages.success(request, f"Saved {form.cleaned_data['name']}.")
            return redirect("response_teams")
    context = {"tab": "response_teams", "team": kept, "form": form}
    return render(request, "response_teams/edit.html", context, status=422 if form.is_bound else 200)


@require_POST
def remove(request: ScreenRequest, team_id: UUID) -> HttpResponseBase:
    """Remove one; incidents that it was called to keep their people."""
    commands.remove_team_template(request.actor, template=str(team_id))
    messages.success(request, "Removed the response team.")
    return redirect("response_teams")


def _kept(request: ScreenRequest, id_: str) -> TeamTemplateView:
    found = next((kept for kept in queries.team_templates(request.actor) if kept.id == id_), None)
    if found is None:
        raise Http404("There is no such response team.")
    return found


def _initial(kept: TeamTemplateView) -> dict[str, Any]:
    return {
        "name": kept.name,
        "kind": kept.kind,
        "severities": kept.severities,
        "schedules": kept.schedule_ids,
        "teams": kept.team_ids,
        "people": kept.person_ids,
        "roles": kept.roles,
    }
