"""The screen of mending: it shows the gates as they stand, keeps the cause, fixes and changes, and validates."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from tocsin.domain.incidents import commands, queries
from tocsin.domain.incidents.permissions import RESPOND, WRITE
from tocsin.domain.incidents.queries import HubView, IncidentView
from tocsin.kernel.errors import Invalid
from tocsin.screens.incident import form_page
from tocsin.screens.incident_people import person_choices
from tocsin.screens.resolve.resolution_implementation.forms import PARTS, CauseForm, ChangeForm, FixForm
from tocsin.ui.access import ScreenRequest
from tocsin.ui.forms import ScreenForm

STAGE, SCREEN = "resolve", "resolution_implementation"
_LOOKS = {"passed": "ok", "failed": "bad", "unknown": "unknown", "not applicable": "off"}


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: ScreenRequest, ref: str) -> HttpResponseBase:
    """Everything about the mending. The button pressed is named `do`: validate, cause, fix, change and so on."""
    context = form_page(request, ref, STAGE, SCREEN)
    picture: HubView = context["hub"]
    wish = request.POST.get("do", "") if request.method == "POST" else ""
    if request.method == "POST":
        request.actor.require(WRITE if wish in ("fix", "state") else RESPOND)
    forms = _forms(request, picture.incident, wish)
    if request.method == "POST":
        done = _act(request, picture.incident, wish, forms)
        if done is not None:
            return done
    context |= {**forms, **_gates(request, context), **_work(request, context)}
    return render(request, "resolution_implementation/page.html", context, status=422 if wish else 200)


@require_safe
def gates(request: ScreenRequest, ref: str) -> HttpResponseBase:
    """The gates alone, for refreshing them while alerts speak."""
    context = form_page(request, ref, STAGE, SCREEN)
    return render(request, "resolution_implementation/gates.html", {**context, **_gates(request, context)})


def _forms(request: ScreenRequest, seen: IncidentView, wish: str) -> dict[str, ScreenForm]:
    def sent(name: str) -> Any:
        return request.POST if wish == name else None

    return {
        "cause_form": CauseForm(sent("cause"), initial={"version": seen.version, "root_cause": seen.root_cause}),
        "fix_form": FixForm(sent("fix"), people=person_choices(request.actor)),
        "change_form": ChangeForm(sent("change")),
    }


def _act(
    request: ScreenRequest, seen: IncidentView, wish: str, forms: dict[str, ScreenForm]
) -> HttpResponseBase | None:
    """Do it and come back; None when a form was refused and the page is to be shown with it."""
    here = redirect("resolution_implementation", ref=seen.reference)
    form = forms.get(f"{wish}_form")
    if form is None:
        _at_once(request, seen, wish)
        return here
    if form.is_valid():
        with form.refusals():
            _from_form[wish](request, seen, form.cleaned_data)
            return here
    return None


def _at_once(request: ScreenRequest, seen: IncidentView, wish: str) -> None:
    """What needs nothing typed."""
    given = request.POST
    if wish == "validate":
        found = commands.validate_fix(request.actor, incident_id=seen.id)
        if found.passed:
            messages.success(request, "The fix holds: nothing speaks against it.")
        else:
            messages.warning(request, "The fix does not hold yet. See what speaks against it.")
    elif wish == "state":
        commands.change_task(request.actor, task=given.get("task", ""), state=given.get("state", "done"))
    elif wish == "link":
        commands.link_change(
            request.actor, incident=seen.id, change_id=given.get("change", ""), part=given.get("part", "other")
        )
        messages.success(request, "Linked the change.")
    elif wish == "unlink":
        commands.unlink_change(request.actor, link=given.get("link", ""))
        messages.success(request, "Took the link away.")
    else:
        raise Invalid("do: choose validate, cause, fix, state, change, link or unlink.", field="do")


def _cause(request: ScreenRequest, seen: IncidentView, given: dict[str, Any]) -> None:
    commands.change(request.actor, incident=seen.id, **given)
    messages.success(request, "Saved the root cause.")


def _fix(request: ScreenRequest, seen: IncidentView, given: dict[str, Any]) -> None:
    commands.add_task(request.actor, incident=seen.id, kind="fix", **{**given, "owner": given["owner"] or None})
    messages.success(request, "Added the fix to the tasks.")


def _change(request: ScreenRequest, seen: IncidentView, given: dict[str, Any]) -> None:
    commands.link_change(request.actor, incident=seen.id, **given)
    messages.success(request, "Linked the change.")


_from_form: dict[str, Callable[[ScreenRequest, IncidentView, dict[str, Any]], None]] = {
    "cause": _cause,
    "fix": _fix,
    "change": _change,
}


def _gates(request: ScreenRequest, context: dict[str, Any]) -> dict[str, Any]:
    picture: HubView = context["hub"]
    passes, found = queries.gates_now(request.actor, context["sight"])
    last = picture.validation
    proven = bool(last and last.stands and passes)
    return {
        "passes": passes,
        "proven": proven,
        "last": last,
        "gates": [(gate, _LOOKS[gate.state]) for gate in found],
        "may_resolve": "resolve" in picture.incident.allowed,
    }


def _work(request: ScreenRequest, context: dict[str, Any]) -> dict[str, Any]:
    picture: HubView = context["hub"]
    fixes = [task for task in picture.tasks if task.kind == "fix" and task.state != "dropped"]
    return {
        "fixes": fixes,
        "fixes_done": sum(task.state == "done" for task in fixes),
        "changes": queries.linked_changes(request.actor, context["sight"]),
        "suspects": queries.suspect_changes(request.actor, context["sight"])[:8],
        "runs": queries.validations(request.actor, context["sight"]),
        "parts": dict(PARTS),
    }
