"""Alert rows and the rules' view of them, and writing many changed rows with one prepared statement."""

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Any

import msgspec
from django.db import connection, models

from tocsin.domain.alerts.models import Alert, AlertGroup
from tocsin.domain.alerts.ports import Report
from tocsin.domain.alerts.rules.lifecycle import AlertState, AlertView
from tocsin.domain.oncall.rules.urgency import Severity

_ALERT_FIELDS = (
    "current",
    "told",
    "title",
    "severity",
    "state",
    "labels",
    "annotations",
    "links",
    "url",
    "extra",
    "service",
    "group",
    "silenced_by",
    "inhibited_by",
    "maintained_by",
    "muted",
    "starts_at",
    "last_seen_at",
    "expires_at",
    "acknowledged_at",
    "resolved_at",
    "signal_at",
    "count",
)
_SEEN_FIELDS = ("last_seen_at", "expires_at", "signal_at", "count")
_GROUP_FIELDS = (
    "current",
    "state",
    "severity",
    "told_severity",
    "service",
    "services",
    "further",
    "flushed_at",
    "flush_at",
    "quiet_at",
    "firing",
    "stale",
    "total",
    "added",
)


def view_of(alert: Alert) -> AlertView:
    """The alert as the rules see it."""
    return AlertView(
        state=AlertState(alert.state),
        severity=Severity(alert.severity),
        started_at=alert.starts_at,
        last_seen_at=alert.last_seen_at,
        expires_at=alert.expires_at,
        acknowledged_at=alert.acknowledged_at,
        resolved_at=alert.resolved_at,
        signal_at=alert.signal_at,
    )


def told_of(report: Report) -> str:
    """16 hex digits for what a report says of its alert, times and severity apart."""
    said = (report.title, report.labels, report.annotations, report.url, report.links, report.extra, report.service)
    return blake2b(msgspec.json.encode(said), digest_size=8).hexdigest()


def take_over(alert: Alert, view: AlertView) -> None:
    """Put what the rules decided into the row; nothing is saved."""
    alert.state = view.state.value
    alert.severity = view.severity.value
    alert.starts_at = view.started_at
    alert.last_seen_at = view.last_seen_at
    alert.expires_at = view.expires_at
    alert.acknowledged_at = view.acknowledged_at
    alert.resolved_at = view.resolved_at
    alert.signal_at = view.signal_at


def save_alerts(alerts: Iterable[Alert]) -> None:
    """Update all fields that folding changes."""
    _update_many(Alert, _ALERT_FIELDS, list(alerts))


def save_seen(alerts: Iterable[Alert]) -> None:
    """Update alerts that were only said again."""
    _update_many(Alert, _SEEN_FIELDS, list(alerts))


def save_groups(groups: Iterable[AlertGroup]) -> None:
    """Update all fields that grouping changes."""
    _update_many(AlertGroup, _GROUP_FIELDS, list(groups))


def _update_many(model: type[models.Model], names: Sequence[str], rows: Sequence[Any]) -> None:
    """One prepared UPDATE by key for all rows; they are locked already, in sorted order."""
    if not rows:
        return
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    quote = connection.ops.quote_name
    sets = ", ".join(f"{quote(field.column)} = %s" for field in fields)
    key: Any = model._meta.pk
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {quote(model._meta.db_table)} SET {sets} WHERE {quote(key.column)} = %s",  # noqa: S608
            [
                [
                    *(f.get_db_prep_save(getattr(row, f.attname), connection) for f in fields),
                    key.get_db_prep_save(row.pk, connection),
                ]
                for row in rows
            ],
        )
