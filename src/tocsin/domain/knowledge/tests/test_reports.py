"""Reports: what is generated from the log, what survives a regeneration, and two who write at once."""

import json
from datetime import timedelta

import pytest

from tocsin.core.engine.testing import run_engine
from tocsin.core.log import read_stream
from tocsin.core.search.find import search
from tocsin.domain.incidents import commands as incidents
from tocsin.domain.knowledge import commands, queries
from tocsin.domain.knowledge.gathering import gather
from tocsin.domain.knowledge.rules.measures import STANDING_WORDS
from tocsin.domain.knowledge.tests.conftest import World
from tocsin.domain.obligations import commands as obligations
from tocsin.domain.obligations.queries import legal
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Conflict, Denied, Invalid, NotFound


def test_a_report_tells_the_incident_from_its_log(night: World) -> None:
    amina = night.actor("Amina")
    commands.generate_report(amina, incident="INC-1")
    made = queries.report(amina, "inc-1")
    parts = {part.key: part for part in made.document.parts}
    assert "acknowledged by Mateo after 3" in " ".join(parts["summary"].sentences).replace("\N{NO-BREAK SPACE}", " ")
    assert any("Roll back to 4.2" in row[2] for row in parts["decisions"].grids[0].rows)
    assert any("Checkout is slow" in row[3] for row in parts["communication"].grids[0].rows)
    assert parts["cause"].sentences == ("The disk of db-1 was full",)
    assert "Grow the disk of db-1" in str(parts["tasks"].grids)
    assert "Incident Commander" in str(parts["people"].grids)
    assert len(parts["timeline"].grids[0].rows) > 10
    assert not any("incident report" in cell for row in parts["timeline"].grids[0].rows for cell in row)


def test_a_regeneration_keeps_what_people_wrote_and_shows_what_changed(night: World) -> None:
    amina = night.actor("Amina")
    report = commands.generate_report(amina, incident="INC-1")
    commands.save_section(amina, report_id=report, section="cause", text="Nobody watched the disk.", version=0)
    lesson = queries.report(amina, report).proposed[0]
    commands.decide_lesson(amina, lesson=lesson.id, state="accepted", text="In our own words")
    incidents.write(amina, incident="INC-1", text="A late remark")
    assert commands.generate_report(amina, incident="INC-1") == report
    made = queries.report(amina, report)
    assert made.sections["cause"].text == "Nobody watched the disk."
    assert [each.text for each in made.lessons] == ["In our own words"]
    assert made.generation == 2
    changed = {change.key: change for change in made.changes}
    assert any("A late remark" in line for line in changed["timeline"].examples)
    assert "cause" not in changed


def test_two_who_save_the_same_part_never_overwrite_each_other(night: World) -> None:
    amina, mateo = night.actor("Amina"), night.actor("Mateo")
    report = commands.generate_report(amina, incident="INC-1")
    assert commands.save_section(amina, report_id=report, section="impact", text="Hers", version=0) == 1
    with pytest.raises(Conflict, match="kept"):
        commands.save_section(mateo, report_id=report, section="impact", text="His", version=0)
    assert queries.report(mateo, report).sections["impact"].text == "Hers"
    assert commands.save_section(mateo, report_id=report, section="impact", text="Both", version=1) == 2
    bodies = [entry.event.body() for entry in read_stream(f"report:{report}")]
    assert [text for text in bodies if text in {"Hers", "Both"}] == ["Hers", "Both"]


def test_a_part_that_is_not_for_hands_or_too_long_is_refused(night: World) -> None:
    amina = night.actor("Amina")
    report = commands.generate_report(amina, incident="INC-1")
    with pytest.raises(Invalid, match="section"):
        commands.save_section(amina, report_id=report, section="timeline", text="It was otherwise", version=0)
    with pytest.raises(Invalid, match="200,000"):
        commands.save_section(amina, report_id=report, section="impact", text="x" * 1_000_000, version=0)


def test_the_review_goes_from_draft_to_published_and_meets_the_deadline(night: World) -> None:
    amina, mateo = night.actor("Amina"), night.actor("Mateo")
    report = commands.generate_report(mateo, incident="INC-1")
    with pytest.raises(Conflict, match="must be in review"):
        commands.approve(amina, report_id=report)
    commands.submit(mateo, report_id=report)
    with pytest.raises(Denied):
        commands.approve(mateo, report_id=report)
    with pytest.raises(Invalid, match="note"):
        commands.ask_for_changes(amina, report_id=report, note=" ")
    commands.ask_for_changes(amina, report_id=report, note="Name the cause")
    commands.submit(mateo, report_id=report)
    read = queries.report(amina, report).version
    commands.save_section(mateo, report_id=report, section="cause", text="Disk", version=0)
    with pytest.raises(Conflict, match="changed since you read it"):
        commands.approve(amina, report_id=report, version=read)
    commands.approve(amina, report_id=report, version=read + 1)
    assert night.the_incident().reviewed_at is not None
    with pytest.raises(Conflict, match="take it back to draft"):
        commands.save_section(mateo, report_id=report, section="cause", text="Other", version=1)
    with pytest.raises(Conflict, match="take it back to draft"):
        commands.generate_report(mateo, incident="INC-1")
    commands.publish(amina, report_id=report)
    commands.reopen(mateo, report_id=report, note="A number was wrong")
    steps = [(step.words, step.by) for step in queries.report(amina, report).steps]
    assert steps[-3:] == [("Approved", "Amina"), ("Published", "Amina"), ("Taken back to draft", "Mateo")]


