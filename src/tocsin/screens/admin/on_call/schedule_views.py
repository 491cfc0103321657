"""One schedule: its picture, its overrides, its editor."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.forms import BooleanField
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from tocsin.domain.accounts import queries as accounts
from tocsin.domain.oncall import commands, queries
from tocsin.kernel.clock import now
from tocsin.screens.admin.on_call.duty_forms import NoteForm, instant_of
from tocsin.screens.admin.on_call.forms import (
    LayerForm,
    OverrideForm,
    RegionForm,
    ScheduleForm,
    SunForm,
    layer_initial,
    person_choices,
    schedule_initial,
)
from tocsin.screens.admin.on_call.picture import picture
from tocsin.screens.admin.on_call.views import rights
from tocsin.screens.admin.on_call.windows import written_windows
from tocsin.ui.access import ScreenRequest
from tocsin.ui.forms import ScreenForm, TypedConfirmation
from tocsin.ui.rows import Rows
from tocsin.ui.times import written

TAKE_OVER_HOURS = ("1", "4", "8")
DEFAULT_HOURS = 8


def show(request: ScreenRequest, schedule_id: UUID) -> HttpResponseBase:
    """The schedule: who is on call, two weeks as a picture and as a list; POST adds an override."""
    if request.method != "POST":
        return _page(request, schedule_id)
    form = OverrideForm(request.POST, people=_people(request))
    if form.is_valid():
        given = form.cleaned_data
        with form.refusals():
            commands.add_override(
                request.actor,
                schedule_id=str(schedule_id),
                person_id=given["person"],
                start=given["start"],
                end=given["end"],
                replaces=given["replaces"],
            )
            messages.success(request, "The override is set.")
            return redirect("schedule", schedule_id)
    return _page(request, schedule_id, form=form)


@require_POST
def take_over(request: ScreenRequest, schedule_id: UUID) -> HttpResponseBase:
    """Put oneself on call now, for some hours or until whoever is on call would have been relieved."""
    view = queries.schedule(request.actor, str(schedule_id))
    at, wished = now().replace(second=0, microsecond=0), request.POST.get("hours", "")
    hours = int(wished) if wished in TAKE_OVER_HOURS else DEFAULT_HOURS
    until = view.now.until if wished == "shift" and view.now.until else at + timedelta(hours=hours)
    commands.add_override(request.actor, schedule_id=view.id, person_id=request.actor.person, start=at, end=until)
    messages.success(request, f"You are on call until {written(until)}. Remove the override to give it back.")
    return redirect("schedule", schedule_id)


@require_POST
def note(request: ScreenRequest, schedule_id: UUID) -> HttpResponseBase:
    """Leave a word for who comes on next."""
    form = NoteForm(request.POST)
    if form.is_valid():
        with form.refusals():
            commands.leave_note(request.actor, schedule_id=str(schedule_id), text=form.cleaned_data["text"])
            messages.success(request, "Left for the next on call.")
            return redirect("schedule", schedule_id)
    return _page(request, schedule_id, note_form=form)


def edit(request: ScreenRequest, schedule_id: UUID | None = None) -> HttpResponseBase:
    """Make or change a schedule."""
    view = queries.schedule(request.actor, str(schedule_id)) if schedule_id else None
    people = _people(request)
    initial: dict[str, Any] = schedule_initial(view) if view else {"time_zone": _zone(), **_holidays()}
    layers = [layer_initial(layer, view.time_zone) for layer in view.layers] if view else [{"start": _today()}]
    rows = Rows(request, LayerForm, "layer", layers, people=people)
    kept = _kept(request, ScheduleForm, rows.adds)
    teams = accounts.teams(request.actor)
    form = ScheduleForm(None if rows.adds else request.POST or None, initial={**initial, **kept}, teams=teams)
    if request.method == "POST" and rows.is_valid() and form.is_valid():
        given = form.cleaned_data
        with form.refusals():
            saved = commands.save_schedule(
                request.actor,
                name=given["name"],
                time_zone=given["time_zone"],
                layers=[row.layer() for row in rows.forms if not row.is_empty],
                options=form.options(),
                schedule_id=view.id if view else None,
                version=given["version"],
            )
            messages.success(request, "The schedule is saved.")
            return redirect("schedule", saved)
    context = {"schedule": view, "form": form, "rows": rows}
    return render(request, "on_call/schedule_edit.html", context, status=422 if form.is_bound else 200)


def follow_the_sun(request: ScreenRequest) -> HttpResponseBase:
    """Make a schedule whose regions hand over as the day goes round."""
    people = _people(request)
    zone = _zone()
    regions = [{"time_zone": zone, "opens": "06:00", "closes": "14:00"}] * 3
    rows = Rows(request, RegionForm, "region", regions, people=people)
    initial = {"time_zone": zone, "start": _today(), **_holidays(), **_kept(request, SunForm, rows.adds)}
    teams = accounts.teams(request.actor)
    form = SunForm(None if rows.adds else request.POST or None, initial=initial, teams=teams)
    if request.method == "POST" and rows.is_valid() and form.is_valid():
        given = form.cleaned_data
        with form.refusals():
            made = commands.add_follow_the_sun(
                request.actor,
                name=given["name"],
                time_zone=given["time_zone"],
                regions=[row.region() for row in rows.forms if not row.is_empty],
                start=given["start"],
                every=given["every"],
                count=given["every_count"],
                options=form.options(),
            )
            messages.success(request, "The schedule is saved.")
            return redirect("schedule", made)
    context = {"form": form, "rows": rows}
    return render(request, "on_call/follow_the_sun.html", context, status=422 if form.is_bound else 200)


def remove(request: ScreenRequest, schedule_id: UUID) -> HttpResponseBase:
    """Remove a schedule, after its name was typed."""
    view = queries.schedule(request.actor, str(schedule_id))
    form = TypedConfirmation(request.POST or None, expected=view.name)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            commands.remove_schedule(request.actor, schedule_id=view.id)
            messages.success(request, f"{view.name} is removed.")
            return redirect("on_call")
    context = {"what": view.name, "form": form, "back": "schedule", "id": schedule_id}
    return render(request, "on_call/remove.html", context, status=422 if form.is_bound else 200)


@require_POST
def remove_override(request: ScreenRequest, schedule_id: UUID, override_id: UUID) -> HttpResponseBase:
    """The rotation holds again."""
    commands.remove_override(request.actor, override_id=str(override_id))
    messages.success(request, "The override is removed; the rotation holds again.")
    return redirect("schedule", schedule_id)


def _page(
    request: ScreenRequest, schedule_id: UUID, form: OverrideForm | None = None, note_form: NoteForm | None = None
) -> HttpResponseBase:
    """The schedule's page, with what was typed into a form that was refused."""
    view = queries.schedule(request.actor, str(schedule_id))
    at = now()
    plan = queries.plans_ahead(request.actor, schedule_id=view.id)[0]
    context = {
        "schedule": view,
        "layers": [(layer, written_windows(layer.restrictions)) for layer in view.layers],
        "viewer_zone": timezone.get_current_timezone_name(),
        "plan": plan,
        "picture": picture(plan, at),
        "findings": queries.findings(request.actor, view.id, zone=timezone.get_current_timezone_name()),
        "notes": queries.handover_notes(request.actor, schedule_id=view.id),
        "note_form": note_form or NoteForm(),
        "covers": queries.covers(request.actor, schedule_id=view.id),
        "form": form or OverrideForm(people=_people(request), initial=_wished(request, at)),
        "wished": bool(request.GET.get("start")),
        "may_take_over": bool(request.actor.person) and view.now.person_id != request.actor.person,
        "now": at,
        **rights(request),
    }
    return render(request, "on_call/schedule.html", context, status=422 if request.method == "POST" else 200)


