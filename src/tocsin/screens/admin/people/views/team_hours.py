"""The hours of one team: its own week, zone and holidays, or the organisation's."""

from datetime import time
from typing import Any

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from tocsin.domain.accounts import commands, queries
from tocsin.domain.accounts.permissions import MANAGE_PEOPLE, SEE
from tocsin.screens.admin.people.forms import TeamHoursForm
from tocsin.screens.admin.people.views.organisation import week_of
from tocsin.ui.access import ScreenRequest


def hours(request: ScreenRequest, slug: str) -> HttpResponseBase:
    """Look at a team's hours; administrators change them. Without a day the team keeps the organisation's."""
    request.actor.require(MANAGE_PEOPLE if request.method == "POST" else SEE)
    team, standing = queries.team(request.actor, slug), queries.organisation()
    own = queries.team_hours(team.id)
    form = TeamHoursForm(request.POST if request.method == "POST" else None, initial=_initial(own))
    if form.is_bound and form.is_valid():
        with form.refusals():
            _save(request, team, form.cleaned_data, own, standing.time_zone)
            messages.success(request, f"Saved the hours of {team.name}. What runs already keeps its ends.")
            return redirect("team_hours", slug=slug)
    context = {
        "tab": "teams",
        "team": team,
        "own": own,
        "form": form if request.actor.has(MANAGE_PEOPLE) else None,
        "shown": own or standing,
    }
    return render(request, "people/team_hours.html", context, status=422 if form.is_bound else 200)


def _save(
    request: ScreenRequest, team: queries.TeamView, given: dict[str, Any], own: queries.TeamHoursView | None, zone: str
) -> None:
    if not given["days"]:
        commands.clear_team_hours(request.actor, team_id=team.id)
        return
    commands.set_team_hours(
        request.actor,
        team_id=team.id,
        time_zone=given["time_zone"] or zone,
        hours=week_of(given, own.hours if own else {}),
        closed_dates=given["closed_dates"].replace(",", " ").split(),
        holiday_region=given["holiday_region"],
    )


def _initial(own: queries.TeamHoursView | None) -> dict[str, Any]:
    if own is None:
        return {"opens": time(9), "closes": time(17)}
    first = next((spans[0] for spans in own.hours.values() if spans), ["09:00", "17:00"])
    return {
        "time_zone": own.time_zone,
        "days": [day for day, spans in own.hours.items() if spans],
        "opens": time.fromisoformat(first[0]),
        "closes": time.fromisoformat(first[1]),
        "holiday_region": own.holiday_region,
        "closed_dates": " ".join(own.closed_dates),
    }
