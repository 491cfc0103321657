"""Who an alert is, which route takes it, what keeps it quiet, and with whom it is told."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.domain.alerts.rules.grouping import Group, flushed, group_key, group_labels, join
from tocsin.domain.alerts.rules.identity import (
    alertmanager_fingerprint,
    clean,
    dedup_id,
    fingerprint,
    shard_of,
)
from tocsin.domain.alerts.rules.routing import (
    Inhibition,
    Matcher,
    Op,
    Route,
    Routed,
    Silence,
    Unrouted,
    inhibited_by,
    parse_matchers,
    route,
    silenced_by,
)
from tocsin.domain.alerts.rules.severity import read_severity
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.kernel.errors import Invalid

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
label_sets = st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=5)


@given(label_sets)
def test_empty_labels_and_order_make_no_difference(labels: dict[str, str]) -> None:
    turned = dict(reversed(list(labels.items()))) | {"nothing": ""}
    assert fingerprint(turned) == fingerprint(labels)
    assert alertmanager_fingerprint(turned) == alertmanager_fingerprint(labels)


@given(label_sets, label_sets)
def test_different_label_sets_are_different_alerts(one: dict[str, str], two: dict[str, str]) -> None:
    assert (fingerprint(one) == fingerprint(two)) == (clean(one) == clean(two))


def test_the_short_fingerprint_is_the_one_prometheus_publishes() -> None:
    labels = {"name": "garland, briggs", "fear": "love is not enough"}
    assert int(alertmanager_fingerprint(labels), 16) == 5799056148416392346
    assert int(alertmanager_fingerprint({}), 16) == 14695981039346656037


def test_half_a_surrogate_pair_is_still_an_identity() -> None:
    assert len(fingerprint({"a": "\ud800"})) == 64
    assert Matcher("a", Op.MATCHES, ".+").matches({"a": "\ud800"})


def test_keys_of_two_sources_never_meet() -> None:
    assert dedup_id("a", "bc") != dedup_id("ab", "c")
    assert {shard_of("a", str(key), 8) for key in range(200)} == set(range(8))


@pytest.mark.parametrize(
    ("matcher", "hit"),
    [
        ('team="db"', True),
        ('team!="db"', False),
        ('team=~"d."', True),
        ('team=~"d"', False),
        ('team!~"web|db"', False),
        ('missing=""', True),
        ('missing!="x"', True),
        ('missing=~".*"', True),
        ("team=db", True),
    ],
)
def test_a_matcher_compares_whole_values_and_takes_missing_for_empty(matcher: str, hit: bool) -> None:
    assert parse_matchers(matcher)[0].matches({"team": "db"}) is hit


def test_matchers_are_read_as_alertmanager_writes_them() -> None:
    text = '{a="b, \\"c\\"", d=~"e|f",g!~"h" , "with space"!=i}'
    assert [str(matcher) for matcher in parse_matchers(text)] == [
        'a="b, \\"c\\""',
        'd=~"e|f"',
        'g!~"h"',
        'with space!="i"',
    ]
    assert parse_matchers("") == parse_matchers("{}") == ()


@given(st.sampled_from(list(Op)), st.text(max_size=8))
def test_a_matcher_reads_back_as_it_was_written(op: Op, value: str) -> None:
    value = value if op in (Op.EQUAL, Op.NOT_EQUAL) else "x"
    assert parse_matchers(f"{{{Matcher('name', op, value)}}}") == (Matcher("name", op, value),)


@pytest.mark.parametrize("text", ["a", "=b", 'a="b', "a==b", 'a=~"("', 'a=~"' + "x" * 3000 + '"', 'a=~"(?=x)"'])
def test_a_matcher_nobody_can_read_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refusal:
        parse_matchers(text)
    assert refusal.value.field == "matchers"


def test_a_hostile_pattern_costs_linear_time() -> None:
    matcher = Matcher("a", Op.MATCHES, "(a+)+$")
    began = time.perf_counter()
    assert not matcher.matches({"a": "a" * 1_000_000 + "!"})
    assert time.perf_counter() - began < 1


def routes(*specs: tuple[str, bool]) -> list[Route]:
    return [
        Route(str(order), order, parse_matchers(text), "svc", "policy", continue_=goes_on)
        for order, (text, goes_on) in enumerate(specs)
    ]


@pytest.mark.parametrize(
    ("labels", "taken"),
    [
        ({"team": "db", "severity": "critical"}, ["0", "1"]),
        ({"team": "db"}, ["1"]),
        ({"team": "web"}, ["2"]),
    ],
)
def test_the_first_route_takes_it_and_continue_lets_the_next_have_it_too(
    labels: dict[str, str], taken: list[str]
) -> None:
    table = routes(("severity=critical", True), ("team=db", False), ("team=~web|db", False))
    found = route(reversed(table), labels)
    assert isinstance(found, Routed)
    assert [each.id for each in found.routes] == taken


def test_an_alert_without_a_route_names_the_route_that_is_missing() -> None:
    found = route(routes(("team=db", False)), {"alertname": "Down", "team": "mail", "instance": "x"})
    assert isinstance(found, Unrouted)
    assert found.sentence == (
        'No route takes alerts with {team="mail", alertname="Down"}; add one, so that the right people are paged.'
    )
    assert isinstance(route([], {}), Unrouted)


def test_a_silence_holds_in_its_hour_and_an_empty_one_never() -> None:
    hour = timedelta(hours=1)
    silences = [
        Silence("now", parse_matchers("team=db"), NOW, NOW + hour),
        Silence("over", parse_matchers("team=db"), NOW - hour, NOW),
        Silence("other", parse_matchers("team=web"), NOW, NOW + hour),
        Silence("empty", (), NOW, NOW + hour),
    ]
    assert silenced_by(silences, {"team": "db"}, NOW) == ("now",)


def test_an_inhibition_wants_equal_labels_and_never_mutes_its_own_source() -> None:
    rule = Inhibition("r", parse_matchers("severity=critical"), parse_matchers('severity=~".+"'), ("host",))
    firing = [{"severity": "critical", "host": "a"}]
    assert inhibited_by([rule], firing, {"severity": "critical", "host": "a"}) == ()
    narrow = Inhibition("n", parse_matchers("severity=critical"), parse_matchers("severity=warning"), ("host",))
    assert inhibited_by([narrow], firing, {"severity": "warning", "host": "a"}) == ("n",)
    assert inhibited_by([narrow], firing, {"severity": "warning", "host": "b"}) == ()


def test_groups_share_the_labels_grouped_by() -> None:
    one, two = {"job": "api", "host": "a"}, {"job": "api", "host": "b"}
    assert group_key("r", ("job",), one) == group_key("r", ("job",), two)
    assert group_key("r", ("job",), one) != group_key("q", ("job",), one)
    assert group_key("r", ("...",), one) != group_key("r", ("...",), two)
    assert group_labels(("job", "gone"), one) == {"job": "api"}


def opened(severity: Severity) -> Group:
    return join(None, severity, "api", NOW).group


def waits(group: Group | None, severity: Severity, service: str = "api", at: int = 10) -> float:
    now = NOW + timedelta(seconds=at)
    return (join(group, severity, service, now).flush_at - NOW).total_seconds()


def test_a_group_waits_half_a_minute_unless_it_is_critical() -> None:
    assert waits(None, Severity.CRITICAL, at=0) == 0
    assert waits(None, Severity.HIGH, at=0) == 30
    assert waits(opened(Severity.HIGH), Severity.HIGH) == 30
    assert waits(opened(Severity.HIGH), Severity.MEDIUM, "db") == 30
    assert waits(opened(Severity.HIGH), Severity.CRITICAL) == 10


def test_a_group_that_spoke_waits_five_minutes_but_not_with_worse_news() -> None:
    spoken = flushed(opened(Severity.MEDIUM), NOW + timedelta(seconds=30))
    assert waits(spoken, Severity.MEDIUM, at=60) == 330
    assert waits(spoken, Severity.HIGH, at=60) == 60
    assert waits(spoken, Severity.LOW, "db", at=60) == 60
    worse = join(spoken, Severity.HIGH, "api", NOW + timedelta(seconds=60)).group
    assert waits(worse, Severity.HIGH, at=90) == 60


def test_a_group_that_has_just_begun_speaks_of_the_rest_of_its_batch_after_1_2_4_and_8_seconds() -> None:
    group, spoke = flushed(opened(Severity.CRITICAL), NOW), []
    while (due := waits(group, Severity.CRITICAL, at=spoke[-1] if spoke else 0)) < 60:
        group = flushed(group, NOW + timedelta(seconds=due))
        spoke.append(int(due))
    assert spoke == [1, 2, 4, 8, 16]
    assert due == 16 + 300


@pytest.mark.parametrize(
    ("labels", "severity"),
    [
        ({"severity": "critical"}, Severity.CRITICAL),
        ({"severity": "page"}, Severity.CRITICAL),
        ({"severity": "error"}, Severity.HIGH),
        ({"Severity": "WARNING"}, Severity.MEDIUM),
        ({"severity": "info"}, Severity.LOW),
        ({"priority": "P1"}, Severity.CRITICAL),
        ({"priority": "P2"}, Severity.HIGH),
        ({"priority": "P3"}, Severity.MEDIUM),
        ({"priority": "P5"}, Severity.LOW),
        ({"severity": "purple", "level": "fatal"}, Severity.CRITICAL),
        ({"severity": "purple"}, Severity.UNKNOWN),
        ({"severity": ""}, Severity.UNKNOWN),
        ({}, Severity.UNKNOWN),
    ],
)
def test_a_senders_word_becomes_one_of_ours(labels: dict[str, str], severity: Severity) -> None:
    reading = read_severity(labels)
    assert reading.severity is severity
    assert ("which wakes" in reading.reason) == (severity is Severity.UNKNOWN)
