"""Where the public is told: open an incident, post an update, schedule maintenance, correct, take off."""

from typing import Any

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_POST, require_safe

from tocsin.domain.incidents import queries as incidents
from tocsin.domain.incidents.rules.states import ACTIVE_STATES, State
from tocsin.domain.statuspage import commands, queries
from tocsin.domain.statuspage.permissions import PUBLISH
from tocsin.domain.statuspage.queries import ComponentView, PublicIncidentView, UpdateView
from tocsin.domain.statuspage.rules.states import INCIDENT, MAINTENANCE, status_for
from tocsin.domain.statuspage.wording import as_html
from tocsin.kernel.actor import Actor
from tocsin.kernel.errors import NotFound
from tocsin.kernel.ids import new_id
from tocsin.screens.communicate.status_page_editor.forms import (
    CorrectForm,
    HeadForm,
    MaintenanceForm,
    OpenForm,
    RetractForm,
    TimesForm,
    UpdateForm,
    texts_for,
    words,
)
from tocsin.ui.access import ScreenRequest
from tocsin.ui.tables import Column, Filter, Table, from_list

_COLUMNS: list[Column[PublicIncidentView]] = [
    Column(
        "title",
        "In public",
        lambda i: format_html(
            '<div class="t-subj"><a href="{}"><bdi>{}</bdi></a><span class="t-meta"><bdi>{}</bdi></span></div>',
            reverse("status_incident", args=[i.code]),
            i.title,
            ", ".join(one.name for one in i.components) or "no component",
        ),
        sort="title",
        plain=lambda i: i.title,
    ),
    Column("kind", "Kind", lambda i: i.kind, sort="kind"),
    Column("state", "State", lambda i: "retracted" if i.retracted_at else words(i.status), sort="state"),
    Column("impact", "Impact", lambda i: i.impact, sort="impact", narrow=False),
    Column("began", "Since", lambda i: i.scheduled_for or i.started_at, sort="began"),
]
_TABLE: Table[PublicIncidentView] = Table(
    "public-incidents",
    "What was published",
    _COLUMNS,
    filters=[Filter("kind", "Kind", [(INCIDENT, "Incident"), (MAINTENANCE, "Maintenance")])],
    sort="-began",
)


@require_safe
def listing(request: ScreenRequest) -> HttpResponseBase:
    """Everything that was published, newest first."""
    rows = queries.incidents(request.actor, limit=500) + queries.incidents(request.actor, kind=MAINTENANCE, limit=500)
    fetch = from_list(rows, _COLUMNS)
    context = {"table": _TABLE.page(request, fetch), "may_publish": request.actor.has(PUBLISH)}
    return _TABLE.csv(request, fetch) or render(request, "status_page_editor/incidents.html", context)


def open_(request: ScreenRequest) -> HttpResponseBase:
    """The first word about an incident; `?incident=INC-42` ties it to ours."""
    request.actor.require(PUBLISH)
    components = queries.components(request.actor)
    initial = {"key": f"form:{new_id()}", "status": "investigating", **_from_ours(request, components)}
    form = OpenForm(request.POST or None, initial=initial, components=components)
    if _sent(request, form):
        with form.refusals():
            given = form.cleaned_data
            made = commands.open_incident(
                request.actor,
                components=form.states,
                **_picked(given, "title", "status", "body", "impact", "key"),
                next_update_at=given["next_update_at"],
                notify=given["notify"],
                incident=given["incident"] or None,
            )
            messages.success(request, "Published. The page shows it within a second or two.")
            return redirect("status_incident", queries.incident(request.actor, made).code)
    context = {"kind": INCIDENT, "heading": "Open a public incident"}
    return _compose(request, form, context)


def _from_ours(request: ScreenRequest, components: list[ComponentView]) -> dict[str, str]:
    """What our incident says already: itself, and the state of the components of its services."""
    reference = request.GET.get("incident", "")
    if not reference:
        return {}
    ours = incidents.row(request.actor, reference)
    services = {service.id for service in ours.services}
    affected = [one for one in components if one.service_id in services]
    return {"incident": reference} | {f"component_{one.code}": str(status_for(ours.severity)) for one in affected}


def schedule(request: ScreenRequest) -> HttpResponseBase:
    """Announce maintenance."""
    request.actor.require(PUBLISH)
    initial = {"key": f"form:{new_id()}", "by_itself": True, "notify": True}
    form = MaintenanceForm(request.POST or None, initial=initial, components=queries.components(request.actor))
    if _sent(request, form):
        with form.refusals():
            made = commands.schedule_maintenance(request.actor, **form.cleaned_data)
            messages.success(request, "Announced. The page shows it within a second or two.")
            return redirect("status_incident", queries.incident(request.actor, made).code)
    return _compose(request, form, {"kind": MAINTENANCE, "heading": "Schedule maintenance"})


