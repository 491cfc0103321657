"""Lists of tasks by kind and severity, and the bridge that every incident offers."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from tocsin.domain.incidents import commands, queries
from tocsin.domain.incidents.permissions import MANAGE
from tocsin.domain.incidents.queries import TaskTemplateView
from tocsin.domain.incidents.rules.states import Kind
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.kernel.errors import NotFound
from tocsin.ui.access import ScreenRequest
from tocsin.ui.forms import ScreenForm

READ_OR_SEND = ["GET", "HEAD", "POST"]
_LINES = "Fail over and verify writes | @operations | 15m\nDraft the public update | @communications | 10m"


class TaskListForm(ScreenForm):
    """One list. `tasks` are lines."""

    name = forms.CharField(label="Name", max_length=80)
    kind = forms.ChoiceField(
        label="Kind of incident",
        required=False,
        choices=[("", "Every kind"), *((k.value, k.words) for k in Kind)],
    )
    severity = forms.ChoiceField(
        label="From severity",
        required=False,
        choices=[("", "Every severity"), *((s.value, s.word) for s in Severity if s is not Severity.UNKNOWN)],
        help_text="The list is offered in incidents of this severity and worse.",
    )
    tasks = forms.CharField(
        label="Tasks",
        widget=forms.Textarea(attrs={"rows": 8, "placeholder": _LINES, "spellcheck": "true"}),
        help_text="One a line: what is to be done | @role or @person | time. Owner and time may be left out.",
    )


class BridgeForAllForm(ScreenForm):
    """The conference that every incident offers."""

    label = forms.CharField(label="Name", required=False, max_length=80)
    url = forms.CharField(label="Address to join", required=False, max_length=2000, widget=forms.URLInput)
    phone = forms.CharField(label="Number to dial", required=False, max_length=40)
    pin = forms.CharField(label="PIN", required=False, max_length=40, help_text="Typed by itself after the number.")


@require_http_methods(READ_OR_SEND)
def page(request: ScreenRequest) -> HttpResponseBase:
    """The lists and the bridge; POST sets the bridge."""
    bridge = queries.bridge_for_all(request.actor)
    initial = {"label": bridge.label, "url": bridge.url, "phone": bridge.phone, "pin": bridge.pin} if bridge else {}
    if request.method == "POST":
        request.actor.require(MANAGE)
    form = BridgeForAllForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            commands.set_bridge_for_all(request.actor, **form.cleaned_data)
            messages.success(request, "Saved the bridge for all incidents.")
            return redirect("response_settings")
    context = {
        "tab": "response",
        "lists": queries.task_templates(request.actor),
        "form": form,
        "may": request.actor.has(MANAGE),
        "bridge": bridge,
    }
    return render(request, "response/response.html", context, status=422 if form.is_bound else 200)


@require_http_methods(READ_OR_SEND)
def add(request: ScreenRequest) -> HttpResponseBase:
    """A new list of tasks."""
    request.actor.require(MANAGE)
    return _edit(request, None)


@require_http_methods(READ_OR_SEND)
def task_list(request: ScreenRequest, template: UUID) -> HttpResponseBase:
    """One list of tasks."""
    found = next((t for t in queries.task_templates(request.actor) if t.id == str(template)), None)
    if found is None:
        raise NotFound("There is no such task list; somebody may have removed it.")
    return _edit(request, found)


def _edit(request: ScreenRequest, found: TaskTemplateView | None) -> HttpResponseBase:
    if request.method == "POST":
        request.actor.require(MANAGE)
    initial = (
        {"name": found.name, "kind": found.kind, "severity": found.severity, "tasks": found.lines} if found else {}
    )
    form = TaskListForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        with form.refusals():
            items = queries.task_items(request.actor, given.pop("tasks"))
            commands.save_task_template(request.actor, items=items, template=found.id if found else None, **given)
            messages.success(request, f"Saved {given['name']}.")
            return redirect("response_settings")
    context = {"tab": "response", "form": form, "kept": found, "may": request.actor.has(MANAGE)}
    return render(request, "response/task_list.html", context, status=422 if form.is_bound else 200)


@require_POST
def remove(request: ScreenRequest, template: UUID) -> HttpResponseBase:
    """Remove a list of tasks."""
    commands.remove_task_template(request.actor, template=str(template))
    messages.success(request, "Removed the list. Tasks that came from it stay.")
    return redirect("response_settings")
