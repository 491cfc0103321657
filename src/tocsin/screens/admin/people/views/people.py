"""The list of people, one person, and what an administrator may do with one."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from tocsin.domain.accounts import commands, queries
from tocsin.domain.accounts.permissions import MANAGE_PEOPLE
from tocsin.domain.accounts.queries import PersonView
from tocsin.domain.delivery import queries as delivery
from tocsin.kernel.actor import Role
from tocsin.screens.admin.people.forms import PersonForm
from tocsin.screens.admin.people.views.again import asks_again
from tocsin.ui.access import ScreenRequest
from tocsin.ui.tables import Column, Filter, Table, from_list
from tocsin.ui.templatetags.tocsin import state

COLUMNS: list[Column[PersonView]] = [
    Column(
        "name",
        "Person",
        lambda p: format_html(
            '<div class="t-subj"><a href="{}"><bdi>{}</bdi></a><span class="t-meta">{}</span></div>',
            reverse("person", args=[p.id]),
            p.name,
            p.email,
        ),
        sort="name",
        plain=lambda p: f"{p.name} <{p.email}>",
    ),
    Column("role", "Roles", lambda p: ", ".join(p.roles)),
    Column("team", "Teams", lambda p: ", ".join(p.teams) or "none", narrow=False),
    Column(
        "state",
        "May sign in",
        lambda p: state("ok", "Yes") if p.active else state("off", "No"),
        plain=lambda p: "yes" if p.active else "no",
    ),
]
TABLE: Table[PersonView] = Table(
    "people", "People", COLUMNS, filters=[Filter("state", "May sign in", [("yes", "Yes"), ("no", "No")])], sort="name"
)


def listing(request: ScreenRequest) -> HttpResponseBase:
    """Everybody, with filter, sort and CSV."""
    fetch = from_list(queries.people(request.actor), COLUMNS)
    return TABLE.csv(request, fetch) or render(
        request,
        "people/people.html",
        {"tab": "people", "table": TABLE.page(request, fetch), "manages": request.actor.has(MANAGE_PEOPLE)},
    )


@never_cache
def add(request: ScreenRequest) -> HttpResponseBase:
    """Add a person; the next page offers the link with which they come in."""
    request.actor.require(MANAGE_PEOPLE)
    form = PersonForm(request.POST or None, initial={"roles": [Role.RESPONDER.value]})
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            made = commands.add_person(request.actor, **form.cleaned_data)
            messages.success(request, f"Added {form.cleaned_data['name']}. Give them a sign-in link to let them in.")
            return redirect("person", person_id=made)
    return render(
        request, "people/person_add.html", {"tab": "people", "form": form}, status=422 if form.is_bound else 200
    )


@never_cache
def person(request: ScreenRequest, person_id: UUID) -> HttpResponseBase:
    """One person; administrators change profile and roles here."""
    view = queries.person(request.actor, str(person_id))
    form = None
    if request.actor.has(MANAGE_PEOPLE):
        form = PersonForm(request.POST or None, initial=_initial(view))
        if request.method == "POST" and form.is_valid():
            with form.refusals(), transaction.atomic():
                fields = {name: value for name, value in form.cleaned_data.items() if name != "roles"}
                commands.change_person(request.actor, person_id=view.id, **fields)
                commands.set_roles(request.actor, person_id=view.id, roles=form.cleaned_data["roles"])
                messages.success(request, f"Saved {fields['name']}.")
                return redirect("person", person_id=view.id)
    elif request.method == "POST":
        request.actor.require(MANAGE_PEOPLE)
    return _page(request, view, form)


@require_POST
@never_cache
@asks_again
def link(request: ScreenRequest, person_id: UUID) -> HttpResponseBase:
    """Make a sign-in link and show it, this once."""
    view = queries.person(request.actor, str(person_id))
    path = commands.sign_in_link(request.actor, view.email)
    return _page(request, view, PersonForm(initial=_initial(view)), link=settings.PUBLIC_URL + path)


@require_POST
def deactivate(request: ScreenRequest, person_id: UUID) -> HttpResponseBase:
    """End a person's access."""
    commands.deactivate_person(request.actor, person_id=str(person_id))
    messages.success(request, "Deactivated: sessions, tokens and links have ended.")
    return redirect("person", person_id=person_id)


@require_POST
def reactivate(request: ScreenRequest, person_id: UUID) -> HttpResponseBase:
    """Give a person access again."""
    commands.reactivate_person(request.actor, person_id=str(person_id))
    messages.success(request, "May sign in again.")
    return redirect("person", person_id=person_id)


@require_POST
@asks_again
def remove_factors(request: ScreenRequest, person_id: UUID) -> HttpResponseBase:
    """Remove lost passkeys and one-time codes."""
    commands.remove_second_factors(request.actor, person_id=str(person_id))
    messages.success(request, "Passkeys, one-time codes and recovery codes were removed.")
    return redirect("person", person_id=person_id)


def _initial(view: PersonView) -> dict[str, object]:
    fields = ("name", "email", "phone", "time_zone", "site", "skills", "roles")
    return {field: getattr(view, field) for field in fields}


def _page(request: ScreenRequest, view: PersonView, form: PersonForm | None, *, link: str = "") -> HttpResponseBase:
    manages = request.actor.has(MANAGE_PEOPLE)
    teams = {team.id: team for team in queries.teams(request.actor)}
    context = {
        "tab": "people",
        "person": view,
        "form": form,
        "link": link,
        "manages": manages,
        "own": view.id == request.actor.person,
        "teams": [teams[id_] for id_ in view.team_ids if id_ in teams],
        "destinations": delivery.destinations(request.actor, view.id),
        "factors": queries.second_factors(request.actor, view.id) if manages else [],
    }
    return render(request, "people/person.html", context, status=422 if form is not None and form.errors else 200)
