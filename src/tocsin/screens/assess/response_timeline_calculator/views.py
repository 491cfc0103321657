"""The deadlines drawn and explained, another severity tried beside them, and both taken away as CSV or iCalendar."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from tocsin.domain.incidents import commands, queries
from tocsin.domain.incidents.queries import ClockView, DeadlineView, HubView, TargetView
from tocsin.domain.obligations import queries as obligations
from tocsin.domain.obligations.queries import LegalView, ObligationView
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.kernel.clock import now
from tocsin.kernel.durations import human_duration
from tocsin.screens.assess.response_timeline_calculator.drawing import LOOKS, draw
from tocsin.screens.assess.response_timeline_calculator.ical import calendar_of
from tocsin.screens.incident import incident_page
from tocsin.ui import csv
from tocsin.ui.access import ScreenRequest
from tocsin.ui.parts import Chip

STAGE, SCREEN = "assess", "response_timeline_calculator"
_MOST = 6


@dataclass(frozen=True, slots=True)
class Compared:
    """One kind of deadline now and under another severity; `moves` says by how much it would move."""

    words: str
    now: DeadlineView | None
    would: DeadlineView | None
    moves: str
    why_not: str


@require_safe
def page(request: ScreenRequest, ref: str) -> HttpResponseBase:
    """Everything owed and by when. `severity` and `at` in the address show what these would bring; nothing is kept."""
    context = incident_page(request, ref, STAGE, SCREEN)
    picture: HubView = context["hub"]
    stands = queries.clock(request.actor, context["sight"])
    legal = obligations.legal(request.actor, picture.incident.id, picture.incident.kind)
    wished, moment = request.GET.get("severity", ""), _moment(request)
    would = queries.clock(request.actor, context["sight"], wished, moment) if wished or moment else None
    if request.GET.get("format") == "csv":
        return _table(picture, stands, legal)
    owed = [d for d in stands.deadlines if not _is_past_update(d)]
    context |= {
        "clock": stands,
        "drawing": draw(sorted([*owed, *legal_dues(legal)], key=_due), picture.incident.alarm_at, now()),
        "legal": legal,
        "legal_waiting": [o for o in legal.obligations if o.standing in ("waiting", "at_once")],
        "legal_proposed": [r for r in legal.regimes if r.state == "proposed"],
        "moment": moment,
        "legal_would": _legal_would(request, legal, moment) if moment else [],
        "past_updates": [(d, *LOOKS[d.standing]) for d in stands.deadlines if _is_past_update(d)],
        "not_owed": [target for target in stands.targets if target.why_not],
        "explained": {target.kind: target for target in stands.targets},
        "wished": wished,
        "compared": _compare(stands, would) if would else [],
        "would": would,
        "chips": _chips(picture, wished),
    }
    return render(request, "response_timeline_calculator/page.html", context)


@require_safe
def calendar(request: ScreenRequest, ref: str) -> HttpResponseBase:
    """What is still owed, for a calendar."""
    seen = queries.incident(request.actor, ref)
    dues = [*queries.clock(request.actor, seen.id).deadlines]
    dues += legal_dues(obligations.legal(request.actor, seen.id, seen.kind))
    made = HttpResponse(calendar_of(seen, dues), content_type="text/calendar; charset=utf-8")
    made["Content-Disposition"] = f'attachment; filename="{seen.reference}-deadlines.ics"'
    return made


@require_POST
def replan(request: ScreenRequest, ref: str) -> HttpResponseBase:
    """Plan what is owed by the targets in force."""
    number = commands.replan_by_newest(request.actor, incident=ref)
    messages.success(
        request, f"What is owed follows edition {number} of the targets and the hours of now. What was met stays met."
    )
    return redirect(SCREEN, ref=ref)


def _is_past_update(due: DeadlineView) -> bool:
    """An update that was sent: there can be dozens, so they are listed and not drawn."""
    return due.met_at is not None and due.kind in ("internal_update", "public_update")


def legal_dues(legal: LegalView) -> list[DeadlineView]:
    """Legal clocks that run or were met, in the shape of deadlines, to be drawn beside them."""
    return [
        DeadlineView(
            id=o.id,
            kind="legal",
            words=f"{o.regime_name}: {o.owed}",
            term=o.term,
            starts_at=o.starts_at,
            at_risk_at=o.at_risk_at or o.due_at,
            due_at=o.due_at,
            met_at=o.met_at,
            standing=o.standing,
        )
        for o in legal.obligations
        if o.starts_at and o.due_at and o.standing in LOOKS
    ]


def _due(deadline: DeadlineView) -> datetime:
    return deadline.due_at


def _moment(request: ScreenRequest) -> datetime | None:
    """The moment in the address, as the viewer's wall clock shows it; None for none, or for nonsense."""
    try:
        typed = datetime.fromisoformat(request.GET.get("at", ""))
    except ValueError:
        return None
    return (typed if typed.tzinfo else typed.replace(tzinfo=timezone.get_current_timezone())).astimezone(UTC)


def _legal_would(request: ScreenRequest, legal: LegalView, moment: datetime) -> list[ObligationView]:
    """The clocks of what applies or is likely, had everything that they are counted from happened at that moment."""
    keys = [regime.key for regime in legal.regimes if regime.state in ("applies", "proposed")]
    found = [o for key in keys[:_MOST] for o in obligations.what_if(request.actor, key, moment)]
    return sorted((o for o in found if o.due_at), key=lambda o: o.due_at or moment)


def _table(picture: HubView, stands: ClockView, legal: LegalView) -> HttpResponse:
    dues = [*stands.deadlines, *legal_dues(legal)]
    rows = [(d.words, d.term, d.starts_at, d.due_at, d.met_at, LOOKS[d.standing][1]) for d in dues]
    name = f"{picture.incident.reference}-deadlines"
    return csv.response(name, ("What", "Target", "Counted from", "Due", "Met", "Stands"), rows)


def _chips(picture: HubView, wished: str) -> list[Chip]:
    others = [s for s in Severity if s is not Severity.UNKNOWN and s.value != picture.incident.severity]
    return [
        Chip(s.word, "?" if s.value == wished else f"?severity={s.value}#what-if", s.value == wished) for s in others
    ]


def _compare(stands: ClockView, would: ClockView) -> list[Compared]:
    here, there = _latest(stands), _latest(would)
    targets: dict[str, TargetView] = {target.kind: target for target in would.targets}
    return [
        Compared(
            words=targets[kind].words,
            now=here.get(kind),
            would=there.get(kind),
            moves=_moves(here.get(kind), there.get(kind)),
            why_not=targets[kind].why_not,
        )
        for kind in targets
        if kind in here or kind in there
    ]


def _latest(clock: ClockView) -> dict[str, DeadlineView]:
    """The deadline of each kind that counts: the open one, else the last."""
    found: dict[str, Any] = {}
    for due in clock.deadlines:
        known = found.get(due.kind)
        if known is None or known.met_at is not None:
            found[due.kind] = due
    return found


def _moves(here: DeadlineView | None, there: DeadlineView | None) -> str:
    if here is not None and here.met_at is not None:
        return "met, stays"
    if here is None or there is None:
        return "new" if there else "no longer owed"
    moved = there.due_at - here.due_at
    if abs(moved) < timedelta(seconds=1):
        return "the same"
    return f"{human_duration(abs(moved))} {'later' if moved > timedelta(0) else 'sooner'}"
