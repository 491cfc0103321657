"""Cover from the screens: asked from a schedule, answered with one button, and never by a GET."""

from datetime import timedelta

import pytest
from django.test import Client

from tocsin.domain.oncall import queries
from tocsin.domain.oncall.tests.conftest import START, SYSTEM, World, world
from tocsin.screens.admin.on_call.tests.test_on_call import admin, layer, signed_in

pytestmark = pytest.mark.django_db
__all__ = ["admin", "world"]


def test_a_colleague_is_asked_takes_it_and_gives_it_back(world: World, admin: Client) -> None:
    for name in ("Mateo", "Linh"):
        world.add(name)
    admin.post("/on-call/schedules/new", layer(world, "Mateo", "Linh", **{"layer0-start": "2026-11-23"}))
    schedule = queries.on_call_now(SYSTEM)[0].schedule_id
    mateo, linh = signed_in(world, "Mateo"), signed_in(world, "Linh")
    form = mateo.get(f"/on-call/schedules/{schedule}/cover?start=2026-11-28T08:00:00%2B00:00").content.decode()
    assert 'value="2026-11-28T08:00"' in form
    given = {"person": world.people["Mateo"], "start": "2026-11-28T08:00", "end": "2026-11-28T20:00", "note": "Wedding"}
    page = mateo.post(f"/on-call/schedules/{schedule}/cover", given, follow=True).content.decode()
    assert "Nobody has taken it yet" in page
    assert "I take it" not in page
    (cover,) = queries.covers(SYSTEM)
    url = f"/on-call/cover/{cover.id}/"
    assert "I take it" in linh.get(url).content.decode()
    assert linh.get(f"{url}accept").status_code == 405
    assert "Mateo asks you for cover" in linh.get("/").content.decode()
    assert "Mateo asks you for cover" not in mateo.get("/").content.decode()
    assert "Taken" in linh.post(f"{url}accept", follow=True).content.decode()
    assert [o.person for o in queries.schedule(SYSTEM, schedule).overrides] == ["Linh"]
    assert "I cannot after all: give it back" in linh.get(url).content.decode()
    given_back = linh.post(f"{url}take-back", follow=True).content.decode()
    assert "Nobody has taken it yet" in given_back
    assert "I take it after all" in given_back
    assert ">I cannot<" not in given_back
    assert "asks you for cover" not in linh.get("/").content.decode()
    assert "asks for cover" not in linh.get("/on-call/").content.decode()
    assert queries.schedule(SYSTEM, schedule).overrides == ()


def test_who_is_away_while_on_call_is_led_to_cover_for_that_time(world: World, admin: Client) -> None:
    for name in ("Mateo", "Linh"):
        world.add(name)
    admin.post("/on-call/schedules/new", layer(world, "Mateo", "Linh", **{"layer0-start": "2026-11-23"}))
    schedule = queries.on_call_now(SYSTEM)[0].schedule_id
    mateo = signed_in(world, "Mateo")
    mateo.post("/on-call/away/", {"does": "add", "start": "2026-11-28T08:00", "end": "2026-11-28T20:00"})
    mateo.post("/on-call/away/", {"does": "add", "start": "2026-12-02T08:00", "end": "2026-12-02T20:00"})
    page = mateo.get("/on-call/away/").content.decode()
    assert page.count("On call then") == 1
    assert f"/on-call/schedules/{schedule}/cover?start=2026-11-28T08%3A00%3A00" in page
    findings = [client.get(f"/on-call/schedules/{schedule}/").content.decode() for client in (mateo, admin)]
    assert f"/on-call/schedules/{schedule}/cover?start=2026-11-28T08%3A00%3A00" in findings[0]
    assert "Leave a word for <bdi>Linh</bdi>" in findings[0]
    assert "?start=2026-11-28T08%3A00%3A00" in findings[1]
    assert f"replaces={world.people['Mateo']}#overrides" in findings[1]
    assert "/cover?start=" not in admin.get(f"/on-call/away/?person={world.people['Mateo']}").content.decode()


def test_whoever_asks_for_cover_sees_who_is_away_or_on_call_at_that_time(world: World, admin: Client) -> None:
    for name in ("Mateo", "Linh", "Nils", "Zoe"):
        world.add(name)
    admin.post("/on-call/schedules/new", layer(world, "Mateo", "Linh", **{"layer0-start": "2026-11-23"}))
    (first,) = queries.on_call_now(SYSTEM)
    admin.post("/on-call/schedules/new", layer(world, "Nils", **{"layer0-start": "2026-11-23", "name": "Second"}))
    signed_in(world, "Linh").post(
        "/on-call/away/", {"does": "add", "start": "2026-11-28T08:00", "end": "2026-11-28T20:00"}
    )
    url = f"/on-call/schedules/{first.schedule_id}/cover"
    times = "start=2026-11-28T19:00:00%2B00:00&end=2026-11-28T22:00:00%2B00:00"
    page = signed_in(world, "Mateo").get(f"{url}?{times}").content.decode()
    assert "Linh (away then)" in page
    assert "Nils (on call by Second then)" in page
    assert "Zoe (" not in page
    later = signed_in(world, "Mateo").get(f"{url}?{times.replace('28T19', '28T21')}").content.decode()
    assert "away then" not in later


def test_a_request_that_is_refused_keeps_what_was_typed(world: World, admin: Client) -> None:
    world.add("Mateo")
    admin.post("/on-call/schedules/new", layer(world, "Mateo"))
    schedule = queries.on_call_now(SYSTEM)[0].schedule_id
    given = {"person": world.administrator, "start": "2026-11-28T08:00", "end": "2026-11-28T20:00", "note": "Wedding"}
    answer = admin.post(f"/on-call/schedules/{schedule}/cover", given)
    assert answer.status_code == 422
    assert "Ada is not on call by Payments in this time; look at the calendar." in answer.content.decode()
    assert 'value="Wedding"' in answer.content.decode()
    half = admin.post(f"/on-call/schedules/{schedule}/cover", given | {"return_start": "2026-11-30T08:00"})
    assert "Give both ends of what you take in return" in half.content.decode()


def test_ones_own_next_shift_stands_in_the_form_with_whose_clock_it_is(world: World, admin: Client) -> None:
    for name in ("Mateo", "Linh"):
        world.add(name)
    admin.post("/on-call/schedules/new", layer(world, "Linh", "Mateo", **{"layer0-start": "2026-11-23"}))
    schedule = queries.on_call_now(SYSTEM)[0].schedule_id
    form = signed_in(world, "Mateo").get(f"/on-call/schedules/{schedule}/cover").content.decode()
    (lane,) = queries.duty(
        SYSTEM, start=START, end=START + timedelta(days=30), schedule_id=schedule, person_id=world.people["Mateo"]
    ).lanes
    assert f'value="{lane.shifts[0].start:%Y-%m-%dT%H:%M}"' in form
    assert f'value="{lane.shifts[0].end:%Y-%m-%dT%H:%M}"' in form
    assert "On your clock, UTC." in form
    running = signed_in(world, "Linh").get(f"/on-call/schedules/{schedule}/cover").content.decode()
    assert 'value="2026-11-24T03:00"' in running, "what runs already can be asked for from the next quarter on"