def _wished(request: ScreenRequest, at: datetime) -> dict[str, Any]:
    """What the override form begins with: the stretch and the person of the address, else oneself from now on."""
    given = request.GET
    return {
        "person": given.get("person") or request.actor.person,
        "replaces": given.get("replaces", ""),
        "start": max(instant_of(given.get("start", "")) or at, at).replace(second=0, microsecond=0),
        "end": instant_of(given.get("end", "")),
    }


def _people(request: ScreenRequest) -> list[tuple[str, str]]:
    return person_choices(accounts.people(request.actor, active_only=True))


def _kept(request: ScreenRequest, form: type[ScreenForm], adds: bool) -> dict[str, Any]:
    """What was typed so far, when a row is added; a checkbox that was not sent is off."""
    if not adds:
        return {}
    fields = form.base_fields.items()
    return {
        name: name in request.POST if isinstance(field, BooleanField) else request.POST.get(name)
        for name, field in fields
        if name in request.POST or isinstance(field, BooleanField)
    }


def _zone() -> str:
    """The viewer's own zone, else the organisation's."""
    zone = timezone.get_current_timezone_name()
    return zone if zone != settings.TIME_ZONE else accounts.organisation().time_zone


def _holidays() -> dict[str, str]:
    return {"holiday_region": accounts.organisation().holiday_region}


def _today() -> date:
    return timezone.localdate()
