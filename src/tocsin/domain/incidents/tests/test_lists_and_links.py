"""Tasks from lists with their reminders; linked incidents that betray nothing; tickets and bridges."""

from zoneinfo import ZoneInfo

import pytest

from tocsin.core.engine.testing import run_engine
from tocsin.core.events.models import Entry
from tocsin.domain.accounts import commands as accounts
from tocsin.domain.incidents import commands, queries
from tocsin.domain.incidents.rules.tasks import Item
from tocsin.domain.incidents.tests.conftest import SYSTEM, World
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Conflict, Denied, NotFound


@pytest.fixture
def ref(world: World) -> str:
    """An incident that Amina leads."""
    amina = world.actor("Amina")
    made = commands.declare(amina, title="Checkout fails", kind="disruption", severity="high", page=False)
    commands.assign_role(amina, incident=made, role="commander", person=amina.person)
    run_engine()
    world.paged()
    return queries.row(amina, made).reference


def test_a_list_becomes_tasks_with_owners_and_times_and_only_once(world: World, ref: str) -> None:
    items = [Item("Fail over", f"person:{world.people['Mateo']}", 60), Item("Lead", "role:commander")]
    kept = commands.save_task_template(world.actor("Amina"), name="Outage", kind="disruption", items=items)
    assert [(t.name, t.left) for t in queries.task_templates_for(world.actor("Mateo"), ref)] == [("Outage", 2)]
    made = commands.add_tasks_from_template(world.actor("Mateo"), incident=ref, template=kept)
    assert made.missing == ()
    tasks = queries.hub(world.actor("Mateo"), ref).tasks
    assert [(t.title, t.owner.name if t.owner else "") for t in tasks] == [("Fail over", "Mateo"), ("Lead", "Amina")]
    assert queries.task_templates_for(world.actor("Mateo"), ref) == []
    with pytest.raises(Conflict, match="All tasks of Outage are here already"):
        commands.add_tasks_from_template(world.actor("Amina"), incident=ref, template=kept)


def test_a_list_that_names_somebody_who_left_still_works(world: World, ref: str) -> None:
    items = [Item("Call the vendor", f"person:{world.people['Siobhan']}", 15)]
    kept = commands.save_task_template(SYSTEM, name="Outage", items=items)
    accounts.deactivate_person(SYSTEM, person_id=world.people["Siobhan"])
    made = commands.add_tasks_from_template(world.actor("Amina"), incident=ref, template=kept)
    assert made.missing == ("'Call the vendor' has no owner: Siobhan is not here any more.",)
    [task] = queries.hub(world.actor("Amina"), ref).tasks
    assert (task.title, task.owner) == ("Call the vendor", None)


def test_the_owner_is_told_before_a_task_is_due_and_when_it_was(world: World, ref: str) -> None:
    kept = commands.save_task_template(
        SYSTEM, name="L", items=[Item("Fail over", f"person:{world.people['Mateo']}", 60)]
    )
    [task] = commands.add_tasks_from_template(world.actor("Amina"), incident=ref, template=kept).tasks
    accounts.change_person(SYSTEM, person_id=world.people["Mateo"], time_zone="Asia/Tokyo")
    world.later(minutes=49)
    told = [m for name, m in world.phone.sent if name == "Mateo"]
    assert [m.title for m in told] == [f"{ref}: a task is due soon"]
    due = queries.hub(world.actor("Mateo"), ref).tasks[0].due_at
    assert due is not None
    assert f"{due.astimezone(ZoneInfo('Asia/Tokyo')):%H:%M} (Asia/Tokyo)" in told[0].text
    world.phone.sent.clear()
    world.later(minutes=11)
    told = [m.title for name, m in world.phone.sent if name == "Mateo"]
    assert told == [f"{ref}: a task is overdue"]
    entries = queries.timeline(world.actor("Mateo"), ref)
    assert entries[0].sentence == "saw a task overdue, Mateo has it: Fail over"
    assert queries.hub(world.actor("Mateo"), ref).tasks[0].overdue
    commands.change_task(world.actor("Mateo"), task=task, state="done")
    assert not queries.hub(world.actor("Mateo"), ref).tasks[0].overdue


