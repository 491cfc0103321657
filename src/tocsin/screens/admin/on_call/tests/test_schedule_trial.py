"""The picture beside the editor: what the layers or regions come to as they stand in the form, and nothing saved."""

import pytest
from django.test import Client

from tocsin.domain.oncall import queries
from tocsin.domain.oncall.tests.conftest import SYSTEM, World, world
from tocsin.screens.admin.on_call.tests.test_on_call import admin, layer

pytestmark = pytest.mark.django_db
__all__ = ["admin", "world"]
TRY = "/on-call/schedules/new/try"


def test_four_weeks_are_drawn_with_everybodys_hours_and_nothing_is_saved(world: World, admin: Client) -> None:
    for name in ("Mateo", "Linh"):
        world.add(name)
    page = admin.post(TRY, layer(world, "Mateo", "Linh")).content.decode()
    assert page.count("<svg") >= 4
    assert "No gap in these four weeks" in page
    assert page.index("Linh") < page.index("Hours of each") < page.rindex("Mateo")
    assert not queries.schedules(SYSTEM)


def test_hours_that_leave_a_gap_are_said_and_a_layer_without_people_waits(world: World, admin: Client) -> None:
    world.add("Mateo")
    nights_free = layer(world, "Mateo", **{"layer0-restrictions": "mon-sun 08:00-20:00", "layer-count": "2"})
    page = admin.post(TRY, nights_free).content.decode()
    assert "Nobody is on call for" in page
    assert "Once it has a name and somebody" in admin.post(TRY, {"layer-count": "1"}).content.decode()


def test_what_could_not_be_saved_is_said_instead_of_drawn(world: World, admin: Client) -> None:
    world.add("Mateo")
    page = admin.post(TRY, layer(world, "Mateo", **{"layer0-on_holidays": "only"})).content.decode()
    assert "whose public holidays layer 1 goes by" in page


def test_regions_show_a_day_with_a_lane_for_each(world: World, admin: Client) -> None:
    for name in ("Kim", "Mateo"):
        world.add(name)
    given = {
        "time_zone": "Europe/Berlin",
        "longest_hours": "192",
        "notices": "",
        "start": "2026-11-16",
        "every_count": "1",
        "every": "weeks",
        "region-count": "2",
        "region0-time_zone": "Asia/Tokyo",
        "region0-opens": "08:00",
        "region0-closes": "20:00",
        "region0-person_1": world.people["Kim"],
        "region1-name": "Europe",
        "region1-time_zone": "Europe/Berlin",
        "region1-opens": "08:00",
        "region1-closes": "20:00",
        "region1-person_1": world.people["Mateo"],
    }
    page = admin.post("/on-call/schedules/new/follow-the-sun/try", given).content.decode()
    assert "A day, in Europe/Berlin" in page
    assert ">Tokyo</text>" in page
    assert ">Europe</text>" in page
    assert "Nobody is on call for" in page
    assert not queries.schedules(SYSTEM)
