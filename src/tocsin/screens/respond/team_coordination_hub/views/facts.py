"""What is known of an incident: its words and services, its severity, and who may see it."""

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from tocsin.domain.catalog.queries import services
from tocsin.domain.incidents import commands
from tocsin.domain.incidents.permissions import RELEASE, RESTRICT
from tocsin.domain.incidents.queries import IncidentView, what_if
from tocsin.domain.incidents.rules.severity import Answer, Fact
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.screens.incident import form_page
from tocsin.screens.respond.team_coordination_hub.forms import AccessForm, EditForm, MemberForm, SeverityForm
from tocsin.screens.respond.team_coordination_hub.views.hub import SCREEN, STAGE, person_choices
from tocsin.ui.access import ScreenRequest

READ_OR_SEND = ["GET", "HEAD", "POST"]


@require_http_methods(READ_OR_SEND)
def edit(request: ScreenRequest, ref: str) -> HttpResponseBase:
    """Correct title, summary, kind, services and cause."""
    context = form_page(request, ref, STAGE, SCREEN)
    seen: IncidentView = context["incident"]
    form = EditForm(
        request.POST or None,
        services=[(s.id, s.name) for s in services(request.actor)],
        initial={
            "version": seen.version,
            "title": seen.title,
            "summary": seen.summary,
            "kind": seen.kind,
            "services": [s.id for s in seen.services],
            "visible_to_users": seen.visible_to_users,
            "root_cause": seen.root_cause,
        },
    )
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            commands.change(request.actor, incident=seen.id, **form.cleaned_data)
            messages.success(request, "Saved what we know.")
            return redirect("team_coordination_hub", ref=seen.reference)
    context["form"] = form
    return render(request, "team_coordination_hub/edit.html", context, status=422 if form.is_bound else 200)


@require_http_methods(READ_OR_SEND)
def severity(request: ScreenRequest, ref: str) -> HttpResponseBase:
    """Another severity with its reason, beside the deadlines that it would bring."""
    context = form_page(request, ref, STAGE, SCREEN)
    seen: IncidentView = context["incident"]
    form = SeverityForm(request.POST or None, initial={"version": seen.version, "severity": seen.severity})
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            answers = [Answer(Fact(a.fact), a.choices, a.because) for a in seen.answers]
            chosen = commands.assess(request.actor, incident=seen.id, answers=answers, **form.cleaned_data)
            messages.success(request, f"{seen.reference} is {chosen.word} now.")
            return redirect("team_coordination_hub", ref=seen.reference)
    sight = context["sight"]
    context |= {"form": form, "would_be": [(s.word, what_if(request.actor, sight, s.value)) for s in _others(seen)]}
    return render(request, "team_coordination_hub/severity.html", context, status=422 if form.is_bound else 200)


def _others(seen: IncidentView) -> list[Severity]:
    return [s for s in Severity if s is not Severity.UNKNOWN and s.value != seen.severity]


@require_http_methods(READ_OR_SEND)
def access(request: ScreenRequest, ref: str) -> HttpResponseBase:
    """Restrict or release it, let a person in or out. The button pressed is named `do`."""
    context = form_page(request, ref, STAGE, SCREEN)
    seen: IncidentView = context["incident"]
    wish = request.POST.get("do", "")
    form = AccessForm(request.POST if wish in ("restrict", "release") else None)
    member = MemberForm(request.POST if wish == "add" else None, people=person_choices(request))
    asked = member if wish == "add" else form
    if request.method == "POST" and (wish == "remove" or asked.is_valid()):
        with asked.refusals():
            _change_access(request, seen, wish, asked.cleaned_data if asked.is_bound else {})
            return redirect("incident_access", ref=seen.reference)
    context |= {
        "form": form,
        "member_form": member,
        "may_restrict": request.actor.has(RESTRICT),
        "may_release": request.actor.has(RELEASE),
    }
    return render(request, "team_coordination_hub/access.html", context, status=422 if asked.is_bound else 200)


def _change_access(request: ScreenRequest, seen: IncidentView, wish: str, given: dict[str, str]) -> None:
    if wish == "restrict":
        commands.restrict(request.actor, incident=seen.id, **given)
        messages.success(request, f"{seen.reference} is restricted to its members and the Security role.")
    elif wish == "release":
        commands.release(request.actor, incident=seen.id, **given)
        messages.success(request, f"{seen.reference} is open to all staff.")
    elif wish == "add":
        commands.add_member(request.actor, incident=seen.id, **given)
        messages.success(request, "Let in.")
    else:
        commands.remove_member(request.actor, incident=seen.id, person=request.POST.get("person", ""))
        messages.success(request, "Access taken away.")
