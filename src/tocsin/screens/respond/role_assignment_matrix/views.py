"""All roles of the incident beside the people who might take them; giving, taking, accepting, handing over, ending."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from tocsin.domain.incidents import commands, queries
from tocsin.domain.incidents.permissions import RESPOND
from tocsin.domain.incidents.queries import Candidate, HubView, MatrixRow, MatrixView
from tocsin.domain.incidents.rules.roles import role_words
from tocsin.kernel.errors import Invalid
from tocsin.screens.incident import form_page
from tocsin.screens.incident_people import person_choices
from tocsin.screens.respond.role_assignment_matrix.forms import RoleForm
from tocsin.ui import csv
from tocsin.ui.access import ScreenRequest

STAGE, SCREEN = "respond", "role_assignment_matrix"
COLUMNS = 7


@dataclass(frozen=True, slots=True)
class Square:
    """One role and one person. `state`: held, asked, suits (a natural choice), or nothing."""

    candidate: Candidate
    state: str


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: ScreenRequest, ref: str) -> HttpResponseBase:
    """The matrix, and a form to give a role. A role that one holds is handed over: it changes hands when accepted."""
    context = form_page(request, ref, STAGE, SCREEN)
    picture: HubView = context["hub"]
    if request.method == "POST":
        request.actor.require(RESPOND)
    matrix = queries.role_matrix(request.actor, context["sight"])
    if request.GET.get("format") == "csv":
        return _csv(picture, matrix)
    initial = {"role": request.GET.get("role", ""), "person": request.GET.get("person", "")}
    form = RoleForm(request.POST or None, rows=matrix.rows, people=person_choices(request.actor), initial=initial)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            _give(request, picture, **form.cleaned_data)
            return redirect("incident_roles", ref=picture.incident.reference)
    context |= _shown(request, matrix) | {"form": form}
    return render(request, "role_assignment_matrix/page.html", context, status=422 if form.is_bound else 200)


def _shown(request: ScreenRequest, matrix: MatrixView) -> dict[str, Any]:
    columns = matrix.people[:COLUMNS]
    return {
        "me": request.actor.person,
        "matrix": matrix,
        "columns": columns,
        "others": len(matrix.people) - len(columns),
        "squares": [(row, [_square(row, candidate) for candidate in columns]) for row in matrix.rows],
        "uncovered": [warning for row in matrix.rows for warning in row.warnings],
        "my_offers": [row.offer for row in matrix.rows if row.offer and row.offer.person.id == request.actor.person],
    }


def _square(row: MatrixRow, candidate: Candidate) -> Square:
    if row.holder is not None and row.holder.person.id == candidate.person.id:
        return Square(candidate, "held")
    if row.offer is not None and row.offer.person.id == candidate.person.id:
        return Square(candidate, "asked")
    return Square(candidate, "suits" if row.role in candidate.suits else "")


def _give(request: ScreenRequest, picture: HubView, *, role: str, person: str, note: str) -> None:
    incident = picture.incident.id
    held = any(holder.role == role for holder in picture.roles)
    if held and person != request.actor.person:
        commands.hand_over(request.actor, incident=incident, role=role, to=person, note=note)
    else:
        commands.assign_role(request.actor, incident=incident, role=role, person=person, note=note)
    mine = person == request.actor.person
    words = role_words(role)
    messages.success(request, f"You are {words} now." if mine else f"Asked them to take {words}; they must accept.")


def _csv(picture: HubView, matrix: MatrixView) -> HttpResponseBase:
    rows = [
        (
            row.words,
            "yes" if row.needed else "no",
            row.holder.person.name if row.holder else "",
            row.holder.since if row.holder else None,
            row.offer.person.name if row.offer else "",
        )
        for row in matrix.rows
    ]
    return csv.response(f"{picture.incident.reference}-roles", ("Role", "Needed", "Holder", "Since", "Asked"), rows)


@require_POST
def answer(request: ScreenRequest, ref: str) -> HttpResponseBase:
    """Accept or refuse an offer, take a free role, or lay one down. The button pressed is named `do`."""
    role, wish = request.POST.get("role", ""), request.POST.get("do", "")
    back = "incident_roles" if request.POST.get("from") == "matrix" else "team_coordination_hub"
    if wish == "accept":
        commands.accept_role(request.actor, incident=ref, role=role)
        messages.success(request, f"You are {role_words(role)} now.")
    elif wish == "take":
        commands.assign_role(request.actor, incident=ref, role=role, person=request.actor.person)
        messages.success(request, f"You are {role_words(role)} now.")
    elif wish == "decline":
        commands.decline_role(request.actor, incident=ref, role=role, reason=request.POST.get("reason", ""))
        messages.success(request, f"{role_words(role)} stays where it was.")
    elif wish == "end":
        commands.end_role(request.actor, incident=ref, role=role)
        messages.success(request, f"Nobody is {role_words(role)} now.")
    else:
        raise Invalid("do: choose accept, take, decline or end.", field="do")
    return redirect(back, ref=ref)


@require_POST
def duty(request: ScreenRequest, ref: str) -> HttpResponseBase:
    """Tick a standing duty, or take the tick back."""
    row = queries.row(request.actor, ref)
    commands.tick_duty(request.actor, duty=request.POST.get("duty", ""), done=request.POST.get("done") == "yes")
    return redirect("incident_roles", ref=row.reference)
