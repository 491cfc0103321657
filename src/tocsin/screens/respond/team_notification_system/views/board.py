"""Who was called to an incident and by what, who came, and what can be done about those who did not."""

from typing import Any

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from tocsin.domain.incidents import commands
from tocsin.domain.incidents import queries as incidents
from tocsin.domain.incidents.permissions import RESPOND
from tocsin.domain.incidents.queries import BoardView, CalledView, IncidentRow
from tocsin.domain.incidents.rules.states import ACTIVE_STATES, State
from tocsin.domain.oncall import queries as oncall
from tocsin.domain.oncall.queries import PagingView
from tocsin.kernel.errors import Conflict, Invalid
from tocsin.screens.incident import incident_page
from tocsin.screens.respond.team_notification_system.forms import DeclineForm, StandDownForm
from tocsin.screens.respond.team_notification_system.reached import (
    COLUMNS,
    LOOKS,
    TABLE,
    look_of,
    moving,
    rows_of,
)
from tocsin.ui.access import ScreenRequest
from tocsin.ui.tables import from_list

SCREEN = "team_notification_system"
CALL_LOOKS = {
    "called": ("wait", "Called, no answer yet"),
    "joined": ("ok", "Joined"),
    "declined": ("warn", "Declined"),
    "stood_down": ("off", "Stood down"),
}


def notifications(request: ScreenRequest, ref: str) -> HttpResponseBase:
    """The board of those who were called, and every message: to whom, by what, the provider's answer, the person's."""
    context = incident_page(request, ref, "respond", SCREEN)
    view = context["hub"].paging or oncall.paging(request.actor, f"incident:{context['incident'].id}")
    listed = TABLE.csv(request, from_list(rows_of(view), COLUMNS))
    if listed:
        return listed
    shown = {**context, **_paged(request, context["incident"], view), "decline": DeclineForm()}
    return render(request, "team_notification_system/notifications.html", shown)


def paged(request: ScreenRequest, ref: str) -> HttpResponseBase:
    """The part that moves, alone."""
    row = incidents.row(request.actor, ref)
    view = oncall.paging(request.actor, f"incident:{row.id}")
    context = {"incident": row, "decline": DeclineForm(), **_paged(request, row, view)}
    return render(request, "team_notification_system/paged.html", context)


def _paged(request: ScreenRequest, incident: IncidentRow, view: PagingView) -> dict[str, Any]:
    board = incidents.response_board(request.actor, incident.id, view)
    me = request.actor.person
    return {
        "paging": view,
        "look": look_of(view),
        "moving": moving(view),
        "asked": request.GET.urlencode(),
        "table": TABLE.page(request, from_list(rows_of(view), COLUMNS)),
        "unreached": sorted({p.person for p in view.pages if p.state == "unreachable"}),
        "board": board,
        "people": [(one, *CALL_LOOKS[one.state], _messages(one)) for one in board.people],
        "mine": next((one for one in board.people if one.person.id == me), None),
        "me": me,
        "leads": bool(incident.commander and incident.commander.id == me),
        "team": _led(board, incident),
        "may_act": request.actor.has(RESPOND) and State(incident.state) in ACTIVE_STATES,
        **_count(board),
    }


def _led(board: BoardView, incident: IncidentRow) -> list[CalledView]:
    """Whom the whole team stood down means: all who were called or came, but for who leads."""
    leads = incident.commander.id if incident.commander else ""
    return [one for one in board.people if one.state in ("called", "joined") and one.person.id != leads]


def _messages(one: CalledView) -> list[tuple[str, str, str, str, str]]:
    """Each message: look, word, by what, the provider's answer."""
    return [(*LOOKS.get(m.state, ("unknown", m.state)), m.word, m.address_hint, m.answer) for m in one.messages]


def _count(board: BoardView) -> dict[str, Any]:
    waiting = board.asked - board.joined
    return {"engaged_percent": 100 * board.joined // board.asked if board.asked else 0, "waiting": waiting}


@require_POST
def answer(request: ScreenRequest, ref: str) -> HttpResponseBase:
    """What one called may do: join, decline, or stand down. The button pressed is named `do`."""
    wish, row = request.POST.get("do", ""), incidents.row(request.actor, ref)
    if wish == "join":
        messages.success(request, commands.join(request.actor, incident=row.id))
    elif wish == "decline":
        form = DeclineForm(request.POST)
        if not form.is_valid():
            raise Invalid(f"come_at: {form.errors.as_text()}", field="come_at")
        commands.decline(request.actor, incident=row.id, **form.cleaned_data)
        messages.success(request, "You declined; whoever called you sees it.")
    elif wish == "stand_down":
        commands.stand_down(request.actor, incident=row.id, people=[request.actor.person])
        messages.success(request, "You stood down; your time is kept.")
    else:
        raise Invalid("do: choose join, decline or stand_down.", field="do")
    return redirect(SCREEN, ref=row.reference)


@require_POST
def act(request: ScreenRequest, ref: str) -> HttpResponseBase:
    """What can be done about one person: page again, call another in their place, stand down."""
    wish, row, person = request.POST.get("do", ""), incidents.row(request.actor, ref), request.POST.get("person", "")
    if wish == "again":
        commands.page_again(request.actor, incident=row.id, person=person)
        messages.success(request, "Paged again.")
    elif wish == "instead":
        other, role = request.POST.get("other", ""), request.POST.get("role", "")
        commands.activate_response_team(
            request.actor,
            incident=row.id,
            people=[other],
            roles={role: other} if role else {},
            instead_of=person,
        )
        messages.success(request, "They are being paged instead.")
    elif wish == "stand_down":
        commands.stand_down(request.actor, incident=row.id, people=[person])
        messages.success(request, "Stood down, and told so.")
    else:
        raise Invalid("do: choose again, instead or stand_down.", field="do")
    return redirect(SCREEN, ref=row.reference)


def stand_down(request: ScreenRequest, ref: str) -> HttpResponseBase:
    """Stand the whole team down, seen before it is done."""
    context = incident_page(request, ref, "respond", SCREEN)
    row = context["incident"]
    board = incidents.response_board(request.actor, row.id, context["hub"].paging)
    form = StandDownForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            gone = commands.stand_down(request.actor, incident=row.id, note=form.cleaned_data["note"])
            messages.success(request, f"{len(gone)} stood down, and told so.")
            return redirect(SCREEN, ref=row.reference)
    team = _led(board, row)
    if request.method != "POST" and not team:
        raise Conflict("Nobody but the Incident Commander works on it now; there is nobody to stand down.")
    shown = {**context, "form": form, "team": team, "bar_still": True}
    return render(request, "team_notification_system/stand_down.html", shown, status=422 if form.is_bound else 200)
