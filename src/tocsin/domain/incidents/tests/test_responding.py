"""From the page to the close: acknowledging, roles, tasks, updates, and two people at once."""

import pytest

from tocsin.core.engine.testing import run_engine
from tocsin.domain.incidents import commands, queries
from tocsin.domain.incidents.history import fold
from tocsin.domain.incidents.models import Deadline, Incident, RoleHolder
from tocsin.domain.incidents.rules.severity import Answer, Fact
from tocsin.domain.incidents.tests.conftest import World
from tocsin.domain.oncall import commands as oncall
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Conflict, Denied, Invalid, NotFound

BAD = [Answer(Fact.USERS, ("all",)), Answer(Fact.OPERATIONS, ("stopped",)), Answer(Fact.DATA, ("intact",))]
MILD = [Answer(Fact.USERS, ("few",)), Answer(Fact.OPERATIONS, ("degraded",)), Answer(Fact.DATA, ("intact",))]


@pytest.fixture
def incident(world: World) -> str:
    """INC-1, detected from an alert; Mateo is paged."""
    world.alert()
    return "INC-1"


def test_the_link_of_a_page_moves_the_incident_to_responding(world: World, incident: str) -> None:
    world.tap_link("Mateo")
    row = world.the_incident()
    assert (row.state, row.acknowledged_at, row.declared_at) == ("responding", now(), now())
    view = queries.incident(world.actor("Amina"), incident)
    assert view.commander is not None
    assert view.commander.name == "Mateo"


def test_an_acknowledgement_on_the_screen_is_there_at_once(world: World, incident: str) -> None:
    assert commands.acknowledge(world.actor("Mateo"), incident=incident) == "Mateo has it."
    assert world.the_incident().state == "responding"


def test_the_second_to_acknowledge_learns_who_was_first(world: World, incident: str) -> None:
    commands.acknowledge(world.actor("Mateo"), incident=incident)
    assert commands.acknowledge(world.actor("Siobhan"), incident=incident) == "Mateo has it already."
    assert world.the_incident().engaged_at == now()


def test_an_acknowledgement_taken_back_leaves_the_incident_waiting_again(world: World, incident: str) -> None:
    world.tap_link("Mateo")
    oncall.undo_acknowledge(world.actor("Mateo"), subject=f"incident:{world.the_incident().id}")
    run_engine()
    row = world.the_incident()
    assert (row.state, row.acknowledged_at) == ("detected", None)
    assert not RoleHolder.objects.filter(ended_at=None).exists()
    world.paged()
    world.after(minutes=5)
    assert "Siobhan" in world.paged()


def test_acknowledging_what_is_resolved_says_so(world: World, incident: str) -> None:
    commands.resolve(world.actor("Mateo"), incident=incident, reason="Seen by hand")
    with pytest.raises(Conflict, match="nothing left to acknowledge"):
        commands.acknowledge(world.actor("Siobhan"), incident=incident)


def test_resolving_twice_is_a_clear_conflict(world: World, incident: str) -> None:
    commands.resolve(world.actor("Mateo"), incident=incident, reason="Seen by hand")
    with pytest.raises(Conflict, match="resolved incident cannot resolve"):
        commands.resolve(world.actor("Siobhan"), incident=incident, reason="Seen by hand")


def test_resolving_stops_the_pager(world: World, incident: str) -> None:
    commands.resolve(world.actor("Mateo"), incident=incident, reason="Seen by hand")
    world.paged()
    world.after(minutes=30)
    assert world.paged() == []


def test_a_stale_screen_cannot_overwrite_what_someone_else_changed(world: World, incident: str) -> None:
    seen = queries.incident(world.actor("Mateo"), incident).version
    commands.confirm(world.actor("Siobhan"), incident=incident, version=seen)
    with pytest.raises(Conflict, match="Someone else changed INC-1"):
        commands.dismiss(world.actor("Mateo"), incident=incident, reason="noise", version=seen)
    assert world.the_incident().state == "triaged"


