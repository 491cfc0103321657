"""Maintenance windows: list, plan, change, end the one under way or skip the next, remove."""

from uuid import UUID

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from tocsin.domain.alerts import commands, queries
from tocsin.domain.alerts.permissions import HANDLE
from tocsin.domain.alerts.queries import MaintenanceView
from tocsin.domain.catalog import queries as catalog
from tocsin.screens.admin.alert_rules.forms import REPEATS, WindowForm, initial_of
from tocsin.screens.admin.alert_rules.tabs import tabs
from tocsin.ui.access import ScreenRequest
from tocsin.ui.tables import Column, Filter, Table, from_list
from tocsin.ui.templatetags.tocsin import human_duration, state, when

STATES = {"under way": ("busy", "Under way"), "planned": ("wait", "Planned"), "over": ("off", "Over")}
_REPEATS = dict(REPEATS)


def _name(view: MaintenanceView) -> SafeString:
    return format_html(
        '<div class="t-subj"><a href="{}"><bdi>{}</bdi></a><span class="t-meta">{}</span></div>',
        reverse("maintenance", args=[view.id]),
        view.name,
        covers(view),
    )


def covers(view: MaintenanceView) -> str:
    """What a window covers, in words."""
    named = ", ".join(name for _, name in view.services)
    return " and ".join(part for part in (named, view.matchers) if part)


def repeats(view: MaintenanceView) -> str:
    """How a window repeats, in words."""
    return _REPEATS.get(view.rule, view.rule) or "Once"


COLUMNS: list[Column[MaintenanceView]] = [
    Column("name", "Maintenance", _name, sort="name", plain=lambda w: w.name),
    Column("state", "State", lambda w: state(*STATES[w.state]), sort="state", plain=lambda w: w.state),
    Column("starts", "Starts", lambda w: when(w.starts_at), sort="starts", plain=lambda w: w.starts_at or ""),
    Column("lasts", "Lasts", lambda w: human_duration(w.lasts), narrow=False, plain=lambda w: w.lasts),
    Column("repeats", "Repeats", repeats, narrow=False),
    Column("critical", "Critical pages", lambda w: "yes" if w.critical_pages else "no", narrow=False),
    Column("author", "By", lambda w: w.author, narrow=False),
]
TABLE: Table[MaintenanceView] = Table(
    "maintenance",
    "Maintenance windows",
    COLUMNS,
    filters=[Filter("state", "State", [(value, word) for value, (_, word) in STATES.items()])],
    sort="starts",
)


def listing(request: ScreenRequest) -> HttpResponseBase:
    """Windows under way, planned and over, with filter, sort and CSV."""
    fetch = from_list(queries.maintenances(request.actor, over=True), COLUMNS)
    context = {
        "tab": "alert_rules",
        "tabs": tabs(request.actor, "alert_rules"),
        "table": TABLE.page(request, fetch),
        "may": request.actor.has(HANDLE),
    }
    return TABLE.csv(request, fetch) or render(request, "alert_rules/maintenance.html", context)


def add(request: ScreenRequest) -> HttpResponseBase:
    """Plan a window."""
    request.actor.require(HANDLE)
    start = timezone.localtime().replace(minute=0, second=0, microsecond=0)
    initial = {"zone": str(timezone.get_current_timezone()), "starts": start.strftime("%Y-%m-%dT%H:%M")}
    form = WindowForm(request.POST or None, services=catalog.services(request.actor), initial=initial)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            id_ = commands.save_maintenance(request.actor, **form.said())
            messages.success(request, f"Planned {form.cleaned_data['name']}. What still fires at its end is told then.")
            return redirect("maintenance", id_)
    context = {"tab": "alert_rules", "form": form}
    return render(request, "alert_rules/window.html", context, status=422 if form.is_bound else 200)


def window(request: ScreenRequest, window_id: UUID) -> HttpResponseBase:
    """One window: what it covers, when, what it keeps quiet now; responders change it."""
    view = queries.maintenance(request.actor, str(window_id))
    if request.method == "POST":
        request.actor.require(HANDLE)
    form = None
    if request.actor.has(HANDLE):
        services = catalog.services(request.actor)
        form = WindowForm(request.POST or None, services=services, initial=initial_of(view))
        if request.method == "POST" and form.is_valid():
            with form.refusals():
                commands.save_maintenance(request.actor, **form.said(), window_id=view.id)
                messages.success(request, f"Saved {form.cleaned_data['name']}.")
                return redirect("maintenance", view.id)
    muted = queries.alerts(request.actor, queries.AlertFilter(muted=True, limit=500)).alerts
    context = {
        "tab": "alert_rules",
        "window": view,
        "state": STATES[view.state],
        "covers": covers(view),
        "repeats": repeats(view),
        "quiet": [row for row in muted if view.id in row.maintained_by][:50],
        "form": form,
    }
    return render(request, "alert_rules/window.html", context, status=422 if form and form.is_bound else 200)


@require_POST
def end(request: ScreenRequest, window_id: UUID) -> HttpResponseBase:
    """End the work under way, or skip the next time."""
    commands.end_maintenance(request.actor, window_id=str(window_id))
    messages.success(request, "Done. What still fires is told now.")
    return redirect("maintenance", window_id)


@require_POST
def remove(request: ScreenRequest, window_id: UUID) -> HttpResponseBase:
    """Remove a window with all its times to come."""
    view = queries.maintenance(request.actor, str(window_id))
    commands.remove_maintenance(request.actor, window_id=view.id)
    messages.success(request, f"Removed {view.name}. What still fires is told now.")
    return redirect("alert_rules")
