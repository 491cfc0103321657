"""The rehearsal of a policy promises exactly what the engine then does."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tocsin.domain.delivery import commands as delivery
from tocsin.domain.delivery.queries import destinations
from tocsin.domain.oncall import commands, queries
from tocsin.domain.oncall.commands import ConditionInput, RuleInput, StepInput, TargetInput
from tocsin.domain.oncall.models import PageLink
from tocsin.domain.oncall.tests.conftest import START, SYSTEM, World
from tocsin.kernel.actor import ANONYMOUS
from tocsin.kernel.errors import Denied, Invalid, NotFound

pytestmark = pytest.mark.django_db


def step(world: World, *names: str, **given: object) -> StepInput:
    return StepInput(tuple(TargetInput("person", world.people[name]) for name in names), **given)  # type: ignore[arg-type]


@pytest.fixture
def line(world: World) -> str:
    """Everything at once: turns, conditions, a hand-over, own rules, quiet hours."""
    for name in ("Mateo", "Linh", "Dora"):
        world.add(name, methods=("phone", "mail"))
    methods = {d.kind: d.id for d in destinations(SYSTEM, world.people["Mateo"])}
    rules = [
        RuleInput(timedelta(0), (methods["test-mail"],)),
        RuleInput(timedelta(minutes=2), (methods["test-phone"],)),
        RuleInput(timedelta(minutes=3), (methods["test-phone"], methods["test-mail"])),
    ]
    commands.save_personal_rules(world.actor("Mateo"), urgency="wakes", rules=rules)
    commands.save_quiet_hours(world.actor("Linh"), start=time(22), end=time(7))
    inner = commands.save_policy(SYSTEM, name="Night", steps=[step(world, "Linh", "Mateo", in_turn=True)])
    return commands.save_policy(
        SYSTEM,
        name="Line",
        rounds=2,
        steps=[
            step(world, "Dora", when=ConditionInput(severities=("critical",))),
            StepInput((TargetInput("policy", inner),), when=ConditionInput(hours="closed")),
            step(world, "Mateo", delay=timedelta(minutes=7)),
        ],
    )


def promised(view: queries.SimulationView) -> list[tuple[int, str, str]]:
    found = [
        (int((m.at - view.at).total_seconds()), p.person, m.kind)
        for call in view.calls
        for p in call.people
        for m in p.messages
    ]
    return sorted(found)


@pytest.mark.parametrize("severity", ["critical", "high"])
def test_what_is_promised_is_what_happens(world: World, line: str, severity: str) -> None:
    view = queries.simulate(SYSTEM, policy_id=line, severity=severity)
    world.page(severity, policy_id=line)
    world.after(seconds=(view.end - view.at).total_seconds() - 1)
    links = PageLink.objects.select_related("page__person").filter(sent_at__lt=view.end)
    sent = sorted((int((x.sent_at - START).total_seconds()), str(x.page.person), x.kind) for x in links)
    assert promised(view) == sent
    assert sent


def test_the_moment_decides(world: World, line: str) -> None:
    noon = queries.simulate(SYSTEM, policy_id=line, severity="high", at=datetime(2026, 11, 24, 12, tzinfo=UTC))
    assert [p.person for p in noon.calls[0].people] == ["Mateo"]
    assert noon.calls[0].skipped == (
        "Step 1 is passed over: only Critical.",
        "Step 2 is passed over: only out of working hours.",
    )
    night = queries.simulate(SYSTEM, policy_id=line, severity="high")
    assert [(p.person, p.notes) for p in night.calls[0].people] == [
        ("Linh", ("Test waits for the end of the quiet hours",))
    ]


def test_steps_that_are_not_saved_can_be_tried_and_nothing_is_written(world: World, line: str) -> None:
    given = [step(world, "Dora"), step(world, "Linh")]
    view = queries.simulate_steps(SYSTEM, name="New", steps=given, rounds=1, severity="critical")
    assert [[p.person for p in call.people] for call in view.calls] == [["Dora"], ["Linh"], ["Ada"]]
    assert {p.name for p in queries.policies(SYSTEM)} == {"Line", "Night"}


def test_a_service_is_asked_by_its_policy_and_without_one_the_catch_all_people(world: World, line: str) -> None:
    named = queries.simulate(SYSTEM, service_id=world.service("Checkout", line), severity="critical")
    assert (named.service, named.policy) == ("Checkout", "Line")
    bare = queries.simulate(SYSTEM, service_id=world.service("Ledger", None), severity="critical")
    assert [p.person for p in bare.calls[0].people] == ["Ada"]


def test_what_does_not_exist_and_who_may_not_is_said(world: World, line: str) -> None:
    with pytest.raises(Invalid, match="severity"):
        queries.simulate(SYSTEM, severity="dire")
    with pytest.raises(Invalid, match="kind"):
        queries.simulate(SYSTEM, severity="high", kind="fire")
    with pytest.raises(NotFound):
        queries.simulate(SYSTEM, severity="high", policy_id="nothing")
    with pytest.raises(Denied):
        queries.simulate(ANONYMOUS, severity="high")


def test_a_big_policy_costs_as_many_queries_as_a_small_one(world: World) -> None:
    def asked(count: int) -> int:
        names = [f"P{count}x{n}" for n in range(count)]
        for name in names:
            world.add(name, methods=("phone",))
        policy = commands.save_policy(SYSTEM, name=f"L{count}", steps=[step(world, *names)])
        with CaptureQueriesContext(connection) as seen:
            queries.simulate(SYSTEM, policy_id=policy, severity="critical")
        return len(seen)

    assert asked(2) == asked(8)


def test_a_webhook_stands_in_the_rehearsal(world: World) -> None:
    world.add("Mateo")
    hook = delivery.add_destination(SYSTEM, kind="webhook", address="https://hooks.example.org/x", label="Wall")
    steps = [StepInput((TargetInput("webhook", hook),)), step(world, "Mateo")]
    policy = commands.save_policy(SYSTEM, name="L", steps=steps)
    first = queries.simulate(SYSTEM, policy_id=policy, severity="critical").calls[0]
    assert (first.told, [p.person for p in first.people]) == (("Wall",), ["Mateo"])
