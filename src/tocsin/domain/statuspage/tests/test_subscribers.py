"""Who is told, once each, after they agreed; and how they leave."""

import re
from urllib.parse import urlsplit

import pytest
from django.test import Client

from tocsin.core.engine.models import Job
from tocsin.core.engine.testing import run_engine
from tocsin.domain.delivery import queries as delivery
from tocsin.domain.delivery.models import Delivery, Destination
from tocsin.domain.statuspage import commands, queries
from tocsin.domain.statuspage.commands import telling
from tocsin.domain.statuspage.jobs import Tell
from tocsin.domain.statuspage.models import Subscriber, Update
from tocsin.domain.statuspage.tests.conftest import SYSTEM, Shop
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Invalid, NotFound

pytestmark = pytest.mark.django_db
PLACE = "/status/subscribe/"


def ask(address: str, **more: str) -> int:
    return Client().post(PLACE, {"kind": "mail", "address": address, **more}).status_code


def link(shop: Shop) -> str:
    """The link of the newest message."""
    return urlsplit(shop.mail.sent[-1][1].url).path


def test_nobody_is_told_before_somebody_at_the_address_pressed_the_button(shop: Shop) -> None:
    assert ask("ann@example.org") == 200
    run_engine(periodic=False)
    path = link(shop)
    assert Client().get(path).status_code == 200
    shop.mail.sent.clear()
    shop.broken()
    assert shop.told() == []
    assert Client().post(path).status_code == 200
    shop.broken(title="Another", body="More.")
    assert shop.told() == ["ann@example.org"]


def test_the_answer_never_betrays_who_is_subscribed_and_nobody_is_flooded(shop: Shop) -> None:
    shop.subscribed("ann@example.org")
    known = Client().post(PLACE, {"kind": "mail", "address": "ann@example.org"}).content
    unknown = Client().post(PLACE, {"kind": "mail", "address": "new@example.org"}).content
    assert known.replace(b"ann@", b"new@") == unknown
    for _ in range(5):
        ask("new@example.org")
    assert len(shop.told()) == 1


def test_what_is_no_address_is_refused_with_the_input_kept_and_a_program_that_fills_the_trap_gets_nothing(
    shop: Shop,
) -> None:
    page = Client().post(PLACE, {"kind": "mail", "address": "nonsense"})
    assert page.status_code == 422
    assert 'value="nonsense"' in page.content.decode()
    assert ask("bot@example.org", website="spam") == 200
    assert not Subscriber.objects.exists()


def test_a_link_to_confirm_runs_out_after_two_days_and_a_forged_one_does_nothing(shop: Shop) -> None:
    ask("ann@example.org")
    run_engine(periodic=False)
    path = link(shop)
    assert Client().post(path[:-6] + "abcde/").status_code == 404
    shop.clock.shift(3 * 86400)
    assert Client().post(path).status_code == 404
    assert Subscriber.objects.get().state == "pending"


def test_a_mail_program_leaves_with_one_post_and_the_address_is_forgotten(shop: Shop) -> None:
    shop.subscribed("ann@example.org")
    shop.broken()
    run_engine(periodic=False)
    _, message = next(one for one in shop.mail.sent if one[0] == "ann@example.org")
    path = urlsplit(message.attributes["unsubscribe_url"]).path
    assert path in message.html
    assert path in message.text
    assert Client().get(path).status_code == 200
    assert Subscriber.objects.get().state == "active"
    shop.mail.sent.clear()
    for _ in range(2):
        assert Client().post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    row = Subscriber.objects.get()
    assert (row.state, row.address) == ("left", "")
    assert not Destination.objects.filter(audience="statuspage").exists()
    shop.broken(title="Another", body="More.")
    assert shop.told() == []


