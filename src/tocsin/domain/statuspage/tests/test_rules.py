"""Words, order and arithmetic of the page, without a database."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tocsin.domain.statuspage.rules.states import Impact, checked, impact_of, indicator, worst
from tocsin.domain.statuspage.rules.uptime import Span, days, uptime
from tocsin.kernel.errors import Invalid

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=200)
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("components", "impacts", "found", "words"),
    [
        ([], [], "none", "All Systems Operational"),
        (["operational", "under_maintenance"], [], "none", "Service Under Maintenance"),
        (["degraded_performance"], [], "minor", "Minor Service Outage"),
        (["partial_outage", "operational"], [], "major", "Partial System Outage"),
        (["major_outage"], ["minor"], "critical", "Major Service Outage"),
        (["operational"], ["critical"], "critical", "Major Service Outage"),
        (["operational"], ["maintenance"], "none", "All Systems Operational"),
    ],
)
def test_the_indicator_is_the_worst_of_components_and_open_incidents(
    components: list[str], impacts: list[str], found: str, words: str
) -> None:
    assert indicator(components, impacts) == (Impact(found), words)


def test_maintenance_is_not_worse_than_a_degraded_component() -> None:
    assert worst(["under_maintenance", "degraded_performance"]) == "degraded_performance"
    assert impact_of(["under_maintenance"]) is Impact.NONE


def test_a_state_of_maintenance_is_none_of_an_incident() -> None:
    with pytest.raises(Invalid, match="investigating"):
        checked("incident", "completed")


def _one(status: str, hours: float, *, ago_days: float = 5) -> list[Span]:
    begin = NOW - timedelta(days=ago_days)
    end = begin + timedelta(hours=hours)
    return [
        Span("operational", LONG_AGO, begin),
        Span(status, begin, end),
        Span("operational", end, None),
    ]


@pytest.mark.parametrize(
    ("status", "lost_share"),
    [("major_outage", 1.0), ("partial_outage", 0.3), ("degraded_performance", 0.0), ("under_maintenance", 0.0)],
)
def test_a_partial_outage_counts_thirty_per_cent_and_a_major_one_whole(status: str, lost_share: float) -> None:
    found = uptime(_one(status, 12), now=NOW, zone=ZoneInfo("UTC"), start=None)
    known = 89.5 * 24
    assert found == pytest.approx(100 * (1 - 12 * lost_share / known), abs=0.011)


def test_a_minute_of_outage_never_shows_as_a_hundred_per_cent() -> None:
    found = uptime(_one("major_outage", 1 / 60), now=NOW, zone=BERLIN, start=None)
    assert found is not None
    assert found < 100


def test_days_begin_in_the_zone_of_the_page_and_a_day_of_25_hours_has_its_length() -> None:
    # 25 October 2026: clocks in Berlin go back, the day lasts 25 hours.
    day = datetime(2026, 10, 24, 22, 0, tzinfo=UTC)
    spans = [Span("major_outage", day, day + timedelta(hours=25)), Span("operational", day + timedelta(hours=25), None)]
    found = {one.day: one for one in days(spans, now=NOW, zone=BERLIN, start=None)}
    assert found[date(2026, 10, 25)].share == 1.0
    assert found[date(2026, 10, 25)].seconds == 25 * 3600
    assert found[date(2026, 10, 26)].worst == "operational"


def test_days_before_the_beginning_are_unknown_and_count_neither_way() -> None:
    spans = [Span("operational", NOW - timedelta(days=2), None)]
    found = days(spans, now=NOW, zone=BERLIN, start=date(2026, 11, 22))
    assert [one.worst for one in found[-4:]] == ["", "operational", "operational", "operational"]
    assert len(found) == 90
    assert uptime([], now=NOW, zone=BERLIN, start=None) is None


def test_only_the_worst_state_of_a_day_fills_its_bar() -> None:
    begin = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
    spans = [
        Span("degraded_performance", begin, begin + timedelta(hours=6)),
        Span("partial_outage", begin + timedelta(hours=6), begin + timedelta(hours=9)),
        Span("operational", begin + timedelta(hours=9), None),
    ]
    yesterday = days(spans, now=NOW, zone=ZoneInfo("UTC"), start=None)[-2]
    assert (yesterday.worst, yesterday.seconds) == ("partial_outage", 3 * 3600)
