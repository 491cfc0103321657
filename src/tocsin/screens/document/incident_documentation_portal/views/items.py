"""Action items of one report: add, change, done and dropped with ten seconds to take it back."""

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from tocsin.domain.knowledge import commands, queries
from tocsin.domain.knowledge.queries import ActionItemView, ReportView
from tocsin.kernel.errors import NotFound
from tocsin.screens.document.incident_documentation_portal.forms import ChangeItemForm, ItemForm
from tocsin.screens.document.incident_documentation_portal.views.report import SCREEN, STAGE, person_choices, show
from tocsin.screens.incident import form_page
from tocsin.ui.access import ScreenRequest
from tocsin.ui.undo import offer_undo


@require_POST
def add(request: ScreenRequest, ref: str) -> HttpResponseBase:
    """Write down what is to be done."""
    form = ItemForm(request.POST, auto_id="item_%s", people=person_choices(request))
    made = queries.report(request.actor, ref)
    if form.is_valid():
        given = {**form.cleaned_data, "owner": form.cleaned_data["owner"] or None}
        with form.refusals():
            commands.add_action_item(request.actor, report_id=made.id, **given)
            return redirect(f"{reverse('incident_report', kwargs={'ref': made.reference})}#items")
    return show(request, ref, item=form)


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: ScreenRequest, ref: str, item: str) -> HttpResponseBase:
    """Change its words, owner, time or link."""
    made = queries.report(request.actor, ref)
    found = _item(made, str(item))
    initial = {
        "title": found.title,
        "owner": found.owner.id if found.owner else "",
        "due_at": found.due_at,
        "link": found.link,
        "version": found.version,
    }
    form = ChangeItemForm(request.POST or None, people=person_choices(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        given = {**form.cleaned_data, "owner": form.cleaned_data["owner"] or None}
        with form.refusals():
            commands.change_action_item(request.actor, item=found.id, **given)
            messages.success(request, "Saved the action item.")
            return redirect(f"{reverse('incident_report', kwargs={'ref': made.reference})}#items")
    context = form_page(request, ref, STAGE, SCREEN) | {"form": form, "item": found, "report": made}
    return render(request, "incident_documentation_portal/item.html", context, status=422 if form.is_bound else 200)


@require_POST
def state(request: ScreenRequest, ref: str, item: str) -> HttpResponseBase:
    """Done, open again, or dropped."""
    made = queries.report(request.actor, ref)
    found = _item(made, str(item))
    wished = request.GET.get("state") or request.POST.get("state", "done")
    commands.change_action_item(request.actor, item=found.id, state=wished)
    if wished != "open":
        where = reverse("incident_report_item_state", kwargs={"ref": made.reference, "item": found.id})
        offer_undo(request, f"{wished.capitalize()}: {found.title}.", f"{where}?state=open")
    return redirect(f"{reverse('incident_report', kwargs={'ref': made.reference})}#items")


def _item(made: ReportView, id_: str) -> ActionItemView:
    found = next((each for each in made.items if each.id == id_), None)
    if found is None:
        raise NotFound("There is no such action item in this report.", field="item")
    return found
