"""What becomes of an alert: repeated, late, disordered, expired, acknowledged, fired again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.domain.alerts.rules.lifecycle import (
    AlertDecision,
    AlertState,
    AlertView,
    Outcome,
    Signal,
    SignalKind,
    SourceView,
    decide,
    expire,
    interval_signal,
    silent_since,
)
from tocsin.domain.oncall.rules.urgency import Severity

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
TRIGGER, ACK, RESOLVE = SignalKind.TRIGGER, SignalKind.ACKNOWLEDGE, SignalKind.RESOLVE
FIRING = AlertView(AlertState.FIRING, Severity.HIGH, NOW - timedelta(hours=1), NOW - timedelta(minutes=1))
KNOWN = replace(FIRING, state=AlertState.ACKNOWLEDGED, acknowledged_at=NOW)
RESOLVED = replace(FIRING, state=AlertState.RESOLVED, resolved_at=NOW - timedelta(minutes=15))
LONG_OVER = replace(RESOLVED, resolved_at=NOW - timedelta(minutes=15, seconds=1))
STALE = replace(FIRING, state=AlertState.STALE)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def said(kind: SignalKind, severity: Severity = Severity.HIGH, **more: object) -> Signal:
    return Signal(kind, NOW, severity=severity, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("alert", "signal", "outcome", "state", "pages"),
    [
        (None, said(TRIGGER), Outcome.OPENED, AlertState.FIRING, True),
        (None, said(ACK), Outcome.DROPPED, None, False),
        (None, said(RESOLVE), Outcome.DROPPED, None, False),
        (FIRING, said(TRIGGER), Outcome.REFRESHED, AlertState.FIRING, False),
        (FIRING, said(TRIGGER, Severity.CRITICAL), Outcome.RAISED, AlertState.FIRING, True),
        (FIRING, said(TRIGGER, Severity.LOW), Outcome.LOWERED, AlertState.FIRING, False),
        (FIRING, said(ACK), Outcome.ACKNOWLEDGED, AlertState.ACKNOWLEDGED, False),
        (FIRING, said(RESOLVE), Outcome.RESOLVED, AlertState.RESOLVED, False),
        (KNOWN, said(TRIGGER), Outcome.REFRESHED, AlertState.ACKNOWLEDGED, False),
        (KNOWN, said(TRIGGER, Severity.CRITICAL), Outcome.RAISED, AlertState.FIRING, True),
        (KNOWN, said(ACK), Outcome.DROPPED, AlertState.ACKNOWLEDGED, False),
        (KNOWN, said(RESOLVE), Outcome.RESOLVED, AlertState.RESOLVED, False),
        (RESOLVED, said(TRIGGER), Outcome.REOPENED, AlertState.FIRING, True),
        (RESOLVED, said(TRIGGER, opens_new=True), Outcome.OPENED, AlertState.FIRING, True),
        (LONG_OVER, said(TRIGGER), Outcome.OPENED, AlertState.FIRING, True),
        (RESOLVED, said(ACK), Outcome.DROPPED, AlertState.RESOLVED, False),
        (RESOLVED, said(RESOLVE), Outcome.DROPPED, AlertState.RESOLVED, False),
        (STALE, said(TRIGGER), Outcome.REVIVED, AlertState.FIRING, True),
        (replace(STALE, acknowledged_at=NOW), said(TRIGGER), Outcome.REVIVED, AlertState.ACKNOWLEDGED, False),
        (STALE, said(RESOLVE), Outcome.RESOLVED, AlertState.RESOLVED, False),
        (STALE, said(ACK), Outcome.ACKNOWLEDGED, AlertState.STALE, False),
    ],
)
def test_a_signal_does_what_people_expect(
    alert: AlertView | None, signal: Signal, outcome: Outcome, state: AlertState | None, pages: bool
) -> None:
    made = decide(alert, signal, NOW)
    assert (made.outcome, made.alert and made.alert.state, made.pages) == (outcome, state, pages)


def test_a_stamped_signal_that_comes_late_changes_nothing() -> None:
    stamped = decide(FIRING, said(RESOLVE, occurred_at=NOW), NOW).alert
    late = decide(stamped, said(TRIGGER, occurred_at=NOW - minutes(1)), NOW)
    assert (late.outcome, late.alert) == (Outcome.DROPPED, stamped)


def test_a_trigger_without_a_stamp_is_believed_however_late_it_may_be() -> None:
    stamped = decide(FIRING, said(RESOLVE, occurred_at=NOW), NOW).alert
    assert decide(stamped, said(TRIGGER, started_at=NOW - minutes(60)), NOW).pages


def test_a_repeated_alert_lives_on() -> None:
    again = decide(FIRING, said(TRIGGER, expires_at=NOW + minutes(5)), NOW).alert
    assert again is not None
    assert (again.expires_at, again.last_seen_at, again.started_at) == (NOW + minutes(5), NOW, FIRING.started_at)


@pytest.mark.parametrize(
    ("ends", "kind", "expires"),
    [
        (None, TRIGGER, NOW + minutes(5)),
        (datetime(1, 1, 1, tzinfo=UTC), TRIGGER, NOW + minutes(5)),
        (NOW + minutes(3), TRIGGER, NOW + minutes(3)),
        (NOW, RESOLVE, NOW),
        (NOW - minutes(3), RESOLVE, NOW - minutes(3)),
    ],
)
def test_an_interval_fires_until_its_end(ends: datetime | None, kind: SignalKind, expires: datetime) -> None:
    signal = interval_signal(NOW, NOW - minutes(9), ends, Severity.HIGH)
    assert (signal.kind, signal.expires_at, signal.started_at) == (kind, expires, NOW - minutes(9))
    assert interval_signal(NOW, NOW + minutes(9), None, Severity.HIGH).started_at == NOW


def source(heard: float | None, interval: float | None = 1, listening: float = 600) -> SourceView:
    return SourceView(
        None if heard is None else NOW - minutes(heard),
        None if interval is None else minutes(interval),
        NOW - minutes(listening),
    )


@pytest.mark.parametrize(
    ("heard", "interval", "outcome"),
    [
        (0.5, 1, Outcome.RESOLVED),
        (2, 1, Outcome.RESOLVED),
        (2.1, 1, Outcome.STALED),
        (5, 1, Outcome.STALED),
        (None, 1, Outcome.STALED),
        (0.5, None, Outcome.RESOLVED),
        (11, None, Outcome.STALED),
    ],
)
def test_an_alert_whose_time_ran_out_is_resolved_only_by_a_living_source(
    heard: float | None, interval: float | None, outcome: Outcome
) -> None:
    seen = NOW - minutes(20 if interval is None else 5)
    made = expire(replace(FIRING, last_seen_at=seen, expires_at=NOW), source(heard, interval), NOW)
    assert made is not None
    assert made.outcome is outcome


def test_after_an_outage_of_our_own_nothing_is_taken_for_resolved() -> None:
    over = replace(FIRING, last_seen_at=NOW - minutes(70), expires_at=NOW - minutes(60))
    made = expire(over, source(65, listening=0.1), NOW)
    assert made is not None
    assert made.outcome is Outcome.STALED


def test_an_alert_that_has_time_left_or_is_over_does_not_expire() -> None:
    for alert in (FIRING, replace(FIRING, expires_at=NOW + minutes(1)), replace(STALE, expires_at=NOW), RESOLVED):
        assert expire(alert, source(0), NOW) is None


def test_a_source_silent_for_two_intervals_is_an_alarm_unless_we_were_away() -> None:
    assert silent_since(source(2.1), NOW) == NOW - minutes(2.1)
    assert silent_since(source(2), NOW) is None
    assert silent_since(source(60, listening=1), NOW) is None
    assert silent_since(source(60, interval=None), NOW) is None


signals = st.builds(
    Signal,
    st.sampled_from(list(SignalKind)),
    st.just(NOW),
    st.none() | st.integers(0, 60).map(lambda ago: NOW - minutes(ago)),
    st.sampled_from(list(Severity)),
    st.none() | st.integers(-9, 9).map(lambda later: NOW + minutes(later)),
)


@given(st.lists(signals, max_size=12))
def test_no_order_of_signals_loses_an_alert_that_its_sender_repeats(said_so_far: list[Signal]) -> None:
    alert: AlertView | None = None
    for signal in said_so_far:
        made: AlertDecision = decide(alert, signal, NOW)
        assert made.alert is not None or made.outcome is Outcome.DROPPED
        assert made.outcome is not Outcome.DROPPED or made.alert == alert
        assert not (made.pages and (made.alert is None or made.alert.state is not AlertState.FIRING))
        alert = made.alert
    last = decide(alert, said(TRIGGER), NOW)
    assert last.alert is not None
    assert last.alert.is_open
    assert last.pages or (alert is not None and alert.is_open)