def test_a_viewer_may_look_but_not_act(world: World, incident: str) -> None:
    vera = world.actor("Vera")
    assert queries.incident(vera, incident).allowed == ()
    for act in (
        lambda: commands.acknowledge(vera, incident=incident),
        lambda: commands.resolve(vera, incident=incident, reason="Seen by hand"),
        lambda: commands.write(vera, incident=incident, text="hello"),
        lambda: commands.assess(vera, incident=incident, answers=BAD),
    ):
        with pytest.raises(Denied):
            act()
    assert world.the_incident().state == "detected"


def test_a_lower_assessment_moves_open_deadlines_and_keeps_met_ones(world: World, incident: str) -> None:
    world.tap_link("Mateo")
    before = {d.kind: d for d in Deadline.objects.all()}
    assert commands.assess(world.actor("Mateo"), incident=incident, answers=MILD).value == "medium"
    after = {d.kind: d for d in Deadline.objects.all()}
    assert after["acknowledge"].met_at == now()
    assert after["acknowledge"].due_at == before["acknowledge"].due_at
    assert after["mitigate"].due_at > before["mitigate"].due_at
    assert "public_post" not in after


def test_an_assessment_against_the_matrix_needs_a_reason_and_keeps_it(world: World, incident: str) -> None:
    mateo = world.actor("Mateo")
    with pytest.raises(Invalid, match="say why it is High"):
        commands.assess(mateo, incident=incident, answers=MILD, severity="high")
    commands.assess(mateo, incident=incident, answers=MILD, severity="high", override_reason="Launch day")
    view = queries.incident(mateo, incident)
    assert (view.severity, view.severity_source, view.override_reason) == ("high", "override", "Launch day")
    assert view.matrix_version == 1
    assert len(view.reasons) == 3


def test_a_role_changes_hands_only_when_the_other_accepts(world: World, incident: str) -> None:
    world.tap_link("Mateo")
    mateo, amina = world.actor("Mateo"), world.actor("Amina")
    commands.hand_over(mateo, incident=incident, role="commander", to=world.people["Amina"], note="All yours")
    assert queries.incident(mateo, incident).commander.name == "Mateo"  # type: ignore[union-attr]
    run_engine()
    assert world.paged()[-1] == "Amina"
    commands.accept_role(amina, incident=incident, role="commander")
    assert queries.incident(mateo, incident).commander.name == "Amina"  # type: ignore[union-attr]
    with pytest.raises(Conflict, match="not asked"):
        commands.accept_role(amina, incident=incident, role="commander")


def test_a_declined_role_stays_where_it_is(world: World, incident: str) -> None:
    world.tap_link("Mateo")
    commands.hand_over(world.actor("Mateo"), incident=incident, role="commander", to=world.people["Siobhan"])
    commands.decline_role(world.actor("Siobhan"), incident=incident, role="commander", reason="Asleep")
    hub = queries.hub(world.actor("Mateo"), incident)
    assert [role.person.name for role in hub.roles] == ["Mateo"]
    assert hub.offers == ()


def test_only_who_commands_takes_a_role_from_someone_else(world: World, incident: str) -> None:
    world.tap_link("Mateo")
    with pytest.raises(Denied, match="Only the Incident Commander"):
        commands.assign_role(
            world.actor("Siobhan"), incident=incident, role="commander", person=world.people["Siobhan"]
        )
    commands.assign_role(world.actor("Amina"), incident=incident, role="commander", person=world.people["Amina"])
    assert queries.incident(world.actor("Amina"), incident).commander.name == "Amina"  # type: ignore[union-attr]


def test_the_response_team_is_called_and_an_answer_means_it_is_engaged(world: World, incident: str) -> None:
    world.tap_link("Mateo")
    world.paged()
    called = commands.activate_response_team(
        world.actor("Mateo"), incident=incident, people=[world.people["Siobhan"], world.people["Amina"]]
    )
    run_engine()
    assert called == [world.people["Siobhan"], world.people["Amina"]]
    assert sorted(world.phone.sent, key=lambda sent: sent[0])[0][0] == "Amina"
    world.tap_link("Amina")
    row = world.the_incident()
    assert (row.team_activated_at, row.engaged_at) == (now(), now())


