"""Times as people read them, and the three faces of a countdown."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone
from django.utils.html import strip_tags

from tocsin.ui import times

NOW = datetime(2026, 11, 24, 2, 11, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def at_eleven_past_three_in_berlin():
    with time_machine.travel(NOW, tick=False), timezone.override(ZoneInfo("Europe/Berlin")):
        yield


def test_a_time_of_today_is_shown_in_the_viewers_zone() -> None:
    assert times.written(NOW) == "03:11"


def test_a_time_of_another_day_names_the_day() -> None:
    assert times.written(NOW - timedelta(days=3)) == "21 Nov, 03:11"
    assert times.written(NOW + timedelta(days=42)) == "5 Jan, 03:11"
    assert times.written(NOW + timedelta(days=300)) == "20 Sep 2027"


def test_hovering_a_time_shows_utc_and_the_distance() -> None:
    html = times.time_element(NOW - timedelta(minutes=14))
    assert "01:57:12 UTC" in html
    assert "14\N{NO-BREAK SPACE}min ago" in html
    assert 'datetime="2026-11-24T01:57:12Z"' in html


@pytest.mark.parametrize(
    ("hours", "style", "words"),
    [
        ((0, 3), "auto", "03:11 to 06:11"),
        ((24, 27), "auto", "25 Nov, 03:11 to 06:11"),
        ((24, 27), "long", "Wednesday 25 November, 03:11 to 06:11 CET"),
        ((24, 51), "long", "Wednesday 25 November, 03:11 to Thursday 26 November, 06:11 CET"),
        ((24 * 123, 24 * 124), "long", "Saturday 27 March, 03:11 CET to Sunday 28 March, 04:11 CEST"),
    ],
)
def test_what_both_ends_of_a_time_have_in_common_is_written_once(
    hours: tuple[int, int], style: str, words: str
) -> None:
    start, end = (NOW + timedelta(hours=each) for each in hours)
    assert strip_tags(times.span_elements(start, end, style)) == words


def test_whole_days_are_days() -> None:
    first = datetime(2026, 12, 1, 23, tzinfo=UTC)
    assert strip_tags(times.span_elements(first, first + timedelta(days=1), "long")) == "Wednesday 2 December"
    several = strip_tags(times.span_elements(first, first + timedelta(days=3), "long"))
    assert several == "Wednesday 2 to Friday 4 December"


def test_a_countdown_is_calm_until_four_fifths_of_its_time_are_gone() -> None:
    start, due = NOW - timedelta(minutes=15), NOW + timedelta(minutes=5)
    assert times.countdown(due, start).tone == ""
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        assert times.countdown(due, start).tone == "risk"


def test_a_missed_deadline_says_by_how_much() -> None:
    missed = times.countdown(NOW - timedelta(minutes=2, seconds=9), NOW - timedelta(hours=1))
    assert (missed.tone, missed.number) == ("miss", "missed by 2\N{NO-BREAK SPACE}min")


def test_the_number_of_a_countdown_runs_in_seconds_only_within_the_hour() -> None:
    assert times.number_left(timedelta(minutes=6, seconds=48)) == "6:48"
    assert times.number_left(timedelta(hours=3, minutes=36)) == "3\N{NO-BREAK SPACE}h 36\N{NO-BREAK SPACE}min"
