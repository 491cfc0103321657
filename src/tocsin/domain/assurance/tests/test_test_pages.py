"""'Will I be paged?' tells what the rules would do; a test page goes the real way, is acknowledged by its link,
makes no incident; everyone on call is tested with a result for each.
"""

from datetime import date, time, timedelta

import pytest

from tocsin.core.engine.testing import run_engine
from tocsin.core.visibility import visible
from tocsin.domain.accounts import commands as accounts
from tocsin.domain.assurance import commands, queries
from tocsin.domain.assurance.tests.conftest import World
from tocsin.domain.delivery.ports import Permanent
from tocsin.domain.incidents import queries as incidents
from tocsin.domain.oncall import commands as oncall
from tocsin.domain.oncall.tests.conftest import SYSTEM
from tocsin.kernel.errors import Conflict, Denied, NotFound

pytestmark = pytest.mark.django_db


def schedule(*people: str, name: str = "Primary", **changes: object) -> str:
    layer = oncall.LayerInput(people=people, handoff=time(9), start=date(2026, 11, 16), **changes)  # type: ignore[arg-type]
    return oncall.save_schedule(SYSTEM, name=name, time_zone="UTC", layers=[layer])


def test_the_answer_tells_step_delay_and_shifts_as_the_rules_would_have_it(world: World) -> None:
    mateo, linh = world.add("Mateo"), world.add("Linh", methods=("phone", "mail"))
    rota = schedule(mateo, linh)
    steps = [
        oncall.StepInput((oncall.TargetInput("schedule", rota),), timedelta(minutes=7)),
        oncall.StepInput((oncall.TargetInput("person", mateo),)),
    ]
    policy = oncall.save_policy(SYSTEM, name="Payments", steps=steps)
    world.service("Checkout", policy)
    linhs = queries.will_i_be_paged(world.actor("Linh"))
    assert [(t.policy, t.step, t.steps, t.after, t.services) for t in linhs.now] == [
        ("Payments", 1, 2, timedelta(0), ("Checkout",))
    ]
    assert [method.name for method in linhs.methods] == ["Test", "Test"]
    mateos = queries.will_i_be_paged(world.actor("Mateo"))
    assert [(t.step, t.after) for t in mateos.now] == [(2, timedelta(minutes=7))]
    assert (mateos.coming[0].step, mateos.coming[0].start.isoformat()) == (1, "2026-11-30T09:00:00+00:00")
    assert linhs.now[0].until == mateos.coming[0].start


def test_an_administrator_is_told_to_be_the_last_resort(world: World) -> None:
    world.add("Mateo")
    world.policy(("Mateo",))
    accounts.change_organisation(SYSTEM, catch_all=[world.people["Ada"]])
    turns = queries.will_i_be_paged(world.actor("Ada")).now
    assert {turn.policy: turn.last_resort for turn in turns} == {"Payments": True, "catch-all people": True}


def test_a_test_page_goes_the_real_way_and_shows_answer_and_acknowledgement(world: World) -> None:
    world.add("Mateo", methods=("phone", "mail"))
    world.mailbox.answers["Mateo"] = Permanent("550 mailbox full")
    me = world.actor("Mateo")
    id_ = commands.page_me(me)
    run_engine()
    sent = queries.test_page(me, id_)
    assert {d.kind: (d.state, d.answer) for d in sent.deliveries} == {
        "test-phone": ("sent", ""),
        "test-mail": ("failed", "550 mailbox full"),
    }
    assert sent.state == "waiting"
    assert "This is a test. Nothing is broken" in world.phone.sent[-1][1].text
    world.clock.shift(timedelta(seconds=40))
    oncall.acknowledge_by_link(world.token("Mateo"))
    run_engine()
    found = queries.my_tests(me)[0]
    assert (found.state, found.took, found.via) == ("answered", timedelta(seconds=40), "link in test-phone")
    assert incidents.open_incidents(SYSTEM) == []
    world.clock.shift(timedelta(minutes=6))
    run_engine()
    assert len([m for _, m in world.phone.sent if "TEST-" in m.title]) == 1


def test_a_test_that_nobody_answers_ends_by_itself(world: World) -> None:
    world.add("Mateo")
    id_ = commands.page_me(world.actor("Mateo"))
    run_engine()
    for _ in range(6):
        world.clock.shift(timedelta(minutes=2))
        run_engine()
    assert queries.test_page(world.actor("Mateo"), id_).state == "unanswered"
    world.phone.sent.clear()
    world.clock.shift(timedelta(hours=1))
    run_engine()
    assert [m.title for _, m in world.phone.sent if "TEST-" in m.title] == []


def test_tests_come_one_a_minute_and_need_a_method(world: World) -> None:
    world.add("Mateo")
    world.add("Nils", methods=())
    commands.page_me(world.actor("Mateo"))
    with pytest.raises(Conflict, match="less than a minute ago"):
        commands.page_me(world.actor("Mateo"))
    with pytest.raises(Conflict, match="add one first"):
        commands.page_me(world.actor("Nils"))


def test_nobody_else_sees_a_test_page(world: World) -> None:
    world.add("Mateo")
    world.add("Linh")
    id_ = commands.page_me(world.actor("Mateo"))
    with pytest.raises(NotFound):
        queries.test_page(world.actor("Linh"), id_)
    with pytest.raises(NotFound):
        commands.stop_test(world.actor("Linh"), test_id=id_)
    assert visible(world.actor("Linh"), [f"test_page:{id_}"]) == set()


def page_everyone_on_call_is_tested_with_a_result_for_each(world: World) -> None:
    mateo, nils = world.add("Mateo"), world.add("Nils", methods=())
    schedule(mateo, name="Payments")
    schedule(nils, name="Search")
    with pytest.raises(Denied):
        commands.page_everyone_on_call(world.actor("Mateo"))
    id_ = commands.page_everyone_on_call(world.actor("Ada"))
    run_engine()
    oncall.acknowledge_by_link(world.token("Mateo"))
    run_engine()
    found = queries.test_round(world.actor("Ada"), id_)
    assert {test.person: test.state for test in found.tests} == {"Mateo": "answered", "Nils": "unreached"}
    assert found.answered == 1
