"""Cover: ask colleagues to take one's time on call, and the page on which they answer."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from tocsin.domain.accounts import queries as accounts
from tocsin.domain.oncall import commands, queries
from tocsin.domain.oncall.permissions import CONFIGURE
from tocsin.kernel.clock import now
from tocsin.screens.admin.on_call.duty_forms import CoverForm, instant_of
from tocsin.screens.admin.on_call.forms import person_choices
from tocsin.screens.admin.on_call.views import rights
from tocsin.ui.access import ScreenRequest

_AHEAD = timedelta(days=60)
_TO_FILL_IN = timedelta(minutes=5)


def ask(request: ScreenRequest, schedule_id: UUID) -> HttpResponseBase:
    """Ask for cover; `start` and `end` of the query string fill the form."""
    view = queries.schedule(request.actor, str(schedule_id))
    people, instants = person_choices(accounts.people(request.actor, active_only=True)), _asked(request, view.id)
    form = CoverForm(
        request.POST or None,
        people=people,
        taken=_taken(request, *instants),
        own="" if request.actor.has(CONFIGURE) else request.actor.person,
        initial={"person": request.actor.person},
        instants=instants,
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        with form.refusals():
            made = commands.ask_cover(
                request.actor,
                schedule_id=view.id,
                start=given["start"],
                end=given["end"],
                note=given["note"],
                person_id=given["person"],
                asked=given["asked"],
                in_return=form.in_return(),
            )
            messages.success(request, "Your colleagues are asked. You stay on call until someone takes it.")
            return redirect("cover", made)
    context = {"schedule": view, "form": form}
    return render(request, "on_call/cover_ask.html", context, status=422 if form.is_bound else 200)


def _asked(request: ScreenRequest, schedule_id: str) -> tuple[str, str]:
    """The times of the query string, else of one's own shift by this schedule that comes next or has begun."""
    given = (request.GET.get("start", ""), request.GET.get("end", ""))
    if any(given) or not request.actor.person or request.method == "POST":
        return given
    at = now()
    ahead = queries.duty(
        request.actor, start=at, end=at + _AHEAD, schedule_id=schedule_id, person_id=request.actor.person
    )
    soon = _next_quarter(at + _TO_FILL_IN)
    mine = [(max(shift.start, soon), shift.end) for lane in ahead.lanes for shift in lane.shifts if shift.end > soon]
    return (mine[0][0].isoformat(), mine[0][1].isoformat()) if mine else ("", "")


def _taken(request: ScreenRequest, start: str, end: str) -> dict[str, str]:
    """Who cannot well take that time, each with why, in words: away, or on call already."""
    begins, ends = instant_of(start), instant_of(end)
    if begins is None or ends is None or not timedelta(0) < ends - begins <= _AHEAD:
        return {}
    on_call = queries.duty(request.actor, start=begins, end=ends)
    found = {shift.person_id: f"on call by {lane.schedule} then" for lane in on_call.lanes for shift in lane.shifts}
    away = [one for one in queries.absences(request.actor) if one.start < ends and one.end > begins]
    return found | {one.person_id: "away then" for one in away}


def _next_quarter(at: datetime) -> datetime:
    """The next full quarter of an hour: what runs already can only be asked for from then on."""
    return datetime.fromtimestamp(-(-at.timestamp() // 900) * 900, UTC)


def show(request: ScreenRequest, cover_id: UUID) -> HttpResponseBase:
    """One request: what is asked, who has answered, and the buttons to answer."""
    context = {"cover": queries.cover(request.actor, str(cover_id)), **rights(request)}
    return render(request, "on_call/cover.html", context)


@require_POST
def accept(request: ScreenRequest, cover_id: UUID) -> HttpResponseBase:
    """Take it."""
    return _done(
        request, cover_id, commands.accept_cover, "It is yours; the override is set and your colleague is told."
    )


@require_POST
def decline(request: ScreenRequest, cover_id: UUID) -> HttpResponseBase:
    """Say that one cannot."""
    return _done(request, cover_id, commands.decline_cover, "Noted that you cannot.")


@require_POST
def take_back(request: ScreenRequest, cover_id: UUID) -> HttpResponseBase:
    """Withdraw the request, or give back what one has taken."""
    return _done(request, cover_id, commands.take_back_cover, "Taken back; everybody concerned is told.")


def _done(request: ScreenRequest, cover_id: UUID, command: Callable[..., None], sentence: str) -> HttpResponseBase:
    command(request.actor, cover_id=str(cover_id))
    messages.success(request, sentence)
    return redirect("cover", cover_id)
