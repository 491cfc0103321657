"""Inhibitions: list, add, change, remove."""

from uuid import UUID

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from tocsin.domain.alerts import commands, queries
from tocsin.domain.alerts.permissions import ROUTE
from tocsin.domain.alerts.queries import InhibitionView
from tocsin.kernel.errors import NotFound
from tocsin.screens.admin.alert_rules.forms import InhibitionForm, initial_of_inhibition
from tocsin.screens.admin.alert_rules.tabs import tabs
from tocsin.ui.access import ScreenRequest
from tocsin.ui.tables import Column, Table, from_list
from tocsin.ui.templatetags.tocsin import state


def _name(view: InhibitionView) -> SafeString:
    return format_html(
        '<div class="t-subj"><a href="{}"><bdi>{}</bdi></a><span class="t-meta">{}</span></div>',
        reverse("inhibition", args=[view.id]),
        view.name,
        f"{{{view.source}}} keeps {{{view.target}}} quiet",
    )


COLUMNS: list[Column[InhibitionView]] = [
    Column("name", "Inhibition", _name, sort="name", plain=lambda i: i.name),
    Column(
        "state",
        "State",
        lambda i: state("ok", "Enabled") if i.enabled else state("off", "Disabled"),
        sort="state",
        plain=lambda i: "enabled" if i.enabled else "disabled",
    ),
    Column("quiet", "Quiet now", lambda i: i.quiet, sort="quiet", number=True),
    Column("equal", "Same labels", lambda i: ", ".join(i.equal) or "any", narrow=False),
    Column("author", "By", lambda i: i.author, narrow=False),
]
TABLE: Table[InhibitionView] = Table("inhibitions", "Inhibitions", COLUMNS, sort="name")


def listing(request: ScreenRequest) -> HttpResponseBase:
    """All inhibitions, with how many alerts each keeps quiet now."""
    fetch = from_list(queries.inhibitions(request.actor), COLUMNS)
    context = {
        "tab": "alert_rules",
        "tabs": tabs(request.actor, "inhibitions"),
        "table": TABLE.page(request, fetch),
        "may": request.actor.has(ROUTE),
    }
    return TABLE.csv(request, fetch) or render(request, "alert_rules/inhibitions.html", context)


def add(request: ScreenRequest) -> HttpResponseBase:
    """Add an inhibition."""
    request.actor.require(ROUTE)
    form = InhibitionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            commands.save_inhibition(request.actor, **form.cleaned_data)
            messages.success(request, "Added. Open alerts are looked at again now.")
            return redirect("inhibitions")
    context = {"tab": "alert_rules", "form": form}
    return render(request, "alert_rules/inhibition.html", context, status=422 if form.is_bound else 200)


def inhibition(request: ScreenRequest, inhibition_id: UUID) -> HttpResponseBase:
    """One inhibition: what it keeps quiet now; commanders change it."""
    view = _find(request, inhibition_id)
    if request.method == "POST":
        request.actor.require(ROUTE)
    form = None
    if request.actor.has(ROUTE):
        form = InhibitionForm(request.POST or None, initial=initial_of_inhibition(view))
        if request.method == "POST" and form.is_valid():
            with form.refusals():
                commands.save_inhibition(request.actor, **form.cleaned_data, inhibition_id=view.id)
                messages.success(request, f"Saved {form.cleaned_data['name']}.")
                return redirect("inhibitions")
    muted = queries.alerts(request.actor, queries.AlertFilter(muted=True, limit=500)).alerts
    quiet = [row for row in muted if view.id in row.inhibited_by][:50]
    context = {"tab": "alert_rules", "inhibition": view, "form": form, "quiet": quiet}
    return render(request, "alert_rules/inhibition.html", context, status=422 if form and form.is_bound else 200)


@require_POST
def remove(request: ScreenRequest, inhibition_id: UUID) -> HttpResponseBase:
    """Remove an inhibition."""
    view = _find(request, inhibition_id)
    commands.remove_inhibition(request.actor, inhibition_id=view.id)
    messages.success(request, f"Removed {view.name}. What still fires is told now.")
    return redirect("inhibitions")


def _find(request: ScreenRequest, inhibition_id: UUID) -> InhibitionView:
    for view in queries.inhibitions(request.actor):
        if view.id == str(inhibition_id):
            return view
    raise NotFound("There is no such inhibition; it may have been removed.")
