"""Emergency: when everything breaks at once, Tocsin included."""

import pytest
from django.db import DatabaseError, connection, transaction

from tests.harness.story import Story
from tocsin.core.events.models import Entry
from tocsin.domain.incidents import commands as incidents
from tocsin.domain.incidents import queries
from tocsin.kernel.errors import NotFound

pytestmark = pytest.mark.django_db


def test_a_storm_of_5000_alerts_is_one_incident_and_one_page_for_each_person(story: Story) -> None:
    story.prometheus("Checkout").storms(5_000)
    story.phone("Mateo").expect_page("NodeDown")
    assert story.count_incidents() == 1
    story.phone("Mateo").acknowledge()
    story.clock.advance(minutes=20)
    assert story.called_by_policy() == ["Mateo"]


@pytest.mark.parametrize("point", ["folded", "taken", "worked", "acted", "recorded"])
def test_an_engine_killed_in_the_middle_of_a_page_loses_none(story: Story, point: str) -> None:
    story.engine.stop()
    story.prometheus("Checkout").fires("HighErrors")
    story.engine.work_and_die(at=point)
    story.clock.advance(minutes=3)
    story.engine.start()
    assert [name for name, _ in story.carrier.sent].count("Mateo") >= 1
    assert "It is yours, Mateo" in story.phone("Mateo").acknowledge()
    story.expect_whole_log()


def test_an_hour_without_an_engine_loses_no_alarm(story: Story) -> None:
    story.engine.stop()
    story.prometheus("Checkout").fires("HighErrors")
    story.clock.advance(hours=1)
    story.phone("Mateo").expect_silence()
    story.engine.start()
    story.phone("Mateo").expect_page("HighErrors")


def test_a_breach_under_restriction_shows_strangers_nothing_and_phones_no_details(story: Story) -> None:
    incidents.declare(
        story.actor("Yusuf"), title="Customer data on a forum", kind="security", severity="critical", services=[]
    )
    story.clock.work()
    page = story.phone("Ada").expect_page("INC-1")
    assert "forum" not in f"{page.title} {page.text} {dict(page.attributes)}"
    with pytest.raises(NotFound):
        queries.incident(story.actor("Siobhan"), "INC-1")
    assert queries.incidents(story.actor("Siobhan")).total == 0


def test_nobody_answers_and_it_never_gives_up(story: Story) -> None:
    story.prometheus("Checkout").fires("HighErrors")
    story.clock.advance(minutes=23)
    assert story.called_by_policy() == ["Mateo", "Siobhan"] * 3
    assert "oncall.catch_all" not in story.log()
    story.clock.advance(minutes=1)
    assert "oncall.catch_all" in story.log()
    before = story.phone("Ada").count()
    story.clock.advance(minutes=30)
    assert story.phone("Ada").count() >= before + 3


def test_the_log_cannot_be_rewritten_even_in_the_database(story: Story) -> None:
    story.prometheus("Checkout").fires("HighErrors")
    for change in ("UPDATE {} SET data = '{{}}'", "DELETE FROM {}"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change.format(Entry._meta.db_table))
    story.expect_whole_log()
