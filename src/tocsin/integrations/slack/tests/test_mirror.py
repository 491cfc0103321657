"""An incident in Slack: its channel is opened, told all in order and once, heard, and left when restricted."""

from datetime import timedelta

import pytest
import time_machine

from tocsin.core.log import read_stream
from tocsin.domain.accounts.queries import actor_of
from tocsin.domain.chat import commands, queries
from tocsin.domain.delivery import ports
from tocsin.domain.incidents import commands as incidents
from tocsin.domain.incidents import queries as read
from tocsin.integrations.slack.tests.conftest import BEN, SYSTEM, ZOE, declared, place, work
from tocsin.integrations.slack.tests.fake import FakeSlack, post
from tocsin.kernel.clock import now


def notes(incident: str) -> list[tuple[str, str]]:
    """Who wrote what into the timeline."""
    entries = read_stream(f"incident:{incident}")
    return [(entry.actor_name, entry.event.body()) for entry in entries if entry.type == "incidents.noted"]


def later(seconds: int) -> None:
    """Time passes, the engine does what is due."""
    with time_machine.travel(now() + timedelta(seconds=seconds), tick=False):
        work()


def test_a_critical_incident_gets_a_channel_with_a_summary_and_whoever_takes_it_is_brought_in(
    slack: FakeSlack, people: dict[str, str]
) -> None:
    row = declared("Checkout fails: <!channel> & more")
    (channel,) = slack.channels.values()
    assert channel["name"] == "inc-1-checkout-fails-channel-more"
    assert "Critical INC-1: Checkout fails: &lt;!channel&gt; &amp; more" in slack.texts()[0]
    ack = channel["messages"][0]["blocks"][1]["elements"][0]
    assert slack.press(BEN, ack, channel["id"]).status_code == 200
    work()
    assert slack.answers[-1]["text"] == "INC-1 is yours."
    assert BEN in channel["members"]
    assert channel["topic"].startswith("Critical, responding, Ben.")
    assert read.row(SYSTEM, row.id).commander is not None


def test_low_incidents_get_none_until_somebody_asks(slack: FakeSlack, people: dict[str, str]) -> None:
    row = declared(severity="low")
    assert not slack.channels
    commands.open_channel(actor_of(people["Ben"]), incident=row.id, vendor="slack")
    commands.open_channel(actor_of(people["Ada"]), incident=row.id, vendor="slack")
    work()
    assert len(slack.channels) == 1
    (view,) = queries.channels(SYSTEM, row.id)
    assert (view.state, view.name) == ("open", "inc-1-checkout-fails")


def test_a_rehearsed_incident_opens_no_channel_by_itself(slack: FakeSlack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "_keepings", [lambda stream: "a drill" if stream.startswith("incident:") else ""])
    row = declared()
    assert not slack.channels
    commands.open_channel(SYSTEM, incident=row.id, vendor="slack")
    work()
    assert len(slack.channels) == 1, "somebody may still ask for it"


def test_what_is_written_on_either_side_stands_on_both_once_and_in_order(
    slack: FakeSlack, people: dict[str, str]
) -> None:
    row = declared()
    incidents.write(actor_of(people["Ada"]), incident=row.id, text="One & only")
    work()
    slack.write(BEN, "Two: look at <https://x.example.org|the graph> &amp; <@U0ADA0001>", place(slack), "17.1")
    slack.write(BEN, "Two, handed in again", place(slack), "17.1")
    work()
    incidents.write(actor_of(people["Ada"]), incident=row.id, text="Three")
    work()
    assert notes(row.id) == [
        ("Ada", "One & only"),
        ("Ben", "Two: look at the graph (https://x.example.org) & @U0ADA0001"),
        ("Ada", "Three"),
    ]
    texts = slack.texts()
    assert [text for text in texts if "One" in text or "Two" in text or "Three" in text] == [
        "Ada: One &amp; only",
        "Ada: Three",
    ]


def test_somebody_who_is_nobody_here_is_heard_under_the_name_they_have_there(slack: FakeSlack) -> None:
    row = declared()
    slack.write(ZOE, "I can help", place(slack))
    work()
    assert notes(row.id) == [("Zoe (Slack)", "I can help")]
    assert all("I can help" not in text for text in slack.texts())


def test_bots_joins_and_other_channels_are_not_heard(slack: FakeSlack) -> None:
    row = declared()
    slack.write(BEN, "has joined", place(slack), subtype="channel_join")
    slack.write(BEN, "beep", place(slack), bot_id="B2")
    slack.write(BEN, "elsewhere", "C0LOBBY")
    work()
    assert notes(row.id) == []
    challenge = post("events", '{"type":"url_verification","challenge":"3eZ"}', content_type="application/json")
    assert challenge.content == b"3eZ"


