"""Saves the view of a table under a name, and removes it. Leads back to the table it came from, and nowhere else."""

from uuid import UUID

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from tocsin.domain.accounts import commands, queries
from tocsin.kernel.actor import Actor
from tocsin.kernel.errors import Invalid
from tocsin.ui.access import ScreenRequest
from tocsin.ui.saved_views import Saved


def kept(actor: Actor, table: str) -> list[Saved]:
    """The actor's views of a table. One query."""
    return [Saved(v.id, v.name, v.query, v.mine, v.team, v.default) for v in queries.saved_views(actor, table)]


@require_POST
def save(request: ScreenRequest) -> HttpResponseBase:
    """Keep what the table shows now."""
    given = request.POST
    commands.save_view(
        request.actor,
        table=given.get("table", ""),
        name=given.get("name", ""),
        query=given.get("query", ""),
        team_id=_team(request.actor) if given.get("share") else "",
        default=bool(given.get("default")),
    )
    messages.success(request, f"Saved the view {given['name'].strip()}.")
    return redirect(f"{_back(request)}?{given['query']}")


@require_POST
def remove(request: ScreenRequest, view_id: UUID) -> HttpResponseBase:
    """Forget a view; the table opens as it is without one."""
    commands.remove_view(request.actor, view_id=str(view_id))
    messages.success(request, "The view is removed; the rows are as they were.")
    return redirect(_back(request))


def _team(actor: Actor) -> str:
    """The first team by name that the person is in."""
    mine = [team.id for team in queries.teams(actor) if actor.person in team.member_ids]
    if not mine:
        raise Invalid("share: you are in no team; save the view for yourself.", field="share")
    return mine[0]


def _back(request: ScreenRequest) -> str:
    path = request.POST.get("back", "")
    fine = path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
    return path.partition("?")[0] if fine else "/"
