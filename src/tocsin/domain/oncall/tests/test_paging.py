"""Paging from the first call to an answer, as people rely on it."""

from datetime import UTC, datetime, timedelta

import pytest

from tocsin.core.alarms.models import Alarm
from tocsin.core.engine.models import Job
from tocsin.core.engine.testing import run_engine
from tocsin.domain.delivery import queries as delivery
from tocsin.domain.oncall import commands, queries
from tocsin.domain.oncall.models import Escalation, Page
from tocsin.domain.oncall.tests.conftest import INCIDENT, START, SYSTEM, World
from tocsin.kernel.actor import ANONYMOUS
from tocsin.kernel.errors import Denied, Invalid
from tocsin.kernel.subject import Subject

pytestmark = pytest.mark.django_db


@pytest.fixture
def payments(world: World) -> str:
    """Mateo first, then Linh."""
    world.add("Mateo")
    world.add("Linh")
    return world.policy(("Mateo",), ("Linh",))


def test_silence_escalates_before_the_acknowledge_target_is_missed(world: World, payments: str) -> None:
    world.page(policy_id=payments)
    assert world.paged() == ["Mateo"]
    world.after(minutes=3, seconds=59)
    assert world.paged() == []
    world.after(seconds=1)
    assert world.paged() == ["Linh"]
    assert "went on to step 2, round 1: nobody answered for 4 min" in world.said("oncall.escalated")


def test_an_acknowledgement_stops_everything_that_was_to_come(world: World, payments: str) -> None:
    world.page(policy_id=payments)
    world.after(minutes=2)
    answer = commands.acknowledge(world.actor("Mateo"), subject=INCIDENT)
    assert answer.first
    world.paged()
    world.after(minutes=20)
    assert world.paged() == []
    assert world.said("oncall.acknowledged") == ["acknowledged by screen, 2\u00a0min after the page"]


def test_after_the_last_round_catch_all_people_are_paged_every_ten_minutes(world: World, payments: str) -> None:
    world.page(policy_id=payments)
    world.after(minutes=23)
    assert world.paged() == ["Mateo", "Linh"] * 3
    world.after(minutes=1)
    assert world.paged() == ["Ada"]
    world.after(minutes=30)
    assert world.paged() == ["Ada"] * 3
    assert world.types().count("catch_all") == 1
    assert Escalation.objects.get().state == "exhausted"
    commands.acknowledge(world.actor("Linh"), subject=INCIDENT)
    world.after(minutes=25)
    assert world.paged() == []


def test_a_step_with_nobody_moves_on_at_once_and_says_so(world: World) -> None:
    world.add("Mateo")
    world.add("Nora", methods=())
    policy = world.policy(("Nora",), ("Mateo",))
    world.page(policy_id=policy)
    assert world.paged() == ["Mateo"]
    holes = world.said("oncall.nobody_to_page")
    assert holes == [
        "found a hole: Nora has no contact method; add one.",
        "found a hole: Step 1 has nobody to page; moved on at once.",
    ]


def test_trouble_without_a_policy_pages_the_catch_all_people_and_says_why(world: World) -> None:
    world.page(service_id=None)
    assert world.paged() == ["Ada"]
    assert "found a hole: no service is named; catch-all people are paged instead." in world.said()


def test_trouble_of_a_service_is_paged_by_its_policy(world: World, payments: str) -> None:
    world.page(service_id=world.service("Checkout", payments))
    assert world.paged() == ["Mateo"]


def test_nobody_at_all_is_said_and_looked_at_again(world: World) -> None:
    from tocsin.domain.delivery.models import Destination

    Destination.objects.all().delete()
    world.page()
    assert any("nobody to page at all" in sentence for sentence in world.said())
    assert Escalation.objects.get().next_at == START + timedelta(minutes=10)
    world.add("Mateo")
    commands.page_people(SYSTEM, subject=INCIDENT, people=[world.people["Mateo"]], severity="critical", reason="Help")
    run_engine()
    assert world.paged() == ["Mateo"]


def test_the_same_incident_pages_a_person_once(world: World, payments: str) -> None:
    service = world.service("Checkout", payments)
    first = world.page(service_id=service)
    assert world.page(service_id=service) == first
    assert world.paged() == ["Mateo"]


def test_a_raised_severity_pages_again_even_after_an_acknowledgement(world: World, payments: str) -> None:
    world.page("high", policy_id=payments)
    commands.acknowledge(world.actor("Mateo"), subject=INCIDENT)
    world.paged()
    world.page("critical", policy_id=payments)
    assert world.paged() == ["Mateo"]
    assert any("severity raised to Critical" in sentence for sentence in world.said("oncall.paged"))
    world.page("high", policy_id=payments)
    assert world.paged() == []


def test_a_newly_affected_service_pages_again(world: World, payments: str) -> None:
    world.page(service_id=world.service("Checkout", payments))
    commands.acknowledge(world.actor("Mateo"), subject=INCIDENT)
    world.paged()
    world.page(service_id=world.service("Ledger", payments))
    assert world.paged() == ["Mateo"]


