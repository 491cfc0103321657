"""What a signal, or the lack of one, does to an alert.

Hides late, repeated and disordered signals, reopening and expiry. Never takes silence for recovery: an alert
whose source says nothing any more is stale, not resolved. In doubt about order it believes that it fires.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from tocsin.domain.oncall.rules.urgency import Severity

REOPEN_WITHIN = timedelta(minutes=15)
RESOLVE_TIMEOUT = timedelta(minutes=5)
SILENT_AFTER_INTERVALS = 2


class AlertState(StrEnum):
    """Stale: it fired, its time ran out and its source has gone silent. Nobody knows whether it is over."""

    FIRING = "firing"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"
    STALE = "stale"


class SignalKind(StrEnum):
    """What a sender, or a person, says."""

    TRIGGER = "trigger"
    ACKNOWLEDGE = "acknowledge"
    RESOLVE = "resolve"


@dataclass(frozen=True, slots=True)
class Signal:
    """One thing said about one alert.

    `occurred_at` only when the sender stamps every event, also the resolving one: it alone decides what is
    late. `started_at` is when the trouble began. `opens_new`: the format opens a new alert after a resolve.
    """

    kind: SignalKind
    received_at: datetime
    occurred_at: datetime | None = None
    severity: Severity = Severity.UNKNOWN
    expires_at: datetime | None = None
    started_at: datetime | None = None
    opens_new: bool = False


@dataclass(frozen=True, slots=True)
class AlertView:
    """An alert as it stands. `signal_at` is the latest stamp a sender gave."""

    state: AlertState
    severity: Severity
    started_at: datetime
    last_seen_at: datetime
    expires_at: datetime | None = None
    acknowledged_at: datetime | None = None
    resolved_at: datetime | None = None
    signal_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """True until it is resolved."""
        return self.state is not AlertState.RESOLVED


class Outcome(StrEnum):
    """What came of it. Refreshed and dropped are no transitions and make no event."""

    OPENED = "opened"
    REOPENED = "reopened"
    REFRESHED = "refreshed"
    REVIVED = "revived"
    RAISED = "raised"
    LOWERED = "lowered"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"
    STALED = "staled"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class AlertDecision:
    """The outcome, the alert after it (None: there is none), whether people must hear of it, and why."""

    outcome: Outcome
    alert: AlertView | None
    pages: bool
    reason: str

    @property
    def changed(self) -> bool:
        """True for a transition, which is an event in the log."""
        return self.outcome not in (Outcome.REFRESHED, Outcome.DROPPED)


def decide(alert: AlertView | None, signal: Signal, now: datetime) -> AlertDecision:
    """What `signal` does to the latest alert of its key (None: there never was one).

    `opened` on an existing alert means a new row beside the old one.
    """
    if alert is not None and _is_late(alert, signal):
        return AlertDecision(Outcome.DROPPED, alert, False, "older than what its sender said last")
    match signal.kind:
        case SignalKind.TRIGGER:
            return _trigger(alert, signal, now)
        case SignalKind.ACKNOWLEDGE:
            return _acknowledge(alert, signal, now)
        case SignalKind.RESOLVE:
            return _resolve(alert, signal, now)


def interval_signal(
    now: datetime,
    starts_at: datetime | None,
    ends_at: datetime | None,
    severity: Severity,
    resolve_timeout: timedelta = RESOLVE_TIMEOUT,
) -> Signal:
    """A signal of a format that sends intervals (Alertmanager): an end in the past resolves, none is a time-out.

    An end in year 1 is none (Grafana writes it). Such senders stamp no event, so nothing is ever late.
    """
    if ends_at is None or ends_at.year <= 1:
        ends_at = now + resolve_timeout
    kind = SignalKind.RESOLVE if ends_at <= now else SignalKind.TRIGGER
    began = now if starts_at is None or starts_at.year <= 1 else min(starts_at, now)
    return Signal(kind, received_at=now, severity=severity, expires_at=ends_at, started_at=began)


@dataclass(frozen=True, slots=True)
class SourceView:
    """A sender: when it was last heard, how often it speaks (None: no rhythm), since when we have listened."""

    last_seen_at: datetime | None
    interval: timedelta | None
    listening_since: datetime


def expire(alert: AlertView, source: SourceView, now: datetime) -> AlertDecision | None:
    """What happens to an alert whose time ran out; None while it has not.

    Resolved only when the source has spoken since without naming the alert, and within its last two intervals
    (of 5 minutes for a source without a rhythm); else stale. Right after an outage of our own that is honest,
    too: nobody knows, and the next signal revives it.
    """
    open_states = (AlertState.FIRING, AlertState.ACKNOWLEDGED)
    if alert.expires_at is None or alert.expires_at > now or alert.state not in open_states:
        return None
    heard = source.last_seen_at
    lately = (source.interval or RESOLVE_TIMEOUT) * SILENT_AFTER_INTERVALS
    if heard is not None and heard > alert.last_seen_at and now - heard <= lately:
        resolved = replace(alert, state=AlertState.RESOLVED, resolved_at=now)
        return AlertDecision(Outcome.RESOLVED, resolved, False, "its source speaks, but no longer of this alert")
    staled = replace(alert, state=AlertState.STALE)
    return AlertDecision(Outcome.STALED, staled, False, "its source has gone silent; nobody knows whether it is over")


def silent_since(source: SourceView, now: datetime) -> datetime | None:
    """Since when the source has been silent for two of its intervals (an alarm of its own); None if it has not.

    Counted from when we began to listen, so that our own outage is not blamed on every source.
    """
    if source.interval is None or source.last_seen_at is None:
        return None
    heard = max(source.last_seen_at, source.listening_since)
    return source.last_seen_at if now - heard > source.interval * SILENT_AFTER_INTERVALS else None


def _is_late(alert: AlertView, signal: Signal) -> bool:
    return signal.occurred_at is not None and alert.signal_at is not None and signal.occurred_at < alert.signal_at


def _trigger(alert: AlertView | None, signal: Signal, now: datetime) -> AlertDecision:
    if alert is None:
        return AlertDecision(Outcome.OPENED, _opened(signal), True, "first of its kind")
    if alert.state is AlertState.RESOLVED:
        quiet_for = now - (alert.resolved_at or alert.last_seen_at)
        if signal.opens_new or quiet_for > REOPEN_WITHIN:
            return AlertDecision(Outcome.OPENED, _opened(signal), True, "the one before was resolved")
        reopened = replace(
            _seen(alert, signal),
            state=AlertState.FIRING,
            severity=signal.severity,
            resolved_at=None,
            acknowledged_at=None,
        )
        return AlertDecision(Outcome.REOPENED, reopened, True, "fires again within 15 min of its resolve")
    return _again(alert, signal)


def _again(alert: AlertView, signal: Signal) -> AlertDecision:
    """A trigger on an open alert."""
    seen = _seen(alert, signal)
    if signal.severity.rank > alert.severity.rank:
        raised = replace(seen, state=AlertState.FIRING, severity=signal.severity, acknowledged_at=None)
        return AlertDecision(Outcome.RAISED, raised, True, f"severity raised to {signal.severity.word}")
    if alert.state is AlertState.STALE:
        known = alert.acknowledged_at is not None
        state = AlertState.ACKNOWLEDGED if known else AlertState.FIRING
        revived = replace(seen, state=state, severity=signal.severity)
        return AlertDecision(Outcome.REVIVED, revived, not known, "its source speaks of it again")
    if signal.severity is not alert.severity:
        lowered = replace(seen, severity=signal.severity)
        return AlertDecision(Outcome.LOWERED, lowered, False, f"severity lowered to {signal.severity.word}")
    return AlertDecision(Outcome.REFRESHED, seen, False, "said again")


def _acknowledge(alert: AlertView | None, signal: Signal, now: datetime) -> AlertDecision:
    if alert is None or not alert.is_open:
        return AlertDecision(Outcome.DROPPED, alert, False, "nothing is open under this key")
    if alert.acknowledged_at is not None:
        return AlertDecision(Outcome.DROPPED, alert, False, "acknowledged already")
    state = AlertState.STALE if alert.state is AlertState.STALE else AlertState.ACKNOWLEDGED
    known = replace(_stamped(alert, signal), state=state, acknowledged_at=now)
    return AlertDecision(Outcome.ACKNOWLEDGED, known, False, "acknowledged")


def _resolve(alert: AlertView | None, signal: Signal, now: datetime) -> AlertDecision:
    if alert is None or not alert.is_open:
        return AlertDecision(Outcome.DROPPED, alert, False, "nothing is open under this key")
    resolved = replace(_stamped(alert, signal), state=AlertState.RESOLVED, resolved_at=now, expires_at=None)
    return AlertDecision(Outcome.RESOLVED, resolved, False, "its source says it is over")


def _opened(signal: Signal) -> AlertView:
    return AlertView(
        state=AlertState.FIRING,
        severity=signal.severity,
        started_at=signal.started_at or signal.received_at,
        last_seen_at=signal.received_at,
        expires_at=signal.expires_at,
        signal_at=signal.occurred_at,
    )


def _stamped(alert: AlertView, signal: Signal) -> AlertView:
    return replace(alert, signal_at=signal.occurred_at or alert.signal_at)


def _seen(alert: AlertView, signal: Signal) -> AlertView:
    """Heard again: what the sender said last counts, and its time runs anew."""
    seen_at = max(alert.last_seen_at, signal.received_at)
    return replace(_stamped(alert, signal), last_seen_at=seen_at, expires_at=signal.expires_at)
