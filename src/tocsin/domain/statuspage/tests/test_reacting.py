"""What happens in our incidents and what of it the public reads. Nothing restricted, nothing internal."""

import pytest

from tocsin.core.engine.testing import run_engine
from tocsin.core.log import read_stream
from tocsin.domain.delivery.models import Delivery
from tocsin.domain.incidents import commands as incidents
from tocsin.domain.incidents import queries as inside
from tocsin.domain.statuspage import commands, queries
from tocsin.domain.statuspage.models import Component, PublicIncident
from tocsin.domain.statuspage.tests.conftest import SYSTEM, Shop
from tocsin.kernel.actor import Actor, Role
from tocsin.kernel.errors import Conflict

pytestmark = pytest.mark.django_db


@pytest.fixture
def amina(shop: Shop) -> Actor:
    return shop.person("Amina", Role.COMMANDER)


def declared(shop: Shop, amina: Actor, **more: object) -> str:
    given = {"title": "db-1 lost its volume", "kind": "disruption", "severity": "critical", "services": [shop.service]}
    id_ = incidents.declare(amina, **(given | more))  # type: ignore[arg-type]
    run_engine(periodic=False)
    return str(id_)


def test_the_first_public_text_opens_the_incident_on_the_page_without_a_word_of_the_internal_one(
    shop: Shop, amina: Actor
) -> None:
    id_ = declared(shop, amina)
    assert not PublicIncident.objects.exists()
    incidents.send_status_update(amina, incident=id_, internal="Volume 7 is gone.", public="Paying by card fails.")
    run_engine(periodic=False)
    [row] = queries.incidents(SYSTEM)
    assert (row.title, row.status, row.inside) == ("Problems with Checkout", "investigating", id_)
    assert [update.body for update in row.updates] == ["Paying by card fails."]
    assert Component.objects.get(id=shop.checkout).status == "major_outage"
    assert row.next_update_at is not None
    everything = shop.file("index.html") + shop.file("api/v2/summary.json") + shop.file("history.atom")
    assert "Paying by card fails." in everything
    for secret in ("db-1", "Volume 7", "INC-", "Amina"):
        assert secret not in everything


def test_an_internal_text_alone_tells_the_public_nothing(shop: Shop, amina: Actor) -> None:
    incidents.send_status_update(amina, incident=declared(shop, amina), internal="Volume 7 is gone.")
    run_engine(periodic=False)
    assert not PublicIncident.objects.exists()


def test_the_page_follows_the_incident_to_its_end(shop: Shop, amina: Actor) -> None:
    id_ = declared(shop, amina)
    incidents.send_status_update(amina, incident=id_, public="Paying by card fails.")
    run_engine(periodic=False)
    incidents.acknowledge(amina, incident=id_)
    incidents.mitigate(amina, incident=id_, note="Switched over.")
    incidents.send_status_update(amina, incident=id_, public="Cards work again; we watch it.")
    run_engine(periodic=False)
    assert queries.incidents(SYSTEM)[0].status == "monitoring"
    incidents.resolve(amina, incident=id_, note="The volume is back.", reason="Seen by eye.")
    run_engine(periodic=False)
    [row] = queries.incidents(SYSTEM)
    assert (row.status, row.updates[0].body) == ("resolved", "The problem with Checkout is solved.")
    assert Component.objects.get(id=shop.checkout).status == "operational"
    assert "volume" not in shop.file("index.html")


def test_what_is_written_on_the_page_itself_stands_in_the_incident_and_keeps_its_promise(
    shop: Shop, amina: Actor
) -> None:
    id_ = declared(shop, amina)
    given = {"title": "", "components": {shop.checkout: "major_outage"}, "incident": id_}
    commands.open_incident(amina, status="investigating", body="Paying by card fails.", **given)
    commands.post_update(amina, public_incident_id=queries.incidents(SYSTEM)[0].id, status="resolved", body="It works.")
    run_engine(periodic=False)
    hub = inside.hub(amina, id_)
    assert [update.public for update in hub.updates] == ["It works.", "Paying by card fails."]
    assert {d.kind for d in hub.deadlines if d.met_at} >= {"public_post"}
    said = [e for e in read_stream(f"incident:{id_}") if e.type == "incidents.status_update_sent"]
    assert [entry.event.sentence() for entry in said] == [
        "told the public on the status page: investigating",
        "told the public on the status page: resolved",
    ]
    [row] = queries.incidents(SYSTEM)
    assert [update.body for update in row.updates] == ["It works.", "Paying by card fails."], "told once, not again"


