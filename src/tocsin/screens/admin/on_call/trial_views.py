"""What a schedule comes to as it stands in the form: four weeks, gaps, everybody's hours. Saves nothing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.http import QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from tocsin.domain.accounts import queries as accounts
from tocsin.domain.oncall import queries
from tocsin.kernel.business_time import zone_of
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Invalid
from tocsin.screens.admin.on_call.calendar_days import Day, Span, days_ahead
from tocsin.screens.admin.on_call.calendar_picture import Row, bars_of, picture, tints_of
from tocsin.screens.admin.on_call.forms import (
    LayerForm,
    OptionsForm,
    PeopleForm,
    RegionForm,
    ScheduleForm,
    SunForm,
    person_choices,
)
from tocsin.screens.admin.on_call.views import gaps_ahead
from tocsin.ui.access import ScreenRequest
from tocsin.ui.forms import bare
from tocsin.ui.rows import Rows

_WEEKS = 4
F = TypeVar("F", bound=PeopleForm)


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days and their picture."""

    days: tuple[Day, ...]
    picture: SafeString


@require_POST
def schedule(request: ScreenRequest) -> HttpResponseBase:
    """The layers of the editor."""
    rows = Rows(request, LayerForm, "layer", [{}], people=_people(request))
    form = ScheduleForm(_named(request), teams=accounts.teams(request.actor))
    layers = [row.layer() for row in _filled(rows)]
    return _shown(request, form, layers, lambda kept: queries.tried(request.actor, layers=layers, **kept))


@require_POST
def sun(request: ScreenRequest) -> HttpResponseBase:
    """The regions that follow the sun, with the day that they part among themselves."""
    rows = Rows(request, RegionForm, "region", [{}], people=_people(request))
    form = SunForm(_named(request), teams=accounts.teams(request.actor))
    regions = [row.region() for row in _filled(rows)]

    def plan(kept: dict[str, Any]) -> queries.PlanView:
        given = form.cleaned_data
        turns = {"start": given["start"], "every": given["every"], "count": given["every_count"]}
        return queries.tried_sun(request.actor, regions=regions, **turns, **kept)

    return _shown(request, form, regions, plan, sun=True)


def _shown(
    request: ScreenRequest,
    form: OptionsForm,
    parts: Sequence[object],
    plan: Callable[[dict[str, Any]], queries.PlanView],
    *,
    sun: bool = False,
) -> HttpResponseBase:
    """The picture, or the sentence of what cannot be drawn, or what is missing yet."""
    context: dict[str, object] = {}
    if parts and form.is_valid():
        kept = {name: form.cleaned_data[name] for name in ("name", "time_zone", "holiday_region")}
        try:
            context = _drawn(plan({**kept, "days": 7 * _WEEKS}), now(), sun=sun)
        except Invalid as refused:
            context = {"refused": bare(refused)}
    return render(request, "on_call/schedule_tried.html", context)


def _drawn(plan: queries.PlanView, at: datetime, *, sun: bool) -> dict[str, object]:
    tints = tints_of(shift.person_id for shift in plan.final)
    final = Row("", bars_of([one for one in plan.final if one.end > at], tints))
    today = at.astimezone(zone_of(plan.time_zone)).date()
    weeks = days_ahead(plan.time_zone, today, 7 * _WEEKS, 7, {})
    gaps = gaps_ahead(plan.gaps, at)
    return {
        "plan": plan,
        "weeks": [Week(strip.days, picture(weeks, strip, [final], at)) for strip in weeks.strips],
        "day": _day(plan, weeks, at, tints) if sun else "",
        "gaps": gaps,
        "uncovered": sum((gap.end - max(gap.start, at) for gap in gaps), timedelta()),
        "hours": _hours(plan, at),
    }


def _day(plan: queries.PlanView, weeks: Span, at: datetime, tints: dict[str, str]) -> SafeString:
    """Tomorrow, which is whole, with a lane for each region: where one ends and the next begins."""
    span = days_ahead(plan.time_zone, weeks.days[1].date, 1, 1, {})
    lanes = [
        Row(name, bars_of([one for one in shifts if one.person_id], tints))
        for name, shifts in zip(plan.layer_names, plan.layers, strict=True)
    ]
    whole = [one for one in plan.final if not one.person_id]
    return picture(span, span.strips[0], [*lanes, Row("Nobody" if whole else "", bars_of(whole, tints))], at)


def _hours(plan: queries.PlanView, at: datetime) -> list[tuple[str, int]]:
    """Hours on call of everybody, most first."""
    found: dict[str, float] = {}
    for one in plan.final:
        if one.person_id and one.end > at:
            found[one.person] = found.get(one.person, 0) + (one.end - max(one.start, at)) / timedelta(hours=1)
    return sorted(((name, round(hours)) for name, hours in found.items()), key=lambda pair: (-pair[1], pair[0]))


def _filled(rows: Rows[F]) -> list[F]:
    """Those that somebody is in and that are whole; the others wait until they are."""
    return [row for row in rows.forms if row.is_valid() and not row.is_empty]


def _named(request: ScreenRequest) -> QueryDict:
    """What was sent, with a name: a picture needs none."""
    sent = request.POST.copy()
    sent["name"] = sent.get("name", "").strip() or "New schedule"
    return sent


def _people(request: ScreenRequest) -> list[tuple[str, str]]:
    return person_choices(accounts.people(request.actor, active_only=True))
