"""A person's own rules at work: durable timers, trouble with a provider, bundling, throttles, quiet hours."""

from datetime import UTC, datetime, time, timedelta

import pytest

from tocsin.core.engine.models import Job
from tocsin.core.engine.testing import run_engine
from tocsin.domain.delivery import ports
from tocsin.domain.delivery.ports import Capability, Permanent, Temporary, Unknown
from tocsin.domain.delivery.queries import destinations
from tocsin.domain.oncall import commands
from tocsin.domain.oncall.commands import RuleInput
from tocsin.domain.oncall.models import Page, PageLink
from tocsin.domain.oncall.tests.conftest import INCIDENT, START, SYSTEM, Provider, World
from tocsin.kernel.errors import Denied, Invalid
from tocsin.kernel.subject import Subject

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def voice(world: World) -> Provider:
    """A third way: calls, counted like real ones."""
    provider = Provider("voice", frozenset({Capability.WAKES}))
    ports.register_transport(provider.kind, provider)
    return provider


@pytest.fixture
def mateo(world: World, voice: Provider) -> dict[str, str]:
    """Mateo with a phone, a mailbox and calls; ids of the methods by kind."""
    from tocsin.domain.delivery import commands as delivery

    world.add("Mateo", methods=("phone", "mail"))
    delivery.add_destination(SYSTEM, kind="voice", address="Mateo", person_id=world.people["Mateo"], vouched=True)
    return {d.kind.removeprefix("test-"): d.id for d in destinations(SYSTEM, world.people["Mateo"])}


@pytest.fixture
def line(world: World, mateo: dict[str, str]) -> str:
    """Mateo first, and long after him Linh."""
    world.add("Linh")
    step = [commands.TargetInput("person", world.people[n]) for n in ("Mateo", "Linh")]
    first = commands.StepInput((step[0],), timedelta(minutes=30))
    return commands.save_policy(SYSTEM, name="Line", steps=[first, commands.StepInput((step[1],))])


def rules(world: World, *given: tuple[int, str], urgency: str = "wakes") -> None:
    made = [RuleInput(minutes * MINUTE, (method,)) for minutes, method in given]
    commands.save_personal_rules(world.actor("Mateo"), urgency=urgency, rules=made)


def used(world: World, voice: Provider) -> list[str]:
    """Which of Mateo's methods got something since the last question."""
    found = [
        kind
        for kind, provider in (("phone", world.phone), ("mail", world.mailbox), ("voice", voice))
        for address, _ in provider.sent
        if address == "Mateo"
    ]
    for provider in (world.phone, world.mailbox, voice):
        provider.sent.clear()
    return found


def test_each_rule_rings_at_its_time_until_someone_acknowledges(
    world: World, voice: Provider, mateo: dict[str, str], line: str
) -> None:
    rules(world, (0, mateo["phone"]), (2, mateo["voice"]), (5, mateo["voice"]), (7, mateo["phone"]))
    world.page(policy_id=line)
    assert used(world, voice) == ["phone"]
    world.after(minutes=1, seconds=59)
    assert used(world, voice) == []
    world.after(seconds=1)
    assert used(world, voice) == ["voice"]
    world.after(minutes=3)
    assert used(world, voice) == ["voice"]
    assert "paged Mateo by voice: no answer for 5\u00a0min" in world.said("oncall.paged")
    commands.acknowledge(world.actor("Mateo"), subject=INCIDENT)
    world.after(minutes=10)
    assert used(world, voice) == []


def test_a_rule_is_a_row_and_outlives_every_stop_of_the_engine(
    world: World, voice: Provider, mateo: dict[str, str], line: str
) -> None:
    rules(world, (0, mateo["phone"]), (2, mateo["voice"]))
    world.page(policy_id=line)
    assert Job.objects.get(kind="oncall.ring").due_at <= START + 2 * MINUTE
    world.clock.shift(timedelta(minutes=20))
    run_engine()
    assert used(world, voice) == ["phone", "voice"]


