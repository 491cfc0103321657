"""Notes and decisions: correct or take back one's own note, pin a note as a decision, revoke one, whom to mention."""

from uuid import UUID

from django.contrib import messages
from django.http import JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from tocsin.domain.incidents import commands, queries
from tocsin.domain.incidents.permissions import RESPOND, WRITE
from tocsin.domain.incidents.queries import DecisionView
from tocsin.kernel.errors import NotFound
from tocsin.screens.incident import form_page
from tocsin.screens.respond.team_coordination_hub.forms import NoteEditForm, PinForm, RevokeForm
from tocsin.screens.respond.team_coordination_hub.views.hub import SCREEN, STAGE, say_whom
from tocsin.ui.access import ScreenRequest

READ_OR_SEND = ["GET", "HEAD", "POST"]


@require_safe
def mentionable(request: ScreenRequest, ref: str) -> HttpResponseBase:
    """Whom `@…` may mean here, for the list below the box."""
    found = queries.mentionables(request.actor, ref, request.GET.get("q", "")[:80], limit=8)
    answer = JsonResponse([{"handle": m.handle, "words": m.words} for m in found], safe=False)
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_http_methods(READ_OR_SEND)
def page(request: ScreenRequest, ref: str, note: UUID) -> HttpResponseBase:
    """One note: its author corrects it or takes it back. The button pressed is named `do`."""
    context = form_page(request, ref, STAGE, SCREEN)
    found = queries.note(request.actor, ref, str(note))
    form = NoteEditForm(request.POST or None, initial={"text": found.text, "version": found.version})
    if request.method == "POST":
        request.actor.require(WRITE)
    if request.POST.get("do") == "take_back":
        commands.take_back_note(request.actor, note=found.id)
        messages.success(request, "Took the note back. Its words stay sealed in the log.")
        return redirect("team_coordination_hub", ref=ref)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            say_whom(request, commands.edit_note(request.actor, note=found.id, **form.cleaned_data))
            return redirect("team_coordination_hub", ref=ref)
    context |= {"form": form, "note": found}
    return render(request, "team_coordination_hub/note.html", context, status=422 if form.is_bound else 200)


@require_http_methods(READ_OR_SEND)
def pin(request: ScreenRequest, ref: str, note: UUID) -> HttpResponseBase:
    """Make a note a decision, with its why."""
    context = form_page(request, ref, STAGE, SCREEN)
    found = queries.note(request.actor, ref, str(note))
    if request.method == "POST":
        request.actor.require(RESPOND)
    form = PinForm(request.POST or None, initial={"text": found.text})
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            commands.decide(request.actor, incident=ref, note=found.id, **form.cleaned_data)
            messages.success(request, "Pinned the decision.")
            return redirect("team_coordination_hub", ref=ref)
    context |= {"form": form, "note": found}
    return render(request, "team_coordination_hub/pin.html", context, status=422 if form.is_bound else 200)


@require_http_methods(READ_OR_SEND)
def revoke(request: ScreenRequest, ref: str, decision: UUID) -> HttpResponseBase:
    """A decision holds no more, with the reason."""
    context = form_page(request, ref, STAGE, SCREEN)
    found = _decision(request, ref, str(decision))
    if request.method == "POST":
        request.actor.require(RESPOND)
    form = RevokeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            commands.revoke_decision(request.actor, decision=found.id, **form.cleaned_data)
            messages.success(request, "Revoked the decision. It stays in the log and in the report.")
            return redirect("team_coordination_hub", ref=ref)
    context |= {"form": form, "decision": found}
    return render(request, "team_coordination_hub/revoke.html", context, status=422 if form.is_bound else 200)


def _decision(request: ScreenRequest, ref: str, id_: str) -> DecisionView:
    found = next((each for each in queries.decisions(request.actor, ref) if each.id == id_), None)
    if found is None:
        raise NotFound("There is no such decision in this incident.", field="decision")
    return found
