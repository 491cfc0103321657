"""History of staff alerts, writing one with its reach in sight, and its results while people answer."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from tocsin.domain.accounts import queries as accounts
from tocsin.domain.broadcasts import commands, queries
from tocsin.domain.broadcasts.permissions import SEND
from tocsin.domain.broadcasts.queries import AlertView, ReachView
from tocsin.domain.oncall import queries as oncall
from tocsin.kernel.errors import Invalid
from tocsin.screens.incident import incident_page
from tocsin.screens.respond.staff_alert_system.forms import AlertForm
from tocsin.screens.respond.staff_alert_system.results import (
    ALERT_LOOKS,
    COLUMNS,
    chips,
    export_of,
    split,
    table_of,
)
from tocsin.ui.access import ScreenRequest
from tocsin.ui.tables import from_list


def history(request: ScreenRequest) -> HttpResponseBase:
    """Every alert, newest first."""
    found = queries.alerts(request.actor)
    context = {"place": "incidents", "alerts": _looked(found), "may_send": request.actor.has(SEND)}
    return render(request, "staff_alert_system/history.html", context)


def of_incident(request: ScreenRequest, ref: str) -> HttpResponseBase:
    """Alerts about one incident, in its frame."""
    context = incident_page(request, ref, "respond", "staff_alert_system")
    found = queries.alerts(request.actor, incident=context["incident"].id)
    shown = {**context, "alerts": _looked(found), "may_send": request.actor.has(SEND)}
    return render(request, "staff_alert_system/of_incident.html", shown)


def _looked(found: list[AlertView]) -> list[tuple[AlertView, str, str]]:
    return [(view, *ALERT_LOOKS[view.state]) for view in found]


def compose(request: ScreenRequest) -> HttpResponseBase:
    """Write one, see whom it reaches, send it."""
    request.actor.require(SEND)
    form = AlertForm(
        request.POST or None,
        initial={"incident": request.GET.get("incident", ""), "every": "5m"},
        teams=accounts.teams(request.actor),
        sites=queries.sites(request.actor),
        people=accounts.people(request.actor, active_only=True),
        on_call=oncall.on_call_now(request.actor),
    )
    sends = request.method == "POST" and request.POST.get("do") == "send"
    if sends and form.is_valid():
        with form.refusals():
            ref = commands.send_alert(request.actor, **form.asked())
            messages.success(request, f"{ref} is {'scheduled' if form.cleaned_data['at'] else 'being sent'}.")
            return redirect("staff_alert", ref=ref)
    seen = {"form": form, **_reach(request, form)}
    if request.htmx and not sends:
        return render(request, "staff_alert_system/reach.html", seen)
    status = 422 if sends else 200
    return render(request, "staff_alert_system/compose.html", {"place": "incidents", **seen}, status=status)


def _reach(request: ScreenRequest, form: AlertForm) -> dict[str, Any]:
    audience = form.audience()
    return {"reach": queries.reach(request.actor, audience) if audience else ReachView(0, (), ())}


def results(request: ScreenRequest, ref: str) -> HttpResponseBase:
    """Who answered what, who has not, who could not be reached; as CSV too."""
    view = queries.alert(request.actor, ref)
    rows = queries.asked(request.actor, view.id)
    fetch = from_list(rows, COLUMNS)
    listed = export_of(view).csv(request, fetch)
    if listed:
        return listed
    kind, word = ALERT_LOOKS[view.state]
    mine = next((row for row in rows if row.person_id == request.actor.person), None)
    context = {
        "place": "incidents",
        "alert": view,
        "look": (kind, word),
        "percent": 100 * view.answered // view.total if view.total else 0,
        "table": table_of(view).page(request, fetch),
        "chips": chips(view, request.GET),
        "parts": split(rows)[:12],
        "mine": mine,
        "live_streams": f"staff_alert:{view.id}",
        "asked": urlencode([(key, value) for key, value in request.GET.items() if key != "part"]),
        "may_send": request.actor.has(SEND),
    }
    part = "staff_alert_system/live.html" if request.htmx and request.GET.get("part") else ""
    return render(request, part or "staff_alert_system/results.html", context)


@require_POST
def act(request: ScreenRequest, ref: str) -> HttpResponseBase:
    """Answer, ask again who has not answered, close it, or stop a drill that comes again. The button is named `do`."""
    wish = request.POST.get("do", "")
    if wish == "again":
        commands.ask_again(request.actor, alert=ref)
        messages.success(request, "Those who have not answered are being asked again.")
    elif wish == "close":
        commands.close_alert(request.actor, alert=ref)
        messages.success(request, "Closed; nobody is asked any more.")
    elif wish == "answer":
        commands.answer(request.actor, alert=ref, value=request.POST.get("value", ""))
        messages.success(request, "Your answer is kept.")
    elif wish == "stop":
        commands.stop_repeating(request.actor, alert=ref)
        messages.success(request, "The drill does not come again.")
    else:
        raise Invalid("do: choose answer, again, close or stop.", field="do")
    return redirect("staff_alert", ref=ref)
