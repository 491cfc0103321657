"""The page with its filters, and each part as CSV."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_safe

from tocsin.domain.accounts.queries import teams
from tocsin.domain.catalog.queries import services
from tocsin.domain.insights.queries import Choice, insights
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Invalid
from tocsin.screens.document.insights.pictures import pictures
from tocsin.screens.document.insights.sheets import SHEETS
from tocsin.ui import csv
from tocsin.ui.access import ScreenRequest

RANGES = (7, 30, 90, 365)
_LONGEST = timedelta(days=3 * 366)


@require_safe
def page(request: ScreenRequest) -> HttpResponseBase:
    """Everything about the chosen time, team and service."""
    refused = ""
    try:
        choice = _choice(request)
    except Invalid as error:
        refused, choice = str(error), _last(30)
    found = insights(request.actor, choice)
    context = {
        "place": "insights",
        "seen": found,
        "drawn": pictures(found),
        "chosen": request.GET,
        "refused": refused,
        "ranges": [(days, f"?{urlencode({**_kept(request), 'days': days})}", _is(request, days)) for days in RANGES],
        "query": request.GET.urlencode(),
        "teams": [(t.id, t.name) for t in teams(request.actor)],
        "services": [(s.id, s.name) for s in services(request.actor)],
        "last_day": choice.until - timedelta(seconds=1),
    }
    return render(request, "insights/insights.html", context, status=422 if refused else 200)


@require_safe
def csv_of(request: ScreenRequest, part: str) -> HttpResponseBase:
    """One part as CSV, of what the address asks for."""
    sheet = SHEETS.get(part)
    if sheet is None:
        raise Http404
    header, rows = sheet(insights(request.actor, _choice(request)))
    return csv.response(f"insights-{part}", header, rows)


def _choice(request: ScreenRequest) -> Choice:
    """What the address asks for. Raises `Invalid` for a time that is none."""
    given = request.GET
    narrowed = {"service_id": given.get("service", ""), "team_id": given.get("team", "")}
    if given.get("from") or given.get("until"):
        first, last = _day(given.get("from", ""), "from"), _day(given.get("until", ""), "until")
        since, until = _midnight(first), _midnight(last + timedelta(days=1))
        if until <= since:
            raise Invalid("until: choose a day that is not before the first.", field="until")
        if until - since > _LONGEST:
            raise Invalid("from: choose at most three years.", field="from")
        return Choice(since, until, **narrowed)
    days = given.get("days", "30")
    if not days.isdigit() or int(days) not in RANGES:
        raise Invalid(f"days: choose one of {', '.join(map(str, RANGES))}, or two days.", field="days")
    return _last(int(days), **narrowed)


def _last(days: int, **narrowed: str) -> Choice:
    """The last so many days, to the end of this hour."""
    until = now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return Choice(until - timedelta(days=days), until, **narrowed)


def _day(text: str, field: str) -> datetime:
    try:
        found = parse_date(text) if text else timezone.localdate()
    except ValueError:
        found = None
    if found is None or not 2000 <= found.year <= 2100:
        raise Invalid(f"{field}: write a day like 2026-11-24.", field=field)
    return datetime(found.year, found.month, found.day, tzinfo=UTC)


def _midnight(day: datetime) -> datetime:
    return day.replace(tzinfo=timezone.get_current_timezone())


def _kept(request: ScreenRequest) -> dict[str, str]:
    return {name: request.GET[name] for name in ("team", "service") if request.GET.get(name)}


def _is(request: ScreenRequest, days: int) -> bool:
    given = request.GET
    return not given.get("from") and not given.get("until") and given.get("days", "30") == str(days)
