"""Changes of an incident's state: taking it, confirming, mitigating, resolving, closing, merging; and the way back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from tocsin.domain.incidents import commands, queries
from tocsin.domain.incidents.queries import IncidentView, open_incidents
from tocsin.domain.incidents.rules.states import State
from tocsin.domain.oncall import commands as oncall_commands
from tocsin.domain.oncall import queries as oncall_queries
from tocsin.kernel.clock import now
from tocsin.screens.incident import form_page
from tocsin.screens.respond.team_coordination_hub.forms import (
    CloseForm,
    ConfirmForm,
    MergeForm,
    NoteForm,
    ReasonForm,
    ResolveForm,
)
from tocsin.ui.access import ScreenRequest
from tocsin.ui.forms import ScreenForm
from tocsin.ui.undo import SECONDS, offer_undo

STAGE, SCREEN = "respond", "team_coordination_hub"


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked before a move: heading, what follows from it, the button, the form and the command."""

    heading: str
    follows: str
    submit: str
    icon: str
    form: type[ScreenForm]
    do: Callable[..., None]
    done: str
    kind: str = "primary"
    undo: str = ""
    """Name of the address that takes it back; empty: nothing offers to."""


ASKS = {
    "triage": Ask(
        "Confirm the incident",
        "It is counted from the first alarm; its deadlines run on.",
        "Confirm",
        "circle-check",
        ConfirmForm,
        commands.confirm,
        "Confirmed",
    ),
    "mitigate": Ask(
        "Mark as mitigated",
        "The harm has stopped. Nobody is paged for it any more, who was hears so; the cause is still to be removed.",
        "Mark as mitigated",
        "shield-check",
        NoteForm,
        commands.mitigate,
        "Mitigated",
        undo="incident_take_back",
    ),
    "resolve": Ask(
        "Mark as resolved",
        "The cause is gone. Nobody is paged for it any more, and the review is due from now on.",
        "Mark as resolved",
        "checks",
        ResolveForm,
        commands.resolve,
        "Resolved",
        undo="incident_take_back",
    ),
    "reopen": Ask(
        "Reopen",
        "It is worked on again: deadlines and updates are owed, alerts join it.",
        "Reopen",
        "arrow-back-up",
        ReasonForm,
        commands.reopen,
        "Reopened",
    ),
    "close": Ask(
        "Close", "The file is closed. It can be reopened.", "Close", "lock", CloseForm, commands.close, "Closed"
    ),
    "dismiss": Ask(
        "Dismiss",
        "It was no incident. Nobody is paged for it any more and nothing more is due.",
        "Dismiss",
        "x",
        ReasonForm,
        commands.dismiss,
        "Dismissed",
        kind="danger",
        undo="incident_take_back",
    ),
    "merge": Ask(
        "Merge into another",
        "It is the same trouble. Its alerts and services go over; that can be taken back while the other is worked on.",
        "Merge",
        "git-merge",
        MergeForm,
        commands.merge,
        "Merged",
        undo="incident_unmerge",
    ),
}


@require_POST
def acknowledge(request: ScreenRequest, ref: str) -> HttpResponseBase:
    """Take it. Who was faster is named; one's own answer can be taken back for ten seconds."""
    said = commands.acknowledge(request.actor, incident=ref)
    answered = oncall_queries.paging(request.actor, _stream(request, ref))
    at, mine = answered.acknowledged_at, answered.acknowledged_by == request.actor.name
    if mine and at is not None and now() - at < timedelta(seconds=SECONDS):
        offer_undo(request, said, reverse("incident_unacknowledge", kwargs={"ref": ref}))
    else:
        messages.success(request, said)
    return redirect("team_coordination_hub", ref=ref)


@require_POST
def unacknowledge(request: ScreenRequest, ref: str) -> HttpResponseBase:
    """What the undo bar does after an acknowledgement: the calls go on where they stood."""
    oncall_commands.undo_acknowledge(request.actor, subject=_stream(request, ref))
    messages.success(request, "Taken back; the calls go on where they stood.")
    return redirect("team_coordination_hub", ref=ref)


def _stream(request: ScreenRequest, ref: str) -> str:
    return f"incident:{queries.row(request.actor, ref).id}"


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: ScreenRequest, ref: str, verb: str) -> HttpResponseBase:
    """Ask what the move needs, then make it."""
    ask = ASKS.get(verb)
    if ask is None:
        raise Http404("There is no such move.")
    context = form_page(request, ref, STAGE, SCREEN)
    seen: IncidentView = context["incident"]
    form = _form(request, ask, verb, seen)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            ask.do(request.actor, incident=seen.id, **_given(ask, form))
            _tell(request, ask, seen)
            return redirect("team_coordination_hub", ref=seen.reference)
    context |= {"ask": ask, "form": form, "verb": verb, "possible": verb in seen.allowed}
    return render(request, "team_coordination_hub/move.html", context, status=422 if form.is_bound else 200)


@require_POST
def reviewed(request: ScreenRequest, ref: str) -> HttpResponseBase:
    """The post-incident review was held."""
    commands.mark_reviewed(request.actor, incident=ref)
    messages.success(request, "Noted that the review was held.")
    return redirect("team_coordination_hub", ref=ref)


@require_POST
def take_back(request: ScreenRequest, ref: str) -> HttpResponseBase:
    """What the undo bar does: the incident is worked on again."""
    commands.reopen(request.actor, incident=ref, reason="Taken back right after it was done.")
    waits = queries.row(request.actor, ref).state == State.DETECTED
    messages.success(
        request, "Taken back; it waits for a word again." if waits else "Taken back; it is worked on again."
    )
    return redirect("team_coordination_hub", ref=ref)


@require_POST
def unmerge(request: ScreenRequest, ref: str) -> HttpResponseBase:
    """The merge was a mistake: the incident is one of its own again, and pages."""
    into = commands.unmerge(request.actor, incident=ref)
    messages.success(request, f"{ref} is an incident of its own again; {into} goes on without it.")
    return redirect("team_coordination_hub", ref=ref)


def _form(request: ScreenRequest, ask: Ask, verb: str, seen: IncidentView) -> ScreenForm:
    more: dict[str, Any] = {"initial": {"version": seen.version, "kind": seen.kind, "severity": seen.severity}}
    if verb == "merge":
        others = [row for row in open_incidents(request.actor) if row.id != seen.id]
        more["others"] = [(row.id, f"{row.reference} {row.title}") for row in others]
    return ask.form(request.POST or None, **more)


def _given(ask: Ask, form: ScreenForm) -> dict[str, Any]:
    given = dict(form.cleaned_data)
    if ask.do is commands.reopen:
        given.pop("version")
    return given


def _tell(request: ScreenRequest, ask: Ask, seen: IncidentView) -> None:
    if ask.undo:
        where = reverse(ask.undo, kwargs={"ref": seen.reference})
        offer_undo(request, f"{ask.done} {seen.reference}.", where)
    else:
        messages.success(request, f"{ask.done} {seen.reference}.")
