"""Text messages through Twilio, both ways, against a server that speaks its documented API."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tocsin.core.engine.testing import run_engine
from tocsin.domain.accounts import commands as accounts
from tocsin.domain.delivery import commands, queries, standing
from tocsin.domain.oncall.queries import paging
from tocsin.integrations.twilio.tests.conftest import PHONE, SYSTEM, page, sent, with_phone
from tocsin.integrations.twilio.tests.fake import SID, FakeTwilio, post, signed

pytestmark = pytest.mark.django_db
REPLY = "https://tocsin.example.org/hooks/twilio/reply"


def reply(twilio: FakeTwilio, body: str, sid: str = "SM9", **more: str) -> str:
    answer = twilio.posts(REPLY, MessageSid=sid, AccountSid=SID, From=PHONE, To="+15550100100", Body=body, **more)
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/xml; charset=utf-8")
    return answer.content.decode()


def holder(number: int = 42) -> str:
    return next((each.person for each in paging(SYSTEM, f"test:{number}").pages if each.acknowledged_at), "")


def test_a_page_is_a_text_with_a_receipt(twilio: FakeTwilio, ada: str) -> None:
    with_phone(ada, "sms")
    page(ada)
    [(path, form)] = twilio.asked
    assert path == f"/2010-04-01/Accounts/{SID}/Messages.json"
    assert (form["To"], form["From"]) == (PHONE, "+15550100100")
    assert form["Body"].startswith(
        "Critical: INC-42 Checkout is failing\nReply 1 to take it, 2 to pass it on.\nhttps://"
    )
    [row] = sent("sms")
    assert (row.state, row.answer) == ("sent", "Twilio: queued")
    for status, state in (("sending", "sent"), ("sent", "sent"), ("delivered", "delivered"), ("sent", "delivered")):
        assert twilio.posts(form["StatusCallback"], MessageSid="SM1", MessageStatus=status).status_code == 204
        assert sent("sms")[0].state == state


def test_a_text_that_did_not_arrive_says_why(twilio: FakeTwilio, ada: str) -> None:
    with_phone(ada, "sms")
    page(ada)
    twilio.posts(twilio.asked[0][1]["StatusCallback"], MessageStatus="undelivered", ErrorCode="30003")
    [row] = sent("sms")
    assert row.state == "failed"
    assert row.answer == "Twilio: undelivered, 30003: the phone is switched off or out of reach"


def test_a_restricted_page_carries_reference_and_severity_only(twilio: FakeTwilio, ada: str) -> None:
    with_phone(ada, "sms")
    page(ada, title="Ledger was stolen", restricted=True)
    assert twilio.asked[0][1]["Body"].startswith("Critical: INC-42\nReply 1")


def test_one_as_a_reply_acknowledges_and_says_so(twilio: FakeTwilio, ada: str) -> None:
    with_phone(ada, "sms")
    page(ada)
    assert "INC-42 is yours." in reply(twilio, "1")
    assert holder() == "Ada Lindqvist"
    assert paging(SYSTEM, "test:42").pages[0].via == "reply by text message"


def test_one_all_takes_everything_that_waits_and_one_tells_how_much_that_is(twilio: FakeTwilio, ada: str) -> None:
    with_phone(ada, "sms")
    for number in (41, 42, 43, 44):
        page(ada, number=number)
    assert "INC-44 is yours. 3 more: reply 1 all to take them too." in reply(twilio, "1")
    accounts.change_person(SYSTEM, person_id=ada, language="de")
    assert "Du hast INC-43, INC-42, INC-41 übernommen." in reply(twilio, "1 alle", sid="SM10")
    assert [holder(number) for number in (41, 42, 43, 44)] == ["Ada Lindqvist"] * 4
    assert "INC-44 übernommen." in reply(twilio, "1 all", sid="SM11")


def test_a_bare_reply_answers_the_newest_page_and_the_next_one_the_page_before(twilio: FakeTwilio, ada: str) -> None:
    with_phone(ada, "sms")
    page(ada, number=41)
    page(ada, number=42)
    assert "INC-42 is yours" in reply(twilio, "ack", "SM1")
    assert (holder(41), holder(42)) == ("", "Ada Lindqvist")
    assert "INC-41 is yours" in reply(twilio, "ack", "SM2")
    assert "is yours" in reply(twilio, "1", "SM3")


def test_a_reply_that_names_a_reference_answers_that_one(twilio: FakeTwilio, ada: str) -> None:
    with_phone(ada, "sms")
    page(ada, number=41)
    page(ada, number=42)
    assert "INC-41 is yours" in reply(twilio, "1 inc-41")
    assert (holder(41), holder(42)) == ("Ada Lindqvist", "")


def test_two_as_a_reply_that_cannot_be_passed_on_says_so(twilio: FakeTwilio, ada: str) -> None:
    with_phone(ada, "sms")
    page(ada)
    assert "There is nobody else to page; it stays with you." in reply(twilio, "2")


def test_a_recorded_reply_played_again_answers_nothing(twilio: FakeTwilio, ada: str) -> None:
    with_phone(ada, "sms")
    page(ada, number=41)
    reply(twilio, "1", "SM1")
    page(ada, number=42)
    assert "<Message>" not in reply(twilio, "1", "SM1")
    assert holder(42) == ""


def test_what_is_not_understood_is_asked_again_and_strangers_answer_nothing(twilio: FakeTwilio, ada: str) -> None:
    with_phone(ada, "sms")
    page(ada)
    assert "Not understood." in reply(twilio, "call me later", "SM1")
    answer = twilio.posts(REPLY, MessageSid="SM2", From="+15550100999", Body="1")
    assert "Nothing waits for an answer from you." in answer.content.decode()
    assert holder() == ""


def test_stop_switches_the_phone_off_and_tells_its_person_and_the_administrators(twilio: FakeTwilio, ada: str) -> None:
    phone = with_phone(ada, "sms")
    boss = accounts.add_person(SYSTEM, email="boss@example.org", name="Boss", roles=["administrator"])
    run_engine(periodic=False)
    assert "<Message>" not in reply(twilio, "STOP", OptOutType="STOP")
    method = next(one for one in queries.destinations(SYSTEM, ada) if one.id == phone)
    assert (method.enabled, method.ended) == (False, "Its owner answered STOP to a text message.")
    told = {(row.person_id, row.kind) for row in queries.deliveries(SYSTEM) if row.purpose == "delivery.ended"}
    assert told == {(ada, "mail"), (boss, "mail")}
    reply(twilio, "start", "SM10")
    method = next(one for one in queries.destinations(SYSTEM, ada) if one.id == phone)
    assert (method.enabled, method.ended) == (True, "")


def test_start_does_not_switch_on_what_a_person_switched_off(twilio: FakeTwilio, ada: str) -> None:
    phone = with_phone(ada, "sms")
    commands.change_destination(SYSTEM, destination_id=phone, enabled=False)
    reply(twilio, "START")
    assert not next(one for one in queries.destinations(SYSTEM, ada) if one.id == phone).enabled


@pytest.mark.parametrize(
    ("status", "code", "state", "words"),
    [
        (400, 21211, "failed", "not a phone number"),
        (400, 21614, "failed", "takes no text messages"),
        (400, 21408, "failed", "may not write to this country"),
        (401, 20003, "queued", "Settings, Channels, Twilio."),
        (404, 20404, "queued", "Settings, Channels, Twilio."),
        (429, 20429, "queued", "Error 20429"),
        (400, 21611, "queued", "Error 21611"),
        (500, 20500, "queued", "Error 20500"),
        (503, 0, "queued", "Twilio 503"),
        (504, 0, "unknown", "Twilio 504"),
    ],
)
def test_each_refusal_is_told_apart(
    twilio: FakeTwilio, ada: str, status: int, code: int, state: str, words: str
) -> None:
    phone = with_phone(ada, "sms")
    twilio.refuses(status, code)
    commands.send_test(SYSTEM, destination_id=phone)
    run_engine(periodic=False)
    [row] = sent("sms")
    assert row.state == state
    assert words in row.answer


def test_too_many_requests_wait_as_long_as_twilio_asks(twilio: FakeTwilio, ada: str) -> None:
    phone = with_phone(ada, "sms")
    twilio.refuses(429, 20429, Retry_After="120")
    commands.send_test(SYSTEM, destination_id=phone)
    run_engine(periodic=False)
    [row] = sent("sms")
    assert row.next_at is not None
    assert row.next_at - row.attempts[0].at >= timedelta(seconds=119)


def test_a_phone_that_said_stop_to_twilio_is_switched_off_here_too(twilio: FakeTwilio, ada: str) -> None:
    phone = with_phone(ada, "sms")
    twilio.refuses(400, 21610)
    page(ada)
    method = next(one for one in queries.destinations(SYSTEM, ada) if one.id == phone)
    assert not method.enabled
    assert "answered STOP" in method.ended


def test_a_lost_answer_is_unknown_until_the_receipt_clears_it(twilio: FakeTwilio, ada: str) -> None:
    with_phone(ada, "sms")
    twilio.hangs_up = True
    page(ada)
    assert sent("sms")[0].state == "unknown"
    twilio.hangs_up = False
    twilio.posts(twilio.asked[0][1]["StatusCallback"], MessageStatus="sent")
    assert sent("sms")[0].state == "sent"
    run_engine(periodic=False)
    assert len(twilio.asked) == 1


def test_without_a_public_address_nothing_is_asked_back(twilio: FakeTwilio, ada: str, settings: object) -> None:
    settings.PUBLIC_URL = "http://localhost:8099"  # type: ignore[attr-defined]
    with_phone(ada, "sms")
    page(ada)
    form = twilio.asked[0][1]
    assert "StatusCallback" not in form
    assert "Reply" not in form["Body"]


@pytest.mark.parametrize("signature", [None, "", "AAAA", "é"])
def test_what_is_not_signed_by_twilio_is_refused(twilio: FakeTwilio, ada: str, signature: str | None) -> None:
    with_phone(ada, "sms")
    page(ada)
    form = {"MessageSid": "SM1", "From": PHONE, "Body": "1"}
    assert post(REPLY, form, signature).status_code == 403
    assert holder() == ""


def test_every_part_of_a_signed_request_is_covered(twilio: FakeTwilio, ada: str) -> None:
    with_phone(ada, "sms")
    page(ada)
    form = {"Body": "1", "From": PHONE, "MessageSid": "SM1"}
    good = signed(REPLY, form)
    for changed in ({**form, "Body": "2"}, {**form, "From": PHONE[:-1] + "0"}, {**form, "More": ""}):
        assert post(REPLY, changed, good).status_code == 403
    assert post(REPLY + "?x=1", form, good).status_code == 403
    assert post(REPLY, form, good).status_code == 200


def test_addresses_that_lead_nowhere_are_not_found(twilio: FakeTwilio) -> None:
    base = "https://tocsin.example.org/hooks"
    for path in ("twilio/nothing", "twilio/sms", "twilio/reply/x", "twilio/sms/not-an-id"):
        assert twilio.posts(f"{base}/{path}", MessageStatus="delivered").status_code == 404, path
    assert twilio.posts(f"{base}/nobody/x", a="b").status_code == 404
    with transaction.atomic():
        commands.remove_channel(SYSTEM, name="twilio")
    assert twilio.posts(REPLY, Body="1").status_code == 404


def test_a_code_is_a_text_that_says_nothing_else(twilio: FakeTwilio, ada: str) -> None:
    phone = commands.add_destination(
        SYSTEM, kind="sms", address="0049 151 23456789".replace("00", "+", 1), person_id=ada
    )
    commands.request_verification(SYSTEM, destination_id=phone)
    run_engine(periodic=False)
    body = twilio.asked[0][1]["Body"]
    assert body.endswith("is your Tocsin code. It works for 10 minutes.")
    commands.verify(SYSTEM, destination_id=phone, code=body[:6])


def test_how_many_phones_stand_asks_no_more_for_more_of_them(twilio: FakeTwilio, ada: str) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            assert all(method.usable for method in standing.methods(SYSTEM) if method.kind == "sms")
        return len(found)

    with_phone(ada, "sms")
    one = asked()
    for number in range(3):
        address = f"+491512345670{number}"
        commands.add_destination(SYSTEM, kind="sms", address=address, person_id=ada, vouched=True)
    assert asked() == one