def test_what_is_changed_or_deleted_there_is_corrected_or_taken_back_here(slack: FakeSlack) -> None:
    row, channel = declared(), place(slack)
    slack.write(BEN, "It is the databse", channel, "17.1")
    work()
    before = {"user": BEN, "text": "It is the databse", "ts": "17.1"}
    changed = {"user": BEN, "text": "It is the database", "ts": "17.1", "edited": {"user": BEN, "ts": "18.0"}}
    slack.write("", "", channel, subtype="message_changed", message=changed, previous_message=before)
    unfurled = {**changed, "attachments": [{}]}
    slack.write("", "", channel, subtype="message_changed", message=unfurled, previous_message=changed)
    slack.write("", "", channel, subtype="message_deleted", previous_message=changed)
    work()
    entries = read_stream(f"incident:{row.id}")[-3:]
    assert [entry.type for entry in entries] == [
        "incidents.noted",
        "incidents.note_edited",
        "incidents.note_taken_back",
    ]
    assert entries[1].event.body() == "It is the database"
    assert not any("note" in text or "databa" in text for text in slack.texts()[1:])


def test_what_is_changed_too_late_is_written_anew(slack: FakeSlack) -> None:
    row, channel = declared(), place(slack)
    slack.write(BEN, "All well", channel, "17.1")
    work()
    changed = {"user": BEN, "text": "All is lost", "ts": "17.1", "edited": {"user": BEN, "ts": "18.0"}}
    with time_machine.travel(now() + timedelta(minutes=16), tick=False):
        slack.write("", "", channel, subtype="message_changed", message=changed, previous_message={"text": "All well"})
        work()
    assert notes(row.id) == [("Ben", "All well"), ("Ben", "All is lost (changed in the chat)")]


def test_an_answer_that_got_lost_doubles_no_message(slack: FakeSlack, people: dict[str, str]) -> None:
    row = declared()
    slack.fails["chat.postMessage"] = ["lost"]
    incidents.write(actor_of(people["Ada"]), incident=row.id, text="Once")
    work()
    later(60)
    assert [text for text in slack.texts() if "Once" in text] == ["Ada: Once"]
    assert "conversations.history" in slack.asked


def test_a_channel_made_by_an_attempt_whose_answer_got_lost_is_taken(slack: FakeSlack) -> None:
    slack.fails["conversations.create"] = ["lost"]
    row = declared()
    assert queries.channels(SYSTEM, row.id)[0].state == "asked"
    later(60)
    assert len(slack.channels) == 1
    assert queries.channels(SYSTEM, row.id)[0].state == "open"


def test_a_slow_down_keeps_the_order_and_loses_nothing(slack: FakeSlack, people: dict[str, str]) -> None:
    row = declared()
    slack.fails["chat.postMessage"] = ["rate"]
    for number in range(5):
        incidents.write(actor_of(people["Ada"]), incident=row.id, text=f"Note {number}")
    work()
    assert not any("Note" in text for text in slack.texts())
    later(8)
    assert [text for text in slack.texts() if "Note" in text] == [f"Ada: Note {number}" for number in range(5)]


def test_a_refusal_for_good_is_shown_and_can_be_tried_again(slack: FakeSlack, people: dict[str, str]) -> None:
    slack.fails["conversations.create"] = ["restricted_action"]
    row = declared()
    (view,) = queries.channels(SYSTEM, row.id)
    assert (view.state, view.problem) == ("failed", "Slack conversations.create: restricted_action")
    assert "chat.channel_failed" in [entry.type for entry in read_stream(f"incident:{row.id}")]
    commands.retry_channel(actor_of(people["Ben"]), channel=view.id)
    work()
    assert queries.channels(SYSTEM, row.id)[0].state == "open"


def test_an_incident_that_becomes_restricted_leaves_the_channel_and_says_nothing_more(
    slack: FakeSlack, people: dict[str, str]
) -> None:
    row = declared()
    channel, before = place(slack), len(slack.texts())
    incidents.restrict(actor_of(people["Ada"]), incident=row.id, reason="An insider")
    incidents.write(SYSTEM, incident=row.id, text="It was Bob")
    work()
    assert len(slack.texts()) == before
    slack.write(BEN, "What now?", channel)
    work()
    assert notes(row.id) == [("Tocsin", "It was Bob")]
    assert queries.channels(SYSTEM, row.id)[0].state == "closed"


def test_a_note_for_a_narrower_circle_stays_in_the_house(slack: FakeSlack, people: dict[str, str]) -> None:
    row = declared()
    incidents.write(actor_of(people["Ada"]), incident=row.id, text="Only for us", audience="role:security")
    work()
    assert not any("Only for us" in text for text in slack.texts())
