"""What people say: mentions that reach others once, corrections that leave the log whole, decisions that stand."""

import pytest

from tocsin.core.engine.testing import run_engine
from tocsin.core.log import read_stream
from tocsin.domain.accounts import commands as accounts
from tocsin.domain.incidents import commands, queries
from tocsin.domain.incidents.events import Noted, NoteEdited
from tocsin.domain.incidents.tests.conftest import SYSTEM, World
from tocsin.kernel.actor import Role
from tocsin.kernel.errors import Conflict, Denied, Invalid, NotFound


@pytest.fixture
def ref(world: World) -> str:
    """An incident that Amina declared and nobody was paged for."""
    made = commands.declare(
        world.actor("Amina"), title="Checkout fails", kind="disruption", severity="high", page=False
    )
    run_engine()
    world.paged()
    return queries.row(world.actor("Amina"), made).reference


def said(world: World, ref: str) -> list[str]:
    return [e.body for e in queries.timeline(world.actor("Vera"), ref) if e.type == "incidents.noted"]


def test_who_is_mentioned_and_not_in_the_incident_is_told_once_an_hour(world: World, ref: str) -> None:
    made = commands.write(world.actor("Amina"), incident=ref, text="@mateo can you look at the replica?")
    assert (made.told, made.not_told) == (("Mateo",), ())
    run_engine()
    assert [m.title for _, m in world.phone.sent] == [f"Amina mentions you in {ref}"]
    assert "look at the replica" in world.phone.sent[0][1].text
    assert world.paged() == ["Mateo"]
    commands.write(world.actor("Amina"), incident=ref, text="@mateo please")
    run_engine()
    assert world.paged() == []
    world.later(minutes=61)
    world.paged()
    commands.write(world.actor("Amina"), incident=ref, text="@mateo still there?")
    run_engine()
    assert world.paged() == ["Mateo"]


def test_who_is_in_the_incident_already_is_not_told_by_mail(world: World, ref: str) -> None:
    commands.write(world.actor("Siobhan"), incident=ref, text="I look")
    assert commands.write(world.actor("Amina"), incident=ref, text="@siobhan thanks").told == ()
    run_engine()
    assert world.paged() == []


def test_roles_and_teams_are_mentioned_by_their_name(world: World, ref: str) -> None:
    accounts.add_team(SYSTEM, name="Payments", members=[world.people["Mateo"], world.people["Siobhan"]])
    made = commands.write(world.actor("Amina"), incident=ref, text="@payments and @scribe, look")
    assert set(made.told) == {"Mateo", "Siobhan"}
    assert made.not_told == ("Nobody is Scribe, so nobody is told; assign the role.",)


def test_a_deactivated_person_is_not_told_and_the_author_hears_it(world: World, ref: str) -> None:
    accounts.deactivate_person(SYSTEM, person_id=world.people["Mateo"])
    made = commands.write(world.actor("Amina"), incident=ref, text="@mateo look")
    assert (made.told, made.not_told) == ((), ("Mateo is deactivated and is not told.",))
    assert [m.handle for m in queries.mentionables(world.actor("Amina"), ref, "mat")] == []


def test_who_may_not_see_a_restricted_incident_is_never_told_nor_offered(world: World) -> None:
    yusuf = world.actor("Yusuf")
    ref = queries.row(
        yusuf, commands.declare(yusuf, title="Stolen keys", kind="security", severity="high", page=False)
    ).reference
    run_engine()
    world.paged()
    commands.add_member(yusuf, incident=ref, person=world.people["Siobhan"])
    made = commands.write(yusuf, incident=ref, text="@mateo @siobhan look at the vault")
    assert made.told == ("Siobhan",)
    assert made.not_told == ("Mateo may not see this incident and is not told; let them in first.",)
    run_engine()
    [(to, message)] = world.phone.sent
    assert to == "Siobhan"
    assert "vault" not in message.text + message.title
    assert "Stolen" not in message.text + message.title
    assert {m.handle for m in queries.mentionables(yusuf, ref) if m.kind == "person"} == {"siobhan", "yusuf"}
    with pytest.raises(NotFound):
        queries.mentionables(world.actor("Mateo"), ref)