def test_an_answer_to_one_policy_stops_the_others(world: World, payments: str) -> None:
    world.add("Dora")
    databases = world.policy(("Dora",), name="Databases")
    world.page(policy_id=payments)
    world.page(policy_id=databases)
    assert world.paged() == ["Mateo", "Dora"]
    commands.acknowledge(world.actor("Dora"), subject=INCIDENT)
    world.after(minutes=20)
    assert world.paged() == []
    assert world.types().count("acknowledged") == 1


def test_a_raised_severity_is_raised_for_every_policy_that_is_paged(world: World, payments: str) -> None:
    world.add("Dora")
    databases = world.policy(("Dora",), name="Databases")
    world.page("high", policy_id=payments)
    world.page("high", policy_id=databases)
    world.paged()
    world.page("critical", policy_id=payments)
    assert sorted(world.paged()) == ["Dora", "Mateo"]


def test_who_passed_it_on_is_left_alone_while_others_can_be_asked(world: World) -> None:
    world.add("Mateo")
    world.page(policy_id=world.policy(("Mateo",)))
    commands.pass_on_by_link(world.token("Mateo"))
    world.paged()
    world.after(minutes=25)
    assert world.paged() == ["Ada"] * 3


def test_a_quiet_acknowledged_critical_is_asked_again_and_then_pages_on(world: World, payments: str) -> None:
    world.page(policy_id=payments)
    commands.acknowledge(world.actor("Mateo"), subject=INCIDENT)
    world.paged()
    world.after(minutes=29, seconds=59)
    assert world.paged() == []
    world.after(seconds=1)
    assert world.paged() == ["Mateo"]
    assert "asked_again" in world.types()
    world.after(minutes=4)
    assert world.paged() == ["Linh"]


def test_activity_keeps_tocsin_from_asking_again(world: World, payments: str) -> None:
    world.page(policy_id=payments)
    commands.acknowledge(world.actor("Mateo"), subject=INCIDENT)
    world.after(minutes=25)
    commands.note_activity(SYSTEM, subject_stream=INCIDENT.stream, at=START + timedelta(minutes=25))
    world.paged()
    world.after(minutes=29)
    assert world.paged() == []
    world.after(minutes=1)
    assert world.paged() == ["Mateo"]


def test_two_acknowledgements_are_both_fine_and_one_wins_the_log(world: World, payments: str) -> None:
    world.page(policy_id=payments)
    first = commands.acknowledge(world.actor("Mateo"), subject=INCIDENT)
    second = commands.acknowledge(world.actor("Linh"), subject=INCIDENT)
    assert (first.first, second.first) == (True, False)
    assert second.sentence == "Mateo has it already."
    assert world.types().count("acknowledged") == 1


def test_acknowledging_what_is_over_says_so(world: World, payments: str) -> None:
    world.page(policy_id=payments)
    commands.stop_paging(SYSTEM, subject=INCIDENT, reason="resolved by Ada")
    answer = commands.acknowledge(world.actor("Mateo"), subject=INCIDENT)
    assert not answer.first
    assert answer.sentence == "Paging is over: resolved by Ada."
    assert "stopped paging: resolved by Ada" in world.said()


def test_stopped_paging_stays_silent_and_new_trouble_pages_anew(world: World, payments: str) -> None:
    world.page(policy_id=payments)
    commands.stop_paging(SYSTEM, subject=INCIDENT, reason="resolved")
    world.paged()
    world.after(minutes=30)
    assert world.paged() == []
    assert not Job.objects.filter(kind="oncall.advance").exists()
    world.page(policy_id=payments)
    assert world.paged() == ["Mateo"]


def test_timers_are_rows_and_a_long_stop_of_the_engine_loses_none(world: World, payments: str) -> None:
    world.page(policy_id=payments)
    world.paged()
    assert Job.objects.get(kind="oncall.advance").due_at == START + timedelta(minutes=4)
    world.clock.shift(timedelta(hours=3))
    run_engine()
    assert world.paged() == ["Linh"]
    assert Job.objects.filter(kind="oncall.advance").count() == 1


def test_a_page_still_queued_is_held_back_when_someone_answers(world: World, payments: str) -> None:
    commands.page(SYSTEM, subject=INCIDENT, severity="critical", policy_id=payments)
    commands.acknowledge(world.actor("Linh"), subject=INCIDENT)
    run_engine()
    assert world.paged() == []
    view = queries.paging(SYSTEM, INCIDENT.stream)
    assert [d.state for page in view.pages for d in page.deliveries] == ["suppressed"]
    assert view.pages[0].deliveries[0].answer == "acknowledged meanwhile by Linh"


def test_a_medium_page_waits_for_waking_hours(world: World, payments: str) -> None:
    world.page("medium", policy_id=payments)
    assert world.paged() == []
    assert Escalation.objects.get().next_at == datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
    assert world.said("oncall.held")
    world.clock.move_to(datetime(2026, 11, 24, 8, 0, tzinfo=UTC))
    run_engine()
    assert world.paged() == ["Mateo"]


