"""The screens of 'Will I be paged?': the answer, 'Page me now' with its live result, the test of everyone on call."""

from datetime import date, time

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from tocsin.core.engine.testing import run_engine
from tocsin.domain.accounts.queries import actor_of
from tocsin.domain.delivery import queries as delivery
from tocsin.domain.delivery.commands import change_destination
from tocsin.domain.oncall import commands as oncall
from tocsin.domain.oncall.tests.conftest import SYSTEM, World, world

pytestmark = pytest.mark.django_db
__all__ = ["world"]


def signed_in(world: World, name: str) -> Client:
    client = Client()
    client.force_login(get_user_model().objects.get(id=world.people[name]), "django.contrib.auth.backends.ModelBackend")
    return client


def test_the_page_answers_now_and_shows_the_methods(world: World) -> None:
    world.add("Mateo")
    world.service("Checkout", world.policy(("Mateo",)))
    page = signed_in(world, "Mateo").get("/on-call/me/").content.decode()
    assert "Yes, now" in page
    assert "step 1 of 1; pages for <bdi>Checkout</bdi>" in page
    assert "Page me now" in page


def test_the_page_says_what_quiet_hours_hold_and_that_critical_rings_through_them(world: World) -> None:
    mateo = world.add("Mateo", methods=("phone", "mail"))
    world.service("Checkout", world.policy(("Mateo",)))
    oncall.save_quiet_hours(actor_of(mateo), start=time(22), end=time(7))
    client = signed_in(world, "Mateo")
    high = client.get("/on-call/me/?severity=high").content.decode()
    assert "Your quiet hours hold until 07:00." in high
    assert "can wake; at <time" in high
    assert "wakes nobody; at once" in high
    assert "Critical rings all the same." in client.get("/on-call/me/").content.decode()


def test_what_waits_for_the_day_is_not_said_to_page_now(world: World) -> None:
    world.add("Mateo")
    world.service("Checkout", world.policy(("Mateo",)))
    page = signed_in(world, "Mateo").get("/on-call/me/?severity=medium").content.decode()
    assert "Yes, at 08:00" in page
    assert "Yes, now" not in page


def test_who_has_nothing_that_rings_is_told_so_and_methods_bear_their_owners_name(world: World) -> None:
    world.add("Mateo", methods=("mail",))
    world.service("Checkout", world.policy(("Mateo",)))
    (method,) = delivery.destinations(SYSTEM, world.people["Mateo"])
    change_destination(SYSTEM, destination_id=method.id, label="Old laptop")
    client = signed_in(world, "Mateo")
    page = client.get("/on-call/me/").content.decode()
    assert "Yes, but nothing would ring" in page
    assert "<bdi>Old laptop</bdi>" in page
    assert "nothing would ring" not in client.get("/on-call/me/?severity=low").content.decode()


def test_who_has_no_method_is_led_to_add_one(world: World) -> None:
    world.add("Nils", methods=())
    page = signed_in(world, "Nils").get("/on-call/me/").content.decode()
    assert "Nothing would page you now" in page
    assert "Add a contact method" in page


def test_page_me_now_shows_the_provider_and_then_the_acknowledgement(world: World) -> None:
    world.add("Mateo")
    client = signed_in(world, "Mateo")
    shown = client.post("/on-call/me/test/", follow=True)
    run_engine()
    url = shown.redirect_chain[-1][0]
    assert 'hx-trigger="every 2s' in client.get(url).content.decode()
    oncall.acknowledge_by_link(world.token("Mateo"))
    run_engine()
    page = client.get(url).content.decode()
    assert "Acknowledged" in page
    assert "every 2s" not in page
    again = client.post("/on-call/me/test/", follow=True).content.decode()
    assert "less than a minute ago" in again


def test_everyone_on_call_is_tested_from_the_screen_and_leaves_as_csv(world: World) -> None:
    mateo = world.add("Mateo")
    layer = oncall.LayerInput(people=(mateo,), handoff=time(9), start=date(2026, 11, 16))
    oncall.save_schedule(SYSTEM, name="Primary", time_zone="UTC", layers=[layer])
    admin = signed_in(world, "Ada")
    shown = admin.post("/on-call/tests/", {"schedule": ""}, follow=True)
    run_engine()
    url = shown.redirect_chain[-1][0]
    assert "0 of 1 answered" in admin.get(url).content.decode()
    assert "Mateo,waiting,,,test-phone sent" in admin.get(url, {"format": "csv"}).content.decode()
    assert "Everybody on call" in admin.get("/on-call/tests/").content.decode()
