"""The response team: called, joined, declined, replaced, stood down; nobody paged twice, and everybody's time kept."""

from datetime import timedelta
from typing import Any

import pytest

from tocsin.core.engine.testing import run_engine
from tocsin.domain.accounts import commands as accounts
from tocsin.domain.accounts.queries import actor_of
from tocsin.domain.incidents import commands, queries
from tocsin.domain.incidents.models import Responder, RoleHolder
from tocsin.domain.incidents.tests.conftest import SYSTEM, World
from tocsin.domain.oncall import commands as oncall
from tocsin.domain.oncall import queries as pages
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Conflict, Denied, Invalid, NotFound


@pytest.fixture
def incident(world: World) -> str:
    """INC-1, detected from an alert and led by Mateo; nobody's phone has rung since."""
    world.alert()
    world.tap_link("Mateo")
    world.paged()
    return "INC-1"


def call(world: World, *names: str, **given: Any) -> list[str]:
    called = commands.activate_response_team(
        world.actor("Mateo"), incident="INC-1", people=[world.people[name] for name in names], **given
    )
    run_engine()
    return called


def token(world: World, name: str) -> str:
    return [m for address, m in world.phone.sent if address == name][-1].url.rpartition("/p/")[2]


def standing(world: World) -> dict[str, str]:
    board = queries.response_board(world.actor("Mateo"), "INC-1")
    return {one.person.name: one.state for one in board.people}


def test_two_people_who_activate_at_once_page_nobody_twice(world: World, incident: str) -> None:
    call(world, "Siobhan", "Amina")
    with pytest.raises(Conflict, match="called already"):
        commands.activate_response_team(world.actor("Amina"), incident=incident, people=[world.people["Siobhan"]])
    called = commands.activate_response_team(
        world.actor("Amina"), incident=incident, people=[world.people["Siobhan"], world.people["Yusuf"]]
    )
    run_engine()
    assert called == [world.people["Yusuf"]]
    assert sorted(world.paged()) == ["Amina", "Siobhan", "Yusuf"]


def test_who_joins_by_the_link_is_on_it_with_the_role_they_were_called_for(world: World, incident: str) -> None:
    call(world, "Siobhan", roles={"operations": world.people["Siobhan"]})
    link = token(world, "Siobhan")
    asked = pages.link(link).replies
    assert asked is not None
    assert [option.label for option in asked.options] == ["Join as Operations Lead", "I cannot come"]
    oncall.reply_by_link(link, value="join")
    run_engine()
    hub = queries.hub(world.actor("Mateo"), incident)
    assert {role.role: role.person.name for role in hub.roles} == {"commander": "Mateo", "operations": "Siobhan"}
    assert standing(world) == {"Mateo": "joined", "Siobhan": "joined"}
    board = queries.response_board(world.actor("Mateo"), incident)
    assert (board.joined, board.asked) == (2, 2)
    world.paged()
    world.after(minutes=20)
    assert "Siobhan" not in [name for name, message in world.phone.sent if message.urgent]


def test_joining_takes_no_role_that_somebody_took_meanwhile(world: World, incident: str) -> None:
    call(world, "Siobhan", roles={"operations": world.people["Siobhan"]})
    commands.assign_role(world.actor("Amina"), incident=incident, role="operations", person=world.people["Amina"])
    commands.join(world.actor("Siobhan"), incident=incident)
    held = RoleHolder.objects.filter(role="operations", ended_at=None).get()
    assert str(held.person_id) == world.people["Amina"]


def test_a_decline_names_reason_and_time_and_the_next_is_called_in_their_place(world: World, incident: str) -> None:
    call(world, "Siobhan")
    later = now() + timedelta(minutes=20)
    oncall.reply_by_link(token(world, "Siobhan"), value="decline", reason="On a train", come_at=later)
    run_engine()
    (one,) = [o for o in queries.response_board(world.actor("Mateo"), incident).people if o.person.name == "Siobhan"]
    assert (one.state, one.reason, one.come_at) == ("declined", "On a train", later)
    assert one.instead, "somebody else is proposed"
    world.paged()
    call(world, "Amina", instead_of=world.people["Siobhan"])
    board = queries.response_board(world.actor("Mateo"), incident)
    assert (board.asked, board.declined) == (2, 1)
    world.later(minutes=19)
    assert "Siobhan" not in world.paged()
    world.later(minutes=2)
    assert world.paged()[-1] == "Siobhan", "told at the time at which they can come"


def test_declining_after_joining_says_to_stand_down(world: World, incident: str) -> None:
    call(world, "Siobhan")
    commands.join(world.actor("Siobhan"), incident=incident)
    with pytest.raises(Conflict, match="stand down instead"):
        commands.decline(world.actor("Siobhan"), incident=incident)
    assert standing(world)["Siobhan"] == "joined"


def test_who_was_not_called_cannot_decline_and_a_time_far_off_is_refused(world: World, incident: str) -> None:
    with pytest.raises(Conflict, match="not called"):
        commands.decline(world.actor("Siobhan"), incident=incident)
    call(world, "Siobhan")
    with pytest.raises(Invalid, match=r"^come_at: .*24 hours"):
        commands.decline(world.actor("Siobhan"), incident=incident, come_at=now() + timedelta(days=3))
    assert standing(world)["Siobhan"] == "called"