def test_a_corrected_note_stands_in_its_new_words_and_the_log_keeps_both(world: World, ref: str) -> None:
    mateo = world.actor("Mateo")
    note = commands.write(mateo, incident=ref, text="Lag is 4 s").note
    commands.edit_note(mateo, note=note, text="Lag is 0.4 s", version=1)
    assert said(world, ref) == ["Lag is 0.4 s"]
    stream = read_stream(f"incident:{queries.row(mateo, ref).id}")
    kept = [e.event.text for e in stream if isinstance(e.event, Noted | NoteEdited)]
    assert kept == ["Lag is 4 s", "Lag is 0.4 s"]


def test_two_corrections_at_once_do_not_overwrite_each_other(world: World, ref: str) -> None:
    mateo = world.actor("Mateo")
    note = commands.write(mateo, incident=ref, text="Lag is 4 s").note
    commands.edit_note(mateo, note=note, text="Lag is 3 s", version=1)
    with pytest.raises(Conflict, match="elsewhere in the meantime"):
        commands.edit_note(mateo, note=note, text="Lag is 2 s", version=1)
    assert said(world, ref) == ["Lag is 3 s"]


def test_a_note_is_taken_back_by_its_author_for_fifteen_minutes(world: World, ref: str) -> None:
    mateo = world.actor("Mateo")
    first, second = (commands.write(mateo, incident=ref, text=text).note for text in ("Wrong window", "Late"))
    with pytest.raises(Denied, match="Only who wrote"):
        commands.take_back_note(world.actor("Amina"), note=first)
    commands.take_back_note(mateo, note=first)
    with pytest.raises(Conflict, match="already"):
        commands.edit_note(mateo, note=first, text="Again")
    assert said(world, ref) == ["Late"]
    world.later(minutes=15)
    with pytest.raises(Conflict, match="15 minutes"):
        commands.take_back_note(mateo, note=second)


def test_a_megabyte_is_refused_in_a_sentence_that_says_what_to_do(world: World, ref: str) -> None:
    with pytest.raises(Invalid, match=r"at most 20,000 characters; this has 1,048,576\. .*attach the whole as a file"):
        commands.write(world.actor("Mateo"), incident=ref, text="x" * 1024 * 1024)
    assert said(world, ref) == []


def test_a_decision_stands_with_its_why_until_it_is_revoked(world: World, ref: str) -> None:
    amina = world.actor("Amina")
    made = commands.decide(amina, incident=ref, text="Fail over", why="The disk is gone")
    commands.revoke_decision(amina, decision=made, reason="The disk is back")
    [found] = queries.decisions(world.actor("Vera"), ref)
    assert (found.text, found.why, found.reason, found.revoked_by) == (
        "Fail over",
        "The disk is gone",
        "The disk is back",
        "Amina",
    )
    with pytest.raises(Conflict, match="revoked this decision already"):
        commands.revoke_decision(amina, decision=made, reason="Again")
    with pytest.raises(Denied):
        commands.decide(world.actor("Vera"), incident=ref, text="Nothing")


def test_pinning_the_same_twice_is_answered_and_pins_once(world: World, ref: str) -> None:
    amina, mateo = world.actor("Amina"), world.actor("Mateo")
    note = commands.write(mateo, incident=ref, text="We fail over").note
    commands.decide(amina, incident=ref, text="We fail over", note=note)
    with pytest.raises(Conflict, match="pinned as a decision already"):
        commands.decide(mateo, incident=ref, text="We fail over now", note=note)
    with pytest.raises(Conflict, match="stands already"):
        commands.decide(mateo, incident=ref, text="We fail over")
    assert len(queries.decisions(amina, ref)) == 1


def test_what_is_for_a_narrower_circle_is_neither_pinned_nor_told(world: World, ref: str) -> None:
    world.add("Sec", Role.SECURITY, Role.COMMANDER)
    sec = world.actor("Sec")
    made = commands.write(sec, incident=ref, text="@mateo is a suspect", audience="role:security")
    run_engine()
    assert world.paged() == []
    with pytest.raises(Invalid, match="narrower circle"):
        commands.decide(sec, incident=ref, text="Watch him", note=made.note)
    with pytest.raises(NotFound):
        queries.note(world.actor("Amina"), ref, made.note)