def incident(request: ScreenRequest, code: str) -> HttpResponseBase:
    """One published incident: what was told, what became of the messages, and the next word."""
    view = queries.incident(request.actor, code)
    may_publish = request.actor.has(PUBLISH) and view.retracted_at is None
    if request.method == "POST":
        request.actor.require(PUBLISH)
    initial = {"key": f"form:{new_id()}", "version": view.version, "status": view.status}
    form = UpdateForm(
        request.POST or None, initial=initial, incident=view, components=queries.components(request.actor)
    )
    if may_publish and _sent(request, form):
        with form.refusals():
            given = form.cleaned_data
            commands.post_update(
                request.actor,
                public_incident_id=view.id,
                components=form.states,
                **_picked(given, "status", "body", "notify", "version", "key"),
                next_update_at=given.get("next_update_at"),
            )
            messages.success(request, "Published. The page shows it within a second or two.")
            return redirect("status_incident", code)
    told = queries.told(request.actor, [update.id for update in view.updates])
    context = {
        "view": view,
        "kind": view.kind,
        "state": words(view.status).lower(),
        "named": [(one.name, words(one.status)) for one in view.components],
        "updates": [
            (update, words(update.status), as_html(update.body), _changes(update), told[update.id].counts)
            for update in view.updates
        ],
        "may_publish": may_publish,
        **_ours(request.actor, view),
        "head": HeadForm(initial={"version": view.version, "title": view.title}),
        "times": _times(view),
        "retracting": RetractForm(),
        "heading": view.title,
    }
    return _compose(request, form, context, template="incident.html")


def _ours(actor: Actor, view: PublicIncidentView) -> dict[str, Any]:
    """Our incident that it is about, and whether the public reads that it is over while it is not."""
    if not view.inside:
        return {}
    try:
        ours = incidents.row(actor, view.inside)
    except NotFound:
        return {}
    state = State(ours.state)
    return {"ours": ours, "ours_word": state.word, "too_early": view.over and state in ACTIVE_STATES}


def _changes(update: UpdateView) -> list[tuple[str, str, str]]:
    return [
        (one.name, words(one.old_status), words(one.new_status))
        for one in update.affected
        if one.old_status != one.new_status
    ]


def _times(view: PublicIncidentView) -> TimesForm | None:
    if view.scheduled_for is None or view.over:
        return None
    initial = {
        "version": view.version,
        "scheduled_for": view.scheduled_for,
        "scheduled_until": view.scheduled_until,
    }
    return TimesForm(initial=initial)


@require_POST
def change(request: ScreenRequest, code: str) -> HttpResponseBase:
    """Correct headline or impact."""
    return _do(request, code, HeadForm(request.POST), commands.change_incident, "title", "impact", "version")


@require_POST
def move(request: ScreenRequest, code: str) -> HttpResponseBase:
    """Other times for maintenance."""
    form = TimesForm(request.POST)
    return _do(request, code, form, commands.move_maintenance, "scheduled_for", "scheduled_until", "version")


@require_POST
def retract(request: ScreenRequest, code: str) -> HttpResponseBase:
    """Take it off the page."""
    return _do(request, code, RetractForm(request.POST), commands.retract_incident, "reason")


def _do(request: ScreenRequest, code: str, form: Any, command: Any, *names: str) -> HttpResponseBase:
    view = queries.incident(request.actor, code)
    if form.is_valid():
        command(request.actor, public_incident_id=view.id, **_picked(form.cleaned_data, *names))
        messages.success(request, "Done. The page shows it within a second or two.")
    else:
        messages.error(request, " ".join(sentence for _, sentence in form.errors_listed()))
    return redirect("status_incident", code)


def correct(request: ScreenRequest, code: str, update: str) -> HttpResponseBase:
    """A better text for an update that is published; nobody is told anew."""
    request.actor.require(PUBLISH)
    view = queries.incident(request.actor, code)
    found = next((one for one in view.updates if one.id == str(update)), None)
    if found is None:
        raise NotFound("There is no such update.")
    form = CorrectForm(request.POST or None, initial={"body": found.body})
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            commands.correct_update(request.actor, update_id=found.id, body=form.cleaned_data["body"])
            messages.success(request, "Corrected. Subscribers are not told again.")
            return redirect("status_incident", code)
    context = {"form": form, "view": view}
    return render(request, "status_page_editor/correct.html", context, status=422 if form.is_bound else 200)


def _sent(request: ScreenRequest, form: Any) -> bool:
    """True when the form is to be published, not only shown as it would look."""
    return request.method == "POST" and form.is_valid() and request.POST.get("do") != "preview"


def _compose(
    request: ScreenRequest, form: Any, context: dict[str, Any], template: str = "compose.html"
) -> HttpResponseBase:
    previewed = request.method == "POST" and request.POST.get("do") == "preview"
    body = str(request.POST.get("body", "")) if previewed else ""
    context |= {
        "form": form,
        "texts": texts_for(queries.texts(request.actor), context["kind"]),
        "preview": as_html(body) if body else "",
        "preview_title": str(request.POST.get("title", "")),
    }
    status = 422 if request.method == "POST" and not previewed else 200
    return render(request, f"status_page_editor/{template}", context, status=status)


def _picked(given: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: given[name] for name in names}
