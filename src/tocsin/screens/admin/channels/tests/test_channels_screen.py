"""Channels on the screen: set up, never shown again, tried, removed."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from tocsin.domain.accounts import commands as accounts
from tocsin.domain.chat.commands.acting import met
from tocsin.domain.chat.ports import Who
from tocsin.domain.delivery.channels import account
from tocsin.domain.delivery.queries import deliveries
from tocsin.kernel.actor import system

pytestmark = pytest.mark.django_db
SYSTEM = system("test")
GIVEN = {"account_sid": "AC" + "0" * 32, "auth_token": "canary-7731", "sender": "+1 555 010 0100"}


@pytest.fixture
def boss() -> Client:
    id_ = accounts.add_person(SYSTEM, email="boss@example.org", name="Boss", roles=["administrator"])
    client = Client()
    client.force_login(get_user_model().objects.get(id=id_), backend="django.contrib.auth.backends.ModelBackend")
    return client


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_an_account_is_set_up_and_its_secret_never_shown_again(boss: Client) -> None:
    assert "Not set up" in text(boss.get("/settings/channels/"))
    assert boss.post("/settings/channels/twilio/", GIVEN).status_code == 302
    shown = text(boss.get("/settings/channels/twilio/"))
    assert "canary-7731" not in shown
    assert "One is kept; leave it empty to keep it." in shown
    assert "/hooks/twilio/reply" in shown
    boss.post("/settings/channels/twilio/", {**GIVEN, "auth_token": "", "sender": "+1 555 010 0111"})
    assert account("twilio") == {
        "account_sid": GIVEN["account_sid"],
        "auth_token": "canary-7731",
        "sender": "+15550100111",
    }


def test_a_wrong_setting_is_named_and_what_was_typed_stays(boss: Client) -> None:
    answer = boss.post("/settings/channels/twilio/", {**GIVEN, "sender": "call me"})
    assert answer.status_code == 422
    assert "not a whole phone number" in text(answer)
    assert "call me" in text(answer)
    assert account("twilio") == {}


def test_a_test_is_sent_to_a_typed_number(boss: Client) -> None:
    boss.post("/settings/channels/twilio/", GIVEN)
    answer = boss.post("/settings/channels/twilio/test/", {"kind": "sms", "address": "12"})
    assert (answer.status_code, "not a whole phone number" in text(answer)) == (422, True)
    boss.post("/settings/channels/twilio/test/", {"kind": "sms", "address": "+49 151 23456789"})
    [row] = [row for row in deliveries(SYSTEM) if row.kind == "sms"]
    assert row.address_hint == "+49…789"
    assert "+49…789" in text(boss.get("/settings/channels/twilio/"))


def test_what_the_environment_sets_is_shown_and_cannot_be_typed(boss: Client, settings: Any) -> None:
    settings.CHANNELS = {"TWILIO_" + name.upper(): value for name, value in GIVEN.items()}
    shown = text(boss.get("/settings/channels/twilio/"))
    assert shown.count("The environment sets it") == 3
    assert "canary-7731" not in shown
    assert "Nothing sent yet" in shown


def test_removing_asks_for_the_name(boss: Client) -> None:
    boss.post("/settings/channels/twilio/", GIVEN)
    boss.post("/settings/channels/twilio/remove/", {"confirm": "no"})
    assert account("twilio")
    boss.post("/settings/channels/twilio/remove/", {"confirm": "Twilio"})
    assert account("twilio") == {}


def test_a_gateway_sends_the_body_that_was_typed_without_choosing_its_form(boss: Client) -> None:
    given = {"url": "https://sms.example.org/send", "body": '{"to": "{to}", "text": "{text}"}', "method": "POST"}
    assert '<option value="application/json" selected>' in text(boss.get("/settings/channels/sms_gateway/"))
    answer = boss.post("/settings/channels/sms_gateway/", {**given, "type": ""})
    assert "A body is filled in; choose its form, or empty the body." in text(answer)
    boss.post("/settings/channels/sms_gateway/", {**given, "type": "application/json"})
    assert account("sms_gateway")["body"] == given["body"]


def test_an_administrator_sees_whom_a_chat_was_taken_for_and_ends_a_mistake(boss: Client) -> None:
    met("slack", "U0BOSS0001", "", Who("boss@example.org", "The Boss"))
    met("slack", "U0ZOE00001", "", Who("zoe@example.org", "Zoe"))
    shown = text(boss.get("/settings/channels/slack/"))
    assert "The Boss" in shown
    assert "Nobody here" in shown
    boss.post("/settings/channels/slack/forget/", {"user": "U0ZOE00001"})
    assert "Zoe" not in text(boss.get("/settings/channels/slack/"))


def test_a_mirror_says_that_incidents_try_it(boss: Client) -> None:
    given = {"webhook": "https://chat.example.org/hooks/abc", "severities": "high"}
    answer = text(boss.post("/settings/channels/mattermost_mirror/", given, follow=True))
    assert "The next incident is told there" in answer
    assert "contact method of yours" not in answer


def test_where_no_address_can_be_typed_the_test_leads_to_ones_own_contact_method(boss: Client) -> None:
    given = {"contact": "ops@example.org"}
    answer = boss.post("/settings/channels/webpush/", given, follow=True)
    assert "Add it as a contact method of yours and try it there" in text(answer)
    assert "/settings/contact/add/webpush/" in text(answer)
