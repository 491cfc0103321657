"""What an incident owes by when, per severity and kind, and what a change of severity does to it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.domain.incidents.rules.deadlines import (
    TARGETS,
    Deadline,
    DeadlineKind,
    Facts,
    Standing,
    next_due,
    plan,
    replan,
    standing,
)
from tocsin.domain.incidents.rules.states import Kind
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.kernel.business_time import Calendar

OFFICE = Calendar.office("UTC")
ALARM = datetime(2026, 11, 24, 12, tzinfo=UTC)
CRITICAL = Facts(Kind.DISRUPTION, Severity.CRITICAL, ALARM, declared_at=ALARM + timedelta(minutes=2))


def after(minutes: float) -> datetime:
    return ALARM + timedelta(minutes=minutes)


def owed(facts: Facts) -> dict[str, str]:
    return {each.kind.value: each.due_at.strftime("%d %H:%M") for each in plan(facts, OFFICE)}


def by_kind(deadlines: tuple[Deadline, ...]) -> dict[DeadlineKind, Deadline]:
    return {each.kind: each for each in deadlines}


@pytest.mark.parametrize(
    ("severity", "expected"),
    [
        (
            Severity.CRITICAL,
            "acknowledge 12:05, public_post 12:12, engage 12:15, internal_update 12:22, mitigate 13:02, resolve 16:02",
        ),
        (
            Severity.HIGH,
            "acknowledge 12:05, public_post 12:22, engage 12:30, internal_update 12:32, mitigate 16:02, resolve 20:02",
        ),
        (
            Severity.MEDIUM,
            "acknowledge 14:00, engage 16:00, internal_update 16:02, mitigate 25 12:02, resolve 26 12:02",
        ),
        (
            Severity.LOW,
            "acknowledge 16:00, engage 25 12:00, internal_update 25 12:02, mitigate 27 12:02, resolve 01 12:02",
        ),
    ],
)
def test_each_severity_owes_this_by_then(severity: Severity, expected: str) -> None:
    found = owed(replace(CRITICAL, severity=severity))
    assert ", ".join(f"{kind} {due}" for kind, due in found.items()).replace(" 24 ", " ") == expected


def test_nobody_knows_yet_is_held_to_the_targets_of_critical() -> None:
    assert owed(replace(CRITICAL, severity=Severity.UNKNOWN)) == owed(CRITICAL)


def test_without_a_declaration_the_alarm_counts() -> None:
    assert owed(replace(CRITICAL, declared_at=None))["mitigate"] == "24 13:00"


def test_updates_are_owed_from_the_last_one_until_it_is_resolved() -> None:
    talking = replace(CRITICAL, internal_update_at=after(15), public_post_at=after(9))
    assert (owed(talking)["internal_update"], owed(talking)["public_update"]) == ("24 12:35", "24 12:39")
    told = replace(talking, public_update_at=after(30))
    assert owed(told)["public_update"] == "24 13:00"
    over = owed(replace(told, resolved_at=after(60)))
    assert "internal_update" not in over
    assert "public_update" not in over
    assert over["review"] == "27 13:00"


def test_a_security_incident_owes_no_public_post_until_its_lead_releases_one() -> None:
    secret = replace(CRITICAL, kind=Kind.SECURITY)
    assert not {"public_post", "public_update"} & owed(secret).keys()
    assert "public_update" in owed(replace(secret, public_post_at=after(60)))


def test_a_medium_incident_owes_a_public_post_only_when_users_notice() -> None:
    medium = replace(CRITICAL, severity=Severity.MEDIUM)
    assert "public_post" not in owed(medium)
    assert owed(replace(medium, visible_to_users=True))["public_post"] == "24 16:02"


def test_a_dismissed_incident_owes_nothing_more() -> None:
    ended = plan(replace(CRITICAL, acknowledged_at=after(1), ended_at=after(3)), OFFICE)
    assert [each.kind for each in ended] == [DeadlineKind.ACKNOWLEDGE]


@pytest.mark.parametrize(
    ("met", "now", "expected"),
    [
        (None, 3.9, Standing.ON_TRACK),
        (None, 4, Standing.AT_RISK),
        (None, 5, Standing.AT_RISK),
        (None, 5.1, Standing.BREACHED),
        (5, 90, Standing.MET),
        (5.1, 90, Standing.MET_LATE),
    ],
)
def test_a_deadline_is_at_risk_from_four_fifths_on(met: float | None, now: float, expected: Standing) -> None:
    facts = replace(CRITICAL, acknowledged_at=None if met is None else after(met))
    acknowledge = by_kind(plan(facts, OFFICE))[DeadlineKind.ACKNOWLEDGE]
    assert standing(acknowledge, after(now)) is expected


def test_what_comes_later_proves_what_comes_before() -> None:
    kinds = by_kind(plan(replace(CRITICAL, resolved_at=after(30)), OFFICE))
    assert kinds[DeadlineKind.ACKNOWLEDGE].met_at == kinds[DeadlineKind.MITIGATE].met_at == after(30)


def test_a_raised_severity_moves_what_is_owed_and_keeps_what_was_met() -> None:
    medium = replace(CRITICAL, severity=Severity.MEDIUM, acknowledged_at=after(60), visible_to_users=True)
    before = plan(medium, OFFICE)
    made = replan(before, replace(medium, severity=Severity.CRITICAL), OFFICE)
    kept = by_kind(made.deadlines)[DeadlineKind.ACKNOWLEDGE]
    assert standing(kept, after(61)) is Standing.MET
    assert made.kept == (DeadlineKind.ACKNOWLEDGE,)
    assert DeadlineKind.MITIGATE in made.moved
    lowered = replan(made.deadlines, replace(medium, severity=Severity.LOW), OFFICE)
    assert lowered.dropped == (DeadlineKind.PUBLIC_POST,)
    assert DeadlineKind.ACKNOWLEDGE in lowered.kept


def test_a_reopened_incident_owes_its_resolution_again() -> None:
    over = plan(replace(CRITICAL, acknowledged_at=after(1), resolved_at=after(60)), OFFICE)
    again = by_kind(replan(over, replace(CRITICAL, acknowledged_at=after(1)), OFFICE).deadlines)
    assert again[DeadlineKind.RESOLVE].met_at is None
    assert again[DeadlineKind.ACKNOWLEDGE].met_at == after(1)


def test_the_next_due_is_the_earliest_still_owed() -> None:
    found = next_due(plan(replace(CRITICAL, acknowledged_at=after(1), public_post_at=after(3)), OFFICE))
    assert found is not None
    assert found.kind is DeadlineKind.ENGAGE
    assert next_due(()) is None


def test_what_a_raised_severity_asks_for_counts_from_the_raise() -> None:
    raised = replace(CRITICAL, reached={Severity.LOW: ALARM, Severity.CRITICAL: after(180)})
    due = {each.kind: each.due_at for each in plan(raised, OFFICE)}
    assert due[DeadlineKind.ENGAGE] == after(195)
    assert due[DeadlineKind.PUBLIC_POST] == after(190)
    assert due[DeadlineKind.MITIGATE] == after(240)
    assert all(standing(each, after(180)) is Standing.ON_TRACK for each in plan(raised, OFFICE))


def test_a_raise_gives_no_more_time_than_the_lower_severity_had_left() -> None:
    raised = replace(CRITICAL, reached={Severity.HIGH: ALARM, Severity.CRITICAL: after(210)})
    mitigate = by_kind(plan(raised, OFFICE))[DeadlineKind.MITIGATE]
    assert (mitigate.starts_at, mitigate.due_at) == (after(2), after(242))


def test_lowering_and_raising_again_wins_no_time() -> None:
    assert owed(replace(CRITICAL, reached={Severity.CRITICAL: ALARM})) == owed(CRITICAL)


@given(
    st.sampled_from(list(Kind)),
    st.sampled_from(list(Severity)),
    st.sampled_from(list(Severity)),
    st.none() | st.integers(0, 500),
    st.datetimes(datetime.fromisoformat("2020-01-01"), timezones=st.just(UTC)).filter(lambda at: at.year < 2100),
)
def test_a_change_of_severity_never_unmeets_anything(
    kind: Kind, first: Severity, then: Severity, met: int | None, alarm: datetime
) -> None:
    known = None if met is None else alarm + timedelta(minutes=met)
    facts = Facts(kind, first, alarm, acknowledged_at=known)
    before = plan(facts, OFFICE)
    made = replan(before, replace(facts, severity=then), OFFICE)
    assert {each for each in before if each.met_at} <= set(made.deadlines)
    assert all(each.starts_at <= each.at_risk_at <= each.due_at for each in made.deadlines)
    assert {each.kind for each in made.deadlines} <= {target.kind for target in TARGETS[then]} | {
        each.kind for each in before
    }
