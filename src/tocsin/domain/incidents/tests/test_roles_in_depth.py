"""Roles: who is suggested and why, duties that remind, warnings, hand-over with what is open, two offers, odd input."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tocsin.core.engine.testing import run_engine
from tocsin.domain.accounts import commands as accounts
from tocsin.domain.incidents import commands, queries
from tocsin.domain.incidents.rules.roles import Assignment, coverage, off_shift
from tocsin.domain.incidents.rules.states import Kind
from tocsin.domain.incidents.rules.suggesting import Facts, best, suggestion
from tocsin.domain.incidents.tests.conftest import SYSTEM, World
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.kernel.errors import Conflict, Denied, Invalid, NotFound

AT = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


@pytest.fixture
def incident(world: World) -> str:
    """INC-1, led by Mateo."""
    world.alert()
    world.tap_link("Mateo")
    world.paged()
    return "INC-1"


def facts(name: str, **given: object) -> Facts:
    plain = {
        "person": name, "name": name, "roles": ("responder",), "skills": (), "on_call": False, "here": False,
        "load": 0, "night": 0, "worked": timedelta(0), "holds": 0,
    }  # fmt: skip
    return Facts(**{**plain, **given})  # type: ignore[arg-type]


def test_skill_and_being_on_call_come_first_and_a_hard_night_last() -> None:
    people = [
        facts("Tired", skills=("postgresql",), night=5, worked=timedelta(hours=5), load=2),
        facts("Fresh", skills=("postgresql",), on_call=True),
        facts("Plain"),
    ]
    found = best("operations", ("postgresql",), people)
    assert [one.person for one in found] == ["Fresh", "Plain"]
    assert found[0].reasons == ("knows postgresql", "does this by role", "on call", "no other incident")
    tired = suggestion("operations", ("postgresql",), people[0])
    assert tired.doubts == ("2 other open incidents", "5 pages last night", "5 h worked here")


def test_one_person_with_three_roles_and_a_shift_that_ends_are_warned_about() -> None:
    held = [
        Assignment(role, "a", AT + timedelta(minutes=n)) for n, role in enumerate(("commander", "scribe", "liaison"))
    ]
    words = [gap.sentence for gap in coverage(Kind.DISRUPTION, Severity.MEDIUM, held)]
    assert "One person holds 3 roles; give Liaison away." in words
    (gap,) = off_shift(held, {"a": AT + timedelta(minutes=20)}, AT)
    assert gap.sentence == "The Incident Commander's shift ends in 20 min; hand over before."
    assert off_shift(held, {"a": AT + timedelta(minutes=31)}, AT) == ()


def test_the_matrix_says_who_suits_an_empty_role_and_why(world: World, incident: str) -> None:
    commands.save_role(world.actor("Amina"), role="operations", skills=["Networking"])
    accounts.change_person(SYSTEM, person_id=world.people["Siobhan"], skills=["networking"])
    rows = {row.role: row for row in queries.role_matrix(world.actor("Mateo"), incident).rows}
    first = rows["operations"].suggested[0]
    assert first.person.name == "Siobhan"
    assert "knows networking" in first.reasons


def test_who_takes_a_role_has_its_duties_and_is_reminded_of_what_is_late(world: World, incident: str) -> None:
    duties = queries.role_matrix(world.actor("Mateo"), incident).rows[0].duties
    assert duties[0].text == "Say what is known and what is done first"
    commands.tick_duty(world.actor("Mateo"), duty=duties[0].id)
    world.later(minutes=11)
    texts = [m.text for name, m in world.phone.sent if name == "Mateo"]
    assert any("still to do: Confirm the severity" in text for text in texts)
    assert not any("Say what is known" in text for text in texts)
    rows = queries.role_matrix(world.actor("Mateo"), incident).rows[0].duties
    assert [duty.late for duty in rows] == [False, True, False, False]
    commands.tick_duty(world.actor("Mateo"), duty=duties[0].id, done=False)
    assert queries.role_matrix(world.actor("Mateo"), incident).rows[0].duties[0].done_at is None


def test_the_next_holder_goes_on_with_the_same_list(world: World, incident: str) -> None:
    duties = queries.role_matrix(world.actor("Mateo"), incident).rows[0].duties
    commands.tick_duty(world.actor("Mateo"), duty=duties[0].id)
    commands.hand_over(
        world.actor("Mateo"), incident=incident, role="commander", to=world.people["Amina"], note="Yours"
    )
    commands.accept_role(world.actor("Amina"), incident=incident, role="commander")
    again = queries.role_matrix(world.actor("Mateo"), incident).rows[0].duties
    assert [duty.id for duty in again] == [duty.id for duty in duties]
    assert again[0].done_at is not None


def test_an_offer_carries_the_note_and_what_is_open(world: World, incident: str) -> None:
    mateo = world.actor("Mateo")
    commands.add_task(mateo, incident=incident, title="Call the vendor", owner=mateo.person)
    accounts.change_person(SYSTEM, person_id=world.people["Amina"], time_zone="Asia/Tokyo")
    commands.hand_over(mateo, incident=incident, role="commander", to=world.people["Amina"], note="All yours")
    run_engine()
    text = [m.text for name, m in world.phone.sent if name == "Amina"][-1]
    assert "All yours" in text
    assert "Task: Call the vendor" in text
    row = queries.role_matrix(world.actor("Amina"), incident).rows[0]
    assert row.note == "All yours"
    assert "Task: Call the vendor" in [one.text for one in row.left_open]
    due = next(one.due_at for one in row.left_open if one.due_at)
    assert f"due at {due.astimezone(ZoneInfo('Asia/Tokyo')):%H:%M} (Asia/Tokyo)" in text


def test_a_role_offered_to_two_belongs_to_the_second_offer_and_the_log_says_so(world: World, incident: str) -> None:
    mateo = world.actor("Mateo")
    commands.hand_over(mateo, incident=incident, role="commander", to=world.people["Siobhan"])
    commands.hand_over(mateo, incident=incident, role="commander", to=world.people["Amina"])
    with pytest.raises(Conflict, match="not asked"):
        commands.accept_role(world.actor("Siobhan"), incident=incident, role="commander")
    said = [entry.sentence for entry in queries.role_matrix(mateo, incident).handovers]
    assert "took the offer of Incident Commander to Siobhan back" in said
    commands.accept_role(world.actor("Amina"), incident=incident, role="commander")


def test_a_role_of_ones_own_is_offered_until_it_is_removed(world: World, incident: str) -> None:
    amina = world.actor("Amina")
    commands.save_role(amina, role="data-lead", duties=[{"text": "Look at the replica", "minutes": 5}])
    commands.assign_role(amina, incident=incident, role="data-lead", person=amina.person)
    rows = {row.role: row for row in queries.role_matrix(amina, incident).rows}
    assert [duty.text for duty in rows["data-lead"].duties] == ["Look at the replica"]
    commands.remove_role(amina, role="data-lead")
    with pytest.raises(NotFound):
        commands.remove_role(amina, role="data-lead")


@pytest.mark.parametrize(
    ("duty", "words"),
    [({"text": "", "minutes": 5}, "duty 1 needs"), ({"text": "Look", "minutes": 0}, "needs minutes"), ({}, "duty 1")],
)
def test_a_duty_that_cannot_be_kept_is_refused_by_number(world: World, duty: dict[str, object], words: str) -> None:
    with pytest.raises(Invalid, match=words):
        commands.save_role(world.actor("Amina"), role="scribe", duties=[duty])
    with pytest.raises(Denied):
        commands.save_role(world.actor("Mateo"), role="scribe")
