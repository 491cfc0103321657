"""Normal: what happens every week, and must be boring."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.harness.story import SYSTEM, Story
from tocsin.domain.alerts import commands as alerts
from tocsin.domain.incidents import commands as incidents
from tocsin.kernel.clock import now

pytestmark = pytest.mark.django_db


def test_an_alarm_is_answered_mended_and_over(story: Story) -> None:
    shop = story.prometheus("Checkout")
    shop.fires("HighErrors")
    story.phone("Mateo").expect_page("HighErrors")
    story.clock.advance(minutes=2)
    assert "It is yours, Mateo" in story.phone("Mateo").acknowledge()
    assert story.incident().state == "responding"
    shop.resolves("HighErrors")
    assert story.incident().alerts_quiet
    assert incidents.validate_fix(story.actor("Mateo"), incident_id="INC-1").passed
    incidents.resolve(story.actor("Mateo"), incident="INC-1", note="Restarted the pool")
    story.clock.advance(minutes=20)
    assert story.incident().state == "resolved"
    story.phone("Siobhan").expect_silence()
    story.expect_whole_log()


def test_who_does_not_answer_is_passed_over_before_the_target_is_missed(story: Story) -> None:
    story.prometheus("Checkout").fires("HighErrors")
    story.phone("Mateo").expect_page()
    story.clock.advance(minutes=3)
    story.phone("Siobhan").expect_silence()
    story.clock.advance(minutes=1)
    story.phone("Siobhan").expect_page("HighErrors")


def test_an_answer_ends_everything_that_was_to_come(story: Story) -> None:
    story.prometheus("Checkout").fires("HighErrors")
    story.phone("Mateo").expect_page()
    story.phone("Mateo").acknowledge()
    story.clock.advance(minutes=20)
    assert story.called_by_policy() == ["Mateo"]
    story.phone("Siobhan").expect_silence()


def test_what_can_wait_lets_people_sleep_until_the_morning(story: Story) -> None:
    story.prometheus("Checkout").fires("DiskFilling", severity="warning")
    story.clock.advance(minutes=2)
    story.clock.leap(datetime(2026, 11, 24, 7, 59, tzinfo=UTC))
    story.phone("Mateo").expect_silence()
    story.clock.advance(minutes=1)
    story.phone("Mateo").expect_page("DiskFilling")


def test_planned_work_pages_nobody_and_what_still_fires_afterwards_does(story: Story) -> None:
    hour = now() + timedelta(hours=1)
    alerts.add_silence(SYSTEM, matchers="alertname=HighErrors", ends_at=hour, comment="new disks")
    story.prometheus("Checkout").fires("HighErrors")
    story.clock.advance(minutes=59)
    story.phone("Mateo").expect_silence()
    story.clock.advance(minutes=2)
    story.phone("Mateo").expect_page("HighErrors")


def test_a_role_is_handed_over_when_the_other_accepts_it(story: Story) -> None:
    story.prometheus("Checkout").fires("HighErrors")
    story.phone("Mateo").acknowledge()
    incidents.assign_role(story.actor("Amina"), incident="INC-1", role="scribe", person=story.people["Siobhan"])
    incidents.accept_role(story.actor("Siobhan"), incident="INC-1", role="scribe")
    assert [r.person.name for r in story.incident().roles if r.role == "scribe" and r.accepted] == ["Siobhan"]
