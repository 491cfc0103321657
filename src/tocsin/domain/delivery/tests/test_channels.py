"""Accounts with vendors: sealed, kept secret, set by screen or environment, tried by a message."""

from collections.abc import Mapping
from typing import Any

import pytest
from django.db import connection

from tocsin.core.engine.testing import run_engine
from tocsin.core.log import read_stream
from tocsin.domain.delivery import channels
from tocsin.domain.delivery.channel_queries import channel, channel_tests
from tocsin.domain.delivery.channels import Address, account, register_channel
from tocsin.domain.delivery.commands import add_destination, once, remove_channel, save_channel, test_channel
from tocsin.domain.delivery.commands.ending import forget_heard
from tocsin.domain.delivery.models import Heard
from tocsin.domain.delivery.ports import FormField, Permanent, register_transport
from tocsin.domain.delivery.queries import deliveries, destinations
from tocsin.domain.delivery.tests.conftest import SYSTEM, Pigeon, post
from tocsin.kernel.actor import Actor
from tocsin.kernel.errors import Conflict, Denied, Invalid, NotFound

pytestmark = pytest.mark.django_db
test_channel.__test__ = False  # type: ignore[attr-defined]


class Loft:
    """A vendor whose account is a place and a key."""

    name, title, about, icon = "loft", "Loft", "Pigeons.", "send"
    kinds = ("pigeon",)
    fields = (
        FormField("place", "Place", required=True),
        FormField("key", "Key", required=True, secret=True),
        FormField("extra", "Extra"),
    )
    addresses = (Address("Perch", "perch"),)
    problem = ""

    def clean(self, config: Mapping[str, str]) -> dict[str, str]:
        if config.get("place") == "sea":
            raise Invalid("place: pigeons do not land on water.", field="place")
        return dict(config)

    def connect(self, config: Mapping[str, str]) -> str:
        return self.problem


@pytest.fixture
def loft_account(monkeypatch: pytest.MonkeyPatch, pigeon: Pigeon) -> Loft:
    monkeypatch.setattr(channels, "_kinds", dict(channels._kinds))
    vendor = Loft()
    register_channel(vendor)
    save_channel(SYSTEM, name="loft", config={"place": "roof", "key": "canary-7731"})
    return vendor


def test_a_secret_stands_sealed_and_leaves_by_no_query_and_no_event(loft_account: Loft) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT config FROM delivery_channel")
        assert "canary-7731" not in str(cursor.fetchall())
    view = channel(SYSTEM, "loft")
    assert (view.config, view.kept) == ({"place": "roof"}, frozenset({"key"}))
    assert "canary-7731" not in str([entry.event for entry in read_stream("channel:loft")])
    assert account("loft")["key"] == "canary-7731"


def test_an_empty_secret_keeps_what_was_there(loft_account: Loft) -> None:
    save_channel(SYSTEM, name="loft", config={"place": "barn", "key": ""})
    assert account("loft") == {"place": "barn", "key": "canary-7731"}


def test_the_environment_wins_and_cannot_be_changed_here(loft_account: Loft, settings: Any) -> None:
    settings.CHANNELS = {"LOFT_PLACE": "tower"}
    assert account("loft")["place"] == "tower"
    assert channel(SYSTEM, "loft").fixed == {"place"}
    with pytest.raises(Invalid, match="environment"):
        save_channel(SYSTEM, name="loft", config={"place": "barn"})
    settings.CHANNELS = {}
    assert account("loft")["place"] == "roof"


def test_bad_settings_are_refused_and_change_nothing(loft_account: Loft) -> None:
    for config in ({"place": "sea"}, {"wings": "2"}):
        with pytest.raises(Invalid):
            save_channel(SYSTEM, name="loft", config=config)
    with pytest.raises(NotFound):
        save_channel(SYSTEM, name="nowhere", config={})
    assert account("loft")["place"] == "roof"


def test_only_administrators_set_channels_up_or_look_at_them(loft_account: Loft, as_mara: Actor) -> None:
    for act in (
        lambda: save_channel(as_mara, name="loft", config={}),
        lambda: remove_channel(as_mara, name="loft"),
        lambda: test_channel(as_mara, name="loft", kind="pigeon", address="x"),
        lambda: channel(as_mara, "loft"),
    ):
        with pytest.raises(Denied):
            act()


def test_a_test_goes_through_the_ledger_and_shows_the_answer(loft_account: Loft, pigeon: Pigeon) -> None:
    assert channel(SYSTEM, "loft").state == "new"
    test_channel(SYSTEM, name="loft", kind="pigeon", address="nest-9")
    run_engine(periodic=False)
    [row] = channel_tests(SYSTEM, "loft")
    assert (row.state, row.answer, row.address_hint) == ("sent", "flew", "n…")
    assert channel(SYSTEM, "loft").state == "ok"
    assert destinations(SYSTEM) == []
    pigeon.replies = [Permanent("550 no nest")]
    test_channel(SYSTEM, name="loft", kind="pigeon", address="nest-9")
    run_engine(periodic=False)
    assert (channel(SYSTEM, "loft").state, channel(SYSTEM, "loft").answer) == ("failing", "550 no nest")


def test_a_channel_that_is_not_set_up_cannot_be_tried_and_says_what_is_missing(loft_account: Loft) -> None:
    remove_channel(SYSTEM, name="loft")
    with pytest.raises(Conflict, match="not set up"):
        test_channel(SYSTEM, name="loft", kind="pigeon", address="x")
    assert channel(SYSTEM, "loft").state == "off"
    with pytest.raises(NotFound):
        remove_channel(SYSTEM, name="loft")


def test_what_connecting_comes_to_is_kept(loft_account: Loft) -> None:
    loft_account.problem = "The perch is taken."
    save_channel(SYSTEM, name="loft", config={"extra": "corn"})
    run_engine(periodic=False)
    assert (channel(SYSTEM, "loft").state, channel(SYSTEM, "loft").problem) == ("failing", "The perch is taken.")


def test_a_destination_that_ended_is_switched_off_once_and_its_person_is_told_elsewhere(
    pigeon: Pigeon, loft: str, as_mara: Actor
) -> None:
    other = Pigeon(kind="letter", capabilities=frozenset())
    register_transport("letter", other)
    add_destination(SYSTEM, kind="letter", address="home", person_id=as_mara.person, vouched=True)
    pigeon.replies = [Permanent("410 Gone", ended=True)]
    post(loft)
    run_engine(periodic=False)
    method = next(one for one in destinations(as_mara, as_mara.person) if one.id == loft)
    assert (method.enabled, method.ended) == (False, "410 Gone")
    [(_, message, _)] = other.sent
    assert "410 Gone" in message.text
    assert [row.state for row in deliveries(SYSTEM) if row.kind == "pigeon"] == ["failed"]


def test_what_a_vendor_says_is_heard_once_and_forgotten_after_a_month(time_machine: Any) -> None:
    time_machine.move_to("2026-11-03T09:00:00Z", tick=False)
    assert once(SYSTEM, vendor="loft", name="a")
    assert not once(SYSTEM, vendor="loft", name="a")
    assert once(SYSTEM, vendor="barn", name="a")
    time_machine.move_to("2026-12-04T09:00:00Z", tick=False)
    forget_heard(SYSTEM)
    assert not Heard.objects.exists()
