"""How answers make a state, and when a check is asked next."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tocsin.domain.monitoring.rules.standing import Standing, State, judge, next_due, seen_as, span_start

AT = datetime(2026, 3, 1, 2, 47, tzinfo=UTC)
EVERY = timedelta(seconds=30)


def after(*answers: bool, start: Standing | None = None, fail_after: int = 2, recover_after: int = 2) -> Standing:
    standing = start or Standing()
    for number, ok in enumerate(answers):
        standing = judge(standing, ok, AT + EVERY * number, fail_after=fail_after, recover_after=recover_after)
    return standing


def test_one_good_answer_makes_a_new_check_well() -> None:
    assert after(True).state is State.OK


def test_one_bad_answer_is_not_yet_a_failure() -> None:
    assert after(True, False).state is State.OK
    assert after(False).state is State.UNKNOWN


def test_two_bad_answers_in_a_row_are_one_that_began_with_the_first() -> None:
    standing = after(True, False, False)
    assert (standing.state, standing.since) == (State.FAILING, AT + EVERY)


def test_answers_that_take_turns_change_nothing() -> None:
    assert after(True, False, True, False, True, False).state is State.OK
    failing = after(True, False, False)
    assert after(True, False, True, False, start=failing).state is State.FAILING


def test_two_good_answers_in_a_row_recover_it() -> None:
    assert after(True, False, False, True).state is State.FAILING
    assert after(True, False, False, True, True).state is State.OK


def test_how_many_answers_it_takes_can_be_chosen() -> None:
    assert after(True, False, fail_after=1).state is State.FAILING
    assert after(True, False, False, fail_after=3).state is State.OK


def test_a_surprising_answer_is_confirmed_within_five_seconds() -> None:
    well, failing = after(True), after(False, False)
    assert next_due(well, False, AT, interval=timedelta(minutes=5), seed="a") == AT + timedelta(seconds=5)
    assert next_due(failing, True, AT, interval=timedelta(minutes=5), seed="a") == AT + timedelta(seconds=5)


@given(
    st.text(min_size=1, max_size=40),
    st.integers(5, 86_400),
    st.datetimes(datetime(2021, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
)
def test_each_check_keeps_its_own_slot_of_the_interval(seed: str, seconds: int, at: datetime) -> None:
    interval = timedelta(seconds=seconds)
    first = next_due(after(True), True, at, interval=interval, seed=seed)
    second = next_due(after(True), True, first, interval=interval, seed=seed)
    assert at + interval / 4 <= first + timedelta(milliseconds=1)
    assert first <= at + interval * 1.25 + timedelta(milliseconds=1)
    assert abs((second - first) - interval) < timedelta(milliseconds=5)


def test_checks_of_one_interval_are_spread_over_it() -> None:
    slots = {next_due(after(True), True, AT, interval=timedelta(minutes=1), seed=f"check-{n}") for n in range(40)}
    quarters = {int((slot - AT).total_seconds() // 15) for slot in slots}
    assert len(quarters) >= 4


def test_silence_is_never_health() -> None:
    for state in State:
        late = AT + EVERY * 3 + timedelta(seconds=1)
        assert seen_as(state, AT, late, interval=EVERY, grace=timedelta(0)) is State.STALE
    assert seen_as(State.OK, AT, AT + EVERY * 3, interval=EVERY, grace=timedelta(0)) is State.OK
    assert seen_as(State.OK, None, AT, interval=EVERY, grace=timedelta(0)) is State.UNKNOWN


def test_spans_begin_on_the_clock() -> None:
    assert span_start(AT + timedelta(seconds=59), 300) == AT.replace(minute=45)
    assert span_start(AT, 86400) == AT.replace(hour=0, minute=0)
