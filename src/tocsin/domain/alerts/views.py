"""What the queries of this room return: frozen rows that other rooms, screens and the API may hold on to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tocsin.domain.alerts.rules import routing
from tocsin.domain.alerts.rules.identity import alertmanager_fingerprint

OPEN_STATES = ("firing", "acknowledged", "stale")
PAGE = 100


@dataclass(frozen=True, slots=True)
class AlertRow:
    """One alert.

    `silenced_by`, `inhibited_by`, `maintained_by`: ids of what keeps it quiet; `mute_reasons` of the queries says why.
    """

    id: str
    title: str
    severity: str
    state: str
    service_id: str | None
    service: str
    integration_id: str
    integration: str
    integration_kind: str
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    links: Sequence[Sequence[str]]
    url: str
    extra: Mapping[str, Any]
    dedup_key: str
    starts_at: datetime
    last_seen: datetime
    expires_at: datetime | None
    resolved_at: datetime | None
    acknowledged_at: datetime | None
    count: int
    group_id: str | None
    silenced_by: tuple[str, ...]
    inhibited_by: tuple[str, ...] = ()
    maintained_by: tuple[str, ...] = ()

    @property
    def fingerprint(self) -> str:
        """The one that `amtool` shows."""
        return alertmanager_fingerprint(self.labels)

    @property
    def silenced(self) -> bool:
        """True while a silence covers it."""
        return bool(self.silenced_by)

    @property
    def muted(self) -> bool:
        """True while anything keeps it quiet: it pages nobody, and it is not well either."""
        return bool(self.silenced_by or self.inhibited_by or self.maintained_by)


@dataclass(frozen=True, slots=True)
class AlertFilter:
    """Which alerts: every given condition must hold. `states` empty: all."""

    states: tuple[str, ...] = OPEN_STATES
    severities: tuple[str, ...] = ()
    service_id: str = ""
    integration_id: str = ""
    group_ids: tuple[str, ...] = ()
    silenced: bool | None = None
    muted: bool | None = None
    text: str = ""
    limit: int = PAGE
    before: str = ""
    """Cursor: `next` of the page before."""


@dataclass(frozen=True, slots=True)
class AlertPage:
    """Alerts, newest start first. `next` is the cursor of the following page; empty on the last."""

    alerts: list[AlertRow]
    next: str


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One group of alerts. `state`: open, quiet or stale. `unrouted` is the sentence that names the missing route."""

    id: str
    title: str
    state: str
    severity: str
    labels: Mapping[str, str]
    integration_id: str | None
    integration: str
    route_id: str | None
    route: str
    service_id: str | None
    service: str
    services: tuple[str, ...]
    policy_id: str
    unrouted: str
    starts_at: datetime
    created_at: datetime
    flushed_at: datetime | None
    quiet_at: datetime | None
    firing: int
    stale: int
    total: int
    further: tuple[tuple[str, str], ...] = ()
    """(service id, policy id) of each further route that takes its alerts as well; either may be empty."""

    @property
    def counted(self) -> str:
        """How many alerts it holds and how many fire: `4 firing`, `3 of 4 firing, 1 stale`, `4 stale`, `2 alerts`."""
        if self.stale == self.total:
            return f"{self.stale} stale"
        words = f"{self.total} alert{'' if self.total == 1 else 's'}"
        if self.firing:
            words = f"{self.firing} firing" if self.firing == self.total else f"{self.firing} of {self.total} firing"
        return f"{words}, {self.stale} stale" if self.stale else words


@dataclass(frozen=True, slots=True)
class IntegrationView:
    """One source. `key` and the key in `url` are for administrators; others see neither. `state`: new, ok, silent."""

    id: str
    kind: str
    name: str
    service_id: str | None
    service: str
    url: str
    key: str
    every: timedelta | None
    created_at: datetime
    last_seen_at: datetime | None
    silent_since: datetime | None
    state: str


@dataclass(frozen=True, slots=True)
class RouteView:
    """One route, in order."""

    id: str
    order: int
    name: str
    matchers: str
    service_id: str | None
    service: str
    policy_id: str
    group_by: tuple[str, ...]
    continues: bool
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class SilenceView:
    """One silence. `state`: pending, active or expired."""

    id: str
    matchers: tuple[routing.Matcher, ...]
    text: str
    starts_at: datetime
    ends_at: datetime
    author: str
    comment: str
    updated_at: datetime
    integration_id: str | None
    state: str


@dataclass(frozen=True, slots=True)
class InhibitionView:
    """One inhibition; `source` and `target` as matchers in words. `quiet`: how many alerts it keeps quiet now."""

    id: str
    name: str
    source: str
    target: str
    equal: tuple[str, ...]
    enabled: bool
    author: str
    updated_at: datetime
    quiet: int


@dataclass(frozen=True, slots=True)
class MaintenanceView:
    """One window. `state`: under way, planned or over; `starts_at` and `ends_at` of the time under way, next or last.

    `services` are pairs of id and name, `first` the first start as the wall clock in `zone` shows it.
    """

    id: str
    name: str
    services: tuple[tuple[str, str], ...]
    matchers: str
    zone: str
    first: datetime
    lasts: timedelta
    rule: str
    critical_pages: bool
    comment: str
    author: str
    updated_at: datetime
    starts_at: datetime | None
    ends_at: datetime | None
    state: str


@dataclass(frozen=True, slots=True)
class DeadSignal:
    """A signal that could not be read: `payload` is its beginning as text, `size` its length in bytes."""

    id: int
    integration_id: str
    integration: str
    source: str
    payload: str
    size: int
    received_at: datetime
    buried_at: datetime
    error: str


@dataclass(frozen=True, slots=True)
class ChangeView:
    """Something that was deployed or reconfigured."""

    id: str
    summary: str
    source: str
    service_id: str | None
    integration: str
    happened_at: datetime
    links: Sequence[Sequence[str]]
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class IngestRate:
    """How intake does: alerts opened in the last 5 minutes, signals waiting, since when the oldest, dead letters."""

    opened: int
    waiting: int
    oldest_waiting: datetime | None
    dead_letters: int


@dataclass(frozen=True, slots=True)
class Door:
    """What intake must know of an integration; no actor asks, the key does. `key_hashes` lists those that work."""

    integration_id: str
    name: str
    kind: str
    key_hashes: tuple[str, ...] = field(default=())
