"""Whoever was paged hears that it is over: once, by what they were paged by, without a noise."""

from datetime import time, timedelta

import pytest

from tocsin.core.engine.testing import run_engine
from tocsin.domain.accounts import commands as accounts
from tocsin.domain.delivery import commands as delivery
from tocsin.domain.delivery import ports
from tocsin.domain.delivery import queries as ledger
from tocsin.domain.delivery.ports import Accepted, Capability, Message, Permanent, Unknown
from tocsin.domain.oncall import commands
from tocsin.domain.oncall.commands import How, Over
from tocsin.domain.oncall.commands.clearing import tell_ends
from tocsin.domain.oncall.models import Ended
from tocsin.domain.oncall.tests.conftest import INCIDENT, START, SYSTEM, Provider, World
from tocsin.kernel.subject import Subject

pytestmark = pytest.mark.django_db
OTHER = Subject("drill", "43", "DRILL-43", "Disk full", "/drills/43/")


@pytest.fixture
def chat(world: World) -> Provider:
    """A chat that can change what it sent."""
    provider = Provider("test-chat", frozenset({Capability.WAKES, Capability.EDITS}))
    provider.answers["Mateo"] = Accepted("D1:17")
    ports.register_transport(provider.kind, provider)
    return provider


@pytest.fixture
def texts(world: World) -> Provider:
    provider = Provider("test-text", frozenset({Capability.WAKES, Capability.SMS}))
    ports.register_transport(provider.kind, provider)
    return provider


@pytest.fixture
def mateo(world: World) -> str:
    """Mateo with a mailbox and a phone app, and who pages him."""
    world.add("Mateo", methods=("phone", "mail"))
    return world.policy(("Mateo",))


def add(world: World, kind: str, name: str = "Mateo") -> None:
    delivery.add_destination(SYSTEM, kind=kind, address=name, person_id=world.people[name], vouched=True)


def ends(how: How = How.RESOLVED, subject: Subject = INCIDENT, knows: str = "") -> None:
    over = Over(how, "Ada", frozenset({knows} - {""}))
    commands.stop_paging(SYSTEM, subject=subject, reason="resolved by Ada", over=over)


def heard(*providers: Provider) -> list[tuple[str, Message]]:
    """What was told of an end, by kind."""
    return [(each.kind, message) for each in providers for _, message in each.sent if message.over]


def test_who_was_paged_hears_once_that_it_is_resolved_quietly_and_in_the_thread(world: World, mateo: str) -> None:
    world.page(policy_id=mateo)
    ends()
    run_engine()
    assert heard(world.phone, world.mailbox) == []
    world.after(minutes=1)
    told = heard(world.phone, world.mailbox)
    assert [(kind, said.title) for kind, said in told] == [
        ("test-phone", "Resolved: DRILL-42 Checkout failing"),
        ("test-mail", "Resolved: DRILL-42 Checkout failing"),
    ]
    assert not any(said.urgent or said.replies for _, said in told)
    assert all(len(said.follows) == 1 for _, said in told)
    assert world.said("oncall.end_told") == ["told Mateo that it is resolved (test-mail and test-phone)"]
    ends()
    world.after(minutes=5)
    assert len(heard(world.phone, world.mailbox)) == 2


def test_mitigation_is_told_quietly_and_the_end_after_it_once_more(world: World, mateo: str) -> None:
    world.page(policy_id=mateo)
    run_engine()
    ends(How.MITIGATED)
    world.after(minutes=1)
    told = heard(world.mailbox)
    assert [said.title for _, said in told] == ["Mitigated: DRILL-42 Checkout failing"]
    assert "watched until it is resolved" in told[0][1].text
    ends()
    ends(How.MITIGATED)
    world.after(minutes=1)
    assert [said.title for _, said in heard(world.mailbox)][1:] == ["Resolved: DRILL-42 Checkout failing"]


def test_what_is_resolved_at_once_is_not_told_as_mitigated_too(world: World, mateo: str) -> None:
    world.page(policy_id=mateo)
    run_engine()
    ends(How.MITIGATED)
    ends()
    world.after(minutes=2)
    assert [said.title for _, said in heard(world.mailbox)] == ["Resolved: DRILL-42 Checkout failing"]


def test_who_was_stood_down_hears_no_more_of_mitigation(world: World, mateo: str) -> None:
    world.page(policy_id=mateo)
    run_engine()
    commands.end_calls(
        SYSTEM, subject=INCIDENT, people=[world.people["Mateo"]], reason="x", over=Over(How.STOOD_DOWN, "Ada")
    )
    commands.stop_paging(SYSTEM, subject=INCIDENT, reason="x", over=Over(How.MITIGATED, "Ada"))
    world.after(minutes=1)
    assert [said.title for _, said in heard(world.mailbox)] == ["Stood down: DRILL-42 Checkout failing"]


