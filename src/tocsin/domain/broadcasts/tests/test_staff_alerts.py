"""Staff alerts: reach, batches that survive a kill, answers by link, twice and forwarded, waves, ends, restricted."""

from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.harness.houses import house
from tocsin.core.engine.testing import run_engine
from tocsin.domain.accounts import commands as accounts
from tocsin.domain.accounts.queries import actor_of
from tocsin.domain.alerts.ports import load_sources
from tocsin.domain.broadcasts import commands, jobs, queries
from tocsin.domain.broadcasts.commands import alerting
from tocsin.domain.broadcasts.models import Recipient, StaffAlert
from tocsin.domain.broadcasts.rules import next_time
from tocsin.domain.delivery import commands as delivery
from tocsin.domain.delivery import ports
from tocsin.domain.delivery.models import Delivery, Destination
from tocsin.domain.delivery.ports import Capability
from tocsin.domain.delivery.queries import destinations
from tocsin.domain.incidents import commands as incidents
from tocsin.domain.incidents.queries import timeline
from tocsin.domain.incidents.tests.conftest import START, SYSTEM, Provider, World
from tocsin.domain.oncall import commands as oncall
from tocsin.domain.oncall import queries as pages
from tocsin.domain.oncall.models import Escalation
from tocsin.kernel.actor import Role
from tocsin.kernel.errors import Conflict, Denied, Invalid, NotFound

SAFE = {"question": "Are you safe?", "answers": ["I am safe", "I need help"]}
EVERYONE = {"everyone": True}


@house(at=START)
def world(clock: time_machine.Traveller) -> World:
    """Quiet night, 24 November 2026, 02:47 UTC; six people with phones."""
    load_sources()
    phone = Provider("test-phone", frozenset({Capability.WAKES}))
    ports.register_transport(phone.kind, phone)
    return World(clock, phone)


def send(world: World, **given: object) -> str:
    plain = {"title": "Smoke on floor 2", "severity": "critical", "audience": EVERYONE, **given}
    ref = commands.send_alert(world.actor("Amina"), **plain)  # type: ignore[arg-type]
    run_engine()
    return ref


def token(world: World, name: str) -> str:
    return [m for address, m in world.phone.sent if address == name][-1].url.rpartition("/p/")[2]


def test_everyone_is_asked_and_answers_with_two_taps_without_signing_in(world: World) -> None:
    ref = send(world, **SAFE)
    assert sorted(address for address, _ in world.phone.sent) == sorted(world.people)
    link = token(world, "Vera")
    shown = pages.link(link).replies
    assert shown is not None
    assert [option.label for option in shown.options] == ["I am safe", "I need help"]
    oncall.reply_by_link(link, value="I am safe")
    run_engine()
    view = queries.alert(world.actor("Mateo"), ref)
    assert (view.answered, view.total, view.by_answer) == (1, 6, (("I am safe", 1), ("I need help", 0)))


def test_those_without_an_answer_are_asked_again_until_the_limit(world: World) -> None:
    ref = send(world, every=timedelta(minutes=5), most=3)
    oncall.reply_by_link(token(world, "Vera"), value="I have read it")
    world.paged()
    world.later(minutes=5)
    assert sorted(world.paged()) == sorted(set(world.people) - {"Vera"})
    world.later(minutes=5)
    assert len(world.paged()) == 5
    world.later(minutes=30)
    assert world.paged() == []
    assert queries.alert(world.actor("Mateo"), ref).wave == 3


def methods(world: World, name: str) -> dict[str, str]:
    """A second phone and a mailbox of theirs, ids by kind."""
    person = world.people[name]
    for kind in ("test-mail", "test-desk"):
        capabilities = frozenset() if kind == "test-mail" else frozenset({Capability.WAKES})
        provider = Provider(kind, capabilities)
        provider.sent = world.phone.sent
        ports.register_transport(kind, provider)
        delivery.add_destination(SYSTEM, kind=kind, address=f"{kind} of {name}", person_id=person, vouched=True)
    return {d.kind: d.id for d in destinations(SYSTEM, person)}


def test_everybody_is_asked_by_their_own_rules_and_what_waits_rings_across_waves(world: World) -> None:
    mine = methods(world, "Vera")
    rules = [
        oncall.RuleInput(timedelta(0), (mine["test-mail"],)),
        oncall.RuleInput(timedelta(minutes=7), (mine["test-desk"],)),
    ]
    oncall.save_personal_rules(world.actor("Vera"), urgency="wakes", rules=rules)
    send(world, audience={"people": [world.people["Vera"]]}, every=timedelta(minutes=5), most=2)
    assert world.paged() == ["test-mail of Vera"]
    world.later(minutes=5)
    assert world.paged() == ["test-mail of Vera"]
    world.later(minutes=2)
    link = token(world, "test-desk of Vera")
    assert world.paged() == ["test-desk of Vera"]
    oncall.reply_by_link(link, value="I have read it")
    world.later(minutes=10)
    assert world.paged() == []


