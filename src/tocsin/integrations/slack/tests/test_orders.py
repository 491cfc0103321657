"""Orders typed in Slack: done in the name of who typed them, answered to them alone, and by nobody else's word."""

import re
from datetime import time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from tocsin.core.log import read_stream
from tocsin.domain.accounts import commands as accounts
from tocsin.domain.chat.queries import acquaintances
from tocsin.domain.incidents import commands as incidents
from tocsin.domain.incidents import queries
from tocsin.domain.oncall import commands as oncall
from tocsin.integrations.slack.tests.conftest import ADA, BEN, SYSTEM, VERA, ZOE, declared, place, work
from tocsin.integrations.slack.tests.fake import FakeSlack, post
from tocsin.kernel.actor import system
from tocsin.kernel.clock import now


def said(slack: FakeSlack, user: str, text: str, channel: str = "C0LOBBY") -> str:
    """What the order is answered."""
    assert slack.command(user, text, channel).status_code == 200
    work()
    assert slack.answers[-1]["response_type"] == "ephemeral"
    return str(slack.answers[-1]["text"])


def test_an_incident_is_declared_acknowledged_told_of_and_given_a_commander_without_leaving_slack(
    slack: FakeSlack, people: dict[str, str]
) -> None:
    assert "Declared INC-1: Checkout fails for &lt;many&gt;" in said(
        slack, BEN, "declare high Checkout fails for &lt;many&gt;"
    )
    row = queries.row(SYSTEM, "INC-1")
    assert (row.severity, row.title) == ("high", "Checkout fails for <many>")
    assert said(slack, BEN, "ack INC-1") == "INC-1 is yours."
    assert "INC-1 is being" not in said(slack, BEN, "update INC-1 We look at the database.\nMore at ten.")
    assert said(slack, ADA, f"role INC-1 commander &lt;@{BEN}&gt;".replace("&lt;", "<").replace("&gt;", ">"))
    found = queries.incident(SYSTEM, "INC-1")
    assert found.commander is not None
    assert found.commander.id == people["Ben"]
    told = [entry for entry in read_stream(f"incident:{row.id}") if entry.type == "incidents.status_update_sent"]
    assert told[0].actor_id == f"person:{people['Ben']}"
    assert told[0].event.body() == "We look at the database.\nMore at ten."


def test_in_the_channel_of_an_incident_its_reference_can_be_left_out(slack: FakeSlack) -> None:
    declared()
    assert said(slack, ADA, "ack", place(slack)) == "INC-1 is yours."
    assert "Recorded as a decision in INC-1" in said(slack, ADA, "decide Fail over now", place(slack))
    assert "Added to the tasks" in said(slack, ADA, "task Call the bank", place(slack))
    assert "Say which incident" in said(slack, ADA, "ack")


def test_an_order_is_answered_on_the_wall_and_in_the_language_of_who_gave_it(
    slack: FakeSlack, people: dict[str, str]
) -> None:
    row = declared()
    accounts.change_person(SYSTEM, person_id=people["Ada"], language="de", time_zone="Asia/Tokyo")
    due = queries.row(SYSTEM, row.id).next_deadline
    assert due is not None
    there = due.due_at.astimezone(ZoneInfo("Asia/Tokyo"))
    answer = said(slack, ADA, "status INC-1")
    assert answer.startswith("Kritisch, eingestuft: INC-1 Checkout fails\nIncident Commander: niemand\nAls Nächstes: ")
    assert f"{there:%H:%M} (Asia/Tokyo)" in answer
    assert "(UTC)" in said(slack, BEN, "status INC-1")


def test_who_is_on_call_until_when_is_told_on_the_readers_wall(slack: FakeSlack, people: dict[str, str]) -> None:
    layer = oncall.LayerInput((people["Ben"], people["Ada"]), time(9), now().date() - timedelta(days=1), every="days")
    oncall.save_schedule(SYSTEM, name="Primary", time_zone="UTC", layers=[layer])
    accounts.change_person(SYSTEM, person_id=people["Ada"], time_zone="Asia/Tokyo")
    assert re.search(r"^Primary: (Ada|Ben) until .*\d\d:\d\d \(Asia/Tokyo\)$", said(slack, ADA, "who"))