def test_what_is_corrected_on_the_page_or_taken_off_it_stands_in_the_incident_as_well(shop: Shop, amina: Actor) -> None:
    id_ = declared(shop, amina)
    given = {"title": "", "components": {shop.checkout: "major_outage"}, "incident": id_}
    commands.open_incident(amina, status="investigating", body="Paying by card fails.", **given)
    [row] = queries.incidents(SYSTEM)
    commands.correct_update(amina, update_id=row.updates[0].id, body="Paying by card fails for some.")
    commands.change_incident(amina, public_incident_id=row.id, title="Cards", impact="minor")
    commands.retract_incident(amina, public_incident_id=row.id, reason="It was the test shop.")
    run_engine(periodic=False)
    said = [(entry.actor_name, entry.sentence, entry.body) for entry in inside.timeline(SYSTEM, id_)][:3]
    assert said == [
        ("Amina", "took it off the status page, where it was called 'Cards'", "It was the test shop."),
        ("Amina", "corrected on the status page: title and impact", "Cards, minor impact"),
        ("Amina", "corrected on the status page: text", "Paying by card fails for some."),
    ]
    assert "public_post" in {d.kind for d in inside.hub(amina, id_).deadlines if d.met_at}, "what was told stays told"


def test_a_restricted_incident_never_reaches_the_page(shop: Shop, amina: Actor) -> None:
    id_ = declared(shop, amina, kind="security")
    with pytest.raises(Conflict, match="restricted"):
        incidents.send_status_update(amina, incident=id_, public="Somebody broke in.")
    with pytest.raises(Conflict, match="restricted"):
        commands.open_incident(SYSTEM, title="x", status="investigating", body="y", components={}, incident=id_)
    assert not PublicIncident.objects.exists()


def test_an_incident_restricted_later_is_withheld_at_once_and_shown_again_when_released(
    shop: Shop, amina: Actor
) -> None:
    shop.subscribed("ann@example.org")
    id_ = declared(shop, amina)
    incidents.send_status_update(amina, incident=id_, public="Paying by card fails.")
    run_engine(periodic=False)
    code = queries.incidents(SYSTEM)[0].code
    page = f"incidents/{code}/index.html"
    assert shop.has(page)
    assert shop.told() == ["ann@example.org"]
    incidents.restrict(amina, incident=id_, reason="It is an attack.")
    run_engine(periodic=False)
    assert not shop.has(page)
    assert "Paying by card" not in shop.file("index.html") + shop.file("api/v2/summary.json")
    with pytest.raises(Conflict, match="restricted"):
        commands.post_update(SYSTEM, public_incident_id=code, status="identified", body="An attack.")
    assert queries.incidents(shop.people["Cora"]) == []
    incidents.release(shop.person("Yusuf", Role.SECURITY), incident=id_, reason="It was none.")
    assert "Paying by card" in shop.file("index.html")


def test_messages_that_wait_for_a_restricted_incident_are_held_back(shop: Shop, amina: Actor) -> None:
    shop.subscribed("ann@example.org")
    id_ = declared(shop, amina)
    incidents.send_status_update(amina, incident=id_, public="Paying by card fails.")
    incidents.restrict(amina, incident=id_, reason="It is an attack.")
    assert shop.told() == []
    assert not Delivery.objects.filter(purpose="statuspage.update", state="sent").exists()


def test_a_confirmed_loud_incident_opens_by_itself_only_where_the_page_is_set_to(shop: Shop, amina: Actor) -> None:
    declared(shop, amina)
    assert not PublicIncident.objects.exists()
    commands.save_page(SYSTEM, opens_by_itself=True)
    declared(shop, amina, severity="medium")
    assert not PublicIncident.objects.exists()
    declared(shop, amina)
    [row] = queries.incidents(SYSTEM)
    assert [update.body for update in row.updates] == ["We are looking into a problem with Checkout."]


def test_the_same_public_text_told_twice_by_the_engine_is_one_update(shop: Shop, amina: Actor) -> None:
    id_ = declared(shop, amina)
    incidents.send_status_update(amina, incident=id_, public="First.")
    run_engine(periodic=False)
    incidents.send_status_update(amina, incident=id_, public="Second.")
    run_engine(periodic=False)
    [row] = queries.incidents(SYSTEM)
    assert [update.body for update in row.updates] == ["Second.", "First."]