def test_quiet_hours_hold_a_high_alert_and_never_a_critical_one(world: World) -> None:
    methods(world, "Vera")
    oncall.save_quiet_hours(world.actor("Vera"), start=time(22), end=time(7))
    send(world, severity="high", audience={"people": [world.people["Vera"]]})
    assert world.paged() == ["test-mail of Vera"]
    world.later(hours=4, minutes=13)
    assert sorted(world.paged()) == ["Vera", "test-desk of Vera"]
    with time_machine.travel(START + timedelta(days=1), tick=False):
        send(world, severity="critical", audience={"people": [world.people["Vera"]]})
    assert sorted(world.paged()) == ["Vera", "test-desk of Vera", "test-mail of Vera"]


def test_an_engine_killed_between_batches_goes_on_and_asks_nobody_twice(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "BATCH", 2)
    ref = commands.send_alert(world.actor("Amina"), title="Smoke", severity="critical", audience=EVERYONE)
    row = StaffAlert.objects.get()
    alerting.send_batch(str(row.id))
    alerting.send_batch(str(row.id))
    assert Recipient.objects.filter(wave=1).count() == 4
    run_engine()
    assert sorted(world.paged()) == sorted(world.people)
    assert Escalation.objects.filter(subject_kind="staff_alert").count() == 6
    assert queries.alert(SYSTEM, ref).state == "open"


def test_the_last_answer_counts_and_the_same_twice_changes_nothing(world: World) -> None:
    ref = send(world, **SAFE)
    link = token(world, "Vera")
    for value in ("I am safe", "I am safe", "I need help"):
        oncall.reply_by_link(link, value=value)
    assert queries.alert(SYSTEM, ref).by_answer == (("I am safe", 0), ("I need help", 1))
    with pytest.raises(Invalid, match="choose one of"):
        oncall.reply_by_link(link, value="Maybe")


def test_a_forwarded_link_answers_for_the_person_it_was_sent_to(world: World) -> None:
    ref = send(world, **SAFE)
    oncall.reply_by_link(token(world, "Vera"), value="I need help")
    (answered,) = [one for one in queries.asked(SYSTEM, ref) if one.state == "answered"]
    assert answered.person == "Vera"


def test_an_audience_of_nobody_is_refused_and_nothing_is_written(world: World) -> None:
    with pytest.raises(Invalid, match=r"^audience: nobody"):
        send(world, audience={"sites": ["Atlantis"]})
    with pytest.raises(Denied):
        commands.send_alert(world.actor("Mateo"), title="Hi", audience=EVERYONE)
    assert not StaffAlert.objects.exists()


def test_a_site_a_role_and_who_is_on_call_are_meant_by_themselves(world: World) -> None:
    accounts.change_person(SYSTEM, person_id=world.people["Vera"], site="Plant 2")
    assert queries.reach(world.actor("Amina"), {"sites": ["Plant 2"]}).names == ("Vera",)
    assert queries.reach(world.actor("Amina"), {"roles": ["commander"]}).names == ("Amina",)
    assert queries.reach(world.actor("Amina"), {"on_call": True}).people == 0


def test_somebody_without_a_contact_method_is_seen_before_and_after(world: World) -> None:
    mute = accounts.add_person(SYSTEM, email="mute@example.org", name="Mute")
    run_engine()
    Destination.objects.filter(person=mute).delete()
    assert queries.reach(world.actor("Amina"), EVERYONE).mute == ("Mute",)
    ref = send(world)
    assert queries.asked(SYSTEM, ref)[0].person == "Mute"
    assert queries.alert(SYSTEM, ref).unreachable == 1


def test_closing_ends_all_calls_and_takes_no_answer_any_more(world: World) -> None:
    ref = send(world, every=timedelta(minutes=5), most=5)
    link = token(world, "Vera")
    commands.close_alert(world.actor("Amina"), alert=ref)
    world.paged()
    world.later(minutes=20)
    assert world.paged() == []
    with pytest.raises(Conflict, match="closed"):
        oncall.reply_by_link(link, value="I have read it")
    with pytest.raises(NotFound):
        commands.answer(SYSTEM, alert=ref, value="I have read it")


