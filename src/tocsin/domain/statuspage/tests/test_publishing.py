"""What people publish, what follows by itself, and what is refused with nothing lost."""

from datetime import timedelta

import pytest

from tocsin.core.engine.testing import run_engine
from tocsin.core.log import read_stream
from tocsin.domain.catalog import commands as catalog
from tocsin.domain.statuspage import commands, queries
from tocsin.domain.statuspage.models import Component, PublicIncident, StatusSpan, Update
from tocsin.domain.statuspage.tests.conftest import SYSTEM, Shop
from tocsin.kernel.actor import Role
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Conflict, Denied, Invalid, NotFound

pytestmark = pytest.mark.django_db


def status(component: str) -> str:
    return Component.objects.get(id=component).status


def test_an_incident_sets_its_components_and_its_impact_and_stands_in_the_log(shop: Shop) -> None:
    id_ = shop.broken()
    row = PublicIncident.objects.get(id=id_)
    assert (row.impact, status(shop.checkout), status(shop.search)) == ("critical", "major_outage", "operational")
    assert [r.type for r in read_stream(f"public_incident:{id_}")] == [
        "statuspage.incident_opened",
        "statuspage.update_posted",
    ]


def test_a_resolved_incident_leaves_its_components_operational_and_keeps_its_worst_impact(shop: Shop) -> None:
    id_ = shop.broken()
    shop.later(minutes=10)
    commands.post_update(
        SYSTEM,
        public_incident_id=id_,
        status="monitoring",
        body="Better.",
        components={shop.checkout: "degraded_performance"},
    )
    shop.later(minutes=10)
    commands.post_update(SYSTEM, public_incident_id=id_, status="resolved", body="Solved.")
    row = PublicIncident.objects.get(id=id_)
    assert (status(shop.checkout), row.impact, row.resolved_at) == ("operational", "critical", now())
    spans = list(StatusSpan.objects.filter(component=shop.checkout).order_by("since").values_list("status", flat=True))
    assert spans == ["operational", "major_outage", "degraded_performance", "operational"]


def test_a_component_that_another_open_incident_names_stays_as_it_is(shop: Shop) -> None:
    first = shop.broken()
    shop.broken(title="Another", body="Baskets are empty.")
    commands.post_update(SYSTEM, public_incident_id=first, status="resolved", body="Solved.")
    assert status(shop.checkout) == "major_outage"


def test_two_people_who_publish_at_once_make_one_update_and_the_second_hears_of_the_first(shop: Shop) -> None:
    id_ = shop.broken()
    read = queries.incident(SYSTEM, id_).version
    commands.post_update(
        shop.people["Ada"], public_incident_id=id_, status="identified", body="A disk is full.", version=read
    )
    with pytest.raises(Conflict, match="nothing of yours was sent"):
        commands.post_update(
            shop.people["Cora"], public_incident_id=id_, status="identified", body="It is the network.", version=read
        )
    assert Update.objects.filter(incident=id_).count() == 2


def test_a_button_pressed_twice_publishes_once(shop: Shop) -> None:
    id_ = shop.broken()
    given = {"public_incident_id": id_, "status": "identified", "body": "A disk is full."}
    read = queries.incident(SYSTEM, id_).version
    assert commands.post_update(SYSTEM, **given, version=read) == commands.post_update(SYSTEM, **given, version=read)
    first = commands.open_incident(SYSTEM, title="X", status="investigating", body="y", components={}, key="form:1")
    assert first == commands.open_incident(
        SYSTEM, title="X", status="investigating", body="y", components={}, key="form:1"
    )
    assert (Update.objects.count(), PublicIncident.objects.count()) == (3, 2)


def test_a_component_cannot_go_while_an_incident_names_it_and_keeps_its_history_when_it_does(shop: Shop) -> None:
    id_ = shop.broken()
    with pytest.raises(Conflict, match="'Checkout fails' names Checkout and is not over"):
        commands.remove_component(SYSTEM, component_id=shop.checkout)
    commands.post_update(SYSTEM, public_incident_id=id_, status="resolved", body="Solved.")
    commands.remove_component(SYSTEM, component_id=shop.checkout)
    assert [one.name for one in queries.incident(SYSTEM, id_).components] == ["Checkout"]
    assert "Checkout fails" in shop.file("history/index.html")
    assert '"name":"Checkout"' not in shop.file("api/v2/components.json")


def test_a_service_that_leaves_the_catalogue_leaves_its_component_on_the_page(shop: Shop) -> None:
    shop.broken()
    catalog.remove_service(SYSTEM, service_id=shop.service)
    found = {one.name: one for one in queries.components(SYSTEM)}
    assert (found["Checkout"].service_id, found["Checkout"].status) == ("", "major_outage")


def test_maintenance_begins_and_ends_by_itself_at_its_times(shop: Shop) -> None:
    begin = now() + timedelta(hours=2)
    id_ = commands.schedule_maintenance(
        SYSTEM,
        title="New disks",
        body="Short breaks.",
        components=[shop.checkout],
        scheduled_for=begin,
        scheduled_until=begin + timedelta(hours=1),
    )
    shop.later(hours=1, minutes=59)
    assert (PublicIncident.objects.get(id=id_).status, status(shop.checkout)) == ("scheduled", "operational")
    shop.later(minutes=2)
    assert (PublicIncident.objects.get(id=id_).status, status(shop.checkout)) == ("in_progress", "under_maintenance")
    shop.later(hours=1)
    assert (PublicIncident.objects.get(id=id_).status, status(shop.checkout)) == ("completed", "operational")
    assert [u.status for u in queries.incident(SYSTEM, id_).updates] == ["completed", "in_progress", "scheduled"]