def test_somebody_who_chose_a_component_hears_of_that_one_only(shop: Shop) -> None:
    codes = {one.name: one.code for one in queries.components(SYSTEM)}
    shop.subscribed("search@example.org", codes["Search"])
    shop.subscribed("all@example.org")
    shop.broken()
    assert shop.told() == ["all@example.org"]
    commands.open_incident(
        SYSTEM, title="Search", status="investigating", body="x", components={shop.search: "partial_outage"}
    )
    assert shop.told() == ["all@example.org", "search@example.org"]


def test_every_subscriber_has_one_ledger_row_for_each_update_however_often_a_slice_is_done(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "SLICE", 10)
    monkeypatch.setattr(telling, "NEW_PLACES", 4)
    commands.import_subscribers(SYSTEM, rows=[[f"a{n}@example.org"] for n in range(33)])
    shop.broken()
    assert len(shop.told()) == 33
    update = Update.objects.get()
    telling.tell_slice(Tell(update=str(update.id)))
    run_engine(periodic=False)
    assert shop.told() == []
    assert Delivery.objects.filter(subject_id=str(update.id)).count() == 33
    assert queries.told(SYSTEM, [str(update.id)])[str(update.id)].counts == {"sent": 33}
    assert update.told_at is None or update.told_at <= now()


def test_a_list_half_of_which_is_broken_blocks_nobody_and_the_broken_are_found(shop: Shop) -> None:
    rows = [[f"{'broken' if n % 2 else 'good'}{n}@example.org"] for n in range(40)]
    done = commands.import_subscribers(SYSTEM, rows=[*rows, ["no address"], ["=evil()"], []])
    assert (done.added, done.refused) == (40, 2)
    id_ = shop.broken()
    for text in ("Second.", "Third."):
        assert len(shop.told()) == 20
        commands.post_update(SYSTEM, public_incident_id=id_, status="identified", body=text)
    assert len(shop.told()) == 20
    assert queries.subscribers(SYSTEM).counts == {"active": 20, "broken": 20}
    commands.post_update(SYSTEM, public_incident_id=id_, status="identified", body="Fourth.")
    run_engine(periodic=False)
    update = Update.objects.get(body="Fourth.")
    assert Delivery.objects.filter(subject_id=str(update.id)).count() == 20


def test_subscribers_show_in_no_list_of_contact_methods(shop: Shop) -> None:
    shop.subscribed("ann@example.org")
    assert delivery.destinations(SYSTEM, "") == []


def test_mail_to_subscribers_never_stands_in_the_lane_of_pages(shop: Shop) -> None:
    shop.subscribed("ann@example.org")
    shop.broken()
    while Job.objects.filter(kind="statuspage.tell").exists():
        telling.tell_slice(Tell(update=str(Update.objects.get().id)))
        Job.objects.filter(kind="statuspage.tell").delete()
    assert set(Job.objects.filter(kind="delivery.send").values_list("lane", flat=True)) == {"smtp:bulk"}


def test_who_left_stays_away_when_a_list_is_imported_again(shop: Shop) -> None:
    shop.subscribed("ann@example.org")
    commands.remove_subscriber(SYSTEM, subscriber_id=str(Subscriber.objects.get().id))
    assert commands.import_subscribers(SYSTEM, rows=[["ann@example.org"]]).known == 1
    assert Subscriber.objects.get().state == "left"


def test_choosing_and_links_of_others_are_answered_clearly(shop: Shop) -> None:
    shop.subscribed("ann@example.org")
    shop.broken()
    run_engine(periodic=False)
    leave = re.search(r"/status/subscription/[^/\s]+/", shop.mail.sent[-1][1].text)
    assert leave
    code = queries.components(SYSTEM)[1].code
    assert Client().post(leave[0], {"do": "choose", "components": [code]}).status_code == 200
    assert Subscriber.objects.get().components == [code]
    assert Client().get("/status/subscription/nothing/").status_code == 404
    with pytest.raises(NotFound):
        commands.unsubscribe("nothing")
    with pytest.raises(Invalid, match="kind"):
        commands.subscribe(SYSTEM, kind="pigeon", address="roof")
