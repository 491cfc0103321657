"""Figures: medians, percentiles, fairness, and when a page reached somebody."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.domain.insights.rules import findings
from tocsin.domain.insights.rules.figures import Spread, bucket_of, buckets, fairness, spread
from tocsin.domain.insights.rules.hours import Load, loads
from tocsin.kernel.business_time import Calendar
from tocsin.kernel.durations import human_duration

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
SECONDS = st.lists(st.floats(0, 1e7), min_size=1, max_size=60)


def test_half_and_nine_of_ten_are_what_people_expect() -> None:
    assert spread([]) == Spread(0, None, None)
    assert spread([60]) == Spread(1, 60, 60)
    assert spread(range(1, 11)) == Spread(10, 5.5, 9)


@given(SECONDS)
def test_nine_of_ten_took_at_most_the_ninetieth_percentile(seconds: list[float]) -> None:
    found = spread(seconds)
    assert found.median is not None
    assert found.p90 is not None
    assert min(seconds) <= found.median <= found.p90 or found.p90 in seconds
    assert sum(each <= found.p90 for each in seconds) >= 0.9 * len(seconds) - 1e-9


def test_an_even_load_is_1_and_one_who_carries_all_of_four_a_quarter() -> None:
    assert fairness([5, 5, 5, 5]) == 1
    assert fairness([9, 0, 0, 0]) == 0.25
    assert fairness([]) is None
    assert fairness([0, 0]) is None


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=30))
def test_fairness_lies_between_one_share_and_one(values: list[float]) -> None:
    found = fairness(values)
    assert found is None or 1 / len(values) - 1e-6 <= found <= 1 + 1e-6


def test_a_page_is_counted_on_the_clock_of_who_got_it() -> None:
    calendar = Calendar.office("Europe/Berlin")
    zones = {"tokyo": ZoneInfo("Asia/Tokyo")}
    found = loads([("berlin", NOON), ("tokyo", NOON)], zones=zones, zone=ZoneInfo("Europe/Berlin"), calendar=calendar)
    assert (found["berlin"].interruptions, found["berlin"].nights, found["berlin"].by_hour[13]) == (0, 0, 1)
    assert (found["tokyo"].interruptions, found["tokyo"].nights, found["tokyo"].by_hour[21]) == (1, 0, 1)
    night = loads([("berlin", NOON + timedelta(hours=11))], zones={}, zone=ZoneInfo("UTC"), calendar=calendar)
    assert night["berlin"].nights == 1


def test_time_is_cut_into_weeks_then_months_without_a_gap() -> None:
    weeks = buckets(NOON - timedelta(days=30), NOON, lambda at: at)
    assert all(later - earlier == timedelta(days=7) for earlier, later in pairwise(weeks))
    assert weeks[0] <= NOON - timedelta(days=30) < weeks[1]
    months = buckets(NOON - timedelta(days=365), NOON, lambda at: at)
    assert [at.month for at in months] == [11, 12, *range(1, 12)]
    assert months[bucket_of(NOON, months)].month == 11


@pytest.mark.parametrize(
    ("said", "found"),
    [
        (findings.pages({}), "Nobody was paged."),
        (
            findings.pages({"a": Load(4, 3, 1)}),
            "4 pages, 75\N{NO-BREAK SPACE}% outside of working hours and 25\N{NO-BREAK SPACE}% at night (22 to 7).",
        ),
        (findings.rotation({"A": 9, "B": 1}, {"A": 10, "B": 10}), "A got 1.8 times the pages of an even share."),
        (findings.rotation({"A": 1, "B": 1}, {"A": 10, "B": 10}), "Hours and pages are spread evenly."),
        (findings.incidents(0, 0, []), "There was no incident."),
        (findings.noise(0, 0, None), "There was no alert."),
    ],
)
def test_a_finding_is_a_sentence_of_its_figures(said: str, found: str) -> None:
    assert said == found


def test_a_sentence_and_the_figure_beside_it_say_the_same_length() -> None:
    for seconds in (6.6, 59.9, 3599.5, 7199.0, 90000.0):
        assert findings.took(seconds) == human_duration(timedelta(seconds=seconds))
