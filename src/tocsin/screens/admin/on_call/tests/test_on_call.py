"""Schedules and policies from the screens: made, seen, changed, refused with what was typed kept."""

from datetime import date, time

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tocsin.domain.oncall import commands, queries
from tocsin.domain.oncall.tests.conftest import SYSTEM, World, world
from tocsin.kernel.actor import Role

pytestmark = pytest.mark.django_db
__all__ = ["world"]


@pytest.fixture
def admin(world: World) -> Client:
    return signed_in(world, "Ada")


def signed_in(world: World, name: str) -> Client:
    client = Client()
    client.force_login(get_user_model().objects.get(id=world.people[name]), "django.contrib.auth.backends.ModelBackend")
    return client


def layer(world: World, *names: str, **changes: str) -> dict[str, str]:
    people = {f"layer0-person_{number}": world.people[name] for number, name in enumerate(names, 1)}
    base = {
        "name": "Payments",
        "time_zone": "Europe/Berlin",
        "longest_hours": "192",
        "notices": "24h, 0m",
        "layer-count": "1",
        "layer0-every_count": "1",
        "layer0-every": "weeks",
        "layer0-handoff": "09:00",
        "layer0-start": "2026-11-16",
    }
    return base | people | changes


def test_a_schedule_is_made_and_its_two_weeks_are_drawn(world: World, admin: Client) -> None:
    world.add("Mateo")
    world.add("Linh")
    page = admin.post("/on-call/schedules/new", layer(world, "Mateo", "Linh"), follow=True).content.decode()
    assert "The schedule is saved." in page
    assert "<svg" in page
    assert "Payments from 24 November, no gap" in page
    front = admin.get("/on-call/").content.decode()
    assert "Linh" in front
    assert "then Mateo" in front


def test_a_colleague_takes_over_now_with_one_press(world: World, admin: Client) -> None:
    for name in ("Mateo", "Linh"):
        world.add(name)
    admin.post("/on-call/schedules/new", layer(world, "Linh", "Mateo"))
    (view,) = queries.on_call_now(SYSTEM)
    url = f"/on-call/schedules/{view.schedule_id}/"
    assert "Take over now:" not in signed_in(world, view.person).get(url).content.decode()
    other = "Mateo" if view.person == "Linh" else "Linh"
    assert "Take over now:" in signed_in(world, other).get(url).content.decode()
    page = signed_in(world, other).post(f"{url}take-over", {"hours": "4"}, follow=True).content.decode()
    assert "You are on call until 06:47." in page
    assert queries.on_call_now(SYSTEM)[0].person == other
    signed_in(world, view.person).post(f"{url}take-over", {"hours": "shift"})
    assert queries.on_call_now(SYSTEM)[0].person == view.person


def test_a_gap_of_the_calendar_leads_to_an_override_that_fills_it(world: World, admin: Client) -> None:
    world.add("Mateo")
    admin.post("/on-call/schedules/new", layer(world, "Mateo", **{"layer0-restrictions": "mon-fri 09:00-17:00"}))
    page = admin.get("/on-call/calendar/?of=all&view=week&day=2026-11-30").content.decode()
    assert "Fill the gap" in page
    (view,) = queries.on_call_now(SYSTEM)
    form = admin.get(
        f"/on-call/schedules/{view.schedule_id}/?start=2026-12-01T16:00:00%2B00:00&end=2026-12-02T08:00:00%2B00:00"
    ).content.decode()
    assert 'value="2026-12-01T16:00"' in form
    assert 'value="2026-12-02T08:00"' in form


def test_the_time_before_a_schedule_began_is_no_gap_ahead(world: World, admin: Client) -> None:
    world.add("Mateo")
    given = layer(world, "Mateo", **{"layer0-start": "2026-11-24", "layer0-handoff": "02:00", "layer0-every": "days"})
    page = admin.post("/on-call/schedules/new", given, follow=True).content.decode()
    assert "every day at 02:00" in page
    assert "Payments from 24 November, no gap" in page
    assert "in the next two weeks." not in admin.get("/on-call/").content.decode()


def test_a_layer_that_counts_only_in_office_hours_shows_its_gaps(world: World, admin: Client) -> None:
    world.add("Mateo")
    given = layer(world, "Mateo", **{"layer0-restrictions": "mon-fri 09:00-17:00"})
    page = admin.post("/on-call/schedules/new", given, follow=True).content.decode()
    assert "What is wrong in the next four weeks" in page
    assert "Put a first layer below the others that always counts" in page
    assert "Nobody" in page
    edit = admin.get(f"/on-call/schedules/{queries.on_call_now(SYSTEM)[0].schedule_id}/edit").content.decode()
    assert "mon-fri 09:00-17:00" in edit


def test_an_error_names_the_field_and_keeps_what_was_typed(world: World, admin: Client) -> None:
    world.add("Mateo")
    given = layer(world, "Mateo", **{"layer0-restrictions": "weekdays"})
    response = admin.post("/on-call/schedules/new", given)
    assert response.status_code == 422
    page = response.content.decode()
    assert "is not understood" in page
    assert 'value="weekdays"' in page
    assert 'value="Payments"' in page
    assert admin.post("/on-call/schedules/new", layer(world)).status_code == 422
    assert not queries.schedules(SYSTEM)


