"""What the tools of Harbour Market have sent: alerts as Prometheus and PagerDuty clients post them, and their noise."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count, islice
from typing import Any

import msgspec

from tocsin.domain.alerts import commands as alerts
from tocsin.domain.alerts.ports import Accepted, Call, Received, accepted, sources
from tocsin.domain.alerts.queries import integrations
from tocsin.kernel.actor import system

PROMETHEUS, WAREHOUSE = "Prometheus in Frankfurt (demo)", "PagerDuty client of the warehouse (demo)"
NOTE_NAME, NOTE = "demo", "Part of the demo organisation."
"""Each alert carries this annotation, so that it goes with the demo."""

_DEMO = system("demo")
_KINDS = {PROMETHEUS: ("alertmanager", "/api/v2/alerts"), WAREHOUSE: ("pagerduty", "/v2/enqueue")}


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alert. `severity` is the tool's word; `labels` lead it to its service."""

    source: str
    name: str
    title: str
    severity: str
    labels: tuple[tuple[str, str], ...] = ()
    began: datetime | None = None


class Tools:
    """The connected tools, by their names."""

    def __init__(self) -> None:
        self._ids = {i.name: i.id for i in integrations(_DEMO)}

    def fire(self, alarms: Sequence[Alarm], *, at: datetime) -> None:
        """They say that these fire."""
        self._send(alarms, at, over=False)

    def end(self, alarms: Sequence[Alarm], *, at: datetime) -> None:
        """They say that these are over."""
        self._send(alarms, at, over=True)

    def shard(self, alarm: Alarm, at: datetime) -> int:
        """Which shard of the inbox folds it."""
        body: Any = (
            [_prometheus(alarm, at, over=False)] if alarm.source == PROMETHEUS else _pagerduty(alarm, over=False)
        )
        return self._read(alarm.source, body)[0].shard

    def _send(self, alarms: Sequence[Alarm], at: datetime, *, over: bool) -> None:
        posted = [a for a in alarms if a.source == PROMETHEUS]
        bodies: list[tuple[str, Any]] = (
            [(PROMETHEUS, [_prometheus(a, at, over=over) for a in posted])] if posted else []
        )
        bodies += [(a.source, _pagerduty(a, over=over)) for a in alarms if a.source != PROMETHEUS]
        rows = [row for tool, body in bodies for row in self._read(tool, body)]
        alerts.accept(_DEMO, rows=rows)

    def _read(self, tool: str, body: Any) -> list[Accepted]:
        source, path = _KINDS[tool]
        id_ = self._ids[tool]
        received = sources()[source].receive(Call("POST", path, msgspec.json.encode(body), integration=id_))
        assert isinstance(received, Received)
        return [accepted(id_, source, item.name, item.raw) for item in received.items]


def _prometheus(alarm: Alarm, at: datetime, *, over: bool) -> dict[str, Any]:
    ends = at - timedelta(seconds=1) if over else at + timedelta(days=1)
    return {
        "labels": {"alertname": alarm.name, "severity": alarm.severity, **dict(alarm.labels)},
        "annotations": {"summary": alarm.title, NOTE_NAME: NOTE},
        "startsAt": (alarm.began or min(at, ends)).isoformat(),
        "endsAt": ends.isoformat(),
    }


def _pagerduty(alarm: Alarm, *, over: bool) -> dict[str, Any]:
    details = {**dict(alarm.labels), NOTE_NAME: NOTE}
    return {
        "event_action": "resolve" if over else "trigger",
        "dedup_key": alarm.name,
        "payload": {
            "summary": alarm.title,
            "source": "warehouse-2",
            "severity": alarm.severity,
            "custom_details": details,
        },
    }


_NOISY = (
    (PROMETHEUS, "TargetDown", "A shop server did not answer one question", "warning", "shop", 21),
    (PROMETHEUS, "JobSlow", "A nightly job took longer than usual", "info", "seller", 11),
    (WAREHOUSE, "scanner", "A hand scanner is out of reach", "warning", "", 9),
)
"""Tool, rule, title, severity, namespace, and how many."""


def noise(tools: Tools, at: datetime) -> list[Alarm]:
    """Alerts that were over before anybody had to hear of them: by far the most of what tools say.

    Their instances are such that one shard folds them all: a tenth of the work for the same picture.
    """
    return [
        alarm
        for tool, name, title, severity, namespace, many in _NOISY
        for alarm in islice(
            (a for a in _like(tool, name, title, severity, namespace, at) if not tools.shard(a, at)), many
        )
    ]


def _like(tool: str, name: str, title: str, severity: str, namespace: str, at: datetime) -> Iterator[Alarm]:
    for number in count(1):
        yield Alarm(
            tool,
            name if namespace else f"{name}-{number}",
            title,
            severity,
            (("namespace", namespace), ("instance", f"{namespace}-{number}")) if namespace else (),
            began=at - timedelta(hours=9 * number) if number % 3 and number < 130 else None,
        )
