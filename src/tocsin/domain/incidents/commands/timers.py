"""Deadlines of an incident as rows with timers: planned anew after every change, the met ones kept.

Hides the mapping between rows and the pure plan. Never reminds anybody: that is `workers`'.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec

from tocsin.core.work import Draft, cancel, enqueue_many
from tocsin.domain.incidents import jobs
from tocsin.domain.incidents.books import calendar_of, targets_of
from tocsin.domain.incidents.commands.loading import save
from tocsin.domain.incidents.models import Deadline, Incident
from tocsin.domain.incidents.naming import TOCSIN
from tocsin.domain.incidents.rules import deadlines as rules
from tocsin.domain.incidents.rules.states import Kind
from tocsin.domain.oncall import commands as oncall
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.kernel.business_time import Term, Unit
from tocsin.kernel.clock import now

CADENCE = frozenset({rules.DeadlineKind.INTERNAL_UPDATE.value, rules.DeadlineKind.PUBLIC_UPDATE.value})


def facts(row: Incident, severity: Severity | None = None) -> rules.Facts:
    """What the plan needs to know of an incident; with another `severity` for a what-if: as if raised to it now."""
    wanted = severity or Severity(row.severity)
    return rules.Facts(
        kind=Kind(row.kind),
        severity=wanted,
        alarm_at=row.alarm_at,
        declared_at=row.declared_at,
        acknowledged_at=row.acknowledged_at,
        engaged_at=row.engaged_at,
        public_post_at=row.public_post_at,
        internal_update_at=row.internal_update_at,
        public_update_at=row.public_update_at,
        mitigated_at=row.mitigated_at,
        resolved_at=row.resolved_at,
        reviewed_at=row.reviewed_at,
        ended_at=row.ended_at,
        visible_to_users=row.visible_to_users,
        reached=_reached(row, wanted),
    )


def _reached(row: Incident, wanted: Severity) -> dict[Severity, datetime]:
    """Since when it was known to be as severe; what it has never been so far, it is from now on."""
    known = {Severity(level): datetime.fromisoformat(at) for level, at in row.severity_reached.items()}
    if known and all(level.rank < wanted.rank for level in known):
        known[wanted] = now()
    return known


def _note_severity(row: Incident) -> None:
    """Remember since when it is as severe as it is now. Saves only after a raise."""
    known = _reached(row, Severity(row.severity))
    kept = {level.value: at.isoformat() for level, at in known.items()}
    if set(kept) != set(row.severity_reached):
        row.severity_reached = kept
        save(row, "severity_reached")


def as_rule(row: Deadline) -> rules.Deadline:
    """The row as the rules see it."""
    return rules.Deadline(
        kind=rules.DeadlineKind(row.kind),
        starts_at=row.starts_at,
        term=Term(row.amount, Unit(row.unit)),
        due_at=row.due_at,
        at_risk_at=row.at_risk_at,
        met_at=row.met_at,
    )


def replan(row: Incident) -> None:
    """Bring the deadlines' rows and timers in line with the incident. One query to read, one per changed row, and
    one each for all new rows and all timers."""
    _note_severity(row)
    before = {d.kind: d for d in Deadline.objects.filter(incident=row) if not _is_history(d)}
    targets = targets_of(row.targets_version)
    calendar, _ = calendar_of(row, targets, Severity(row.severity))
    planned = rules.replan([as_rule(d) for d in before.values()], facts(row), calendar, targets).deadlines
    fresh: list[Deadline] = []
    timers: list[Draft] = []
    for deadline in planned:
        old = before.pop(deadline.kind.value, None)
        if old is None:
            old = Deadline(incident=row, kind=deadline.kind.value, **_values(deadline))
            fresh.append(old)
        elif as_rule(old) == deadline:
            continue
        else:
            _change(old, deadline)
        if deadline.met_at is None:
            timers += _timers(old)
    Deadline.objects.bulk_create(fresh)
    enqueue_many(timers, move=True)
    for gone in before.values():
        _stop(gone)
        gone.delete()


def moves_by_hours(row: Incident) -> bool:
    """True when what is owed would end at other moments by the business hours of now. Three queries."""
    targets = targets_of(row.targets_version)
    calendar, _ = calendar_of(row, targets, Severity(row.severity))
    known = [as_rule(d) for d in Deadline.objects.filter(incident=row) if not _is_history(d)]
    open_now = {d.kind: d.due_at for d in known if d.met_at is None}
    planned = rules.replan(known, facts(row), calendar, targets).deadlines
    return any(d.kind in open_now and d.due_at != open_now[d.kind] for d in planned)


def _is_history(row: Deadline) -> bool:
    """An update that was sent in time or late is kept as it was; the next one is a deadline of its own."""
    return row.kind in CADENCE and row.met_at is not None


def met(row: Incident, kind: rules.DeadlineKind) -> None:
    """The open deadline of this kind is met now; for the cadence of updates, which have no fact of their own."""
    for deadline in Deadline.objects.filter(incident=row, kind=kind.value, met_at=None):
        deadline.met_at = now()
        deadline.save(update_fields=["met_at"])
        _stop(deadline)


def owed_again(row: Incident, *kinds: rules.DeadlineKind) -> None:
    """A reopened incident owes again what it had met; `replan` follows and sets the timers."""
    Deadline.objects.filter(incident=row, kind__in=[kind.value for kind in kinds]).exclude(met_at=None).delete()


def _values(new: rules.Deadline) -> dict[str, Any]:
    return {
        "starts_at": new.starts_at,
        "amount": new.term.amount,
        "unit": new.term.unit.value,
        "due_at": new.due_at,
        "at_risk_at": new.at_risk_at,
        "met_at": new.met_at,
    }


def _change(old: Deadline, new: rules.Deadline) -> None:
    """Save what is different. The timers of one that is met are stopped."""
    values = _values(new)
    if new.due_at != old.due_at:
        _stop(old)
        values |= {"reminded_at": None, "breached_at": None}
    for name, value in values.items():
        setattr(old, name, value)
    old.save(update_fields=list(values))
    if new.met_at is not None:
        _stop(old)


def _timers(row: Deadline) -> Iterator[Draft]:
    payload = msgspec.json.encode(jobs.DeadlineDue(deadline=str(row.id))).decode()
    # Dated back until it is late already: a warning would only double the breach.
    if row.due_at > now() and row.reminded_at is None:
        yield Draft(jobs.AT_RISK, payload, str(row.id), row.at_risk_at)
    if row.breached_at is None:
        yield Draft(jobs.BREACH, payload, str(row.id), row.due_at)


def calls_for(row: Deadline) -> str:
    """What the calls of those who owe a missed deadline have in common: one answer is enough."""
    return f"deadline:{row.id}"


def _stop(row: Deadline) -> None:
    cancel(jobs.AT_RISK, str(row.id))
    cancel(jobs.BREACH, str(row.id))
    if row.breached_at is not None:
        words = rules.DeadlineKind(row.kind).words
        oncall.end_shared(
            TOCSIN, subject=f"incident:{row.incident_id}", shared=calls_for(row), reason=f"{words} is no longer owed"
        )


def unmet(row: Incident) -> None:
    """An acknowledgement was taken back: its deadline runs again."""
    owed_again(row, rules.DeadlineKind.ACKNOWLEDGE)
