"""How I am paged, from the screen: seen as a line, changed, taken back, tried."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from tocsin.core.engine.testing import run_engine
from tocsin.domain.delivery.queries import destinations
from tocsin.domain.oncall import queries
from tocsin.domain.oncall.tests.conftest import SYSTEM, World, world

pytestmark = pytest.mark.django_db
__all__ = ["world"]


@pytest.fixture
def mateo(world: World) -> Client:
    world.add("Mateo", methods=("phone", "mail"))
    client = Client()
    user = get_user_model().objects.get(id=world.people["Mateo"])
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return client


def methods(world: World) -> dict[str, str]:
    return {d.kind: d.id for d in destinations(SYSTEM, world.people["Mateo"])}


def test_the_default_is_drawn_and_own_rules_take_its_place_and_go_again(world: World, mateo: Client) -> None:
    page = mateo.get("/settings/contact/rules/").content.decode()
    assert "What may wake me: at once Test" in page
    assert "By default: nothing was set." in page
    own = methods(world)
    given = {
        "rule-count": "2",
        "rule0-methods": own["test-mail"],
        "rule1-after": "2m",
        "rule1-methods": [own["test-phone"], own["test-mail"]],
    }
    page = mateo.post("/settings/contact/rules/wakes/", given, follow=True).content.decode()
    assert "Your own rules." in page
    assert "after 2\u00a0min Test" in page
    mateo.post("/settings/contact/rules/wakes/reset/")
    assert not queries.personal_rules(world.actor("Mateo")).urgencies[0].own


def test_a_wrong_rule_is_named_and_what_was_typed_stays(world: World, mateo: Client) -> None:
    given = {"rule-count": "1", "rule0-after": "2h", "rule0-methods": methods(world)["test-phone"]}
    response = mateo.post("/settings/contact/rules/wakes/", given)
    assert response.status_code == 422
    assert "1 h after the page" in response.content.decode()
    assert 'value="2h"' in response.content.decode()


def test_quiet_hours_are_set_and_need_both_times(world: World, mateo: Client) -> None:
    assert mateo.post("/settings/contact/rules/", {"start": "22:00", "end": ""}).status_code == 422
    page = mateo.post("/settings/contact/rules/", {"start": "22:00", "end": "07:00"}, follow=True).content.decode()
    assert "Quiet hours are set." in page
    assert 'value="22:00"' in page
    assert (
        "There are no quiet hours."
        in mateo.post("/settings/contact/rules/", {"start": ""}, follow=True).content.decode()
    )


def test_how_one_hears_that_it_is_over_is_chosen_and_kept(world: World, mateo: Client) -> None:
    assert mateo.post("/settings/contact/rules/when-over/", {"wish": "loudly"}).status_code == 422
    page = mateo.post("/settings/contact/rules/when-over/", {"wish": "texts"}, follow=True).content.decode()
    assert "so you hear that it is over" in page
    assert queries.personal_rules(world.actor("Mateo")).end_wish == "texts"


def test_a_test_page_follows_the_rules_calls_nobody_else_and_shows_the_answers(world: World, mateo: Client) -> None:
    mateo.post("/settings/contact/rules/wakes/test/")
    run_engine()
    assert world.paged() == ["Mateo"]
    page = mateo.get("/settings/contact/rules/").content.decode()
    assert "Waits for your answer" in page
    assert "Handed over" in page
    world.after(minutes=70)
    assert world.paged() == [], "nobody else is called, and it ends by itself"
    mateo.post("/settings/contact/rules/wakes/test/")
    mateo.post("/settings/contact/rules/end-test/")
    assert "Over" in mateo.get("/settings/contact/rules/").content.decode()


def test_a_test_of_what_waits_for_the_day_says_until_when_it_waits(world: World, mateo: Client) -> None:
    said = mateo.post("/settings/contact/rules/waking_hours/test/", follow=True).content.decode()
    assert "The test page goes out at 08:00: it waits for waking hours" in said
    assert "End the test" in said
    run_engine()
    assert world.paged() == []
    mateo.post("/settings/contact/rules/end-test/")
    assert "It waits for waking hours" not in mateo.get("/settings/contact/rules/").content.decode()