def test_a_low_page_goes_by_mail_and_rings_no_phone(world: World) -> None:
    world.add("Mateo", methods=("phone", "mail"))
    world.page("low", policy_id=world.policy(("Mateo",)))
    assert world.paged() == []
    assert [name for name, _ in world.mailbox.sent] == ["Mateo"]


def test_an_urgent_page_uses_every_contact_method_at_once(world: World) -> None:
    world.add("Mateo", methods=("phone", "mail"))
    world.page(policy_id=world.policy(("Mateo",)))
    assert (len(world.phone.sent), len(world.mailbox.sent)) == (1, 1)
    assert world.phone.sent[0][1].url != world.mailbox.sent[0][1].url


def test_a_failed_method_leads_to_the_next_one_at_once(world: World, refuse) -> None:  # type: ignore[no-untyped-def]
    world.add("Mateo", methods=("phone", "mail"))
    refuse("Mateo", world.mailbox)
    world.page("low", policy_id=world.policy(("Mateo",)))
    assert world.paged() == ["Mateo"]
    assert any("did not get through (550 no such number)" in s for s in world.said("oncall.paged"))


def test_a_person_whom_nothing_reaches_is_passed_over_at_once(world: World, payments: str, refuse) -> None:  # type: ignore[no-untyped-def]
    refuse("Mateo", world.phone)
    world.page(policy_id=payments)
    assert world.paged() == ["Linh"]
    holes = world.said("oncall.nobody_to_page")
    assert holes == ["found a hole: no contact method of Mateo got through (550 no such number)."]


def test_called_people_answer_each_for_themselves(world: World, payments: str) -> None:
    world.page(policy_id=payments)
    commands.acknowledge(world.actor("Mateo"), subject=INCIDENT)
    world.add("Dora")
    world.paged()
    called = [world.people["Linh"], world.people["Dora"]]
    commands.page_people(SYSTEM, subject=INCIDENT, people=called, severity="critical", reason="Response team")
    run_engine()
    assert sorted(world.phone.sent[i][0] for i in range(2)) == ["Dora", "Linh"]
    commands.acknowledge_by_link(world.token("Linh"))
    world.paged()
    world.after(minutes=4)
    assert world.paged() == ["Dora"]
    world.after(minutes=8)
    assert "found a hole: Dora did not answer any call." in world.said("oncall.nobody_to_page")
    world.paged()
    world.after(minutes=10)
    assert world.paged() == []


def test_who_came_and_is_called_once_more_is_told_what_for_this_time(world: World) -> None:
    mateo = world.add("Mateo")
    for reason in ("First public post is overdue", "Mitigate is overdue"):
        commands.page_people(SYSTEM, subject=INCIDENT, people=[mateo], severity="critical", reason=reason)
        run_engine()
        assert f"Why you: {reason}" in world.phone.sent[-1][1].text
        commands.acknowledge_by_link(world.token("Mateo"))


def test_a_restricted_subject_leaves_with_reference_and_severity_only(world: World, payments: str) -> None:
    secret = Subject("drill", "42", "DRILL-42", "Breach by Mallory", "/drills/42/", restricted=True)
    world.page(policy_id=payments, subject=secret, facts={"host": "pg-main-1"})
    message = world.phone.sent[0][1]
    whole = f"{message.title} {message.text} {message.html} {dict(message.attributes)}"
    assert message.title == "Critical: DRILL-42"
    assert "Mallory" not in whole
    assert "pg-main-1" not in whole
    assert "38 %" not in whole


def test_strangers_page_nobody_and_an_unknown_severity_is_refused(world: World) -> None:
    with pytest.raises(Denied):
        commands.page(ANONYMOUS, subject=INCIDENT, severity="critical")
    with pytest.raises(Invalid, match="severity"):
        commands.page(SYSTEM, subject=INCIDENT, severity="dire")
    assert not Page.objects.exists()


def test_every_page_is_accounted_for(world: World, payments: str) -> None:
    world.page(policy_id=payments)
    world.after(minutes=30)
    count = delivery.conservation()
    assert count.accepted == count.sent == Page.objects.count()


def test_the_paging_view_says_who_how_and_what_comes_next(world: World, payments: str) -> None:
    world.page(policy_id=payments)
    view = queries.paging(SYSTEM, INCIDENT.stream)
    assert (view.state, view.next_at, view.next_what) == ("running", START + timedelta(minutes=4), "goes on to Linh")
    page = view.pages[0]
    assert (page.person, page.state, page.what_next) == ("Mateo", "open", "waits for an answer until 02:51 UTC")
    assert page.deliveries[0].state == "sent"
    assert [mine.subject.reference for mine in queries.my_pages(world.actor("Mateo"))] == ["DRILL-42"]


def test_an_escalation_that_lost_its_timer_goes_on_and_alarms(world: World, payments: str) -> None:
    world.page(policy_id=payments)
    assert world.paged() == ["Mateo"]
    Job.objects.filter(kind="oncall.advance").delete()
    world.after(minutes=7)
    assert world.paged() == ["Linh"], "found two minutes after it should have rung, not never"
    assert Alarm.objects.filter(name="paging").exists()