def test_a_chat_changes_the_message_that_it_sent(world: World, chat: Provider, mateo: str) -> None:
    add(world, chat.kind)
    world.page(policy_id=mateo)
    ends(knows=world.people["Mateo"])
    world.after(minutes=1)
    ((kind, said),) = heard(world.phone, world.mailbox, chat)
    assert (kind, said.earlier) == ("test-chat", "D1:17")


def test_whoever_ended_it_gets_no_message_about_their_own_doing(world: World, mateo: str) -> None:
    world.page(policy_id=mateo)
    ends(knows=world.people["Mateo"])
    world.after(minutes=1)
    assert heard(world.phone, world.mailbox) == []


def test_a_text_message_is_spared_unless_its_reader_wants_it(world: World, texts: Provider, mateo: str) -> None:
    add(world, texts.kind)
    world.page(policy_id=mateo)
    ends()
    world.after(minutes=1)
    assert heard(texts) == []
    commands.save_end_wish(world.actor("Mateo"), wish="texts")
    world.page(policy_id=mateo, subject=OTHER)
    ends(subject=OTHER)
    world.after(minutes=1)
    assert [said.title for _, said in heard(texts)] == ["Resolved: DRILL-43 Disk full"]


def test_who_wants_to_hear_nothing_gets_no_new_message(world: World, chat: Provider, mateo: str) -> None:
    add(world, chat.kind)
    commands.save_end_wish(world.actor("Mateo"), wish="never")
    world.page(policy_id=mateo)
    ends()
    world.after(minutes=1)
    assert [kind for kind, _ in heard(world.phone, world.mailbox, chat)] == ["test-chat"]


def test_quiet_hours_hold_what_rings_until_their_end(world: World, mateo: str) -> None:
    commands.save_quiet_hours(world.actor("Mateo"), start=time(22), end=time(7))
    world.page(policy_id=mateo)
    ends()
    world.after(minutes=1)
    assert [kind for kind, _ in heard(world.phone, world.mailbox)] == ["test-mail"]
    world.clock.move_to(START.replace(hour=7, minute=1))
    run_engine()
    assert [kind for kind, _ in heard(world.phone, world.mailbox)] == ["test-phone", "test-mail"]


def test_what_ends_together_is_one_message(world: World, mateo: str) -> None:
    world.page(policy_id=mateo)
    world.page(policy_id=mateo, subject=OTHER)
    ends()
    world.clock.shift(timedelta(seconds=20))
    ends(subject=OTHER)
    world.after(seconds=11)
    assert [said.title for _, said in heard(world.mailbox)] == ["Resolved: DRILL-42, DRILL-43"]
    world.after(minutes=2)
    assert len(heard(world.mailbox)) == 1
    assert len(heard(world.mailbox)[0][1].follows) == 2


def test_what_is_paged_again_meanwhile_is_not_told_as_over(world: World, mateo: str) -> None:
    world.page(policy_id=mateo)
    ends()
    world.page(policy_id=mateo)
    world.after(minutes=2)
    assert heard(world.phone, world.mailbox) == []
    ends()
    world.after(minutes=1)
    assert [said.title for _, said in heard(world.mailbox)] == ["Resolved: DRILL-42 Checkout failing"]


def test_pages_from_before_it_came_back_are_told_when_it_is_over_at_last(
    world: World, chat: Provider, mateo: str
) -> None:
    add(world, chat.kind)
    world.page(policy_id=mateo)
    chat.answers["Mateo"] = Accepted("D1:18")
    ends()
    world.page(policy_id=mateo)
    world.after(minutes=2)
    assert heard(chat) == []
    ends()
    world.after(minutes=1)
    assert sorted(said.earlier for _, said in heard(chat)) == ["D1:17", "D1:18"]


def test_nobody_hears_of_an_end_who_never_got_the_page(world: World, mateo: str) -> None:
    world.phone.answers["Mateo"] = Permanent("550 no such number")
    world.page(policy_id=mateo)
    ends()
    world.after(minutes=1)
    assert [kind for kind, _ in heard(world.phone, world.mailbox)] == ["test-mail"]


def test_a_page_that_may_have_arrived_is_followed_too(world: World, mateo: str) -> None:
    world.phone.answers["Mateo"] = Unknown("no answer")
    world.page(policy_id=mateo)
    world.phone.answers.clear()
    ends()
    world.after(minutes=1)
    assert [kind for kind, _ in heard(world.phone, world.mailbox)] == ["test-phone", "test-mail"]


def test_mitigated_first_and_resolved_later_is_told_when_it_is_resolved(world: World, mateo: str) -> None:
    world.page(policy_id=mateo)
    commands.stop_paging(SYSTEM, subject=INCIDENT, reason="mitigated by Ada")
    world.after(minutes=5)
    assert heard(world.mailbox) == []
    ends()
    world.after(minutes=1)
    assert len(heard(world.mailbox)) == 1


