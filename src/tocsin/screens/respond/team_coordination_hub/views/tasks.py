"""Tasks: add one, mark it done and take that back, change it."""

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from tocsin.domain.incidents import commands
from tocsin.domain.incidents.queries import HubView, TaskView
from tocsin.kernel.errors import NotFound
from tocsin.screens.incident import form_page
from tocsin.screens.respond.team_coordination_hub.forms import ChangeTaskForm, TaskForm
from tocsin.screens.respond.team_coordination_hub.views.hub import SCREEN, STAGE, person_choices, show
from tocsin.ui.access import ScreenRequest
from tocsin.ui.undo import offer_undo


@require_POST
def add(request: ScreenRequest, ref: str) -> HttpResponseBase:
    """Write down something to do."""
    form = TaskForm(request.POST, people=person_choices(request))
    if form.is_valid():
        given = form.cleaned_data
        with form.refusals():
            commands.add_task(
                request.actor, incident=ref, title=given["title"], owner=given["owner"] or None, due_at=given["due_at"]
            )
            return redirect(f"{reverse('team_coordination_hub', kwargs={'ref': ref})}#tasks")
    return show(request, ref, task=form)


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: ScreenRequest, ref: str, task: str) -> HttpResponseBase:
    """Change a task's words, owner or time."""
    context = form_page(request, ref, STAGE, SCREEN)
    found = _task(context["hub"], str(task))
    initial = {"version": found.version, "title": found.title, "due_at": found.due_at}
    form = ChangeTaskForm(
        request.POST or None,
        people=person_choices(request),
        initial={**initial, "owner": found.owner.id if found.owner else ""},
    )
    if request.method == "POST" and form.is_valid():
        given = {**form.cleaned_data, "owner": form.cleaned_data["owner"] or None}
        with form.refusals():
            commands.change_task(request.actor, task=found.id, **given)
            messages.success(request, "Saved the task.")
            return redirect("team_coordination_hub", ref=context["incident"].reference)
    context |= {"form": form, "task": found}
    return render(request, "team_coordination_hub/task.html", context, status=422 if form.is_bound else 200)


@require_POST
def state(request: ScreenRequest, ref: str, task: str) -> HttpResponseBase:
    """Done, open again, or dropped; done and dropped can be taken back."""
    found = _task(form_page(request, ref, STAGE, SCREEN)["hub"], str(task))
    wished = request.GET.get("state") or request.POST.get("state", "done")
    commands.change_task(request.actor, task=found.id, state=wished)
    if wished != "open":
        where = reverse("incident_task_state", kwargs={"ref": ref, "task": task})
        offer_undo(request, f"{wished.capitalize()}: {found.title}.", f"{where}?state=open")
    return redirect(f"{reverse('team_coordination_hub', kwargs={'ref': ref})}#tasks")


def _task(picture: HubView, id_: str) -> TaskView:
    found = next((task for task in picture.tasks if task.id == id_), None)
    if found is None:
        raise NotFound("There is no such task in this incident.", field="task")
    return found
