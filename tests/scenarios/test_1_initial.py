"""Initial: the first hours of an installation, when nearly nothing is set up and the first alarm comes all the same."""

from datetime import date

import pytest

from tests.harness.story import SYSTEM, Story
from tocsin.domain.alerts import commands as alerts
from tocsin.kernel.actor import Role

pytestmark = pytest.mark.django_db


def test_the_first_alert_of_a_fresh_install_pages_somebody_and_names_the_missing_route(fresh: Story) -> None:
    fresh.prometheus().fires("HighErrors")
    fresh.phone("Ada").expect_page("Critical")
    assert "route" in fresh.incident().unrouted.lower()
    assert "It is yours, Ada" in fresh.phone("Ada").acknowledge()


def test_a_service_nobody_is_called_for_yet_pages_the_catch_all_people(fresh: Story) -> None:
    fresh.add_service("Checkout")
    fresh.prometheus("Checkout").fires("HighErrors")
    fresh.phone("Ada").expect_page("HighErrors")


def test_the_first_schedule_works_from_its_first_minute(fresh: Story) -> None:
    fresh.add_person("Mateo", Role.RESPONDER)
    fresh.add_person("Siobhan", Role.RESPONDER)
    rota = fresh.add_schedule("Nights", "Mateo", "Siobhan", start=date(2026, 11, 23))
    fresh.add_service("Checkout", schedule=rota)
    fresh.prometheus("Checkout").fires("HighErrors")
    fresh.phone("Mateo").expect_page("HighErrors")
    fresh.phone("Siobhan").expect_silence()


def test_a_test_alert_takes_the_way_of_a_real_one_and_ends_by_itself(story: Story) -> None:
    source = story.prometheus("Checkout")
    alerts.send_test_alert(SYSTEM, integration_id=source.id)
    story.clock.work()
    story.phone("Mateo").expect_page("Test alert")
    story.phone("Mateo").acknowledge()
    story.clock.advance(minutes=6)
    assert story.alert_states() == {"TestAlert": "resolved"}
