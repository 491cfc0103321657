"""Who answers for a service now, who is on call over a time, and what of a calendar's secret is kept."""

from datetime import date, time, timedelta

import pytest

from tocsin.domain.accounts import commands as accounts
from tocsin.domain.oncall import commands, queries
from tocsin.domain.oncall.models import CalendarFeed
from tocsin.domain.oncall.tests.conftest import START, SYSTEM, World
from tocsin.kernel.errors import Invalid, NotFound


def schedule(world: World, *names: str, name: str = "Payments") -> str:
    people = tuple(world.people[one] for one in names)
    layer = commands.LayerInput(people, time(9), date(2026, 11, 23))
    return commands.save_schedule(SYSTEM, name=name, time_zone="UTC", layers=[layer])


def test_a_service_says_step_by_step_who_answers_now_and_who_is_next(world: World) -> None:
    for name in ("Mateo", "Linh", "Kim"):
        world.add(name)
    team = accounts.add_team(SYSTEM, name="Shop", slug="shop", members=[world.people["Kim"]])
    first = commands.StepInput((commands.TargetInput("schedule", schedule(world, "Mateo", "Linh")),))
    second = commands.StepInput(
        (commands.TargetInput("team", team), commands.TargetInput("person", world.administrator))
    )
    policy = commands.save_policy(SYSTEM, name="Checkout", steps=[first, second])
    service = world.service("Checkout", policy)
    view = queries.on_call_for_service(SYSTEM, service)
    assert view == queries.on_call_for_service(SYSTEM, "checkout")
    assert (view.service, view.policy) == ("Checkout", "Checkout")
    assert [step.people for step in view.steps] == [("Mateo",), ("Kim", "Ada")]
    (now,) = view.steps[0].schedules
    assert (now.person, now.next_person) == ("Mateo", "Linh")


def test_a_service_without_a_policy_is_answered_for_by_the_catch_all_people(world: World) -> None:
    view = queries.on_call_for_service(SYSTEM, world.service("Ledger", None))
    assert [step.people for step in view.steps] == [("Ada",)]
    with pytest.raises(NotFound, match="no such service"):
        queries.on_call_for_service(SYSTEM, "nothing")


def test_a_service_tells_which_steps_count_then_and_whose_turn_it_is(world: World) -> None:
    for name in ("Mateo", "Linh"):
        world.add(name)
    world.add("Dora", methods=())
    people = {name: commands.TargetInput("person", id_) for name, id_ in world.people.items()}
    turns = commands.StepInput((people["Mateo"], people["Linh"]), in_turn=True)
    low = commands.StepInput((people["Linh"],), when=commands.ConditionInput(severities=("medium",)))
    day = commands.StepInput((people["Ada"],), when=commands.ConditionInput(hours="open"))
    gone = commands.StepInput((people["Dora"],))
    service = world.service("Checkout", commands.save_policy(SYSTEM, name="Line", steps=[turns, low, day, gone]))
    view = queries.on_call_for_service(SYSTEM, service)
    assert [step.people for step in view.steps] == [("Mateo",), (), (), ()]
    assert [step.passed_over for step in view.steps] == [
        "",
        "Step 2 is passed over: only Medium.",
        "Step 3 is passed over: only in working hours.",
        "Step 4 has nobody to page; moved on at once.",
    ]
    assert (view.unreachable, view.last_resort) == (("Dora has no contact method; add one.",), ("Ada",))
    world.page(service_id=service)
    assert queries.on_call_for_service(SYSTEM, service).steps[0].people == ("Linh",)
    noon = queries.on_call_for_service(SYSTEM, service, at=START.replace(hour=12))
    assert noon.steps[2].people == ("Ada",)
    medium = queries.on_call_for_service(SYSTEM, service, severity="medium")
    assert medium.held_until == START.replace(hour=8, minute=0)
    assert [step.people for step in medium.steps[:2]] == [("Linh",), ("Linh",)]
    with pytest.raises(Invalid, match="severity"):
        queries.on_call_for_service(SYSTEM, service, severity="dire")


def test_a_time_is_asked_for_whole_or_refused(world: World) -> None:
    world.add("Mateo")
    id_ = schedule(world, "Mateo", "Ada")
    found = queries.duty(SYSTEM, start=START, end=START + timedelta(days=20), schedule_id=id_)
    (lane,) = found.lanes
    assert [shift.person for shift in lane.shifts] == ["Mateo", "Ada", "Mateo"]
    assert (lane.shifts[0].start, lane.shifts[-1].end) == (START, START + timedelta(days=20))
    for days in (0, 500):
        with pytest.raises(Invalid, match="1 to 400 days"):
            queries.duty(SYSTEM, start=START, end=START + timedelta(days=days))


def test_the_time_before_a_schedule_began_is_nobodys_and_no_gap(world: World) -> None:
    id_ = schedule(world, "Ada")
    long_ago = START - timedelta(days=300)
    (lane,) = queries.duty(SYSTEM, start=long_ago, end=START, schedule_id=id_).lanes
    assert {shift.person for shift in lane.shifts} == {"Ada"}
    assert lane.shifts[0].start > long_ago
    (before,) = queries.duty(SYSTEM, start=long_ago, end=long_ago + timedelta(days=9), schedule_id=id_).lanes
    assert before.shifts == ()


def test_of_a_calendar_address_only_the_hash_is_kept(world: World) -> None:
    token = commands.make_feed(world.actor("Ada"))
    kept = str(CalendarFeed.objects.values().get())
    assert token not in kept
    assert queries.feed(token) is not None
    assert queries.feed(token[:-1]) is None