@pytest.mark.parametrize("answer", [Permanent("550 gone"), Unknown("broke off"), Temporary("503 later")])
def test_a_later_rule_rings_whatever_became_of_an_earlier_one(
    world: World, voice: Provider, mateo: dict[str, str], line: str, answer: ports.Reply
) -> None:
    rules(world, (0, mateo["phone"]), (2, mateo["mail"]), (5, mateo["voice"]))
    world.phone.answers["Mateo"] = answer
    world.page(policy_id=line)
    assert used(world, voice) == ["mail"], "the next method at once, whatever the retries of the first one do"
    world.after(minutes=5)
    assert used(world, voice) == ["mail", "voice"]
    assert Page.objects.get(person_id=world.people["Mateo"]).state == "open"


def test_retries_of_one_message_do_not_use_up_the_other_methods(
    world: World, voice: Provider, mateo: dict[str, str], line: str
) -> None:
    rules(world, (0, mateo["phone"]), (20, mateo["mail"]), (25, mateo["voice"]))
    world.phone.answers["Mateo"] = Temporary("503 later")
    world.page(policy_id=line)
    assert used(world, voice) == ["mail"]
    for answer in (Unknown("broke off"), Permanent("550 gone")):
        world.phone.answers["Mateo"] = answer
        world.after(minutes=1)
    assert used(world, voice) == [], "one trouble, one method beside it: the voice keeps its own time"


def test_when_every_method_fails_the_next_person_is_paged_at_once_and_later_rules_still_try(
    world: World, voice: Provider, mateo: dict[str, str], line: str
) -> None:
    rules(world, (0, mateo["phone"]), (3, mateo["voice"]))
    for provider in (world.phone, world.mailbox, voice):
        provider.answers["Mateo"] = Permanent("550 gone")
    world.page(policy_id=line)
    assert world.paged() == ["Linh"]
    voice.answers.clear()
    world.after(minutes=3)
    assert used(world, voice) == ["voice"]


def test_a_provider_that_says_nothing_holds_up_nobody(
    world: World, voice: Provider, mateo: dict[str, str], line: str
) -> None:
    rules(world, (0, mateo["phone"]), (10, mateo["voice"]))
    commands.page(SYSTEM, subject=INCIDENT, severity="critical", policy_id=line)
    Job.objects.filter(kind="delivery.send").update(lease_until=START + timedelta(hours=1), leased_by="slow")
    world.clock.shift(timedelta(seconds=15))
    run_engine()
    assert used(world, voice) == ["voice"]
    assert "paged Mateo by voice: test-phone says nothing for 15 s" in world.said("oncall.paged")


def test_an_acknowledgement_taken_back_lets_the_rest_of_the_rules_ring(
    world: World, voice: Provider, mateo: dict[str, str], line: str
) -> None:
    rules(world, (0, mateo["phone"]), (2, mateo["voice"]))
    world.page(policy_id=line)
    world.clock.shift(timedelta(seconds=115))
    commands.acknowledge(world.actor("Mateo"), subject=INCIDENT)
    world.clock.shift(timedelta(seconds=8))
    run_engine()
    assert used(world, voice) == ["phone"]
    commands.undo_acknowledge(world.actor("Mateo"), subject=INCIDENT)
    run_engine()
    assert used(world, voice) == ["voice"]


def test_a_clock_set_back_an_hour_delays_no_rule(
    world: World, voice: Provider, mateo: dict[str, str], line: str
) -> None:
    rules(world, (0, mateo["phone"]), (2, mateo["voice"]))
    world.page(policy_id=line)
    used(world, voice)
    world.clock.shift(timedelta(hours=-1))
    world.after(minutes=3)
    assert used(world, voice) == ["voice"]


def test_a_page_with_more_to_ring_that_lost_its_timer_rings_and_alarms(
    world: World, voice: Provider, mateo: dict[str, str], line: str
) -> None:
    rules(world, (0, mateo["phone"]), (2, mateo["voice"]))
    world.page(policy_id=line)
    Job.objects.filter(kind="oncall.ring").delete()
    world.after(minutes=5)
    assert "voice" in used(world, voice)


