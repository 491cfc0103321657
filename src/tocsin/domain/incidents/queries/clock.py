"""Every promise of time of an incident with its explanation, and the same for another severity. Saves nothing."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from tocsin.domain.incidents.books import calendar_of, editions_in_force, targets_of
from tocsin.domain.incidents.commands.timers import facts, moves_by_hours
from tocsin.domain.incidents.models import Deadline
from tocsin.domain.incidents.queries.picturing import deadline_view, planned_view
from tocsin.domain.incidents.queries.single import Ref, load
from tocsin.domain.incidents.rules.deadlines import Facts, plan
from tocsin.domain.incidents.rules.explaining import explained
from tocsin.domain.incidents.rules.states import OPEN_STATES, State
from tocsin.domain.incidents.views import ClockView, TargetView
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.kernel.actor import Actor
from tocsin.kernel.business_time import Calendar, Hours
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Invalid

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MOST_DAYS = 5


def clock(actor: Actor, ref_or_id: Ref, severity: str = "", moment: datetime | None = None) -> ClockView:
    """The deadlines as they stand; with a `severity` or a `moment`, as that severity would plan them now, or had it all
    begun at that moment and nothing been done yet. Thirteen queries at most.

    Raises `Invalid` for a severity that does not exist.
    """
    row = load(actor, ref_or_id)
    if severity and severity not in set(Severity):
        raise Invalid(f"severity: choose one of {', '.join(Severity)}.", field="severity")
    at, targets = now(), targets_of(row.targets_version)
    known = facts(row, Severity(severity) if severity else None)
    calendar, team = calendar_of(row, targets, known.severity)
    if moment is not None:
        known = Facts(known.kind, known.severity, moment, moment, visible_to_users=known.visible_to_users)
    if severity or moment:
        found = [planned_view("", deadline, at) for deadline in plan(known, calendar, targets)]
    else:
        found = [deadline_view(d, at) for d in Deadline.objects.filter(incident=row).order_by("due_at", "id")]
    listed = [
        TargetView(each.kind.value, each.kind.words, each.term, each.counted, each.business, each.why_not)
        for each in explained(known, targets)
    ]
    return ClockView(
        severity=severity or row.severity,
        deadlines=tuple(found),
        targets=tuple(listed),
        hours=calendar_words(calendar, known.declared_at or known.alarm_at, [each.due_at for each in found]),
        team=team,
        edition=row.targets_version,
        newest=editions_in_force()[0],
        hours_changed=State(row.state) in OPEN_STATES and moves_by_hours(row),
    )


def calendar_words(calendar: Calendar, since: datetime, dues: Iterable[datetime] = ()) -> str:
    """`Mon to Fri 09:00 to 17:00, Europe/Berlin; closed on 30 Nov`: days off from `since` to the last that is due."""
    parts: list[tuple[list[int], tuple[Hours, ...]]] = []
    for day, hours in enumerate(calendar.weekly):
        if hours and parts and parts[-1][1] == hours and parts[-1][0][-1] == day - 1:
            parts[-1][0].append(day)
        elif hours:
            parts.append(([day], hours))
    said = [f"{_span(days)} {_hours(hours)}" for days, hours in parts]
    return f"{'; '.join(said)}, {calendar.zone}{_closed(calendar, since, max(dues, default=since))}"


def _closed(calendar: Calendar, since: datetime, until: datetime) -> str:
    zone = ZoneInfo(calendar.zone)
    first, last = since.astimezone(zone).date(), until.astimezone(zone).date()
    off = [day for day in sorted(calendar.holidays) if first <= day <= last and calendar.weekly[day.weekday()]]
    more = f" and {len(off) - _MOST_DAYS} more days" if len(off) > _MOST_DAYS else ""
    return f"; closed on {', '.join(f'{day:%-d %b}' for day in off[:_MOST_DAYS])}{more}" if off else ""


def _span(days: Sequence[int]) -> str:
    return _DAYS[days[0]] if len(days) == 1 else f"{_DAYS[days[0]]} to {_DAYS[days[-1]]}"


def _hours(hours: Sequence[Hours]) -> str:
    return " and ".join(f"{each.opens:%H:%M} to {each.closes:%H:%M}" for each in hours)
