"""Steps that take turns, tell webhooks, count only sometimes, or hand over to another policy."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from tocsin.domain.accounts import commands as accounts
from tocsin.domain.catalog import commands as catalog
from tocsin.domain.delivery import commands as delivery
from tocsin.domain.delivery.models import Delivery
from tocsin.domain.oncall import commands, queries
from tocsin.domain.oncall.commands import ConditionInput, StepInput, TargetInput
from tocsin.domain.oncall.models import Escalation, RoundRobinTurn
from tocsin.domain.oncall.tests.conftest import INCIDENT, SYSTEM, World
from tocsin.kernel.errors import Conflict, Invalid
from tocsin.kernel.subject import Subject

pytestmark = pytest.mark.django_db


def step(world: World, *names: str, **given: object) -> StepInput:
    return StepInput(tuple(TargetInput("person", world.people[name]) for name in names), **given)  # type: ignore[arg-type]


def to(policy: str) -> StepInput:
    return StepInput((TargetInput("policy", policy),))


def save(*steps: StepInput, name: str = "Line", **given: object) -> str:
    return commands.save_policy(SYSTEM, name=name, steps=steps, **given)  # type: ignore[arg-type]


def trouble(number: int) -> Subject:
    return Subject("drill", str(number), f"DRILL-{number}", "Something", f"/drills/{number}/")


@pytest.fixture
def three(world: World) -> World:
    for name in ("Mateo", "Linh", "Dora"):
        world.add(name)
    return world


def test_a_step_in_turn_calls_one_person_and_the_next_trouble_the_next(three: World) -> None:
    policy = save(step(three, "Mateo", "Linh", "Dora", in_turn=True), step(three, "Ada"))
    for number in range(4):
        three.page(policy_id=policy, subject=trouble(number))
        commands.stop_paging(SYSTEM, subject=trouble(number), reason="over")
    assert three.paged() == ["Mateo", "Linh", "Dora", "Mateo"]


def test_a_turn_of_someone_who_cannot_be_reached_is_not_used_up(three: World) -> None:
    three.add("Nora", methods=())
    policy = save(step(three, "Nora", "Mateo", "Linh", in_turn=True))
    for number in range(3):
        three.page(policy_id=policy, subject=trouble(number))
    assert three.paged() == ["Mateo", "Linh", "Mateo"]
    assert not RoundRobinTurn.objects.filter(person_id=three.people["Nora"]).exists()


def test_worse_news_stays_with_the_person_whose_turn_it_was(three: World) -> None:
    policy = save(step(three, "Mateo", "Linh", in_turn=True))
    three.page("high", policy_id=policy)
    three.page("critical", policy_id=policy)
    assert three.paged() == ["Mateo", "Mateo"]
    three.page(policy_id=policy, subject=trouble(1))
    assert three.paged() == ["Linh"]


def test_turns_outlive_an_edit_of_the_policy(three: World) -> None:
    policy = save(step(three, "Mateo", "Linh", in_turn=True))
    three.page(policy_id=policy, subject=trouble(1))
    save(step(three, "Mateo", "Linh", "Dora", in_turn=True), policy_id=policy)
    three.page(policy_id=policy, subject=trouble(2))
    assert three.paged() == ["Mateo", "Linh"]


def webhook(name: str = "Bridge bot") -> str:
    return delivery.add_destination(SYSTEM, kind="webhook", address="https://hooks.example.org/x", label=name)


def test_a_webhook_is_told_signed_and_the_escalation_goes_on_at_once(three: World) -> None:
    hook = webhook()
    policy = save(StepInput((TargetInput("webhook", hook),)), step(three, "Mateo"))
    commands.page(SYSTEM, subject=INCIDENT, severity="critical", policy_id=policy, summary="38 %")
    row = Delivery.objects.get(kind="webhook")
    assert (row.purpose, str(row.destination_id), row.subject_reference) == ("escalation", hook, "DRILL-42")
    assert three.said("oncall.told") == ["told Bridge bot (step 1 of 2, round 1)"]
    assert [p.person for p in queries.paging(SYSTEM, INCIDENT.stream).pages] == ["Mateo"]
    assert Escalation.objects.get().acknowledged_at is None


def test_a_webhook_with_a_wait_waits_and_then_goes_on(three: World) -> None:
    hook = StepInput((TargetInput("webhook", webhook()),), timedelta(minutes=2))
    commands.page(SYSTEM, subject=INCIDENT, severity="critical", policy_id=save(hook, step(three, "Mateo")))
    row = Escalation.objects.get()
    assert row.next_at == row.started_at + timedelta(minutes=2)
    assert not row.pages.exists()


def test_a_webhook_that_is_gone_is_a_hole_and_no_silence(three: World) -> None:
    hook = webhook()
    policy = save(StepInput((TargetInput("webhook", hook),)), step(three, "Mateo"))
    delivery.remove_destination(SYSTEM, destination_id=hook)
    three.page(policy_id=policy)
    assert three.paged() == ["Mateo"]
    assert "found a hole: Step 1 has nobody to page; moved on at once." in three.said()


def test_a_step_counts_only_for_its_severities_and_unknown_counts_as_critical(three: World) -> None:
    only = ConditionInput(severities=("critical",))
    policy = save(step(three, "Mateo", when=only), step(three, "Linh"))
    three.page("high", policy_id=policy, subject=trouble(1))
    assert three.paged() == ["Linh"]
    three.page("unknown", policy_id=policy, subject=trouble(2))
    assert three.paged() == ["Mateo"]
    assert not three.said("oncall.nobody_to_page"), "a step that does not count is no hole"


def test_a_step_counts_in_or_out_of_working_hours(three: World) -> None:
    inside, outside = ConditionInput(hours="open"), ConditionInput(hours="closed")
    policy = save(step(three, "Mateo", when=inside), step(three, "Linh", when=outside))
    three.page(policy_id=policy, subject=trouble(1))
    assert three.paged() == ["Linh"]
    commands.stop_paging(SYSTEM, subject=trouble(1), reason="over")
    three.clock.move_to(datetime(2026, 11, 24, 11, tzinfo=UTC))
    three.page(policy_id=policy, subject=trouble(2))
    assert three.paged() == ["Mateo"]


def test_a_step_counts_for_its_kind_of_trouble(three: World) -> None:
    policy = save(step(three, "Mateo", when=ConditionInput(kinds=("security",))), step(three, "Linh"))
    three.page(policy_id=policy, subject=trouble(1), kind="disruption")
    three.page(policy_id=policy, subject=trouble(2), kind="security")
    three.page(policy_id=policy, subject=trouble(3))
    assert three.paged() == ["Linh", "Mateo", "Mateo"]


def test_when_no_step_counts_the_catch_all_people_are_paged(three: World) -> None:
    policy = save(step(three, "Mateo", when=ConditionInput(severities=("low",))))
    three.page(policy_id=policy)
    assert three.paged() == ["Ada"]
    assert any("No step of the policy applies now" in said for said in three.said())


def test_a_raise_goes_back_to_the_step_that_counts_only_now(three: World) -> None:
    policy = save(step(three, "Mateo", when=ConditionInput(severities=("critical",))), step(three, "Linh"))
    three.page("high", policy_id=policy)
    assert three.paged() == ["Linh"]
    commands.change_severity(SYSTEM, subject=INCIDENT, severity="critical")
    three.after(seconds=1)
    assert three.paged() == ["Mateo"]


def test_who_acknowledged_hears_of_a_raise_wherever_the_policy_stands(three: World) -> None:
    policy = save(step(three, "Mateo"), step(three, "Linh"))
    three.page("high", policy_id=policy)
    three.after(minutes=4)
    commands.acknowledge(three.actor("Mateo"), subject=INCIDENT)
    three.paged()
    commands.change_severity(SYSTEM, subject=INCIDENT, severity="critical")
    three.after(seconds=1)
    assert sorted(three.paged()) == ["Linh", "Mateo"]


def test_a_lowered_severity_waits_as_long_as_it_allows(three: World) -> None:
    three.clock.move_to(datetime(2026, 11, 24, 11, tzinfo=UTC))
    policy = save(step(three, "Mateo"), step(three, "Linh"))
    three.page("high", policy_id=policy)
    commands.change_severity(SYSTEM, subject=INCIDENT, severity="medium")
    three.after(seconds=1)
    row = Escalation.objects.get()
    assert row.next_at == row.started_at + timedelta(minutes=96)
    assert three.paged() == ["Mateo"]


def test_a_policy_hands_over_to_another_under_a_condition(three: World) -> None:
    night = save(step(three, "Dora"), name="Night")
    policy = save(StepInput((TargetInput("policy", night),), when=ConditionInput(hours="closed")), step(three, "Mateo"))
    three.page(policy_id=policy)
    three.after(minutes=4)
    assert three.paged() == ["Dora", "Mateo"]
    commands.stop_paging(SYSTEM, subject=INCIDENT, reason="over")
    three.clock.move_to(datetime(2026, 11, 24, 11, tzinfo=UTC))
    three.page(policy_id=policy, subject=trouble(2))
    assert three.paged() == ["Mateo"]
    with pytest.raises(Conflict, match="Line hands over to Night"):
        commands.remove_policy(SYSTEM, policy_id=night)


def test_an_escalation_loop_is_refused_with_a_sentence(three: World) -> None:
    first = save(step(three, "Mateo"), name="First")
    with pytest.raises(Invalid, match="step 1 hands the policy over to itself"):
        save(to(first), name="First", policy_id=first)
    second = save(to(first), name="Second")
    third = save(to(second), name="Third")
    with pytest.raises(Invalid, match="hands over to Third, which leads back to this policy"):
        save(step(three, "Mateo"), to(third), name="First", policy_id=first)
    three.page(policy_id=third)
    assert three.paged() == ["Mateo"]


def test_a_loop_that_slipped_in_is_a_hole_and_ends(three: World) -> None:
    first = save(step(three, "Mateo"), name="First")
    second = save(to(first), name="Second")
    from tocsin.domain.oncall.models import EscalationStep

    EscalationStep.objects.filter(policy_id=first).update(targets=[{"kind": "policy", "id": second}])
    three.page(policy_id=second)
    assert three.paged() == ["Ada"]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"when": ConditionInput(severities=("dire",))}, "'dire' is not one of"),
        ({"when": ConditionInput(kinds=("fire",))}, "'fire' is not one of"),
        ({"when": ConditionInput(hours="noon")}, "write open, closed or nothing"),
        ({"when": ConditionInput(hours="open", calendar="x")}, "names a team that does not exist"),
        ({"delay": timedelta(seconds=5)}, "must wait 1 min to 24 h"),
    ],
)
def test_what_can_never_work_is_refused_by_name(three: World, given: dict[str, object], sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        save(step(three, "Mateo", **given))
    assert not queries.policies(SYSTEM)


def test_a_deleted_person_on_duty_is_passed_over(three: World) -> None:
    from tocsin.domain.accounts import commands as accounts

    layer = commands.LayerInput((three.people["Mateo"],), time(9), date(2026, 11, 1))
    schedule = commands.save_schedule(SYSTEM, name="Night", time_zone="UTC", layers=[layer])
    policy = save(StepInput((TargetInput("schedule", schedule),)), step(three, "Linh"))
    accounts.deactivate_person(SYSTEM, person_id=three.people["Mateo"])
    three.page(policy_id=policy)
    assert three.paged() == ["Linh"]
    assert "found a hole: Step 1 has nobody to page; moved on at once." in three.said()


def test_working_hours_are_those_of_the_team_that_the_step_names_or_that_owns_the_service(three: World) -> None:
    nights = {day: [["00:00", "08:00"]] for day in ("tuesday", "wednesday")}
    night, others = accounts.add_team(SYSTEM, name="Night shift"), accounts.add_team(SYSTEM, name="Others")
    accounts.set_team_hours(SYSTEM, team_id=night, time_zone="UTC", hours=nights)
    named = save(step(three, "Mateo", when=ConditionInput(hours="open", calendar=night)), step(three, "Ada"), name="N")
    owned = save(step(three, "Linh", when=ConditionInput(hours="open")), step(three, "Dora"), name="O")
    service = three.service("Checkout", owned)
    for number, (policy, owner, paged) in enumerate(
        [(named, others, "Mateo"), (owned, others, "Dora"), (owned, night, "Linh")]
    ):
        catalog.change_service(SYSTEM, service_id=service, name="Checkout", owner_team=owner)
        three.page(policy_id=policy, service_id=service, subject=trouble(number))
        assert three.paged() == [paged]
        commands.stop_paging(SYSTEM, subject=trouble(number), reason="over")
    assert queries.simulate(SYSTEM, service_id=service, severity="high").calls[0].people[0].person == "Linh"