def test_an_incident_is_mitigated_and_resolved_where_people_talk(slack: FakeSlack) -> None:
    declared()
    assert "INC-1 is mitigated" in said(slack, ADA, "mitigated We failed over", place(slack))
    assert said(slack, ADA, "resolve", place(slack)).endswith("say why it is resolved without.")
    assert "INC-1 is resolved" in said(slack, ADA, "resolve The disk was replaced", place(slack))
    assert queries.row(SYSTEM, "INC-1").state == "resolved"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "`declare"),
        ("dance", "'dance' is not known here"),
        ("declare", "Say what is wrong"),
        ("declare critical security", "Say what is wrong"),
        ("role INC-1 commander", "Say which role and who"),
        ("role INC-1 commander Ada", "Say who as @somebody"),
        ("update INC-1", "Say what"),
        ("ack INC-99", "There is no such incident"),
        ("channel", "Say which incident"),
    ],
)
def test_what_is_not_understood_is_answered_with_how_to_type_it(slack: FakeSlack, text: str, words: str) -> None:
    assert words in said(slack, ADA, text)


def test_who_is_added_here_after_their_first_word_is_known_a_moment_later(slack: FakeSlack, people: object) -> None:
    declared()
    with time_machine.travel(now(), tick=False) as clock:
        assert "Tocsin does not know you" in said(slack, ZOE, "ack INC-1")
        accounts.add_person(SYSTEM, email="zoe@example.org", name="Zoe", roles=["responder"])
        clock.shift(timedelta(minutes=2))
        assert said(slack, ZOE, "ack INC-1") == "INC-1 is yours."


def test_an_order_may_do_what_its_person_may_and_no_more(slack: FakeSlack) -> None:
    declared()
    assert "You may not" in said(slack, VERA, "ack INC-1")
    assert queries.row(SYSTEM, "INC-1").acknowledged_at is None
    assert "Tocsin does not know you" in said(slack, ZOE, "ack INC-1")
    slack.person("U0GUEST01", "ada@example.org", "Not Ada", is_restricted=True)
    assert "Tocsin does not know you" in said(slack, "U0GUEST01", "ack INC-1")


def test_nothing_of_a_restricted_incident_is_said_in_slack(slack: FakeSlack, people: dict[str, str]) -> None:
    id_ = incidents.declare(SYSTEM, title="Ledger stolen", kind="security", severity="critical", page=False)
    incidents.add_member(system("test"), incident=id_, person=people["Ada"])
    work()
    assert not slack.channels
    for order in ("status INC-1", "ack INC-1", "list", "channel INC-1"):
        assert "Ledger" not in said(slack, ADA, order)
    assert "There is no such incident" in said(slack, BEN, "status INC-1")
    assert "Declared INC-2." in said(slack, ADA, "declare security The vault is open")
    assert all("vault" not in answer["text"] for answer in slack.answers)


def test_an_order_handed_in_twice_is_carried_out_once(slack: FakeSlack) -> None:
    slack.command(ADA, "declare high Twice")
    slack.ends -= 1
    slack.command(ADA, "declare high Twice")
    work()
    assert [row.title for row in queries.open_incidents(SYSTEM)] == ["Twice"]


@pytest.mark.parametrize(
    "wrong", [{"secret": "another"}, {"late": -301}, {"late": 360}, {"signed_body": "text=ack+INC-1"}]
)
def test_what_slack_did_not_send_just_now_is_refused(slack: FakeSlack, wrong: dict[str, object]) -> None:
    assert slack.command(ADA, "declare high Forged", **wrong).status_code == 403
    work()
    assert queries.open_incidents(SYSTEM) == []


def test_bodies_that_slack_never_sends_get_a_sentence_and_no_error(slack: FakeSlack) -> None:
    for path, body in (("events", "{"), ("events", "[]"), ("interactive", "payload=x"), ("commands", "text=x")):
        answer = post(path, body, content_type="application/json" if path == "events" else "text/plain")
        assert answer.status_code in (400, 422), (path, answer.status_code)
    assert post("nowhere", "").status_code == 404


def test_slack_is_told_at_once_and_asked_who_somebody_is_once(slack: FakeSlack) -> None:
    slack.asked.clear()
    assert slack.command(ADA, "list").content == b""
    assert slack.asked == []
    work()
    slack.command(ADA, "list")
    work()
    assert slack.asked.count("users.info") == 1
    assert [known.person for known in acquaintances(SYSTEM)] == ["Ada"]


def test_while_slack_cannot_say_who_it_is_the_order_waits_and_is_then_refused_as_a_strangers(slack: FakeSlack) -> None:
    slack.fails["users.info"] = ["user_not_found"]
    assert "Tocsin does not know you" in said(slack, ADA, "list")
