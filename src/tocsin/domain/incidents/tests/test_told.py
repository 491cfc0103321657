"""What people are told by a page of an incident, and by its link once they acknowledged."""

from datetime import timedelta

from tocsin.core.engine.testing import run_engine
from tocsin.domain.incidents import commands
from tocsin.domain.incidents.promised import promised
from tocsin.domain.incidents.tests.conftest import World
from tocsin.kernel.subject import Subject


def test_who_acknowledges_is_not_told_that_it_must_be_acknowledged(world: World) -> None:
    world.alert()
    row = world.the_incident()
    subject = Subject("incident", str(row.id), row.reference, row.title, "/")
    said = [one.text for one in promised(subject)]
    assert len(said) == 3
    assert not [words for words in said if "cknowledge" in words]
    assert said[0].endswith(" is due.")
    world.clock.shift(timedelta(days=1))
    assert promised(subject)[0].text.endswith(" was due, and is missed.")


def test_a_page_says_what_is_known_and_why_it_is_that_size_in_whoevers_words_decided_it(world: World) -> None:
    known = {"title": "Checkout fails", "kind": "disruption", "summary": "Two orders in five are lost."}
    made = commands.declare(world.actor("Amina"), severity="high", services=[world.checkout], **known)
    run_engine()
    assert world.phone.sent[-1][1].text.startswith("Two orders in five are lost.\n")
    row = world.the_incident()
    commands.assess(
        world.actor("Amina"), incident=made, answers=[], severity="critical", override_reason="The board asks"
    )
    run_engine()
    assert "Why: The board asks\n" in world.phone.sent[-1][1].text
    assert row.reference in world.phone.sent[-1][1].title
