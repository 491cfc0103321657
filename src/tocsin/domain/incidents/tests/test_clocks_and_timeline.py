"""Deadlines that remind and escalate, the commander's relief, and the one story of an incident."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tocsin.core.engine.testing import run_engine
from tocsin.core.search.find import search
from tocsin.core.secrets.sealing import forget
from tocsin.domain.incidents import commands, queries
from tocsin.domain.incidents.commands.loading import subject
from tocsin.domain.incidents.models import Deadline
from tocsin.domain.incidents.tests.conftest import World
from tocsin.domain.oncall import commands as oncall
from tocsin.domain.oncall import queries as page_links
from tocsin.kernel.errors import Invalid


@pytest.fixture
def led(world: World) -> str:
    """INC-1, Critical, acknowledged and led by Mateo at 02:47."""
    world.alert()
    world.tap_link("Mateo")
    world.paged()
    return "INC-1"


def test_at_four_fifths_of_a_deadline_its_owner_is_reminded_once(world: World, led: str) -> None:
    world.after(minutes=8)
    reminders = [m.title for _, m in world.phone.sent if "still to do" not in m.title]
    assert reminders == ["INC-1: First public post is at risk"]
    assert world.types(world.the_incident()).count("deadline_at_risk") == 1


def test_a_missed_deadline_pages_its_owner(world: World, led: str) -> None:
    world.after(minutes=10)
    assert "deadline_breached" in world.types(world.the_incident())
    title = next(m.title for _, m in reversed(world.phone.sent) if m.urgent)
    assert title.startswith("Critical: INC-1")
    assert Deadline.objects.get(kind="public_post").breached_at is not None


def test_one_answer_to_a_missed_deadline_stops_the_calls_of_the_others(world: World, led: str) -> None:
    amina = world.actor("Amina")
    commands.assign_role(amina, incident=led, role="communications", person=amina.person)
    world.paged()
    world.after(minutes=10)
    assert {"Amina", "Mateo"} <= set(world.paged())
    oncall.answer_call(world.actor("Mateo"), subject=subject(world.the_incident()))
    oncall.undo_acknowledge(world.actor("Mateo"), subject=subject(world.the_incident()))
    world.after(minutes=4, seconds=5)
    assert {"Amina", "Mateo"} <= {address for address, _ in world.phone.sent}
    link = next(m.url for address, m in reversed(world.phone.sent) if address == "Mateo")
    shown = page_links.link(link.rpartition("/p/")[2])
    assert (shown.state, shown.replies) == ("open", None), "they are on it already: to know of it is enough"
    world.tap_link("Mateo")
    world.paged()
    world.after(minutes=5)
    assert [address for address, message in world.phone.sent if message.urgent] == []


def test_whoever_is_called_for_a_missed_deadline_is_left_alone_once_it_is_met(world: World, led: str) -> None:
    world.after(minutes=10)
    assert "Mateo" in world.paged()
    commands.send_status_update(world.actor("Amina"), incident=led, internal="We look.", public="We are on it.")
    run_engine()
    world.paged()
    world.after(minutes=4, seconds=30)
    assert [address for address, message in world.phone.sent if message.urgent] == []


def test_a_missed_deadline_without_an_owner_turns_to_the_catch_all_people(world: World) -> None:
    world.alert()
    commands.acknowledge(world.actor("Mateo"), incident="INC-1")
    commands.end_role(world.actor("Mateo"), incident="INC-1", role="commander")
    row = world.the_incident()
    row.first_acknowledged_by = ""
    row.save(update_fields=["first_acknowledged_by"])
    world.paged()
    world.after(minutes=10)
    assert world.paged() == ["Ada"]


def test_what_was_done_in_time_reminds_nobody(world: World, led: str) -> None:
    mateo = world.actor("Mateo")
    for _ in range(4):
        commands.send_status_update(mateo, incident=led, internal="Working on it.", public="We are on it.")
        world.after(minutes=10)
    breached = [d.kind for d in Deadline.objects.exclude(breached_at=None)]
    assert set(breached) <= {"engage"}
    assert Deadline.objects.filter(kind="internal_update").count() == 5


def test_once_it_is_resolved_only_its_review_is_due_until_that_is_held(world: World, led: str) -> None:
    mateo, amina = world.actor("Mateo"), world.actor("Amina")
    commands.resolve(mateo, incident=led, reason="Seen by hand")
    run_engine()
    world.paged()
    world.after(minutes=90)
    assert world.paged() == []
    commands.close(amina, incident=led)
    assert [due.deadline.kind for due in queries.deadlines_due(mateo)] == ["review"]
    commands.mark_reviewed(amina, incident=led)
    assert queries.deadlines_due(mateo) == []


def test_a_reopened_incident_owes_again_what_it_had_met(world: World, led: str) -> None:
    mateo = world.actor("Mateo")
    commands.resolve(mateo, incident=led, reason="Seen by hand")
    world.later(minutes=20)
    commands.reopen(mateo, incident=led, reason="It is back")
    open_kinds = {d.kind for d in Deadline.objects.filter(met_at=None)}
    assert {"mitigate", "resolve", "internal_update"} <= open_kinds
    assert "review" not in open_kinds


def test_after_four_hours_the_commander_is_reminded_to_hand_over(world: World, led: str) -> None:
    commands.assess(
        world.actor("Mateo"), incident=led, answers=[], severity="low", override_reason="Only the clock is tested"
    )
    world.later(hours=4)
    assert "hand over" in world.phone.sent[-1][1].title
    assert "hand_over_due" in world.types(world.the_incident())
    commands.assign_role(world.actor("Amina"), incident=led, role="commander", person=world.people["Amina"])
    world.paged()
    world.later(hours=3)
    assert world.paged() == []


def test_after_a_standstill_the_commander_is_reminded_once_for_all_the_hours(world: World, led: str) -> None:
    why = "Only the clock is tested"
    commands.assess(world.actor("Mateo"), incident=led, answers=[], severity="low", override_reason=why)
    world.later(hours=21)
    said = [e.event.sentence() for e in world.log(world.the_incident()) if e.type == "incidents.hand_over_due"]
    assert said == ["reminded Mateo to hand over: Incident Commander for 20 h"]
    world.later(hours=3)
    assert world.types(world.the_incident()).count("hand_over_due") == 2


def test_the_timeline_tells_alerts_pages_and_people_in_one_story(world: World, led: str) -> None:
    commands.decide(world.actor("Mateo"), incident=led, text="Fail over now")
    told = queries.timeline(world.actor("Vera"), led)
    types = [entry.type for entry in told]
    assert types[0] == "incidents.decided"
    assert {"alerts.group_opened", "incidents.detected", "oncall.paged", "oncall.acknowledged"} <= set(types)
    assert (told[0].actor_name, told[0].body) == ("Mateo", "Fail over now")
    assert [decision.text for decision in queries.decisions(world.actor("Vera"), led)] == ["Fail over now"]


def test_the_timeline_is_read_back_page_by_page_without_a_gap(world: World, led: str) -> None:
    for number in range(25):
        commands.write(world.actor("Mateo"), incident=led, text=f"note {number}")
    vera = world.actor("Vera")
    whole = [entry.key for entry in queries.timeline(vera, led, limit=500)]
    paged: list[str] = []
    cursor = None
    while page := queries.timeline(vera, led, before=cursor, limit=7):
        paged += [entry.key for entry in page]
        cursor = page[-1].cursor
    assert paged == whole
    with pytest.raises(Invalid, match="not a place in the timeline"):
        queries.timeline(vera, led, before="12")


def test_erasing_a_person_erases_what_they_wrote_and_nothing_else(world: World, led: str) -> None:
    commands.write(world.actor("Mateo"), incident=led, text="my cat is ill")
    commands.write(world.actor("Amina"), incident=led, text="taking over")
    forget(f"person:{world.people['Mateo']}")
    bodies = [e.body for e in queries.timeline(world.actor("Vera"), led) if e.type == "incidents.noted"]
    assert bodies == ["taking over", "(erased)"]


def test_an_incident_is_found_by_its_words_and_by_its_reference(world: World, led: str) -> None:
    commands.change(world.actor("Mateo"), incident=led, title="Zahlungen stehen")
    vera = world.actor("Vera")
    assert [hit.reference for hit in search(vera, "Zahlungen")] == ["INC-1"]
    assert [hit.reference for hit in search(vera, "INC-1")] == ["INC-1"]


def test_lists_cost_the_same_however_many_incidents_there_are(world: World, led: str) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as caught:
            queries.incidents(vera)
            queries.open_incidents(vera)
            queries.hub(vera, led)
            queries.deadlines_due(vera)
        return len(caught)

    vera = world.actor("Vera")
    before = cost()
    for number in range(5):
        commands.declare(
            world.actor("Mateo"), title=f"More {number}", kind="disruption", severity="low", services=[world.search]
        )
    assert cost() == before


def test_what_is_mine_is_what_i_lead_am_asked_and_have_to_do(world: World, led: str) -> None:
    mateo, siobhan = world.actor("Mateo"), world.actor("Siobhan")
    commands.hand_over(mateo, incident=led, role="commander", to=world.people["Siobhan"])
    commands.add_task(mateo, incident=led, title="Call the vendor", owner=world.people["Siobhan"])
    mine = queries.mine(siobhan)
    assert [row.reference for row, _ in mine.offers] == ["INC-1"]
    assert [task.title for _, task in mine.tasks] == ["Call the vendor"]
    assert [row.reference for row in queries.mine(mateo).incidents] == ["INC-1"]


def test_proposals_list_reasons_groups_and_where_they_might_belong(world: World) -> None:
    world.alert("checkout")
    world.alert("search")
    found = queries.proposals(world.actor("Amina"))
    assert [proposal.row.reference for proposal in found] == ["INC-1", "INC-2"]
    assert found[0].reasons[0].sentence.startswith("Prometheus checkout says Critical")
    assert found[0].groups[0].service == "Checkout"
    service = found[0].row.services[0].id
    commands.declare(
        world.actor("Amina"), title="Till slow", kind="disruption", severity="low", services=[service], page=False
    )
    again = queries.proposals(world.actor("Amina"))[0]
    assert [row.reference for row in again.merge_into] == ["INC-3", "INC-2"], "the same service first, then any other"


def test_another_severity_shows_its_deadlines_and_saves_nothing(world: World, led: str) -> None:
    before = list(Deadline.objects.order_by("id").values())
    kinds = {view.kind: view.term for view in queries.what_if(world.actor("Vera"), led, "high")}
    assert kinds["mitigate"] == "4\N{NO-BREAK SPACE}h"
    assert list(Deadline.objects.order_by("id").values()) == before


def test_missing_roles_are_suggested_with_who_suits(world: World, led: str) -> None:
    suggested = queries.suggest_roles(world.actor("Amina"), led)
    assert "commander" not in suggested
    assert "Mateo" not in [person.name for person in suggested["operations"]]
    assert "Siobhan" in [person.name for person in suggested["operations"]]
    assert "Vera" not in [person.name for person in suggested["operations"]]