def test_maintenance_that_is_moved_takes_its_timers_along(shop: Shop) -> None:
    begin = now() + timedelta(hours=2)
    end = begin + timedelta(hours=1)
    given = {"title": "Disks", "body": "Breaks.", "components": [shop.checkout]}
    id_ = commands.schedule_maintenance(SYSTEM, **given, scheduled_for=begin, scheduled_until=end)
    later = timedelta(days=1)
    commands.move_maintenance(SYSTEM, public_incident_id=id_, scheduled_for=begin + later, scheduled_until=end + later)
    shop.later(hours=4)
    assert PublicIncident.objects.get(id=id_).status == "scheduled"
    shop.later(hours=22, minutes=30)
    assert PublicIncident.objects.get(id=id_).status == "in_progress"


def test_maintenance_completed_early_by_a_person_is_not_begun_again(shop: Shop) -> None:
    begin = now() + timedelta(hours=1)
    id_ = commands.schedule_maintenance(
        SYSTEM,
        title="Disks",
        body="b",
        components=[shop.checkout],
        scheduled_for=begin,
        scheduled_until=begin + timedelta(hours=3),
    )
    shop.later(hours=1, minutes=1)
    commands.post_update(SYSTEM, public_incident_id=id_, status="completed", body="Done early.")
    shop.later(hours=4)
    assert queries.incident(SYSTEM, id_).updates[0].body == "Done early."


@pytest.mark.parametrize(("begin", "end"), [(2, 1), (-30, -29), (1, 24 * 91)])
def test_maintenance_needs_a_window_that_can_happen(shop: Shop, begin: int, end: int) -> None:
    with pytest.raises(Invalid) as refused:
        commands.schedule_maintenance(
            SYSTEM,
            title="x",
            body="y",
            components=[],
            scheduled_for=now() + timedelta(hours=begin),
            scheduled_until=now() + timedelta(hours=end),
        )
    assert refused.value.field.startswith("scheduled_")


@pytest.mark.parametrize(
    "change",
    [
        lambda actor, shop: commands.save_page(actor, name="Mine"),
        lambda actor, shop: commands.add_component(actor, name="x"),
        lambda actor, shop: commands.remove_component(actor, component_id=shop.search),
        lambda actor, shop: commands.open_incident(actor, title="x", status="investigating", body="y", components={}),
        lambda actor, shop: commands.set_component_status(actor, components={shop.search: "major_outage"}),
        lambda actor, shop: commands.import_subscribers(actor, rows=[["a@example.org"]]),
        lambda actor, shop: queries.subscribers(actor),
    ],
)
def test_viewers_and_responders_publish_nothing(shop: Shop, change: object) -> None:
    for actor in (shop.people["Vera"], shop.person("Rex", Role.RESPONDER)):
        with pytest.raises(Denied):
            change(actor, shop)  # type: ignore[operator]


def test_what_is_not_there_and_what_is_empty_gets_one_clear_sentence(shop: Shop) -> None:
    with pytest.raises(NotFound, match="no such component"):
        shop.broken() and commands.open_incident(
            SYSTEM, title="x", status="investigating", body="y", components={"nothing": "major_outage"}
        )
    with pytest.raises(Invalid, match="body: write what to tell"):
        shop.broken(body="  ")
    with pytest.raises(Invalid, match="components: choose one of operational"):
        commands.set_component_status(SYSTEM, components={shop.search: "purple"})
    with pytest.raises(Invalid, match="time_zone"):
        commands.save_page(SYSTEM, time_zone="Mars/Base")
    with pytest.raises(Invalid, match="support_url"):
        commands.save_page(SYSTEM, support_url="javascript:alert(1)")
    assert PublicIncident.objects.count() == 1


def test_components_move_up_and_down_within_their_group(shop: Shop) -> None:
    group = commands.save_group(SYSTEM, name="Shop")
    third = commands.add_component(SYSTEM, name="Third")
    commands.add_component(SYSTEM, name="Grouped", group_id=group)
    commands.move_component(SYSTEM, component_id=third, by=-1)
    assert [one.name for one in queries.components(SYSTEM)] == ["Checkout", "Third", "Search", "Grouped"]
    commands.move_component(SYSTEM, component_id=shop.checkout, by=-1)
    assert queries.components(SYSTEM)[0].name == "Checkout"
    commands.remove_group(SYSTEM, group_id=group)
    assert [one.group_id for one in queries.components(SYSTEM)] == ["", "", "", ""]


def test_a_retracted_incident_leaves_the_page_and_its_components_well(shop: Shop) -> None:
    id_ = shop.broken()
    code = PublicIncident.objects.get(id=id_).code
    assert shop.has(f"incidents/{code}/index.html")
    commands.retract_incident(SYSTEM, public_incident_id=id_, reason="Wrong customer.")
    assert "Checkout fails" not in shop.file("index.html") + shop.file("api/v2/incidents.json")
    assert not shop.has(f"incidents/{code}/index.html")
    assert status(shop.checkout) == "operational"


def test_a_corrected_text_changes_the_page_and_tells_nobody_again(shop: Shop) -> None:
    shop.subscribed("ann@example.org")
    id_ = shop.broken()
    assert shop.told() == ["ann@example.org"]
    update = queries.incident(SYSTEM, id_).updates[0]
    commands.correct_update(SYSTEM, update_id=update.id, body="Cards are refused by one bank.")
    run_engine()
    assert "by one bank" in shop.file("index.html")
    assert shop.told() == []