def test_a_restricted_incident_has_no_report_for_outsiders(world: World) -> None:
    yusuf, ada = world.actor("Yusuf"), world.actor("Ada")
    incidents.declare(yusuf, title="Kundendaten im Netz", kind="security", severity="high", page=False)
    report = commands.generate_report(yusuf, incident="INC-1")
    commands.save_section(yusuf, report_id=report, section="summary", text="Forumsdump", version=0)
    item = commands.add_action_item(yusuf, report_id=report, title="Kennwörter wechseln")
    run_engine()
    for ask in (
        lambda: queries.report(ada, "INC-1"),
        lambda: queries.report(ada, report),
        lambda: queries.document(ada, report, "html"),
        lambda: queries.pdf(ada, report),
        lambda: queries.report_of(ada, "INC-1"),
        lambda: commands.generate_report(ada, incident="INC-1"),
        lambda: commands.ask_for_pdf(ada, report_id=report),
        lambda: commands.submit(ada, report_id=report),
        lambda: commands.change_action_item(ada, item=item, state="done"),
    ):
        with pytest.raises(NotFound):
            ask()
    assert queries.portal(ada, queries.PortalFilters()).total == 0
    assert queries.action_items(ada) == []
    assert queries.figures(ada).incidents == 0
    assert search(ada, "Forumsdump") == search(ada, "Kundendaten") == []
    assert queries.portal(yusuf, queries.PortalFilters()).total == 1
    assert len(queries.action_items(yusuf)) == 1


def test_notes_for_a_narrower_circle_stay_out_of_the_report(night: World) -> None:
    incidents.write(night.actor("Yusuf"), incident="INC-1", text="Only for Security", audience="role:security")
    report = commands.generate_report(night.actor("Yusuf"), incident="INC-1")
    assert b"Only for Security" not in queries.document(night.actor("Yusuf"), report, "json")


def test_action_items_remind_their_owner_before_and_after(night: World) -> None:
    amina = night.actor("Amina")
    report = commands.generate_report(amina, incident="INC-1")
    due = now() + timedelta(days=3)
    owner = night.people["Siobhan"]
    item = commands.add_action_item(amina, report_id=report, title="Alert on disk space", owner=owner, due_at=due)
    night.later(days=2, minutes=1)
    night.later(days=1)
    told = [(who, message.title) for who, message in night.phone.sent if "action item" in message.title]
    assert told == [
        ("Siobhan", "INC-1: an action item is due within a day"),
        ("Siobhan", "INC-1: an action item is overdue"),
    ]
    assert queries.action_items(amina)[0].overdue
    commands.change_action_item(amina, item=item, state="done")
    assert queries.action_items(amina, state="open") == []
    with pytest.raises(Conflict, match="done now"):
        commands.change_action_item(amina, item=item, title="Other", version=1)


def test_the_record_is_versioned_json(night: World) -> None:
    amina = night.actor("Amina")
    report = commands.generate_report(amina, incident="INC-1")
    commands.save_section(amina, report_id=report, section="impact", text="Two hundred carts", version=0)
    found = json.loads(queries.document(amina, report, "json"))
    assert found["schema"] == "tocsin.report/1"
    assert found["incident"]["reference"] == "INC-1"
    assert found["sections"]["impact"]["text"] == "Two hundred carts"
    assert {m["key"] for m in found["measures"]} >= {"acknowledge", "mitigate", "resolve"}


def test_a_legal_clock_stands_in_the_report_also_while_the_authorities_hold_it(night: World) -> None:
    amina, id_ = night.actor("Amina"), str(night.the_incident().id)
    obligations.note(amina, incident=id_, moments={"material": now()})
    obligations.start(amina, incident=id_, regime="sec")
    duty = legal(amina, id_, "disruption").obligations[0]
    obligations.hold(
        amina, incident=id_, obligation=duty.id, until=now() + timedelta(days=9), reason="Attorney General, letter"
    )
    run_engine()
    told = [p for p in gather(id_, until=10_000).promises if p.kind == "legal"]
    assert [(promise.words, promise.standing) for promise in told] == [(f"{duty.regime_name}: {duty.owed}", "held")]
    assert STANDING_WORDS["held"] == "held"


def test_public_updates_that_were_taken_off_the_page_say_so(night: World) -> None:
    amina, id_ = night.actor("Amina"), str(night.the_incident().id)
    incidents.send_status_update(amina, incident=id_, internal="We look", public="Payments fail")
    incidents.retracted_in_public(amina, incident=id_, title="Payments", reason="Wrong incident")
    incidents.send_status_update(amina, incident=id_, public="Search fails")
    commands.generate_report(amina, incident="INC-1")
    part = next(part for part in queries.report(amina, "inc-1").document.parts if part.key == "communication")
    where = {row[3]: row[2] for row in part.grids[0].rows}
    assert where["Payments fail"].startswith("public, taken off the page at ")
    assert where["Payments fail"].endswith("by Amina: Wrong incident")
    assert (where["We look"], where["Search fails"]) == ("inside", "public")
    assert "taken off the status page again." in part.sentences[0]