def test_quiet_hours_hold_high_until_morning_unless_somebody_answers(
    world: World, voice: Provider, mateo: dict[str, str], line: str
) -> None:
    commands.save_quiet_hours(world.actor("Mateo"), start=time(22), end=time(7))
    other = Subject("drill", "7", "DRILL-7", "Other", "/drills/7/")
    world.page("high", policy_id=line)
    world.page("high", policy_id=line, subject=other)
    assert used(world, voice) == ["mail", "mail"]
    assert "spared Mateo: Test waits for the end of the quiet hours" in world.said("oncall.held_back")
    commands.acknowledge(world.actor("Linh"), subject=INCIDENT)
    page = Page.objects.get(person_id=world.people["Mateo"], escalation__subject_id="7")
    assert [entry[0] for entry in page.plan] == [datetime(2026, 11, 24, 7, tzinfo=UTC).isoformat()]
    Job.objects.filter(kind="oncall.advance").delete()
    world.clock.move_to(datetime(2026, 11, 24, 7, 0, 30, tzinfo=UTC))
    run_engine(periodic=False)
    assert sorted(used(world, voice)) == ["phone", "voice"], "for the one that nobody answered"


def test_quiet_hours_never_hold_critical(world: World, voice: Provider, mateo: dict[str, str], line: str) -> None:
    commands.save_quiet_hours(world.actor("Mateo"), start=time(22), end=time(7))
    world.page("critical", policy_id=line)
    assert set(used(world, voice)) == {"phone", "mail", "voice"}


def test_two_policies_that_lead_to_one_person_send_one_message(
    world: World, voice: Provider, mateo: dict[str, str], line: str
) -> None:
    world.page(policy_id=line)
    assert len(used(world, voice)) == 3
    world.page(policy_id=world.policy(("Mateo",), name="Other"))
    assert used(world, voice) == []
    assert any("put another page of Mateo into the one just sent" in said for said in world.said("oncall.bundled"))
    assert commands.acknowledge(world.actor("Mateo"), subject=INCIDENT).first
    assert not Page.objects.filter(state="open").exists()


def test_the_fourth_repeated_call_is_held_back_said_and_made_later_while_news_rings(
    world: World, voice: Provider, mateo: dict[str, str], line: str
) -> None:
    from tocsin.domain.delivery import commands as delivery

    for kind in ("phone", "mail"):
        delivery.remove_destination(SYSTEM, destination_id=mateo[kind])
    rules(world, *((n, mateo["voice"]) for n in range(8)))
    world.page(policy_id=line)
    world.after(minutes=8)
    assert used(world, voice) == ["voice"] * 3
    assert any("voice held back, 3 in 15 min reached: later" in s.replace("Test", "voice") for s in world.said())
    world.page(policy_id=line, subject=Subject("drill", "7", "DRILL-7", "Other", "/drills/7/"))
    assert used(world, voice) == ["voice"], "a new incident is no repetition"
    world.page("critical", policy_id=line, service_id=world.service("Ledger", line))
    assert used(world, voice) == ["voice"], "neither is a newly affected service"
    world.after(minutes=16)
    texts = [message.text for address, message in voice.sent if address == "Mateo"]
    assert any("Also waiting for you: DRILL-7." in text for text in texts)


def test_rules_of_others_are_for_administrators_and_bad_ones_are_named(
    world: World, mateo: dict[str, str], line: str
) -> None:
    given = [RuleInput(MINUTE, (mateo["phone"],))]
    with pytest.raises(Denied):
        commands.save_personal_rules(world.actor("Linh"), urgency="wakes", rules=given, person_id=world.people["Mateo"])
    commands.save_personal_rules(world.actor("Ada"), urgency="wakes", rules=given, person_id=world.people["Mateo"])
    for wrong, sentence in (
        ([RuleInput(MINUTE, ())], "uses nothing"),
        ([RuleInput(MINUTE, ("x",))], "not there"),
        ([RuleInput(timedelta(hours=2), (mateo["phone"],))], "1 h after the page"),
    ):
        with pytest.raises(Invalid, match=sentence):
            commands.save_personal_rules(world.actor("Mateo"), urgency="wakes", rules=wrong)
    with pytest.raises(Invalid, match="both times"):
        commands.save_quiet_hours(world.actor("Mateo"), start=time(22), end=None)


def test_a_method_removed_in_the_middle_is_passed_over(
    world: World, voice: Provider, mateo: dict[str, str], line: str
) -> None:
    from tocsin.domain.delivery import commands as delivery

    rules(world, (0, mateo["phone"]), (2, mateo["mail"]), (4, mateo["voice"]))
    world.page(policy_id=line)
    delivery.remove_destination(SYSTEM, destination_id=mateo["mail"])
    world.after(minutes=4)
    assert used(world, voice) == ["phone", "voice"]
    assert PageLink.objects.count() == 2
