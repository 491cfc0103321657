"""Which moves an incident allows, and which roles it misses."""

from datetime import UTC, datetime, timedelta

import pytest

from tocsin.domain.incidents.rules.roles import (
    Assignment,
    coverage,
    handover_due,
    handover_due_at,
    role_words,
)
from tocsin.domain.incidents.rules.states import (
    FINAL_STATES,
    MOVES,
    OPEN_STATES,
    Kind,
    State,
    Verb,
    allowed,
    move,
    takes_alerts,
)
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.kernel.errors import Conflict, Invalid

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("state", "verbs"),
    [
        (State.DETECTED, "triage respond mitigate resolve dismiss merge"),
        (State.TRIAGED, "respond mitigate resolve dismiss merge"),
        (State.RESPONDING, "mitigate resolve dismiss merge"),
        (State.MITIGATED, "respond resolve reopen merge"),
        (State.RESOLVED, "close reopen"),
        (State.CLOSED, "reopen"),
        (State.DISMISSED, "reopen"),
        (State.MERGED, ""),
    ],
)
def test_each_state_allows_these_moves(state: State, verbs: str) -> None:
    assert " ".join(allowed(state)) == verbs
    for verb in Verb:
        if verb in allowed(state):
            assert move(state, verb, reason="because") is MOVES[verb].target
        else:
            with pytest.raises(Conflict):
                move(state, verb, reason="because")


def test_an_incident_goes_its_whole_way_and_back() -> None:
    state = State.DETECTED
    for verb in (Verb.TRIAGE, Verb.RESPOND, Verb.MITIGATE, Verb.RESOLVE, Verb.CLOSE):
        state = move(state, verb)
    assert state is State.CLOSED
    assert move(state, Verb.REOPEN, reason="it is back") is State.RESPONDING


def test_a_refusal_names_what_is_allowed() -> None:
    with pytest.raises(Conflict) as refusal:
        move(State.RESOLVED, Verb.MITIGATE)
    assert refusal.value.sentence == "A resolved incident cannot mitigate; it can: close, reopen."


@pytest.mark.parametrize("verb", [Verb.REOPEN, Verb.DISMISS, Verb.MERGE])
def test_some_moves_need_a_reason(verb: Verb) -> None:
    source = next(iter(MOVES[verb].sources))
    with pytest.raises(Invalid) as refusal:
        move(source, verb, reason="  ")
    assert refusal.value.field == "reason"


def test_the_system_reopens_what_was_resolved_but_never_what_people_closed() -> None:
    assert move(State.RESOLVED, Verb.REOPEN, reason="fires again", by_system=True) is State.RESPONDING
    for state, verb in [(State.CLOSED, Verb.REOPEN), (State.DISMISSED, Verb.REOPEN), (State.RESOLVED, Verb.CLOSE)]:
        with pytest.raises(Conflict):
            move(state, verb, reason="fires again", by_system=True)


def test_every_state_is_open_or_final() -> None:
    assert set(State) == OPEN_STATES | FINAL_STATES
    assert not OPEN_STATES & FINAL_STATES


@pytest.mark.parametrize(
    ("state", "ago", "takes"),
    [
        (State.RESPONDING, None, True),
        (State.MITIGATED, None, True),
        (State.RESOLVED, 15, True),
        (State.RESOLVED, 16, False),
        (State.CLOSED, 1, False),
        (State.DISMISSED, None, False),
        (State.MERGED, None, False),
    ],
)
def test_an_incident_that_is_over_swallows_no_new_alerts(state: State, ago: int | None, takes: bool) -> None:
    resolved_at = None if ago is None else NOW - timedelta(minutes=ago)
    assert takes_alerts(state, resolved_at, NOW) is takes


def given(role: str, person: str, hours: float = 0, accepted: bool = True) -> Assignment:
    return Assignment(role, person, NOW - timedelta(hours=hours), accepted)


@pytest.mark.parametrize(
    ("kind", "severity", "missing"),
    [
        (Kind.DISRUPTION, Severity.CRITICAL, "commander operations communications scribe"),
        (Kind.DISRUPTION, Severity.UNKNOWN, "commander operations communications scribe"),
        (Kind.USER_IMPACT, Severity.HIGH, "commander operations communications"),
        (Kind.SECURITY, Severity.CRITICAL, "commander security communications scribe"),
        (Kind.SECURITY, Severity.LOW, "commander security"),
        (Kind.DISRUPTION, Severity.MEDIUM, "commander"),
        (Kind.DISRUPTION, Severity.LOW, ""),
    ],
)
def test_the_roles_that_nobody_has_are_named(kind: Kind, severity: Severity, missing: str) -> None:
    assert " ".join(gap.role for gap in coverage(kind, severity, [])) == missing
    assert coverage(kind, severity, [], is_open=False) == ()


def test_a_role_is_covered_once_it_is_accepted() -> None:
    offered = coverage(Kind.DISRUPTION, Severity.MEDIUM, [given("commander", "ada", accepted=False)])
    assert "not accepted" in offered[0].sentence
    assert coverage(Kind.DISRUPTION, Severity.MEDIUM, [given("commander", "ada")]) == ()


def test_one_person_should_not_lead_everything() -> None:
    held = [given(role, "ada") for role in ("commander", "operations", "communications", "scribe")]
    assert [gap.role for gap in coverage(Kind.DISRUPTION, Severity.CRITICAL, held)] == [
        "operations",
        "communications",
        "scribe",
    ]


def test_a_commander_is_reminded_after_four_hours() -> None:
    assert handover_due([given("commander", "ada", 3.9)], NOW) is None
    assert handover_due([given("commander", "ada", 4)], NOW) == given("commander", "ada", 4)
    assert handover_due([given("commander", "ada", 9), given("commander", "bo", 1)], NOW) is None
    assert handover_due_at([given("commander", "ada", 1)]) == NOW + timedelta(hours=3)
    assert handover_due_at([given("scribe", "ada", 9)]) is None


def test_roles_have_names_people_know() -> None:
    assert role_words("commander") == "Incident Commander"
    assert role_words("legal-counsel") == "Legal counsel"