def test_an_alert_about_a_restricted_incident_says_reference_and_severity_only(world: World) -> None:
    made = incidents.declare(SYSTEM, title="Breach", kind="security", severity="critical", page=False, restricted=True)
    ref = commands.send_alert(
        world.actor("Yusuf"), title="Payroll leaked", text="All of it", audience=EVERYONE, incident=made
    )
    run_engine()
    for _, message in world.phone.sent:
        assert "leaked" not in message.title + message.text
    assert StaffAlert.objects.get().title == "Alert about INC-1"
    assert queries.alert(world.actor("Vera"), ref).text == ""
    outsider = actor_of(accounts.add_person(SYSTEM, email="new@example.org", name="New"))
    with pytest.raises(NotFound):
        queries.alert(outsider, ref)


def test_the_incident_that_it_is_about_tells_whom_it_alerted_and_how_many_answered(world: World) -> None:
    made = incidents.declare(SYSTEM, title="Fire", kind="disruption", severity="critical", page=False)
    ref = send(world, incident=made)
    commands.close_alert(world.actor("Amina"), alert=ref)
    told = [(one.actor_name, one.sentence, one.body) for one in timeline(SYSTEM, made) if ref in one.sentence]
    people = queries.alert(SYSTEM, ref).total
    assert told == [
        ("Amina", f"ended {ref}: 0 of {people} people answered", ""),
        ("Amina", f"alerted {people} people by {ref}", StaffAlert.objects.get().title),
    ]


def test_a_scheduled_drill_goes_out_at_its_time_and_says_that_it_is_one(world: World) -> None:
    ref = send(world, practice=True, at=START + timedelta(hours=1))
    assert world.paged() == []
    world.later(minutes=61)
    assert all("Drill" in message.title for _, message in world.phone.sent)
    assert queries.alert(SYSTEM, ref).total == 6


def test_a_batch_asks_no_query_for_each_person(world: World) -> None:
    counts = []
    for size in (0, 34):
        for n in range(size):
            world.add(f"Person{n}", Role.RESPONDER)
        commands.send_alert(world.actor("Amina"), title="Smoke", severity="critical", audience=EVERYONE)
        row = StaffAlert.objects.order_by("-number")[0]
        with CaptureQueriesContext(connection) as captured:
            alerting.send_batch(str(row.id))
        counts.append(len(captured))
    # SQLite splits an insert of many columns: one more for all of them, none for each.
    assert counts[1] - counts[0] <= 3
    assert Delivery.objects.filter(subject_kind="staff_alert").count() == 58


def drills() -> list[tuple[str, str, int]]:
    rows = StaffAlert.objects.order_by("number")
    return [(row.state, f"{row.starts_at:%d %b %H:%M}", row.total) for row in rows]


def test_a_drill_comes_again_at_the_same_hour_to_whoever_is_meant_then_until_it_is_stopped(world: World) -> None:
    amina = world.actor("Amina")
    at = START + timedelta(days=1)
    ref = send(world, title="Fire drill", practice=True, at=at, repeat_weeks=2)
    assert drills() == [("scheduled", "25 Nov 02:47", 0)]
    world.later(days=1)
    assert drills() == [("open", "25 Nov 02:47", 6), ("scheduled", "09 Dec 02:47", 0)]
    view = queries.alert(amina, ref)
    assert (view.repeat_weeks, view.next_drill, f"{view.next_drill_at:%d %b}") == (2, "ALERT-2", "09 Dec")
    world.add("Newcomer", Role.RESPONDER)
    world.later(days=14)
    assert drills()[1:] == [("open", "09 Dec 02:47", 7), ("scheduled", "23 Dec 02:47", 0)]
    commands.stop_repeating(amina, alert=ref)
    assert [state for state, _, _ in drills()] == ["closed", "open", "closed"]
    assert queries.alert(amina, "ALERT-2").next_drill_at is None
    with pytest.raises(Conflict, match="does not come again"):
        commands.stop_repeating(amina, alert=ref)
    world.later(days=14)
    assert len(drills()) == 3


def test_only_a_drill_comes_again_and_who_may_not_send_may_not_stop_it(world: World) -> None:
    with pytest.raises(Invalid, match="only a drill"):
        send(world, repeat_weeks=2)
    ref = send(world, practice=True, repeat_weeks=1)
    with pytest.raises(Denied):
        commands.stop_repeating(world.actor("Mateo"), alert=ref)
    assert [state for state, _, _ in drills()] == ["open", "scheduled"]


def test_the_hour_of_a_drill_stays_on_the_wall_when_the_clocks_change_and_missed_ones_are_left_out() -> None:
    last = datetime(2026, 10, 20, 8, tzinfo=UTC)  # 10:00 in Berlin, in summer
    assert next_time(last, 1, "Europe/Berlin", last) == datetime(2026, 10, 27, 9, tzinfo=UTC)
    late = datetime(2026, 11, 20, tzinfo=UTC)
    assert next_time(last, 1, "Europe/Berlin", late) == datetime(2026, 11, 24, 9, tzinfo=UTC)
