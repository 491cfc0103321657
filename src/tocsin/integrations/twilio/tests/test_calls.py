"""Phone calls through Twilio: what is said, keys, answering machines, and how each call ends."""

from xml.etree import ElementTree

import pytest

from tocsin.core.engine.testing import run_engine
from tocsin.domain.accounts import commands as accounts
from tocsin.domain.delivery import commands
from tocsin.domain.oncall.queries import paging
from tocsin.integrations.twilio.tests.conftest import PHONE, SYSTEM, page, sent, with_phone
from tocsin.integrations.twilio.tests.fake import SID, FakeTwilio

pytestmark = pytest.mark.django_db


def called(twilio: FakeTwilio) -> dict[str, str]:
    calls = [form for path, form in twilio.asked if path == f"/2010-04-01/Accounts/{SID}/Calls.json"]
    return calls[-1]


def twiml(twilio: FakeTwilio, url: str, **form: str) -> ElementTree.Element:
    answer = twilio.posts(url, CallSid="CA1", AccountSid=SID, **form)
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/xml; charset=utf-8")
    return ElementTree.fromstring(answer.content)


def words(root: ElementTree.Element) -> str:
    return " ".join(each.text or "" for each in root.iter("Say"))


def holder() -> str:
    return next((each.person for each in paging(SYSTEM, "test:42").pages if each.acknowledged_at), "")


def test_a_call_says_it_twice_and_one_takes_it(twilio: FakeTwilio, ada: str) -> None:
    with_phone(ada, "voice")
    page(ada)
    form = called(twilio)
    assert (form["To"], form["From"], form["MachineDetection"]) == (PHONE, "+15550100100", "DetectMessageEnd")
    root = twiml(twilio, form["Url"], CallStatus="in-progress", AnsweredBy="human")
    gather = root.find("Gather")
    assert gather is not None
    assert gather.get("numDigits") == "1"
    assert words(gather).count("Tocsin. Critical. I N C 42. Checkout is failing.") == 2
    assert words(gather).count("Press 1 to take it.") == 2
    said = words(twiml(twilio, gather.get("action", ""), Digits="1"))
    assert said == "INC-42 is yours."
    assert holder() == "Ada Lindqvist"
    assert twilio.posts(form["StatusCallback"], CallStatus="completed", CallDuration="31").status_code == 204
    [row] = sent("voice")
    assert (row.state, row.answer) == ("delivered", "Twilio: answered, 31 s")


def test_another_key_is_asked_again_and_two_says_when_there_is_nobody_else(twilio: FakeTwilio, ada: str) -> None:
    with_phone(ada, "voice")
    page(ada)
    key = called(twilio)["Url"].partition("#")[0].replace("/call/", "/key/")
    root = twiml(twilio, key, Digits="7")
    assert words(root) == "That key is not known."
    assert root.findtext("Redirect") == called(twilio)["Url"].partition("#")[0]
    assert "nobody else" in words(twiml(twilio, key, Digits="2"))
    assert holder() == ""


def test_a_call_speaks_the_language_of_the_person(twilio: FakeTwilio, ada: str) -> None:
    accounts.change_person(SYSTEM, person_id=ada, language="de")
    with_phone(ada, "voice")
    page(ada)
    root = twiml(twilio, called(twilio)["Url"], AnsweredBy="human")
    assert {each.get("language") for each in root.iter("Say")} == {"de-DE"}
    assert "Kritisch." in words(root)
    assert "Drücke 1" in words(root)


def test_an_answering_machine_is_no_person_and_the_next_method_is_asked(twilio: FakeTwilio, ada: str) -> None:
    with_phone(ada, "voice")
    page(ada)
    root = twiml(twilio, called(twilio)["Url"], AnsweredBy="machine_end_beep")
    assert root.find("Gather") is None
    assert "Open the message" in words(root)
    [row] = sent("voice")
    assert (row.state, row.answer) == ("failed", "Twilio: an answering machine took the call")
    twilio.posts(called(twilio)["StatusCallback"], CallStatus="completed", AnsweredBy="machine_end_beep")
    assert sent("voice")[0].state == "failed"


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("no-answer", "nobody picked up"),
        ("busy", "the line was busy"),
        ("failed", "the call could not be placed"),
        ("canceled", "the call was cancelled"),
    ],
)
def test_a_call_that_reached_nobody_failed(twilio: FakeTwilio, ada: str, status: str, words: str) -> None:
    with_phone(ada, "voice")
    page(ada)
    twilio.posts(called(twilio)["StatusCallback"], CallStatus=status)
    [row] = sent("voice")
    assert (row.state, row.answer) == ("failed", f"Twilio: {words}")


def test_who_picks_up_after_another_took_it_hears_that(twilio: FakeTwilio, ada: str) -> None:
    with_phone(ada, "voice")
    with_phone(ada, "sms")
    page(ada)
    reply = "https://tocsin.example.org/hooks/twilio/reply"
    twilio.posts(reply, MessageSid="SM1", From=PHONE, Body="1")
    said = words(twiml(twilio, called(twilio)["Url"], AnsweredBy="human"))
    assert said == "INC-42 needs no answer any more."


def test_a_code_is_spoken_digit_by_digit_three_times(twilio: FakeTwilio, ada: str) -> None:
    phone = commands.add_destination(SYSTEM, kind="voice", address=PHONE, person_id=ada)
    commands.request_verification(SYSTEM, destination_id=phone)
    run_engine(periodic=False)
    root = twiml(twilio, called(twilio)["Url"], AnsweredBy="human")
    digits = [each.text for each in root.iter("Say") if each.text and each.text[0].isdigit()]
    assert len(digits) == 18
    assert len(list(root.iter("Pause"))) == 18
    code = "".join(digit[0] for digit in digits[:6] if digit)
    assert "".join(digit[0] for digit in digits[6:12] if digit) == code
    commands.verify(SYSTEM, destination_id=phone, code=code)


def test_without_a_public_address_the_words_go_with_the_call_and_no_key_is_asked(
    twilio: FakeTwilio, ada: str, settings: object
) -> None:
    settings.PUBLIC_URL = "http://tocsin.internal"  # type: ignore[attr-defined]
    with_phone(ada, "voice")
    page(ada)
    form = called(twilio)
    assert "Url" not in form
    assert words(ElementTree.fromstring(form["Twiml"])).count("Checkout is failing") == 2
    assert "Press" not in form["Twiml"]


def test_a_messaging_service_cannot_call(twilio: FakeTwilio, ada: str) -> None:
    service = "MG" + "0" * 32
    commands.save_channel(SYSTEM, name="twilio", config={"sender": service})
    with_phone(ada, "voice")
    with_phone(ada, "sms")
    page(ada)
    assert [form.get("MessagingServiceSid") for _, form in twilio.asked] == [service]
    assert "calling number" in sent("voice")[0].answer
