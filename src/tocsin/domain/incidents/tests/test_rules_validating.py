"""When a fix holds: quiet by the source's own word, green by a check's own answer, and nothing less."""

from datetime import UTC, datetime, timedelta

import pytest

from tocsin.domain.incidents.rules.validating import (
    Gate,
    GateState,
    Probe,
    Signal,
    alerts_gate,
    checks_gate,
    objection,
    passed,
    stands,
)

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("signals", "state"),
    [
        ([], GateState.NOT_APPLICABLE),
        ([Signal("Disk full", "resolved")], GateState.PASSED),
        ([Signal("Disk full", "resolved"), Signal("Slow", "firing")], GateState.FAILED),
        ([Signal("Disk full", "acknowledged")], GateState.FAILED),
        ([Signal("Disk full", "firing", "silenced")], GateState.FAILED),
        ([Signal("Disk full", "firing", "inhibited")], GateState.FAILED),
        ([Signal("Disk full", "stale")], GateState.UNKNOWN),
        ([Signal("Disk full", "stale"), Signal("Slow", "firing")], GateState.FAILED),
    ],
)
def test_alerts_count_as_quiet_only_when_their_source_says_it_is_over(signals: list[Signal], state: GateState) -> None:
    assert alerts_gate(signals).state is state


def test_a_silenced_alert_is_named_with_what_keeps_it_from_being_heard() -> None:
    assert alerts_gate([Signal("Disk full", "firing", "silenced")]).facts == ("Disk full is only silenced, it fires.",)


@pytest.mark.parametrize(
    ("probes", "state"),
    [
        ([], GateState.NOT_APPLICABLE),
        ([Probe("Shop", "ok")], GateState.PASSED),
        ([Probe("Shop", "ok"), Probe("Search", "failing", "503")], GateState.FAILED),
        ([Probe("Shop", "ok"), Probe("Search", "stale")], GateState.UNKNOWN),
        ([Probe("Shop", "unknown")], GateState.UNKNOWN),
    ],
)
def test_checks_are_green_only_when_each_answered(probes: list[Probe], state: GateState) -> None:
    assert checks_gate(probes).state is state


def test_where_nothing_can_be_asked_nothing_is_proven() -> None:
    blank = [alerts_gate([]), checks_gate([])]
    assert not passed(blank)
    assert objection(blank).startswith("Nothing proves it")
    assert passed([alerts_gate([Signal("Disk full", "resolved")]), checks_gate([])])


def test_one_unknown_gate_keeps_it_shut_and_says_why() -> None:
    gates: list[Gate] = [alerts_gate([Signal("Disk full", "resolved")]), checks_gate([Probe("Shop", "stale")])]
    assert not passed(gates)
    assert "Shop is stale" in objection(gates)


@pytest.mark.parametrize(("bad_at", "holds"), [(None, True), (-1, True), (0, False), (1, False)])
def test_a_validation_stands_until_the_next_bad_signal(bad_at: int | None, holds: bool) -> None:
    heard = None if bad_at is None else NOON + timedelta(minutes=bad_at)
    assert stands(has_passed=True, at=NOON, bad_signal_at=heard) is holds
    assert not stands(has_passed=False, at=NOON, bad_signal_at=heard)


def test_many_facts_are_cut_and_counted() -> None:
    facts = alerts_gate([Signal(f"Disk {n}", "firing") for n in range(30)]).facts
    assert len(facts) == 13
    assert facts[-1] == "And 18 more."
