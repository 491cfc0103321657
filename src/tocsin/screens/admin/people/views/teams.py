"""Teams: the list with a form to add one, and one team's members."""

from django.contrib import messages
from django.db import transaction
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from tocsin.domain.accounts import commands, queries
from tocsin.domain.accounts.permissions import MANAGE_PEOPLE
from tocsin.screens.admin.people.forms import TeamForm, team_initial
from tocsin.ui.access import ScreenRequest
from tocsin.ui.forms import TypedConfirmation


def listing(request: ScreenRequest) -> HttpResponseBase:
    """All teams with their members; administrators add one."""
    people = queries.people(request.actor, active_only=True)
    names = {person.id: person for person in people}
    manages = request.actor.has(MANAGE_PEOPLE)
    if request.method == "POST":
        request.actor.require(MANAGE_PEOPLE)
    form = TeamForm(request.POST or None, people=people)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            commands.add_team(request.actor, **form.cleaned_data)
            messages.success(request, f"Added the team {form.cleaned_data['name']}.")
            return redirect("teams")
    found = [(team, [names[id_] for id_ in team.member_ids if id_ in names]) for team in queries.teams(request.actor)]
    context = {"tab": "teams", "teams": found, "form": form if manages else None}
    return render(request, "people/teams.html", context, status=422 if form.is_bound else 200)


def team(request: ScreenRequest, slug: str) -> HttpResponseBase:
    """One team; administrators change its name and members."""
    view = queries.team(request.actor, slug)
    people = queries.people(request.actor, active_only=True)
    manages = request.actor.has(MANAGE_PEOPLE)
    if request.method == "POST":
        request.actor.require(MANAGE_PEOPLE)
    form = TeamForm(request.POST or None, initial=team_initial(view), people=people)
    if request.method == "POST" and form.is_valid():
        with form.refusals(), transaction.atomic():
            commands.rename_team(request.actor, team_id=view.id, name=form.cleaned_data["name"])
            commands.set_members(request.actor, team_id=view.id, members=form.cleaned_data["members"])
            messages.success(request, f"Saved {form.cleaned_data['name']}.")
            return redirect("teams")
    context = {
        "tab": "teams",
        "team": view,
        "members": [person for person in people if person.id in view.member_ids],
        "form": form if manages else None,
    }
    return render(request, "people/team.html", context, status=422 if form.is_bound else 200)


@require_POST
def remove(request: ScreenRequest, slug: str) -> HttpResponseBase:
    """Remove a team after its name was typed."""
    view = queries.team(request.actor, slug)
    form = TypedConfirmation(request.POST, expected=view.name)
    if not form.is_valid():
        messages.error(request, " ".join(sentence for _, sentence in form.errors_listed()))
        return redirect("team", slug=slug)
    commands.remove_team(request.actor, team_id=view.id)
    messages.success(request, f"Removed the team {view.name}.")
    return redirect("teams")