def test_tasks_are_given_done_and_guarded_against_two_writers(world: World, incident: str) -> None:
    mateo = world.actor("Mateo")
    task = commands.add_task(mateo, incident=incident, title="Open a case", owner=world.people["Siobhan"])
    mine = queries.mine(world.actor("Siobhan")).tasks
    assert [entry.title for _, entry in mine] == ["Open a case"]
    commands.change_task(world.actor("Siobhan"), task=task, state="done", version=1)
    with pytest.raises(Conflict, match="it is done now"):
        commands.change_task(mateo, task=task, state="dropped", version=1)
    assert queries.mine(world.actor("Siobhan")).tasks == ()


def test_an_update_meets_its_deadline_and_plans_the_next_one(world: World, incident: str) -> None:
    world.tap_link("Mateo")
    world.later(minutes=10)
    commands.send_status_update(world.actor("Mateo"), incident=incident, internal="We fail over now.")
    hub = queries.hub(world.actor("Mateo"), incident)
    assert hub.next_internal is not None
    assert hub.next_internal.starts_at == now()
    met = Deadline.objects.get(kind="internal_update", met_at__isnull=False)
    assert met.met_at == now()
    assert hub.updates[0].internal == "We fail over now."
    assert hub.updates[0].public == ""


def test_the_first_public_text_is_the_first_public_post(world: World, incident: str) -> None:
    world.tap_link("Mateo")
    commands.send_status_update(world.actor("Mateo"), incident=incident, public="Checkout is failing.")
    assert Deadline.objects.get(kind="public_post").met_at == now()
    assert queries.hub(world.actor("Mateo"), incident).next_public.kind == "public_update"  # type: ignore[union-attr]


def test_a_merged_incident_gives_its_alerts_and_services_to_the_other(world: World, incident: str) -> None:
    world.alert("search")
    world.tap_link("Mateo")
    world.paged()
    commands.merge(world.actor("Mateo"), incident="INC-2", into="INC-1")
    run_engine()
    hub = queries.hub(world.actor("Mateo"), "INC-1")
    assert {service.name for service in hub.incident.services} == {"Checkout", "Search"}
    assert len(hub.groups) == 2
    assert Incident.objects.get(number=2).state == "merged"
    world.alert("search", key="more")
    assert Incident.objects.count() == 2


def test_a_merge_is_taken_back_and_both_are_as_they_were(world: World) -> None:
    mateo = world.actor("Mateo")
    world.alert("checkout", severity="high")
    commands.acknowledge(mateo, incident="INC-1")
    world.alert("search", severity="critical")
    before = queries.hub(mateo, "INC-1")
    commands.merge(mateo, incident="INC-2", into="INC-1")
    run_engine()
    assert queries.row(mateo, "INC-1").severity == "critical"
    world.paged()
    assert commands.unmerge(mateo, incident="INC-2", reason="Other trouble") == "INC-1"
    run_engine()
    stays, back = queries.hub(mateo, "INC-1"), queries.hub(mateo, "INC-2")
    assert (stays.incident.severity, stays.incident.reasons) == ("high", before.incident.reasons)
    assert [s.name for s in stays.incident.services] == ["Checkout"]
    assert [g.group_id for g in stays.groups] == [g.group_id for g in before.groups]
    assert (back.incident.state, back.incident.severity, len(back.groups)) == ("detected", "critical", 1)
    assert [s.name for s in back.incident.services] == ["Search"]
    assert "Siobhan" in world.paged()
    for number in (1, 2):
        row = Incident.objects.get(number=number)
        folded = fold(world.log(row))
        assert (folded.state, folded.severity) == (row.state, row.severity)


