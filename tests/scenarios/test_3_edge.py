"""Edge: what is rare and odd, and goes wrong in the night when nobody thought of it."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest

from tests.harness.story import SYSTEM, Story
from tocsin.domain.alerts import commands as alerts
from tocsin.domain.incidents import commands as incidents
from tocsin.domain.oncall.queries import on_call_now
from tocsin.kernel.clock import now

pytestmark = pytest.mark.django_db


def test_the_same_alert_sent_twenty_times_pages_once(story: Story) -> None:
    shop = story.prometheus("Checkout")
    for _ in range(20):
        shop.fires("HighErrors")
    story.phone("Mateo").expect_page()
    assert story.count_incidents() == 1


def test_a_mail_scanner_that_opens_the_link_acknowledges_nothing(story: Story) -> None:
    story.prometheus("Checkout").fires("HighErrors")
    for _ in range(3):
        assert "HighErrors" in story.phone("Mateo").look()
    story.clock.advance(minutes=4)
    story.phone("Siobhan").expect_page()


def test_nobody_on_call_moves_on_at_once_and_says_so(story: Story) -> None:
    later = story.add_schedule("From tomorrow", "Amina", start=date(2026, 11, 25))
    story.add_service("Search", "Siobhan", schedule=later)
    story.prometheus("Search").fires("HighErrors")
    story.phone("Siobhan").expect_page()
    assert "oncall.nobody_to_page" in story.log()


def test_two_answer_and_one_has_it(story: Story) -> None:
    story.prometheus("Checkout").fires("HighErrors")
    story.clock.advance(minutes=4)
    assert "It is yours, Siobhan" in story.phone("Siobhan").acknowledge()
    assert "Siobhan has it" in story.phone("Mateo").acknowledge()
    assert story.log().count("oncall.acknowledged") == 1


def test_what_gets_worse_pages_again_although_somebody_has_it(story: Story) -> None:
    shop = story.prometheus("Checkout")
    shop.fires("SlowPages", severity="high")
    story.clock.advance(minutes=1)
    story.phone("Mateo").acknowledge()
    shop.fires("HighErrors", severity="critical")
    story.clock.advance(minutes=1)
    story.phone("Mateo").expect_page("Critical")
    assert story.incident().severity == "critical"


@pytest.mark.parametrize(("minutes", "count"), [(10, 1), (20, 2)])
def test_an_alert_back_soon_reopens_its_incident_and_back_late_is_a_new_one(
    story: Story, minutes: int, count: int
) -> None:
    shop = story.prometheus("Checkout")
    shop.fires("HighErrors")
    story.phone("Mateo").acknowledge()
    shop.resolves("HighErrors")
    incidents.resolve(story.actor("Mateo"), incident="INC-1", reason="It came and went")
    story.clock.advance(minutes=minutes)
    shop.fires("HighErrors")
    assert story.called_by_policy() == ["Mateo", "Mateo"]
    assert story.count_incidents() == count


def test_a_source_that_falls_silent_is_an_alarm_and_proves_nothing_mended(story: Story) -> None:
    shop = story.prometheus("Checkout", every=timedelta(minutes=1))
    shop.fires("HighErrors")
    story.phone("Mateo").acknowledge()
    story.clock.leap(now() + timedelta(hours=4, minutes=1))
    assert story.alert_states()["HighErrors"] == "stale"
    assert story.alert_states()["SourceSilent"] == "firing"
    assert not story.incident().alerts_quiet


def test_a_silence_does_not_swallow_that_it_is_over(story: Story) -> None:
    shop = story.prometheus("Checkout")
    shop.fires("HighErrors")
    story.phone("Mateo").acknowledge()
    soon = now() + timedelta(hours=2)
    alerts.add_silence(SYSTEM, matchers="alertname=HighErrors", ends_at=soon, comment="being mended")
    shop.resolves("HighErrors")
    assert story.incident().alerts_quiet


def test_a_dead_number_costs_no_time(story: Story) -> None:
    story.phone("Mateo").loses_signal()
    story.prometheus("Checkout").fires("HighErrors")
    story.phone("Siobhan").expect_page("HighErrors")


def test_in_the_night_the_clocks_go_back_somebody_is_on_call_in_every_minute(story: Story) -> None:
    story.add_schedule(
        "Nights", "Mateo", "Siobhan", zone="Europe/Berlin", handoff=time(2, 30), start=date(2026, 10, 20)
    )
    seen = []
    for minutes in range(0, 5 * 60, 5):
        story.clock.leap(datetime(2026, 10, 24, 22, 0, tzinfo=UTC) + timedelta(minutes=minutes))
        (shift,) = on_call_now(SYSTEM)
        seen.append(shift.person)
    assert set(seen) == {"Mateo", "Siobhan"}
    changes = sum(1 for before, after in pairwise(seen) if before != after)
    assert changes == 1, "02:30 comes twice in this night, the hand-over once"


def test_late_word_of_the_end_finds_the_right_incident(story: Story) -> None:
    shop = story.prometheus("Checkout")
    shop.fires("HighErrors")
    story.phone("Mateo").acknowledge()
    shop.resolves("HighErrors")
    shop.resolves("HighErrors")
    assert story.log().count("incidents.alerts_quiet") == 1
