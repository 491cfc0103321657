"""Rotations in full depth from the screens: uneven turns, holidays, follow the sun, and what is found wrong."""

import pytest
from django.test import Client

from tocsin.domain.oncall import queries
from tocsin.domain.oncall.tests.conftest import SYSTEM, World, world
from tocsin.screens.admin.on_call.tests.test_on_call import admin, layer

pytestmark = pytest.mark.django_db
__all__ = ["admin", "world"]


def test_uneven_turns_holidays_and_options_are_saved_and_come_back_as_typed(world: World, admin: Client) -> None:
    world.add("Mateo")
    world.add("Linh")
    given = layer(
        world,
        "Mateo",
        "Linh",
        **{
            "layer0-name": "Weekends apart",
            "layer0-every": "days",
            "layer0-pattern": "5, 2",
            "layer0-on_holidays": "never",
            "holiday_region": "de-by",
            "next_takes_over": "on",
            "notices": "2h, 0m",
        },
    )
    page = admin.post("/on-call/schedules/new", given, follow=True).content.decode()
    assert "every 5, then 2 days at 09:00" in page
    assert "never on public holidays of DE-BY" in page
    (view,) = queries.schedules(SYSTEM)
    assert view.layers[0].pattern == (5, 2)
    assert (view.holiday_region, view.next_takes_over, view.notices) == ("DE-BY", True, (120, 0))
    edit = admin.get(f"/on-call/schedules/{view.id}/edit").content.decode()
    assert 'value="5, 2"' in edit
    assert 'value="2h, 0m"' in edit


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"layer0-pattern": "five"}, "Write the lengths of the turns like 5, 2."),
        ({"layer0-on_holidays": "only"}, "whose public holidays layer 1 goes by"),
        ({"holiday_region": "XX"}, "is not known; write a country"),
        ({"holiday_region": "DE-XX"}, "DE has no part &#x27;XX&#x27;; its parts are"),
        ({"notices": "soon"}, "is not a duration"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"layer0-restrictions": "mon-fri 09:00-17:00", "layer0-start": "1111-01-01"}, "must lie in the years"),
    ],
)
def test_what_cannot_be_used_is_refused_and_stays_as_typed(
    world: World, admin: Client, changes: dict[str, str], sentence: str
) -> None:
    world.add("Mateo")
    response = admin.post("/on-call/schedules/new", layer(world, "Mateo", **changes))
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not queries.schedules(SYSTEM)


def test_hours_are_told_and_room_for_more_people_adds_no_layer(world: World, admin: Client) -> None:
    world.add("Mateo")
    given = layer(world, "Mateo", **{"layer0-restrictions": "mon-fri 09:00-17:00"})
    more = admin.post("/on-call/schedules/new", given | {"layer0-person_2": "", "add": "layer-room"}).content.decode()
    assert 'name="layer0-person_4"' in more
    assert 'name="layer1-person_1"' not in more
    page = admin.post("/on-call/schedules/new", given, follow=True).content.decode()
    assert "; only mon-fri 09:00-17:00" in page


def test_follow_the_sun_makes_a_layer_for_each_region_and_tells_where_nobody_is(world: World, admin: Client) -> None:
    for name in ("Kim", "Mateo"):
        world.add(name)
    given = {
        "name": "Round the clock",
        "time_zone": "Europe/Berlin",
        "start": "2026-11-16",
        "every_count": "1",
        "every": "weeks",
        "longest_hours": "192",
        "notices": "",
        "region-count": "3",
        "region0-time_zone": "Asia/Tokyo",
        "region0-opens": "08:00",
        "region0-closes": "16:00",
        "region0-person_1": world.people["Kim"],
        "region1-name": "Europe",
        "region1-time_zone": "Europe/Berlin",
        "region1-opens": "08:00",
        "region1-closes": "20:00",
        "region1-person_1": world.people["Mateo"],
        "region2-time_zone": "Europe/Berlin",
        "region2-opens": "06:00",
        "region2-closes": "14:00",
    }
    page = admin.post("/on-call/schedules/new/follow-the-sun", given, follow=True).content.decode()
    assert "The schedule is saved." in page
    assert "<b>Tokyo:</b>" in page
    assert "in Asia/Tokyo" in page
    assert "Nobody is on call 19:00 to 23:00 on 28 days from Tue 24 Nov to Mon 21 Dec." in page
    (view,) = queries.schedules(SYSTEM)
    abroad = admin.get(f"/on-call/calendar/?of=schedule:{view.id}&zone=mine&day=2027-03-10").content.decode()
    assert "Sunday 28 March: clocks change in Europe/Berlin, the day has 23\u00a0h there" in abroad
    assert [(one.name, one.time_zone) for one in view.layers] == [("Tokyo", "Asia/Tokyo"), ("Europe", "Europe/Berlin")]
    more = admin.post("/on-call/schedules/new/follow-the-sun", given | {"add": "region"}).content.decode()
    assert "Region 4" in more
    assert 'value="Round the clock"' in more
