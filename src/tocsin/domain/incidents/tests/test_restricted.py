"""A restricted incident does not exist for those who may not see it: nowhere, under no name, in no number."""

from dataclasses import replace

import pytest

from tocsin.core.engine.testing import run_engine
from tocsin.core.search.find import search
from tocsin.core.visibility import visible
from tocsin.domain.alerts import queries as alerts
from tocsin.domain.incidents import commands, queries
from tocsin.domain.incidents.access import visible_ids, visible_to_each
from tocsin.domain.incidents.models import Incident
from tocsin.domain.incidents.tests.conftest import World
from tocsin.kernel.errors import Conflict, Denied, NotFound
from tocsin.kernel.ids import new_id

TITLE = "Kundendaten im Netz"


@pytest.fixture
def secret(world: World) -> str:
    """INC-1, restricted: declared by Yusuf of Security for Checkout, so that Mateo is paged."""
    commands.declare(
        world.actor("Yusuf"),
        title=TITLE,
        kind="security",
        severity="critical",
        summary="Dump on a forum",
        services=[world.checkout],
    )
    run_engine()
    return "INC-1"


@pytest.mark.parametrize("name", ["Vera", "Siobhan", "Amina", "Ada"])
def test_outsiders_find_it_nowhere(world: World, secret: str, name: str) -> None:
    actor, row = world.actor(name), world.the_incident()
    assert queries.incidents(actor).total == 0
    assert queries.open_incidents(actor) == []
    assert queries.counts(actor) == {}
    assert queries.deadlines_due(actor) == []
    assert queries.proposals(actor) == []
    assert search(actor, "Kundendaten") == search(actor, "INC-1") == []
    assert visible(actor, [f"incident:{row.id}"]) == set()
    for ask in (queries.incident, queries.hub, queries.timeline, queries.streams_of, queries.row):
        for ref in (secret, str(row.id)):
            with pytest.raises(NotFound, match=r"There is no such incident\."):
                ask(actor, ref)


def test_outsiders_cannot_act_on_it_and_get_the_answer_of_what_does_not_exist(world: World, secret: str) -> None:
    amina = world.actor("Amina")
    for act in (
        lambda: commands.acknowledge(amina, incident=secret),
        lambda: commands.write(amina, incident=secret, text="?"),
        lambda: commands.restrict(amina, incident=secret, reason="?"),
        lambda: commands.release(amina, incident=secret, reason="?"),
        lambda: commands.add_member(amina, incident=secret, person=world.people["Amina"]),
        lambda: commands.assign_role(amina, incident=secret, role="commander", person=world.people["Amina"]),
        lambda: commands.merge(amina, incident=secret, into=secret),
    ):
        with pytest.raises(NotFound, match=r"There is no such incident\."):
            act()


def test_who_is_paged_for_it_may_see_it(world: World, secret: str) -> None:
    assert queries.incident(world.actor("Mateo"), secret).title == TITLE


def test_pages_about_it_carry_reference_and_severity_only(world: World, secret: str) -> None:
    assert world.phone.sent
    for _, message in world.phone.sent:
        said = f"{message.title} {message.text} {dict(message.attributes)}"
        assert "INC-1" in said
        assert "Kundendaten" not in said
        assert "forum" not in said


def test_reminders_about_it_carry_no_title(world: World, secret: str) -> None:
    world.tap_link("Mateo")
    world.phone.sent.clear()
    world.after(minutes=25)
    assert world.phone.sent
    assert all("Kundendaten" not in f"{m.title} {m.text}" for _, m in world.phone.sent)


def test_members_are_let_in_and_out(world: World, secret: str) -> None:
    yusuf, amina = world.actor("Yusuf"), world.actor("Amina")
    commands.add_member(yusuf, incident=secret, person=world.people["Amina"])
    assert queries.hub(amina, secret).incident.title == TITLE
    commands.remove_member(yusuf, incident=secret, person=world.people["Amina"])
    with pytest.raises(NotFound):
        queries.hub(amina, secret)


def test_a_role_in_it_opens_it_for_as_long_as_it_is_held(world: World, secret: str) -> None:
    commands.assign_role(world.actor("Yusuf"), incident=secret, role="liaison", person=world.people["Amina"])
    commands.accept_role(world.actor("Amina"), incident=secret, role="liaison")
    assert queries.incident(world.actor("Amina"), secret).title == TITLE
    commands.end_role(world.actor("Amina"), incident=secret, role="liaison")
    with pytest.raises(NotFound):
        queries.incident(world.actor("Amina"), secret)


def test_the_gate_says_of_many_what_it_says_of_each(world: World, secret: str) -> None:
    world.alert("search")
    ids = [*map(str, Incident.objects.values_list("id", flat=True)), "none", str(new_id())]
    commands.add_member(world.actor("Yusuf"), incident=secret, person=world.people["Siobhan"])
    actors = [*map(world.actor, world.people), replace(world.actor("Vera"), roles=frozenset())]
    seen = visible_to_each(actors, ids)
    assert seen == {actor: visible_ids(actor, ids) for actor in actors}
    assert [len(seen[world.actor(name)]) for name in ("Amina", "Siobhan", "Mateo", "Yusuf")] == [1, 2, 2, 2]


def test_only_security_releases_it(world: World, secret: str) -> None:
    with pytest.raises(Denied, match="Security Lead"):
        commands.release(world.actor("Mateo"), incident=secret, reason="It is out anyway")
    commands.release(world.actor("Yusuf"), incident=secret, reason="It was a drill")
    assert queries.incident(world.actor("Vera"), secret).title == TITLE
    assert [hit.reference for hit in search(world.actor("Vera"), "Kundendaten")] == ["INC-1"]


def test_nothing_of_it_goes_outside(world: World, secret: str) -> None:
    with pytest.raises(Conflict, match="nothing of it goes outside"):
        commands.send_status_update(world.actor("Yusuf"), incident=secret, public="Everything is fine")


def test_its_alerts_are_hidden_with_it(world: World) -> None:
    world.alert()
    siobhan = world.actor("Siobhan")
    assert len(alerts.groups(siobhan)) == 1
    commands.restrict(world.actor("Amina"), incident="INC-1", reason="Fraud suspected")
    assert alerts.groups(siobhan) == []
    assert alerts.alerts(siobhan).alerts == []
    assert len(alerts.groups(world.actor("Mateo"))) == 1


def test_a_restricted_incident_cannot_be_merged_into_an_open_one(world: World, secret: str) -> None:
    world.alert("search")
    with pytest.raises(Conflict, match="would show it to all"):
        commands.merge(world.actor("Yusuf"), incident=secret, into="INC-2")


def test_a_narrower_note_is_for_its_audience_only(world: World) -> None:
    world.alert()
    commands.write(world.actor("Mateo"), incident="INC-1", text="for all")
    commands.write(world.actor("Yusuf"), incident="INC-1", text="for Security", audience="role:security")
    seen = {name: [e.body for e in queries.timeline(world.actor(name), "INC-1")] for name in ("Vera", "Yusuf")}
    assert "for Security" in seen["Yusuf"]
    assert "for Security" not in seen["Vera"]
    assert "for all" in seen["Vera"]
