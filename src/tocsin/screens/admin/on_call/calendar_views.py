"""The calendar: who is on call by week or month, of a schedule, a team, a person or everything."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from tocsin.domain.accounts import queries as accounts
from tocsin.domain.oncall import queries
from tocsin.domain.oncall.public_holidays import named
from tocsin.kernel.business_time import zone_of
from tocsin.kernel.clock import now
from tocsin.kernel.errors import NotFound
from tocsin.screens.admin.on_call.calendar_days import clock_changes, shown, span_of
from tocsin.screens.admin.on_call.calendar_picture import MOST_AWAY, picture, rows_of
from tocsin.screens.admin.on_call.views import gaps_ahead, rights
from tocsin.ui.access import ScreenRequest
from tocsin.ui.parts import Chip

VIEWS = ("month", "week")
YEARS = range(1971, 2100)


@dataclass(frozen=True, slots=True)
class Choice:
    """Whose calendar: `mine`, `all`, or a schedule, team or person by id."""

    value: str
    label: str
    kind: str
    id: str


def calendar(request: ScreenRequest) -> HttpResponseBase:
    """The calendar; everything it shows is in its address, so that it can be linked, printed and gone back to."""
    view = request.GET.get("view", "")
    view = view if view in VIEWS else VIEWS[0]
    choices = _choices(request)
    choice = next((c for c in choices if c.value == request.GET.get("of", "")), choices[0])
    given = request.GET.get("of", "")
    if given and choice.value != given:
        raise NotFound("There is no such calendar; the schedule, team or person may be gone.")
    own = queries.schedule(request.actor, choice.id) if choice.kind == "schedule" else None
    zone = own.time_zone if own and request.GET.get("zone") != "mine" else timezone.get_current_timezone_name()
    at = now()
    today = at.astimezone(zone_of(zone)).date()
    day = _day(request.GET.get("day", ""), today)
    first, last = shown(view, day)
    bounds = span_of(view, zone, day, today, {})
    key = {"schedule": "schedule_id", "person": "person_id", "team": "team_id"}.get(choice.kind)
    found = queries.duty(
        request.actor, start=bounds.strips[0].start, end=bounds.strips[-1].end, **({key: choice.id} if key else {})
    )
    span = span_of(view, zone, day, today, _holidays(found, first, last))
    rows = rows_of(found, person=choice.id if choice.kind == "person" else "", viewer=request.actor.person)
    others = {each for lane in found.lanes for each in lane.zones} - {zone}
    changes = sorted((*change, each) for each in others for change in clock_changes(each, bounds.first, bounds.last))
    context = {
        "span": span,
        "choices": [(c.value, c.label) for c in choices],
        "choice": choice,
        "strips": [{"strip": strip, "picture": picture(span, strip, rows, at)} for strip in span.strips],
        "duty": found,
        "gaps": gaps_ahead(found.gaps, at),
        "changes": changes,
        "days_to_know": bool(changes) or any(day.inside and (day.hours or day.holidays) for day in span.days),
        "shifts": _listed(found),
        "more_away": max(len({one.person_id for one in found.away}) - MOST_AWAY, 0),
        "chips": [Chip(v.capitalize(), _url(request.GET, view=v, day=day.isoformat()), v == view) for v in VIEWS],
        "previous": _url(request.GET, day=span.previous.isoformat()),
        "following": _url(request.GET, day=span.following.isoformat()),
        "back": _url(request.GET, day=""),
        "is_now": bounds.first <= today <= bounds.last,
        "own_zone": _other_zone(request, own, zone),
        "schedule": own,
        "now": at,
        "place": "oncall",
        **rights(request),
    }
    return render(request, "on_call/calendar.html", context)


def _choices(request: ScreenRequest) -> list[Choice]:
    """Own shifts first, then everything, schedules, own teams and the others, people."""
    found = [Choice("mine", "My shifts", "person", request.actor.person)] if request.actor.person else []
    found.append(Choice("all", "All schedules", "", ""))
    found += [Choice(f"schedule:{s.schedule_id}", s.schedule, "schedule", s.schedule_id) for s in _schedules(request)]
    teams = sorted(accounts.teams(request.actor), key=lambda team: team.id not in request.actor.teams)
    found += [Choice(f"team:{team.id}", f"Team {team.name}", "team", team.id) for team in teams]
    people = accounts.people(request.actor, active_only=True)
    return [*found, *(Choice(f"person:{p.id}", p.name, "person", p.id) for p in people)]


def _schedules(request: ScreenRequest) -> list[queries.OnCallView]:
    return queries.on_call_now(request.actor)


def _day(text: str, today: date) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return today
    return day if day.year in YEARS else today


def _holidays(found: queries.DutyView, first: date, last: date) -> dict[date, tuple[str, ...]]:
    """Names of public holidays of all regions that are shown, each with its region when there are several."""
    regions = list(dict.fromkeys(lane.holiday_region for lane in found.lanes if lane.holiday_region))
    regions = regions or [region for region in [accounts.organisation().holiday_region] if region]
    days: dict[date, dict[str, list[str]]] = {}
    for region in regions:
        for day, name in named(region, first, last).items():
            days.setdefault(day, {}).setdefault(name, []).append(region)
    return {
        day: tuple(f"{name} ({', '.join(_without_parts(of))})" for name, of in names.items())
        for day, names in days.items()
    }


def _without_parts(regions: Sequence[str]) -> list[str]:
    """Without the parts of a country that is named itself: of DE and DE-BE only DE."""
    return [one for one in regions if "-" not in one or one.partition("-")[0] not in regions]


def _listed(found: queries.DutyView) -> list[dict[str, object]]:
    """Every shift in order of time with its schedule, for the list below; `goes_on`: beyond the days shown."""
    pairs = [(shift, lane) for lane in found.lanes for shift in lane.shifts]
    return [
        {"shift": shift, "lane": lane, "goes_on": shift.end >= found.end}
        for shift, lane in sorted(pairs, key=lambda p: (p[0].start, p[1].schedule))
    ]


def _other_zone(request: ScreenRequest, own: queries.ScheduleView | None, zone: str) -> dict[str, str]:
    """The other zone that the calendar of one schedule can be looked at in."""
    viewers = timezone.get_current_timezone_name()
    if own is None or own.time_zone == viewers:
        return {}
    if zone == own.time_zone:
        return {"name": viewers, "url": _url(request.GET, zone="mine")}
    return {"name": own.time_zone, "url": _url(request.GET, zone="")}


def _url(given: Mapping[str, str], **changes: str) -> str:
    known = {name: given.get(name, "") for name in ("of", "view", "day", "zone")}
    kept = {name: value for name, value in {**known, **changes}.items() if value}
    return f"?{urlencode(kept)}" if kept else "?"