def test_a_task_that_is_done_or_moved_reminds_nobody_of_its_old_time(world: World, ref: str) -> None:
    amina, mateo = world.actor("Amina"), world.people["Mateo"]
    due = now().replace(hour=3, minute=47)
    done = commands.add_task(amina, incident=ref, title="A", owner=mateo, due_at=due)
    moved = commands.add_task(amina, incident=ref, title="B", owner=mateo, due_at=due)
    commands.change_task(amina, task=done, state="done")
    commands.change_task(amina, task=moved, due_at=due.replace(hour=23))
    world.later(minutes=61)
    assert not [m for _, m in world.phone.sent if "task" in m.title]


def test_incidents_are_linked_both_ways_once(world: World, ref: str) -> None:
    amina = world.actor("Amina")
    other = queries.row(
        amina, commands.declare(amina, title="Database down", kind="disruption", severity="high", page=False)
    ).reference
    link = commands.link_incident(amina, incident=ref, other=other, relation="caused_by")
    assert [(i.words, i.reference) for i in queries.links(amina, ref).incidents] == [("caused by", other)]
    assert [(i.words, i.reference) for i in queries.links(amina, other).incidents] == [("caused", ref)]
    with pytest.raises(Conflict, match="linked so already"):
        commands.link_incident(amina, incident=other, other=ref, relation="caused_by")
    with pytest.raises(Denied):
        commands.link_incident(world.actor("Vera"), incident=ref, other=other)
    commands.unlink_incident(amina, link=link)
    assert queries.links(amina, other).incidents == ()


def test_a_link_to_a_restricted_incident_is_there_for_those_who_may_see_it_only(world: World, ref: str) -> None:
    yusuf, mateo = world.actor("Yusuf"), world.actor("Mateo")
    hidden = queries.row(
        yusuf, commands.declare(yusuf, title="Stolen keys", kind="security", severity="high", page=False)
    ).reference
    link = commands.link_incident(yusuf, incident=ref, other=hidden, relation="related")
    assert [i.reference for i in queries.links(yusuf, ref).incidents] == [hidden]
    assert queries.links(mateo, ref).incidents == ()
    told = Entry.objects.filter(stream=f"incident:{queries.row(mateo, ref).id}").values_list("data", flat=True)
    assert not any(hidden in data or "restricted incident" in data for data in told)
    with pytest.raises(NotFound):
        commands.link_incident(mateo, incident=ref, other=hidden)
    with pytest.raises(NotFound):
        commands.unlink_incident(mateo, link=link)


def test_bridges_are_one_tap_away_and_their_pin_is_never_logged(world: World, ref: str) -> None:
    amina = world.actor("Amina")
    commands.set_bridge_for_all(amina, label="Zoom", url="https://zoom.example.org/j/1")
    dialled = {"label": "Crisis line", "phone": "+49 30 1234", "pin": "48151623"}
    commands.add_outside_link(amina, incident=ref, kind="bridge", **dialled)
    found = {b.label: b for b in queries.links(world.actor("Vera"), ref).bridges}
    assert found["Crisis line"].dial == "tel:+49301234,,48151623%23"
    assert found["Zoom"].for_all
    assert not Entry.objects.filter(data__contains="48151623").exists()
    commands.set_bridge_for_all(amina, url="https://meet.example.org/x")
    assert [b.url for b in queries.links(amina, ref).bridges if b.for_all] == ["https://meet.example.org/x"]
    commands.restrict(amina, incident=ref, reason="A breach")
    assert [b.label for b in queries.links(amina, ref).bridges] == ["Crisis line"]