def test_a_layer_is_added_without_scripts_and_nothing_typed_is_lost(world: World, admin: Client) -> None:
    world.add("Mateo")
    page = admin.post("/on-call/schedules/new", layer(world, "Mateo", add="layer")).content.decode()
    assert "Layer 2" in page
    assert 'value="Payments"' in page
    assert f'value="{world.people["Mateo"]}" selected' in page


def test_an_override_takes_over_and_can_be_removed(world: World, admin: Client) -> None:
    world.add("Mateo")
    world.add("Linh")
    admin.post("/on-call/schedules/new", layer(world, "Mateo"))
    schedule = queries.on_call_now(SYSTEM)[0].schedule_id
    url = f"/on-call/schedules/{schedule}/"
    given = {"person": world.people["Linh"], "start": "2026-11-24T02:00", "end": "2026-11-25T02:00"}
    linh = signed_in(world, "Linh")
    assert "The override is set." in linh.post(url, given, follow=True).content.decode()
    assert queries.on_call_now(SYSTEM)[0].person == "Linh"
    late = linh.post(url, given | {"end": "2026-11-23T02:00"})
    assert late.status_code == 422
    assert "must be later than the start" in late.content.decode()
    override = queries.schedule(SYSTEM, schedule).overrides[0].id
    linh.post(f"{url}overrides/{override}/remove")
    assert queries.on_call_now(SYSTEM)[0].person == "Mateo"


def test_a_policy_shows_what_it_would_do_now(world: World, admin: Client) -> None:
    world.add("Mateo")
    admin.post("/on-call/schedules/new", layer(world, "Mateo"))
    schedule = queries.on_call_now(SYSTEM)[0].schedule_id
    given = {
        "name": "Payments",
        "rounds": "2",
        "step-count": "2",
        "step0-target_1": f"schedule:{schedule}",
        "step1-target_1": f"person:{world.people['Ada']}",
        "step1-delay": "10m",
    }
    page = admin.post("/on-call/policies/new", given, follow=True).content.decode()
    assert "The policy is saved." in page
    assert "/on-call/#services" in page, "where the services that it pages for are chosen"
    assert "If a Critical fired now and nobody answered" in page
    steps = queries.preview(SYSTEM, policy_id=queries.policies(SYSTEM)[0].id, severity="critical")
    assert [(int(s.after.total_seconds()) // 60, s.people) for s in steps] == [
        (0, ("Mateo",)),
        (4, ("Ada",)),
        (14, ("Mateo",)),
        (18, ("Ada",)),
        (28, ("Ada",)),
    ]


def test_a_service_gets_its_policy_and_the_policy_cannot_go_while_it_is_used(world: World, admin: Client) -> None:
    world.add("Mateo")
    policy = world.policy(("Mateo",))
    service = world.service("Checkout", None)
    assert "no policy: the catch-all people are paged" in admin.get("/on-call/").content.decode()
    admin.post("/on-call/services", {f"policy-{service}": policy})
    assert queries.service_policies(SYSTEM)[0].policy == "Payments"
    response = admin.post(f"/on-call/policies/{policy}/remove", {"confirm": "Payments"})
    assert response.status_code == 422
    assert "give them another policy first" in response.content.decode()


def test_who_may_not_configure_sees_everything_and_changes_nothing(world: World) -> None:
    world.add("Vera", roles=(Role.VIEWER,))
    world.add("Mateo")
    policy = world.policy(("Mateo",))
    vera = signed_in(world, "Vera")
    assert "Add a schedule" not in vera.get("/on-call/").content.decode()
    assert vera.get(f"/on-call/policies/{policy}/").status_code == 200
    refused = vera.post("/on-call/schedules/new", layer(world, "Mateo"))
    assert refused.status_code in {403, 422}
    assert "You may not change schedules" in refused.content.decode()
    assert Client().get("/on-call/").status_code == 302


def test_two_editors_do_not_overwrite_each_other(world: World, admin: Client) -> None:
    world.add("Mateo")
    admin.post("/on-call/schedules/new", layer(world, "Mateo"))
    schedule = queries.on_call_now(SYSTEM)[0].schedule_id
    url = f"/on-call/schedules/{schedule}/edit"
    admin.post(url, layer(world, "Mateo", version="1", name="First"))
    second = admin.post(url, layer(world, "Mateo", version="1", name="Second"))
    assert "changed by someone else" in second.content.decode()
    assert queries.schedule(SYSTEM, schedule).name == "First"


def test_the_front_page_costs_the_same_for_many_schedules(world: World, admin: Client) -> None:
    world.add("Mateo")

    def make(count: int) -> int:
        for number in range(count):
            given = commands.LayerInput((world.people["Mateo"],), time(9), date(2026, 11, 16))
            commands.save_schedule(SYSTEM, name=f"S{count}-{number}", time_zone="UTC", layers=[given])
            world.policy(("Mateo",), name=f"P{count}-{number}")
        with CaptureQueriesContext(connection) as seen:
            assert admin.get("/on-call/").status_code == 200
        return len(seen)

    assert make(2) == make(12)
