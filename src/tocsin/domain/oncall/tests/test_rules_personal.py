"""How a person is told: their own rules, quiet hours and throttles, as pure decisions."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.domain.oncall.rules.personal import (
    MOST_IN_WINDOW,
    WINDOW,
    Moment,
    Quiet,
    Rung,
    default_plan,
    next_method,
    plan,
    ring,
)
from tocsin.domain.oncall.rules.urgency import Severity, Urgency

NIGHT = datetime(2026, 11, 24, 2, 47, tzinfo=UTC)
QUIET = Quiet(time(22), time(7), "UTC")


@dataclass(frozen=True)
class Method:
    id: str
    kind: str
    wakes: bool = True
    works: bool = True

    @property
    def label(self) -> str:
        return self.kind


MAIL, PUSH = Method("m", "mail", wakes=False), Method("p", "push")
SMS, VOICE = Method("s", "sms"), Method("v", "voice")
WAYS = (MAIL, PUSH, SMS, VOICE)


def moment(severity: Severity = Severity.HIGH, **given: object) -> Moment:
    return Moment(**{"at": NIGHT, "severity": severity, "news": True} | given)  # type: ignore[arg-type]


def many(kind: str, count: int, at: datetime = NIGHT) -> dict[str, list[datetime]]:
    return {kind: [at - timedelta(minutes=n) for n in range(count)]}


def test_without_rules_an_urgent_page_goes_everywhere_at_once_and_any_other_to_what_does_not_ring() -> None:
    assert default_plan(WAYS, Urgency.WAKES) == (Rung(timedelta(0), ("p", "s", "v", "m")),)
    assert default_plan(WAYS, Urgency.MAIL) == (Rung(timedelta(0), ("m",)),)
    assert default_plan((), Urgency.WAKES) == ()


def test_own_rules_come_in_their_order_without_methods_that_are_gone() -> None:
    own = (Rung(timedelta(minutes=5), ("v",)), Rung(timedelta(0), ("p", "gone", "p")), Rung(timedelta(1), ("gone",)))
    assert plan(own, WAYS, Urgency.WAKES) == (Rung(timedelta(0), ("p",)), Rung(timedelta(minutes=5), ("v",)))
    assert plan((Rung(timedelta(0), ("gone",)),), WAYS, Urgency.WAKES) == default_plan(WAYS, Urgency.WAKES)


def test_quiet_hours_hold_what_rings_and_let_mail_go() -> None:
    made = ring(("p", "m"), WAYS, moment(quiet=QUIET))
    assert made.send == ("m",)
    assert made.later == ((datetime(2026, 11, 24, 7, tzinfo=UTC), ("p",)),)
    assert made.said == ("push waits for the end of the quiet hours",)


def test_a_page_that_could_only_ring_leaves_a_mail_in_quiet_hours() -> None:
    assert ring(("v",), WAYS, moment(quiet=QUIET)).send == ("m",)


@pytest.mark.parametrize("severity", [Severity.CRITICAL, Severity.UNKNOWN])
def test_quiet_hours_never_hold_critical_or_unknown(severity: Severity) -> None:
    assert ring(("p", "v"), WAYS, moment(severity, quiet=QUIET)).send == ("p", "v")


def test_quiet_hours_do_not_hold_the_call_of_last_resort() -> None:
    assert ring(("v",), WAYS, moment(quiet=QUIET, last_resort=True)).send == ("v",)


def test_the_fourth_repeated_call_in_fifteen_minutes_goes_out_by_another_method() -> None:
    made = ring(("v",), WAYS, moment(news=False, recent=many("voice", 3)))
    assert made.send == ("p",)
    assert made.said == ("voice held back, 3 in 15 min reached: push instead",)


def test_with_no_other_method_it_rings_when_the_window_is_free_again() -> None:
    made = ring(("v",), (VOICE,), moment(news=False, recent=many("voice", 3)))
    assert (made.send, made.later) == ((), ((NIGHT - timedelta(minutes=2) + WINDOW, ("v",)),))


def test_trouble_with_a_method_goes_to_the_next_of_the_plan_then_to_any_other() -> None:
    rest = (Rung(timedelta(0), ("v",)),)
    assert next_method(rest, WAYS, moment(tried=frozenset("p")), Urgency.WAKES).send == ("v",)
    assert next_method(rest, WAYS, moment(tried=frozenset("pv")), Urgency.WAKES).send == ("s",)
    assert next_method(rest, WAYS, moment(tried=frozenset("pvsm")), Urgency.WAKES).send == ()


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "Australia/Lord_Howe", "Pacific/Apia"])
def test_quiet_hours_end_on_the_persons_own_wall(zone: str) -> None:
    quiet = Quiet(time(22), time(7), zone)
    for hours in range(0, 24 * 400, 7):
        at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hours)
        until = quiet.until(at)
        assert until is None or at < until <= at + timedelta(hours=10, minutes=30)
        assert until is None or quiet.until(until) is None


kinds = st.sampled_from([VOICE, SMS, PUSH, MAIL])
some_ways = st.lists(kinds, min_size=1, unique=True).map(tuple)
recents = st.fixed_dictionaries(
    {
        k: st.lists(st.integers(-60, 1800).map(lambda s: NIGHT - timedelta(seconds=s)), max_size=9)
        for k in MOST_IN_WINDOW
    }
)


@settings(deadline=None, max_examples=300)
@given(some_ways, recents, st.sampled_from(list(Severity)), st.booleans(), st.none() | st.just(QUIET), st.booleans())
def test_nothing_is_ever_dropped(
    ways: tuple[Method, ...],
    recent: dict[str, list[datetime]],
    severity: Severity,
    news: bool,
    quiet: Quiet | None,
    last_resort: bool,
) -> None:
    """Each method goes out now, or later at a time that comes, or another goes out for it; what is not done is said."""
    here = moment(severity, news=news, quiet=quiet, recent=recent, last_resort=last_resort)
    made = ring([way.id for way in ways], ways, here)
    later = {id_ for _, ids in made.later for id_ in ids}
    assert made.send or later
    assert all(when > NIGHT for when, _ in made.later)
    missing = {way.id for way in ways} - set(made.send) - later
    assert not missing or made.send
    if set(made.send) != {way.id for way in ways}:
        assert made.said
    if news and (severity in (Severity.CRITICAL, Severity.UNKNOWN) or quiet is None or last_resort):
        assert set(made.send) == {way.id for way in ways}
    for way in ways:
        window = [at for at in recent.get(way.kind, ()) if NIGHT - WINDOW < at <= NIGHT]
        if not news and len(window) >= MOST_IN_WINDOW.get(way.kind, 99):
            assert way.id not in made.send
