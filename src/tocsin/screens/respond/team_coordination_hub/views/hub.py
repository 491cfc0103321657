"""The hub itself: the page, its parts for refreshing, and writing to the timeline."""

from typing import Any

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from tocsin.domain.accounts.queries import people
from tocsin.domain.incidents import commands, queries
from tocsin.domain.incidents.events.people import listed
from tocsin.domain.incidents.permissions import RESPOND, WRITE
from tocsin.domain.incidents.queries import HubView
from tocsin.domain.incidents.rules.states import Kind
from tocsin.screens.incident import incident_page
from tocsin.screens.incident_alerts import counted
from tocsin.screens.incident_legal import as_deadline
from tocsin.screens.respond.team_coordination_hub.entries import looks
from tocsin.screens.respond.team_coordination_hub.forms import TaskForm, WriteForm
from tocsin.screens.respond.team_coordination_hub.parts import paged_people, standing_updates
from tocsin.ui.access import ScreenRequest

STAGE, SCREEN = "respond", "team_coordination_hub"
PAGE = 50
_SIZED = {
    "alert": "As the alert says",
    "declared": "As declared",
    "matrix": "By the assessment",
    "override": "Set by a person",
}


@require_safe
def page(request: ScreenRequest, ref: str) -> HttpResponseBase:
    """The incident's home."""
    return show(request, ref)


def show(
    request: ScreenRequest, ref: str, *, writing: WriteForm | None = None, task: TaskForm | None = None
) -> HttpResponseBase:
    """The hub, with a form that was refused where there is one."""
    context = _context(request, ref)
    if task is None:
        task = TaskForm(people=person_choices(request))
    refused = any(form is not None and form.is_bound for form in (writing, task))
    context |= {"writing": writing or WriteForm(), "task_form": task}
    return render(request, "team_coordination_hub/hub.html", context, status=422 if refused else 200)


@require_safe
def timeline(request: ScreenRequest, ref: str) -> HttpResponseBase:
    """Entries as a fragment: the newest, or those before a place in the timeline."""
    return render(
        request,
        "team_coordination_hub/entries.html",
        _entries(request, ref, request.GET.get("before"), ref),
    )


@require_safe
def facts(request: ScreenRequest, ref: str) -> HttpResponseBase:
    """The quiet parts beside the timeline, to be put in place one by one."""
    return render(
        request, "team_coordination_hub/facts.html", _parts(request, incident_page(request, ref, STAGE, SCREEN))
    )


@require_safe
def head(request: ScreenRequest, ref: str) -> HttpResponseBase:
    """Head and rail again; the bar only when it differs from what the page has, so that no click is lost."""
    given = request.GET
    context = incident_page(request, ref, given.get("stage", STAGE), given.get("screen", SCREEN))
    context["bar_changed"] = given.get("bar") != context["bar_mark"]
    return render(request, "incident/refreshed.html", context)


@require_POST
def write(request: ScreenRequest, ref: str) -> HttpResponseBase:
    """A note, or a decision when it was sent by that button."""
    form = WriteForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        with form.refusals():
            if request.POST.get("as") == "decision":
                commands.decide(request.actor, incident=ref, text=given["text"], why=given["why"])
            else:
                say_whom(request, commands.write(request.actor, incident=ref, text=given["text"]))
            return redirect("team_coordination_hub", ref=ref)
    return show(request, ref, writing=form)


def say_whom(request: ScreenRequest, written: commands.Written) -> None:
    """Tell the author who is told that the note mentions them, and who is not."""
    if written.told:
        messages.success(request, f"Posted, and tells {listed(written.told)} by their contact methods.")
    for sentence in written.not_told:
        messages.warning(request, sentence)


def person_choices(request: ScreenRequest) -> list[tuple[str, str]]:
    """Everyone active, oneself first."""
    me = request.actor.person
    found = sorted(people(request.actor, active_only=True), key=lambda p: (p.id != me, p.name.casefold()))
    return [(p.id, f"{p.name} (you)" if p.id == me else p.name) for p in found]


def _context(request: ScreenRequest, ref: str) -> dict[str, Any]:
    context = incident_page(request, ref, STAGE, SCREEN)
    return {
        **_parts(request, context),
        **_entries(request, context["sight"], request.GET.get("before"), context["incident"].id),
    }


def _parts(request: ScreenRequest, context: dict[str, Any]) -> dict[str, Any]:
    picture: HubView = context["hub"]
    me = request.actor.person
    decisions = queries.decisions(request.actor, context["sight"])
    tasks = sorted(picture.tasks, key=lambda t: (t.state != "open", t.due_at is None, t.due_at or t.created_at))
    return {
        **context,
        "me": me,
        "links": queries.links(request.actor, context["sight"]),
        "lists": queries.task_templates_for(request.actor, context["sight"]),
        "pinned": [each for each in decisions if each.revoked_at is None],
        "revoked": [each for each in decisions if each.revoked_at is not None],
        "my_offers": [offer for offer in picture.offers if offer.person.id == me],
        "tasks": [task for task in tasks if task.state != "dropped"],
        "overdue_tasks": sum(task.overdue for task in tasks),
        "open_tasks": sum(task.state == "open" for task in tasks),
        "owed": sorted(
            [
                *(d for d in picture.deadlines if d.met_at is None),
                *(as_deadline(due) for due in context["legal_running"]),
            ],
            key=lambda d: d.due_at,
        ),
        "met": [d for d in picture.deadlines if d.met_at is not None],
        "role_rows": role_rows(picture, me),
        "reached": paged_people(picture.paging),
        **counted(request.actor, picture.groups),
        "promised": standing_updates(picture),
        "review_owed": next((d for d in picture.deadlines if d.kind == "review" and d.met_at is None), None),
        "kind_words": Kind(picture.incident.kind).words,
        "severity_says": _SIZED[picture.incident.severity_source],
    }


def role_rows(picture: HubView, me: str) -> list[dict[str, Any]]:
    """Every role that is held, offered or missing: who holds it, who is asked, what is wrong."""
    rows: dict[str, dict[str, Any]] = {}
    for held in picture.roles:
        rows[held.role] = {"role": held.role, "words": held.words, "held": held, "mine": held.person.id == me}
    for offer in picture.offers:
        rows.setdefault(offer.role, {"role": offer.role, "words": offer.words})["offer"] = offer
    for warning in picture.warnings:
        rows.setdefault(warning.role, {"role": warning.role, "words": warning.words})["warning"] = warning
    return list(rows.values())


def _entries(request: ScreenRequest, seen: queries.Ref, before: str | None, ref: str) -> dict[str, Any]:
    found = queries.timeline(request.actor, seen, before=before, limit=PAGE)
    return {
        "ref": ref,
        "earlier": bool(before),
        "me": request.actor.person,
        "may_correct": request.actor.has(WRITE),
        "may_pin": request.actor.has(RESPOND),
        "entries": looks(found, request.actor.person),
        "older": found[-1].cursor if len(found) == PAGE else "",
    }
