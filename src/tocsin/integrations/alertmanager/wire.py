"""The shapes of Alertmanager's API v2 and of its webhook, and an alert's title and times as Tocsin reads them."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from tocsin.domain.alerts.ports import Report
from tocsin.domain.alerts.rules.identity import clean
from tocsin.domain.alerts.rules.lifecycle import interval_signal
from tocsin.domain.alerts.rules.severity import read_severity

UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


class Posted(msgspec.Struct):
    """One alert as Prometheus posts it."""

    labels: dict[str, str]
    annotations: dict[str, str] | None = None
    startsAt: datetime | None = None  # noqa: N815  (the wire's own spelling)
    endsAt: datetime | None = None  # noqa: N815
    generatorURL: str | None = None  # noqa: N815


class PostedHead(Posted):
    """The same, checked but for its labels, which stay as they came."""

    labels: msgspec.Raw  # type: ignore[assignment]


def instant(value: datetime | None) -> datetime | None:
    """In UTC; None for what cannot be one (year 1 with an offset)."""
    if value is None or value.year <= 1:
        return None
    try:
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    except OverflowError:
        return None


def title_of(labels: Mapping[str, str], annotations: Mapping[str, str]) -> str:
    """The summary that the rule's author wrote, else the name of the alert and where it is."""
    written = annotations.get("summary") or annotations.get("title") or annotations.get("message")
    if written:
        return written
    name = labels.get("alertname") or "Alert"
    where = labels.get("instance") or labels.get("job") or ""
    return f"{name} on {where}" if where else name


def report_of(
    posted: Posted,
    received_at: datetime,
    *,
    ends_at: datetime | None,
    links: tuple[tuple[str, str], ...] = (),
    extra: Mapping[str, Any] | None = None,
) -> Report:
    """A posted alert in Tocsin's words."""
    labels = clean(posted.labels)
    annotations = clean(posted.annotations or {})
    severity = read_severity(labels).severity
    return Report(
        signal=interval_signal(received_at, instant(posted.startsAt), ends_at, severity),
        title=title_of(labels, annotations),
        labels=labels,
        annotations=annotations,
        url=posted.generatorURL or "",
        links=links,
        extra=extra or {},
    )
