"""A page as a direct message in Slack, and the buttons that answer it."""

from datetime import timedelta

import time_machine

from tocsin.core.log import read_stream
from tocsin.domain.delivery import commands as delivery
from tocsin.domain.delivery import queries
from tocsin.domain.oncall import commands as oncall
from tocsin.domain.oncall import queries as paging
from tocsin.integrations.slack.tests.conftest import ADA, BEN, SYSTEM, declared, work
from tocsin.integrations.slack.tests.fake import FakeSlack
from tocsin.kernel.clock import now
from tocsin.kernel.subject import Subject


def test_a_wrong_member_is_told_in_words(slack: FakeSlack, people: dict[str, str]) -> None:
    delivery.add_destination(SYSTEM, kind="slack_direct", address="U0NOBODY1", person_id=people["Ada"], vouched=True)
    subject = Subject("test", "1", "INC-1", "Checkout fails", "/x/1/")
    oncall.page_people(SYSTEM, subject=subject, people=[people["Ada"]], severity="critical", reason="you own it")
    work()
    [row] = [row for row in queries.deliveries(SYSTEM) if row.kind == "slack_direct"]
    assert "no such member or channel in this workspace: channel_not_found" in row.answer


def test_the_button_in_the_direct_message_acknowledges_and_says_so(slack: FakeSlack, people: dict[str, str]) -> None:
    delivery.save_channel(SYSTEM, name="slack", config={"severities": "none"})
    delivery.add_destination(SYSTEM, kind="slack_direct", address=BEN, person_id=people["Ben"], vouched=True)
    row = declared()
    subject = Subject("incident", row.id, row.reference, row.title, row.url)
    oncall.page_people(SYSTEM, subject=subject, people=[people["Ben"]], severity="critical", reason="you own it")
    work()
    (message,) = slack.channels[f"D{BEN}"]["messages"]
    take, pass_on, link = message["blocks"][-1]["elements"]
    assert [each["text"]["text"] for each in (take, pass_on, link)] == ["Acknowledge", "Pass on", "Open"]
    assert slack.press(ADA, take, "D0BEN").status_code == 403
    slack.press(BEN, take, "D0BEN")
    work()
    assert "INC-1" in slack.answers[-1]["text"]
    assert paging.paging(SYSTEM, f"incident:{row.id}").pages[0].state == "acknowledged"
    said = [each.event.sentence() for each in read_stream(f"incident:{row.id}") if each.type == "oncall.paged"]
    assert any(each.startswith("paged Ben by Slack direct message and mail: ") for each in said)
    assert {row.state for row in queries.deliveries(SYSTEM) if row.kind == "slack_direct"} == {"sent"}


def paged(people: dict[str, str]) -> str:
    """Ben is paged by direct message; the incident's stream."""
    delivery.save_channel(SYSTEM, name="slack", config={"severities": "none"})
    delivery.add_destination(SYSTEM, kind="slack_direct", address=BEN, person_id=people["Ben"], vouched=True)
    row = declared()
    subject = Subject("incident", row.id, row.reference, row.title, row.url)
    oncall.page_people(SYSTEM, subject=subject, people=[people["Ben"]], severity="critical", reason="you own it")
    work()
    return f"incident:{row.id}"


def ended(stream: str) -> None:
    oncall.stop_paging(SYSTEM, subject=stream, reason="over", over=oncall.Over(oncall.How.RESOLVED, "Ada"))
    with time_machine.travel(now() + timedelta(minutes=1), tick=True):
        work()


def test_its_end_changes_the_direct_message_and_takes_its_buttons_away(
    slack: FakeSlack, people: dict[str, str]
) -> None:
    ended(paged(people))
    (message,) = slack.channels[f"D{BEN}"]["messages"]
    assert message["text"] == "Resolved: INC-1 Checkout fails"
    buttons = [each["text"]["text"] for block in message["blocks"] for each in block.get("elements", [])]
    assert buttons == ["Open"]
    assert slack.asked.count("chat.update") == 1


def test_a_direct_message_that_was_deleted_there_is_followed_by_a_new_one(
    slack: FakeSlack, people: dict[str, str]
) -> None:
    stream = paged(people)
    slack.fails["chat.update"] = ["message_not_found"]
    ended(stream)
    assert [each["text"] for each in slack.channels[f"D{BEN}"]["messages"]][-1] == "Resolved: INC-1 Checkout fails"
