"""Who was reached about an incident and by what; and calling the response team, seen before it is done."""

from typing import Any

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from tocsin.domain.accounts import queries as accounts
from tocsin.domain.incidents import commands
from tocsin.domain.incidents import queries as incidents
from tocsin.domain.incidents.permissions import RESPOND
from tocsin.domain.oncall import queries as oncall
from tocsin.domain.oncall.queries import OnCallView, PagingView
from tocsin.screens.incident import incident_page
from tocsin.screens.respond.team_notification_system.forms import ActivateForm
from tocsin.screens.respond.team_notification_system.reached import COLUMNS, TABLE, look_of, moving, rows_of
from tocsin.screens.respond.team_notification_system.team import Called, Choices, preview
from tocsin.ui.access import ScreenRequest
from tocsin.ui.tables import from_list

SCREEN = "team_notification_system"


def notifications(request: ScreenRequest, ref: str) -> HttpResponseBase:
    """Every message about the incident: to whom, by what, the provider's answer, the person's, what happens next."""
    context = incident_page(request, ref, "respond", SCREEN)
    view = context["hub"].paging or oncall.paging(request.actor, f"incident:{context['incident'].id}")
    listed = TABLE.csv(request, from_list(rows_of(view), COLUMNS))
    return listed or render(
        request, "team_notification_system/notifications.html", {**context, **_paged(request, ref, view)}
    )


def paged(request: ScreenRequest, ref: str) -> HttpResponseBase:
    """The part that moves, alone."""
    row = incidents.row(request.actor, ref)
    view = oncall.paging(request.actor, f"incident:{row.id}")
    context = {"incident": row, **_paged(request, ref, view)}
    return render(request, "team_notification_system/paged.html", context)


def _paged(request: ScreenRequest, ref: str, view: PagingView) -> dict[str, Any]:
    return {
        "paging": view,
        "look": look_of(view),
        "moving": moving(view),
        "asked": request.GET.urlencode(),
        "table": TABLE.page(request, from_list(rows_of(view), COLUMNS)),
        "unreached": sorted({p.person for p in view.pages if p.state == "unreachable"}),
    }


def activate(request: ScreenRequest, ref: str) -> HttpResponseBase:
    """Choose whom to call, see how each can be reached, then page them all."""
    request.actor.require(RESPOND)
    row = incidents.row(request.actor, ref)
    choices = Choices(
        templates=incidents.team_templates(request.actor, row.kind),
        teams=accounts.teams(request.actor),
        people=accounts.people(request.actor, active_only=True),
    )
    on_call = [shift for shift in oncall.on_call_now(request.actor) if shift.person_id]
    form = ActivateForm(
        request.POST or None,
        initial=_initial(row.kind, choices, on_call),
        templates=choices.templates,
        teams=choices.teams,
        people=choices.people,
        on_call=on_call,
    )
    pages = request.method == "POST" and request.POST.get("do") == "page"
    if pages and form.is_valid():
        with form.refusals():
            asked = preview(request.actor, form.cleaned_data, choices)
            commands.activate_response_team(request.actor, incident=row.id, **_said(form.cleaned_data))
            _tell(request, asked)
            return redirect(SCREEN, ref=row.reference)
    seen = {"form": form, "called": preview(request.actor, form.chosen(), choices)}
    if request.htmx and not pages:
        return render(request, "team_notification_system/called.html", seen)
    context = {**incident_page(request, ref, "respond", SCREEN), **seen}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "team_notification_system/activate.html", context, status=status)


def _tell(request: ScreenRequest, asked: list[Called]) -> None:
    mute = [one.person.name for one in asked if one.how == "none"]
    reached = len(asked) - len(mute)
    if reached:
        messages.success(request, f"{'1 person is' if reached == 1 else f'{reached} people are'} being paged.")
    if mute:
        messages.warning(request, f"Not reached: {', '.join(mute)}. Call them yourself.")


def _initial(kind: str, choices: Choices, on_call: list[OnCallView]) -> dict[str, Any]:
    """The team kept for this kind of incident, or else whoever is on call."""
    kept = next((t.id for t in choices.templates if t.kind == kind), "")
    return {"template": kept} if kept else {"people": sorted({shift.person_id for shift in on_call})}


def _said(cleaned: dict[str, Any]) -> dict[str, Any]:
    return {**cleaned, "template": cleaned["template"] or None}
