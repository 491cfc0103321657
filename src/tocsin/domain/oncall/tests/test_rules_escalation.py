"""Who is paged, in which order, and that silence is never possible."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.domain.oncall.rules.escalation import (
    Decision,
    Phase,
    Policy,
    State,
    Step,
    Target,
    TargetKind,
    Why,
    acknowledge,
    advance,
    change_severity,
    escalate,
    rehearse,
    start,
    stop,
    touch,
    unacknowledge,
    widen,
)
from tocsin.domain.oncall.rules.urgency import Severity, Urgency

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
NIGHT = datetime(2026, 11, 24, 3, tzinfo=UTC)
FIRST = Target(TargetKind.SCHEDULE, "s1", "Platform")
SECOND = Target(TargetKind.PERSON, "bo")
LAST = Target(TargetKind.TEAM, "t")
PEOPLE = {FIRST: ("ada",), SECOND: ("bo",), LAST: ("cy", "di")}
POLICY = Policy((Step((FIRST,)), Step((SECOND,), timedelta(minutes=10))), catch_all=(LAST,))


def minutes(decision: Decision, since: datetime = NOON) -> float:
    assert decision.wake_at is not None
    return (decision.wake_at - since) / timedelta(minutes=1)


def paged(decision: Decision) -> list[str]:
    return [page.person for page in decision.pages]


def first(severity: Severity = Severity.CRITICAL, now: datetime = NOON) -> Decision:
    return advance(POLICY, start(severity, now), now, PEOPLE, ("root",))


def line(policy: Policy = POLICY, severity: Severity = Severity.CRITICAL, at: datetime = NOON) -> list[str]:
    told = rehearse(policy, severity, at, lambda _: PEOPLE, ("root",))
    return [f"{(now - at) // timedelta(minutes=1)}: {' '.join(paged(made))}" for now, made in told]


def test_silence_climbs_three_rounds_and_ends_with_the_catch_all_people_and_administrators() -> None:
    assert line() == ["0: ada", "4: bo", "14: ada", "18: bo", "28: ada", "32: bo", "42: cy di root"]


def test_catch_all_people_are_called_every_ten_minutes_with_a_key_of_each_call_its_own() -> None:
    made = rehearse(POLICY, Severity.HIGH, NOON, lambda _: PEOPLE, ("root",))[-1][1]
    keys = set()
    for _ in range(20):
        assert made.wake_at is not None
        at = made.wake_at
        made = advance(POLICY, made.state, at, PEOPLE, ("root",))
        assert paged(made) == ["cy", "di", "root"]
        assert minutes(made, at) == 10
        keys.add(made.pages[0].key)
    assert len(keys) == 20


@pytest.mark.parametrize(
    ("severity", "now", "people", "wake", "urgency"),
    [
        (Severity.CRITICAL, NIGHT, ["ada"], 4, Urgency.WAKES),
        (Severity.HIGH, NIGHT, ["ada"], 4, Urgency.WAKES),
        (Severity.UNKNOWN, NIGHT, ["ada"], 4, Urgency.WAKES),
        (Severity.MEDIUM, NIGHT, [], 5 * 60, None),
        (Severity.MEDIUM, NOON, ["ada"], 96, Urgency.WAKING_HOURS),
        (Severity.LOW, NIGHT, ["ada"], 6 * 60 + 192, Urgency.MAIL),
    ],
)
def test_urgency_decides_who_is_woken_and_how_soon_silence_counts(
    severity: Severity, now: datetime, people: list[str], wake: int, urgency: Urgency | None
) -> None:
    made = first(severity, now)
    assert (paged(made), minutes(made, now)) == (people, wake)
    assert {page.urgency for page in made.pages} == ({urgency} if urgency else set())


def test_a_page_says_why_this_person() -> None:
    assert first().pages[0].reason == "on call Platform (step 1 of 2, round 1)"


def test_an_empty_step_moves_on_at_once_and_is_reported() -> None:
    made = advance(POLICY, start(Severity.CRITICAL, NOON), NOON, {SECOND: ("bo",)})
    assert paged(made) == ["bo"]
    assert made.notes == ("Step 1 has nobody to page; moved on at once.",)


def test_a_policy_in_which_nobody_is_left_goes_straight_to_the_administrators() -> None:
    for policy in (POLICY, Policy(()), Policy((), rounds=0)):
        made = advance(policy, start(Severity.HIGH, NOON), NOON, {}, ("root",))
        assert paged(made) == ["root"]
        assert made.notes


def test_with_nobody_at_all_it_keeps_looking_and_says_so() -> None:
    made = advance(Policy(()), start(Severity.HIGH, NOON), NOON, {})
    assert (paged(made), minutes(made)) == ([], 10)
    assert "nobody to page at all" in made.notes[-1]


def test_an_acknowledgement_stops_the_paging() -> None:
    answered = acknowledge(first(Severity.HIGH).state, "ada", NOON + timedelta(minutes=2))
    assert answered.wake_at is None
    assert advance(POLICY, answered.state, NOON + timedelta(hours=9), PEOPLE).pages == ()


def test_a_quiet_critical_asks_again_and_then_starts_over() -> None:
    answered = acknowledge(first().state, "ada", NOON)
    assert minutes(answered) == 30
    asked = advance(POLICY, answered.state, NOON + timedelta(minutes=30), PEOPLE)
    assert [(page.person, page.why) for page in asked.pages] == [("ada", Why.QUIET)]
    over = advance(POLICY, asked.state, NOON + timedelta(minutes=34), PEOPLE | {FIRST: ("ada", "cy")})
    assert (paged(over), over.state.phase) == (["ada", "cy"], Phase.STEPS)
    assert over.pages[0].key != asked.pages[0].key


def test_who_left_the_question_unanswered_is_not_waited_for_once_more_when_there_is_somebody_else() -> None:
    asked = advance(POLICY, acknowledge(first().state, "ada", NOON).state, NOON + timedelta(minutes=30), PEOPLE)
    on = advance(POLICY, asked.state, NOON + timedelta(minutes=34), PEOPLE)
    assert paged(on) == ["bo"]
    assert on.skipped == ("Step 1 is passed over: whom it calls was asked just now and did not answer.",)
    alone = advance(POLICY, asked.state, NOON + timedelta(minutes=34), {FIRST: ("ada",)})
    assert paged(alone) == ["ada"]


def test_activity_puts_the_question_off() -> None:
    answered = acknowledge(first().state, "ada", NOON)
    active = touch(answered.state, NOON + timedelta(minutes=20))
    assert minutes(active) == 50
    assert not advance(POLICY, active.state, NOON + timedelta(minutes=30), PEOPLE).pages


def test_an_answer_to_the_question_counts() -> None:
    answered = acknowledge(first().state, "ada", NOON)
    asked = advance(POLICY, answered.state, NOON + timedelta(minutes=30), PEOPLE)
    again = acknowledge(asked.state, "ada", NOON + timedelta(minutes=31))
    assert (again.state.phase, minutes(again)) == (Phase.ACKNOWLEDGED, 61)
    assert again.state.acknowledged_at == NOON


def test_two_acknowledgements_keep_the_first_and_one_after_the_end_changes_nothing() -> None:
    one = acknowledge(first().state, "ada", NOON)
    two = acknowledge(one.state, "bo", NOON)
    assert two.state.acknowledged_by == "ada"
    assert two.notes
    over = stop(two.state, NOON).state
    late = acknowledge(over, "bo", NOON)
    assert late.state == over
    assert late.notes
    assert advance(POLICY, over, NOON + timedelta(days=1), PEOPLE) == Decision(over)


@pytest.mark.parametrize(("change", "why"), [("raise", Why.RAISED), ("widen", Why.WIDENED)])
def test_worse_news_pages_again_even_when_acknowledged(change: str, why: Why) -> None:
    before = first(Severity.HIGH)
    answered = acknowledge(before.state, "ada", NOON).state
    worse = change_severity(answered, Severity.CRITICAL, NOON) if change == "raise" else widen(answered, NOON)
    made = advance(POLICY, worse, NOON, PEOPLE)
    assert [(page.person, page.why) for page in made.pages] == [("ada", why)]
    assert made.pages[0].key != before.pages[0].key
    assert made.state.acknowledged_by == ""


def test_a_lowered_severity_pages_nobody() -> None:
    answered = acknowledge(first().state, "ada", NOON).state
    assert advance(POLICY, change_severity(answered, Severity.LOW, NOON), NOON, PEOPLE).pages == ()


def test_escalating_by_hand_pages_the_next_step_at_once() -> None:
    assert paged(advance(POLICY, escalate(first().state, NOON), NOON, PEOPLE)) == ["bo"]


def test_a_withdrawn_acknowledgement_starts_again_at_the_first_step() -> None:
    answered = acknowledge(first().state, "ada", NOON).state
    assert paged(advance(POLICY, unacknowledge(answered, NOON), NOON, PEOPLE)) == ["ada"]


def test_a_clock_set_back_neither_pages_twice_nor_delays_the_next_step() -> None:
    back = NOON - timedelta(hours=1)
    made = advance(POLICY, first().state, back, PEOPLE)
    assert (paged(made), minutes(made, back)) == ([], 4)


def test_an_engine_that_slept_pages_one_step_not_all() -> None:
    assert paged(advance(POLICY, first().state, NOON + timedelta(hours=5), PEOPLE)) == ["bo"]


def test_a_state_survives_its_json() -> None:
    for state in (first().state, acknowledge(first().state, "ada", NOON).state):
        assert State.from_json(json.loads(json.dumps(state.to_json()))) == state


targets = st.sampled_from([FIRST, SECOND, LAST])
some_targets = st.lists(targets, max_size=3).map(tuple)
delays = st.none() | st.timedeltas(timedelta(-5), timedelta(days=2))
policies = st.builds(
    Policy,
    st.lists(st.builds(Step, some_targets, delays), max_size=4).map(tuple),
    st.integers(-1, 5),
    some_targets,
)
peoples = st.dictionaries(targets, st.lists(st.sampled_from("abc"), max_size=2).map(tuple))
moves = st.lists(st.tuples(st.timedeltas(timedelta(hours=-1), timedelta(days=1)), peoples), max_size=30)


@settings(deadline=None, max_examples=150)
@given(policies, st.sampled_from(list(Severity)), moves, st.lists(st.just("root"), max_size=1))
def test_nobody_can_be_left_in_silence(
    policy: Policy, severity: Severity, steps: list[tuple[timedelta, dict[Target, tuple[str, ...]]]], root: list[str]
) -> None:
    state, now = start(severity, NOON), NOON
    keys: set[tuple[str, str]] = set()
    for later, people in steps:
        made = advance(policy, state, now, people, root)
        assert made.wake_at is not None
        assert made.wake_at > now
        assert not keys & {(page.key, page.person) for page in made.pages}
        keys |= {(page.key, page.person) for page in made.pages}
        assert made.state.phase in (Phase.STEPS, Phase.CATCH_ALL)
        assert advance(policy, made.state, now, people, root).pages == ()
        state, now = made.state, max(made.wake_at, now + later) if later > timedelta(0) else now + later


@settings(deadline=None, max_examples=80)
@given(policies, st.sampled_from([Severity.CRITICAL, Severity.HIGH, Severity.UNKNOWN]))
def test_every_policy_ends_with_the_administrators(policy: Policy, severity: Severity) -> None:
    assert "root" in paged(rehearse(policy, severity, NOON, lambda _: PEOPLE, ("root",))[-1][1])