def test_what_people_sized_since_a_merge_stays_when_it_is_taken_back(world: World, incident: str) -> None:
    mateo = world.actor("Mateo")
    world.alert("search")
    commands.merge(mateo, incident="INC-2", into="INC-1")
    commands.assess(mateo, incident="INC-1", answers=[], severity="low", override_reason="A test till")
    commands.unmerge(mateo, incident="INC-2")
    assert queries.row(mateo, "INC-1").severity == "low"
    with pytest.raises(Conflict, match="not merged"):
        commands.unmerge(mateo, incident="INC-2")
    commands.merge(mateo, incident="INC-2", into="INC-1")
    commands.resolve(mateo, incident="INC-1", reason="Seen by hand")
    with pytest.raises(Conflict, match="reopen it to take the merge back"):
        commands.unmerge(mateo, incident="INC-2")


def test_groups_split_off_become_an_incident_of_their_own(world: World, incident: str) -> None:
    world.alert(key="other")
    hub = queries.hub(world.actor("Mateo"), incident)
    other = next(group for group in hub.groups if "other" in group.title)
    new = commands.split(world.actor("Mateo"), incident=incident, group_ids=[other.group_id], title="Another thing")
    assert queries.row(world.actor("Mateo"), new).reference == "INC-2"
    assert len(queries.hub(world.actor("Mateo"), incident).groups) == 1


def test_a_declared_incident_pages_for_every_service_and_cannot_lie_in_the_future(world: World) -> None:
    vera, mateo = world.actor("Vera"), world.actor("Mateo")
    with pytest.raises(Denied):
        commands.declare(vera, title="Down", kind="disruption")
    commands.declare(mateo, title="Down", kind="disruption", severity="high", services=[world.checkout, world.search])
    run_engine()
    assert sorted(world.paged()) == ["Mateo", "Siobhan"]
    with pytest.raises(Invalid, match="not forward"):
        commands.declare(mateo, title="Down", kind="disruption", declared_at=now().replace(year=2027))
    with pytest.raises(Invalid, match="title"):
        commands.declare(mateo, title="  ", kind="disruption")
    assert Incident.objects.count() == 1


@pytest.mark.parametrize("name", ["INC-999", "INC-", "INC-99999999999999999999", "nothing", "", "INC-²"])
def test_what_does_not_exist_is_not_found(world: World, name: str) -> None:
    with pytest.raises(NotFound):
        queries.incident(world.actor("Mateo"), name)
    with pytest.raises(NotFound):
        commands.acknowledge(world.actor("Mateo"), incident=name)


def test_folding_the_log_of_an_incident_gives_its_row(world: World, incident: str) -> None:
    mateo, amina = world.actor("Mateo"), world.actor("Amina")
    folds_to_its_row(world)
    world.tap_link("Mateo")
    folds_to_its_row(world)
    for step in (
        lambda: commands.assess(mateo, incident=incident, answers=MILD),
        lambda: world.alert(severity="critical", key="worse"),
        lambda: commands.hand_over(mateo, incident=incident, role="commander", to=world.people["Amina"]),
        lambda: commands.accept_role(amina, incident=incident, role="commander"),
        lambda: commands.assign_role(mateo, incident=incident, role="scribe", person=world.people["Mateo"]),
        lambda: commands.change(mateo, incident=incident, kind="user_impact", title="Checkout is down"),
        lambda: commands.end_role(mateo, incident=incident, role="scribe"),
        lambda: commands.restrict(amina, incident=incident, reason="Fraud suspected"),
        lambda: commands.release(world.actor("Yusuf"), incident=incident, reason="It was none"),
        lambda: commands.mitigate(mateo, incident=incident),
        lambda: commands.reopen(mateo, incident=incident, reason="Back again"),
        lambda: commands.resolve(mateo, incident=incident, root_cause="A full disk", reason="Seen by hand"),
        lambda: commands.close(amina, incident=incident),
    ):
        step()
        run_engine()
        folds_to_its_row(world)


def folds_to_its_row(world: World) -> None:
    row = Incident.objects.get(number=1)
    folded = fold(world.log(row))
    assert (folded.state, folded.severity, folded.kind) == (row.state, row.severity, row.kind)
    assert folded.restricted == row.restricted
    held = RoleHolder.objects.filter(incident=row, ended_at=None, accepted=True)
    assert folded.roles == {h.role: str(h.person_id) for h in held}