def test_paging_again_waits_a_minute_so_that_two_presses_page_once(world: World, incident: str) -> None:
    call(world, "Siobhan")
    with pytest.raises(Conflict, match="less than a minute"):
        commands.page_again(world.actor("Mateo"), incident=incident, person=world.people["Siobhan"])
    world.later(seconds=61)
    world.paged()
    commands.page_again(world.actor("Mateo"), incident=incident, person=world.people["Siobhan"])
    run_engine()
    assert world.paged() == ["Siobhan"]
    with pytest.raises(NotFound, match="not called"):
        commands.page_again(world.actor("Mateo"), incident=incident, person=world.people["Vera"])


def test_standing_down_keeps_the_time_ends_roles_and_tells_them(world: World, incident: str) -> None:
    call(world, "Siobhan", roles={"operations": world.people["Siobhan"]})
    commands.join(world.actor("Siobhan"), incident=incident)
    world.later(minutes=40)
    world.paged()
    with pytest.raises(Denied):
        commands.stand_down(world.actor("Siobhan"), incident=incident, people=[world.people["Mateo"]])
    assert commands.stand_down(world.actor("Amina"), incident=incident, note="Sleep") == [world.people["Siobhan"]]
    run_engine()
    assert world.paged() == ["Siobhan"]
    (one,) = [o for o in queries.response_board(world.actor("Mateo"), incident).people if o.person.name == "Siobhan"]
    assert (one.state, one.worked) == ("stood_down", timedelta(minutes=40))
    assert not RoleHolder.objects.filter(role="operations", ended_at=None).exists()
    with pytest.raises(Conflict, match="Mateo is Incident Commander"):
        commands.stand_down(world.actor("Amina"), incident=incident, people=[world.people["Mateo"]])


def test_who_comes_back_counts_on_and_the_end_counts_for_all(world: World, incident: str) -> None:
    call(world, "Siobhan")
    commands.join(world.actor("Siobhan"), incident=incident)
    world.later(minutes=10)
    commands.stand_down(world.actor("Siobhan"), incident=incident, people=[world.people["Siobhan"]])
    world.later(minutes=10)
    commands.join(world.actor("Siobhan"), incident=incident)
    world.later(minutes=5)
    commands.resolve(world.actor("Mateo"), incident=incident, reason="Seen by hand")
    run_engine()
    worked = {o.person.name: o.worked for o in queries.response_board(world.actor("Mateo"), incident).people}
    assert worked == {"Mateo": timedelta(minutes=25), "Siobhan": timedelta(minutes=15)}
    assert not Responder.objects.filter(since__isnull=False).exists()


def test_a_template_that_names_a_deactivated_person_calls_the_others_and_says_who_is_left_out(
    world: World, incident: str
) -> None:
    both = [world.people["Siobhan"], world.people["Amina"]]
    kept = commands.save_team_template(world.actor("Amina"), name="Shop", people=both, severities=["critical"])
    accounts.deactivate_person(SYSTEM, person_id=world.people["Siobhan"])
    seen = queries.team_preview(world.actor("Mateo"), incident, template=kept)
    assert (seen.gone, [one.person.name for one in seen.people]) == (("Siobhan",), ["Amina"])
    assert call(world, template=kept) == [world.people["Amina"]]
    with pytest.raises(Invalid, match="Siobhan may not sign in any more"):
        commands.save_team_template(world.actor("Amina"), name="Shop", people=both, template=kept)


def test_a_template_suits_by_kind_and_severity(world: World, incident: str) -> None:
    amina, people = world.actor("Amina"), [world.people["Siobhan"]]
    commands.save_team_template(amina, name="All", people=people)
    commands.save_team_template(amina, name="Breach", kind="security", people=people)
    commands.save_team_template(amina, name="Big outage", kind="disruption", severities=["critical"], people=people)
    found = queries.team_templates(amina, "disruption", "critical")
    assert [kept.name for kept in found] == ["Big outage", "All"]
    assert [kept.name for kept in queries.team_templates(amina, "disruption", "low")] == ["All"]


def test_the_preview_says_how_when_and_what_else_keeps_each_person(world: World, incident: str) -> None:
    accounts.change_person(SYSTEM, person_id=world.people["Siobhan"], time_zone="Asia/Kolkata")
    other = commands.declare(
        world.actor("Siobhan"), title="Search is slow", kind="disruption", severity="low", page=False
    )
    commands.assign_role(world.actor("Siobhan"), incident=other, role="commander", person=world.people["Siobhan"])
    mute = accounts.add_person(SYSTEM, email="mute@example.org", name="Mute")
    seen = queries.team_preview(world.actor("Mateo"), incident, people=[world.people["Siobhan"], mute])
    assert [(one.person.name, one.how) for one in seen.people] == [("Mute", "none"), ("Siobhan", "ok")]
    there = seen.people[1]
    assert (there.zone, there.night, there.elsewhere) == ("Asia/Kolkata", False, ("INC-2",))


def test_a_holder_who_is_deactivated_leaves_the_role_free(world: World, incident: str) -> None:
    accounts.deactivate_person(SYSTEM, person_id=world.people["Mateo"])
    run_engine()
    hub = queries.hub(actor_of(world.people["Amina"]), incident)
    assert hub.roles == ()
    assert any(warning.role == "commander" for warning in hub.warnings)


def test_an_acknowledgement_taken_back_leaves_nobody_on_the_team(world: World, incident: str) -> None:
    oncall.undo_acknowledge(world.actor("Mateo"), subject=f"incident:{world.the_incident().id}")
    run_engine()
    assert standing(world) == {}