def test_of_what_was_restricted_meanwhile_only_reference_and_severity_leave(world: World, mateo: str) -> None:
    world.page(policy_id=mateo)
    hidden = Subject("drill", "42", "DRILL-42", "Checkout failing", "/drills/42/", restricted=True)
    commands.refresh_subject(SYSTEM, subject=hidden)
    ends()
    world.after(minutes=1)
    said = heard(world.mailbox)[0][1]
    assert (said.title, said.text) == (
        "Resolved: DRILL-42 (Critical)",
        "Details are restricted; sign in to see them.",
    )


def test_a_webhook_of_a_step_hears_of_the_end(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[Message] = []
    monkeypatch.setattr(ports.transport("webhook"), "send", lambda _, message, key: said.append(message) or Accepted())
    hook = delivery.add_destination(SYSTEM, kind="webhook", address="https://hooks.example.org/x", label="Hub")
    world.add("Mateo")
    targets = (commands.TargetInput("person", world.people["Mateo"]), commands.TargetInput("webhook", hook))
    policy = commands.save_policy(SYSTEM, name="Hub", steps=[commands.StepInput(targets)])
    world.page(policy_id=policy)
    ends()
    world.after(minutes=1)
    assert [(each.title, each.over) for each in said] == [
        ("Critical: DRILL-42 Checkout failing", False),
        ("Resolved: DRILL-42 Checkout failing", True),
    ]
    assert said[1].attributes["ended"] == "resolved"


def test_the_end_is_told_in_the_language_and_on_the_wall_of_its_reader(world: World, mateo: str) -> None:
    accounts.change_person(SYSTEM, person_id=world.people["Mateo"], language="de", time_zone="Europe/Berlin")
    world.page(policy_id=mateo)
    assert "Ohne Antwort geht es weiter um 03:51 (Europe/Berlin)." in world.mailbox.sent[-1][1].text
    ends()
    world.after(minutes=1)
    assert heard(world.mailbox)[0][1].text.startswith("Behoben von Ada um 03:47 (Europe/Berlin).")


def test_telling_many_asks_no_more_statements_than_telling_one(
    world: World, django_assert_max_num_queries: object
) -> None:
    names = [f"P{n}" for n in range(6)]
    for name in names:
        world.add(name, methods=("mail",))
    world.page(policy_id=world.policy(tuple(names), name="Many"))
    ends()
    world.clock.shift(timedelta(seconds=31))
    with django_assert_max_num_queries(20):  # type: ignore[operator]
        tell_ends()
    assert Ended.objects.filter(outcome="told").count() == 6


@pytest.fixture
def two(world: World, chat: Provider) -> str:
    """Mateo and Linh, both with the chat, paged together."""
    for name in ("Mateo", "Linh"):
        world.add(name)
        add(world, chat.kind, name)
    chat.answers["Linh"] = Accepted("D2:18")
    return world.policy(("Mateo", "Linh"))


def test_once_somebody_has_it_the_pages_of_the_others_say_so_where_they_can(
    world: World, chat: Provider, two: str
) -> None:
    world.page(policy_id=two)
    commands.acknowledge(world.actor("Linh"), subject=INCIDENT)
    run_engine()
    world.after(seconds=20)
    told = sorted((said.earlier, said.title, said.text) for _, said in heard(world.phone, chat))
    assert told == [
        ("D1:17", "Taken: DRILL-42 Checkout failing", "Linh has it since 02:47 (UTC)."),
        ("D2:18", "Taken: DRILL-42 Checkout failing", "You have it since 02:47 (UTC)."),
    ]
    assert world.said("oncall.end_told") == []
    ends()
    world.after(minutes=1)
    assert sorted(each.earlier for _, each in heard(chat)) == ["D1:17", "D1:17", "D2:18", "D2:18"]


def test_an_acknowledgement_that_is_taken_back_changes_no_page(world: World, chat: Provider, two: str) -> None:
    world.page(policy_id=two)
    commands.acknowledge(world.actor("Linh"), subject=INCIDENT)
    run_engine()
    world.clock.shift(timedelta(seconds=5))
    commands.undo_acknowledge(world.actor("Linh"), subject=INCIDENT)
    world.after(minutes=1)
    assert heard(world.phone, chat) == []


def test_what_is_over_before_it_was_told_as_taken_is_told_as_over_only(world: World, chat: Provider, two: str) -> None:
    world.page(policy_id=two)
    commands.acknowledge(world.actor("Linh"), subject=INCIDENT)
    run_engine()
    ends()
    world.after(minutes=1)
    assert {said.title for _, said in heard(chat)} == {"Resolved: DRILL-42 Checkout failing"}


def test_of_a_demonstration_the_messages_of_its_end_go_with_its_pages(world: World, mateo: str) -> None:
    world.page(policy_id=mateo)
    ends()
    world.after(minutes=1)
    assert len(ledger.deliveries(SYSTEM, subject=INCIDENT)) == 4
    commands.remove_unreal(SYSTEM, kind=INCIDENT.kind, ids=[INCIDENT.id])
    assert ledger.deliveries(SYSTEM, subject=INCIDENT) == []
