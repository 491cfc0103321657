"""Alerts that say the same again, which most signals are: a narrow row read, a few columns written.

Never decides anything by itself: whatever is more than a repetition is left to folding.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from tocsin.domain.alerts.commands.rows import told_of
from tocsin.domain.alerts.models import Alert
from tocsin.domain.alerts.ports import Report
from tocsin.domain.alerts.rules.lifecycle import AlertState, AlertView, Outcome, decide
from tocsin.domain.oncall.rules.urgency import Severity


class Item(NamedTuple):
    """A row of the inbox."""

    id: int
    integration: UUID
    source: str
    key: str
    raw: bytes
    received_at: datetime


Signals = Sequence[tuple[Item, Report]]

_OPEN = (AlertState.FIRING.value, AlertState.ACKNOWLEDGED.value)
_READ = (
    "key",
    "id",
    "told",
    "state",
    "severity",
    "starts_at",
    "last_seen_at",
    "expires_at",
    "acknowledged_at",
    "signal_at",
)
_NOTE = (
    f"UPDATE {Alert._meta.db_table}"  # noqa: S608
    " SET last_seen_at = %s, expires_at = %s, signal_at = %s, count = count + %s WHERE id = %s"
)


def note_repeats(signals: Signals, at: datetime) -> tuple[Signals, set[str]]:
    """Note the alerts of which all signals only repeat what is known; returns the signals of the others, in order,
    and the keys among them that have an alert.

    Locks every alert that the signals are about, in sorted order. Two queries.
    """
    reports: dict[str, list[Report]] = {}
    for item, report in signals:
        reports.setdefault(item.key, []).append(report)
    rows = Alert.objects.select_for_update().filter(key__in=sorted(reports), current=True).order_by("key")
    noted: dict[str, tuple[UUID, AlertView, int]] = {}
    known: set[str] = set()
    for key, id_, told, state, severity, *times in rows.values_list(*_READ):
        known.add(key)
        if state not in _OPEN:
            continue
        said = reports[key]
        view = _repeated(_view(state, severity, times), told, said, at)
        if view is not None:
            noted[key] = id_, view, len(said)
    if noted:
        _save(noted.values())
    return [pair for pair in signals if pair[0].key not in noted], known - noted.keys()


def _view(state: str, severity: str, times: Sequence[Any]) -> AlertView:
    starts_at, last_seen_at, expires_at, acknowledged_at, signal_at = times
    return AlertView(
        state=AlertState(state),
        severity=Severity(severity),
        started_at=starts_at,
        last_seen_at=last_seen_at,
        expires_at=expires_at,
        acknowledged_at=acknowledged_at,
        signal_at=signal_at,
    )


def _repeated(view: AlertView, told: str, reports: Sequence[Report], at: datetime) -> AlertView | None:
    """The alert after these reports; None as soon as one of them is news."""
    for report in reports:
        assert report.signal is not None
        decision = decide(view, report.signal, at)
        if decision.outcome is not Outcome.REFRESHED or decision.alert is None or told_of(report) != told:
            return None
        view = decision.alert
    return view


def _save(noted: Any) -> None:
    adapt: Any = connection.ops.adapt_datetimefield_value
    id_of: Any = Alert._meta.pk.get_db_prep_save
    with connection.cursor() as cursor:
        cursor.executemany(
            _NOTE,
            [
                (adapt(v.last_seen_at), adapt(v.expires_at), adapt(v.signal_at), times, id_of(id_, connection))
                for id_, v, times in noted
            ],
        )
