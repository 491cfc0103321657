"""Alert rows and the rules' view of them, and writing many rows with one prepared statement.

What folding writes for each alert goes past the ORM, which would cost more than all the deciding.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import blake2b
from typing import Any
from uuid import UUID

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
_Adapter = Callable[[Any], Any]
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


def create_alerts(alerts: Sequence[Alert]) -> None:
    """Insert new alerts."""
    if not alerts:
        return
    fields: list[Any] = list(Alert._meta.concrete_fields)
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {quote(Alert._meta.db_table)} ({columns}) VALUES ({marks})",  # noqa: S608
            _stored(Alert, tuple(field.name for field in fields), alerts),
        )


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
            _stored(model, (*names, key.name), rows),
        )


def _stored(model: type[models.Model], names: tuple[str, ...], rows: Sequence[Any]) -> list[list[Any]]:
    """The values of these fields of each row, as the database takes them."""
    plan = _plan(model, names, connection.vendor)
    return [[adapt(getattr(row, name)) for name, adapt in plan] for row in rows]


@lru_cache
def _plan(model: type[models.Model], names: tuple[str, ...], vendor: str) -> list[tuple[str, _Adapter]]:
    """Attribute and adapter of each field."""
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    return [(field.attname, _adapter(field, vendor)) for field in fields]


def _adapter(field: Any, vendor: str) -> _Adapter:
    """What the field's own `get_db_prep_save` would do, without its detours."""
    # A foreign key is stored as what it points to.
    field = field.target_field if field.is_relation else field
    if isinstance(field, models.JSONField):
        return _json
    if vendor == "postgresql":
        return _as_it_is
    if isinstance(field, models.DateTimeField):
        return _utc_text
    if isinstance(field, models.UUIDField):
        return _hex
    return _as_it_is


def _as_it_is(value: Any) -> Any:
    return value


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _utc_text(value: datetime | None) -> str | None:
    return None if value is None else str(value.astimezone(UTC).replace(tzinfo=None))


def _hex(value: UUID | None) -> str | None:
    return None if value is None else value.hex
