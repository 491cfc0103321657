"""The PDF: what stands in it, that it can be read aloud, that no text becomes a command, and how it fails."""

from io import BytesIO
from unittest import mock

import pytest
from pypdf import PdfReader

from tocsin.core.engine.testing import run_engine
from tocsin.domain.incidents import commands as incidents
from tocsin.domain.knowledge import commands, queries
from tocsin.domain.knowledge.tests.conftest import World
from tocsin.kernel.errors import Unavailable

NASTY = [
    '#import "@preview/x:1.0.0": *',
    "$ x^2 $ and *bold* and _under_ and `tick` and @ref and <label>",
    '\\ \\u{41} ] [ } { // /* */ #panic() #read("/etc/passwd")',
    "<script>alert(1)</script> <b>not bold</b> {{ 7 * 7 }} {% now %}",
    "\N{HEBREW LETTER SHIN}\N{HEBREW LETTER LAMED}\N{HEBREW LETTER VAV}\N{HEBREW LETTER FINAL MEM} \u202e evil",
    "fire \N{FIRE} and a tick \N{WHITE HEAVY CHECK MARK}",
    "a\x00b\x07c",
    "x" * 3000,
]


def reader(actor_world: World, report: str) -> PdfReader:
    """The finished PDF, opened."""
    return PdfReader(BytesIO(queries.document(actor_world.actor("Amina"), report, "pdf")))


def test_the_pdf_has_the_story_a_language_a_title_and_tags(night: World) -> None:
    amina = night.actor("Amina")
    report = commands.generate_report(amina, incident="INC-1")
    commands.save_section(amina, report_id=report, section="impact", text="Two hundred carts were lost.", version=0)
    commands.add_action_item(amina, report_id=report, title="Alert on disk space", owner=night.people["Siobhan"])
    assert queries.pdf(amina, report).current is False
    commands.ask_for_pdf(amina, report_id=report)
    assert queries.pdf(amina, report).state == "queued"
    with pytest.raises(Unavailable, match="not made yet"):
        queries.document(amina, report, "pdf")
    run_engine()
    made = queries.pdf(amina, report)
    assert (made.state, made.current, made.standard) == ("ready", True, "ua-1"), made
    found = reader(night, report)
    text = " ".join(page.extract_text() for page in found.pages)
    for said in ("Two hundred carts", "Alert on disk space", "Siobhan", "Roll back to 4.2", "Timeline", "Root cause"):
        assert said in text
    root = found.trailer["/Root"]
    assert root["/Lang"] == "en"
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert found.metadata is not None
    assert "INC-1" in str(found.metadata.title)
    assert len(found.pages) == made.pages >= 2


def test_no_text_becomes_a_command_of_the_typesetter(night: World) -> None:
    amina = night.actor("Amina")
    for nasty in NASTY:
        incidents.write(amina, incident="INC-1", text=nasty)
    report = commands.generate_report(amina, incident="INC-1")
    commands.save_section(amina, report_id=report, section="cause", text="\n\n".join(NASTY), version=0)
    commands.ask_for_pdf(amina, report_id=report)
    run_engine()
    made = queries.pdf(amina, report)
    assert made.state == "ready", made.error
    text = " ".join(page.extract_text() for page in reader(night, report).pages)
    assert '#import "@preview' in text
    assert "#panic()" in text
    assert "<script>" in text
    assert "root:" not in text


def test_a_huge_text_is_cut_with_a_note_and_stays_whole_elsewhere(night: World) -> None:
    amina = night.actor("Amina")
    report = commands.generate_report(amina, incident="INC-1")
    huge = "Every word of this. " * 9_000
    commands.save_section(amina, report_id=report, section="impact", text=huge, version=0)
    commands.ask_for_pdf(amina, report_id=report)
    run_engine()
    assert queries.pdf(amina, report).state == "ready"
    text = " ".join(" ".join(page.extract_text().split()) for page in reader(night, report).pages)
    assert "Cut here after 60,000 of 179,999 characters" in text
    assert queries.document(amina, report, "md").count(b"Every word of this.") == 9_000


def test_the_same_report_is_typeset_once(night: World) -> None:
    amina = night.actor("Amina")
    report = commands.generate_report(amina, incident="INC-1")
    first = commands.ask_for_pdf(amina, report_id=report)
    run_engine()
    with mock.patch("tocsin.domain.knowledge.workers.subprocess.run") as run:
        assert commands.ask_for_pdf(amina, report_id=report) == first
        run_engine()
    run.assert_not_called()


def test_a_failure_says_why_and_can_be_tried_again(night: World) -> None:
    amina = night.actor("Amina")
    report = commands.generate_report(amina, incident="INC-1")
    broken = mock.Mock(stdout=b'{"error": "page 3 is on fire"}\n', returncode=1)
    with mock.patch("tocsin.domain.knowledge.workers.subprocess.run", return_value=broken):
        run_engine()
    assert queries.pdf(amina, report).error == "page 3 is on fire"
    commands.ask_for_pdf(amina, report_id=report)
    run_engine()
    assert queries.pdf(amina, report).state == "ready"
