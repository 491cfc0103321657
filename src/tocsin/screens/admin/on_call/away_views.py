"""Away: absences by hand, from a file, or from one's own calendar elsewhere."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from tocsin.domain.accounts import queries as accounts
from tocsin.domain.oncall import commands, queries
from tocsin.kernel.clock import now
from tocsin.screens.admin.on_call.duty_forms import AwayForm, CalendarFileForm, CalendarUrlForm
from tocsin.screens.admin.on_call.views import rights
from tocsin.ui.access import ScreenRequest

AHEAD = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Clash:
    """Someone is on call by a schedule while they are away."""

    schedule_id: str
    schedule: str
    start: datetime
    end: datetime


def away(request: ScreenRequest) -> HttpResponseBase:
    """Who is away; one's own absences and calendar, or (for who changes schedules) those of `person`."""
    whose = request.GET.get("person") or request.actor.person
    may = rights(request)
    own = whose == request.actor.person or may["may_configure"]
    person = accounts.person(request.actor, whose) if whose else None
    does = request.POST.get("does", "")
    forms = {
        "add": AwayForm(request.POST if does == "add" else None),
        "file": CalendarFileForm(*((request.POST, request.FILES) if does == "file" else ())),
        "url": CalendarUrlForm(request.POST if does == "url" else None),
    }
    form = forms.get(does)
    if request.method == "POST" and form is not None and form.is_valid():
        with form.refusals():
            messages.success(request, _done(request, does, form.cleaned_data, whose))
            return redirect(_back(whose, request.actor.person))
    absences = queries.absences(request.actor, person_id=whose) if whose else []
    context = {
        "person": person,
        "own": own,
        "absences": [(one, clashes) for one, clashes in _with_clashes(request, whose, absences)],
        "mine": whose == request.actor.person,
        "everybody": [one for one in queries.absences(request.actor) if one.person_id != whose],
        "connected": queries.absence_calendar(request.actor, person_id=whose) if own and whose else None,
        "forms": forms,
        "now": now(),
        "place": "oncall",
        **may,
    }
    return render(request, "on_call/away.html", context, status=422 if request.method == "POST" else 200)


@require_POST
def remove(request: ScreenRequest, absence_id: UUID) -> HttpResponseBase:
    """The person is there again."""
    commands.remove_absence(request.actor, absence_id=str(absence_id))
    messages.success(request, "The absence is removed.")
    return redirect("away")


@require_POST
def disconnect(request: ScreenRequest) -> HttpResponseBase:
    """Ask the calendar no more."""
    whose = request.POST.get("person") or request.actor.person
    commands.disconnect_calendar(request.actor, person_id=whose)
    messages.success(request, "The calendar is disconnected, and what it said is forgotten.")
    return redirect(_back(whose, request.actor.person))


def _done(request: ScreenRequest, does: str, given: dict[str, object], whose: str) -> str:
    if does == "add":
        commands.add_absence(
            request.actor,
            person_id=whose,
            start=given["start"],  # type: ignore[arg-type]  # a form's cleaned data has no types
            end=given["end"],  # type: ignore[arg-type]
            note=str(given["note"]),
        )
        return "Noted. Schedules warn of it, or let the next in the rotation take over."
    words = str(given["words"])
    if does == "file":
        content = given["calendar"].read(commands.MAX_CALENDAR_BYTES + 1)  # type: ignore[attr-defined]
        count = commands.upload_absences(request.actor, person_id=whose, content=content, words=words)
        return f"{count} absence{'' if count == 1 else 's'} taken from the file."
    commands.connect_calendar(request.actor, person_id=whose, url=str(given["url"]), words=words)
    return "Connected; it is read now and every half hour."


def _with_clashes(
    request: ScreenRequest, whose: str, absences: list[queries.AbsenceView]
) -> list[tuple[queries.AbsenceView, list[Clash]]]:
    """Each absence with the time on call that falls into it, of the coming 90 days."""
    at = now()
    if not absences:
        return []
    lanes = queries.duty(request.actor, start=at, end=at + AHEAD, person_id=whose).lanes
    found = [(lane, shift) for lane in lanes for shift in lane.shifts]

    def clashes(one: queries.AbsenceView) -> list[Clash]:
        both = ((lane, max(s.start, one.start, at), min(s.end, one.end)) for lane, s in found)
        return [Clash(lane.schedule_id, lane.schedule, start, end) for lane, start, end in both if start < end]

    return [(one, clashes(one)) for one in absences]


def _back(whose: str, own: str) -> str:
    return reverse("away") + ("" if whose == own else f"?person={whose}")
