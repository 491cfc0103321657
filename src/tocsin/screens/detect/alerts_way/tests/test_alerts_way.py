"""The whole way of an alert on one screen, with each answer; also of one that is kept quiet; never of a hidden one."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from tocsin.core.engine.testing import run_engine
from tocsin.domain.alerts import commands as alerts
from tocsin.domain.alerts import queries as alert_queries
from tocsin.domain.alerts.queries import AlertFilter
from tocsin.domain.assurance.queries import way
from tocsin.domain.assurance.queries.way import _attempts
from tocsin.domain.delivery import queries
from tocsin.domain.delivery.ports import AttemptView
from tocsin.domain.incidents import commands as incidents
from tocsin.domain.incidents import queries as incident_queries
from tocsin.domain.oncall import commands as oncall
from tocsin.domain.oncall.tests.conftest import START, SYSTEM, World, world
from tocsin.screens.detect.alerts_way import views

pytestmark = pytest.mark.django_db
__all__ = ["world"]


def signed_in(world: World, name: str) -> Client:
    client = Client()
    client.force_login(get_user_model().objects.get(id=world.people[name]), "django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def fired(world: World) -> str:
    """The id of an alert that was routed past one route, by the next, to Mara's phone."""
    world.add("Mara")
    service = world.service("Checkout", world.policy(("Mara",)))
    alerts.save_route(SYSTEM, name="Search", matchers='team="search"', service=service)
    alerts.save_route(SYSTEM, name="Tests", matchers='test="true"', service=service)
    source = alerts.add_integration(SYSTEM, kind="prometheus", name="Prometheus")
    run_engine()
    alerts.send_test_alert(SYSTEM, integration_id=source.id)
    run_engine()
    return alert_queries.alerts(SYSTEM, AlertFilter(states=())).alerts[0].id


def test_every_stage_stands_with_its_proof_and_the_page_moves_until_somebody_answers(world: World, fired: str) -> None:
    found = way(world.actor("Mara"), fired)
    assert [stage.name for stage in found.stages] == [
        "Received", "Deduplicated", "Kept quiet", "Routed", "Grouped", "Incident", "Paged", "Acknowledged",
    ]  # fmt: skip
    assert found.moving
    tried = [line.text for line in found.stages[3].lines]
    assert tried == ['Search: wants team="search"; it has no team', 'Tests: takes it, test="true"']
    assert [line.text for line in found.stages[6].lines] == [
        "test-phone Mara, attempt 1: accepted (0 ms)",
        "without an answer it goes on",
    ]
    assert "UTC" not in found.stages[6].proof
    world.clock.shift(timedelta(seconds=50))
    oncall.acknowledge_by_link(world.token("Mara"))
    run_engine()
    over = way(world.actor("Mara"), fired)
    assert over.stages[-1].proof == "Mara acknowledged by link in test-phone"
    assert over.stages[-1].after == timedelta(seconds=50)
    assert not over.moving
    page = signed_in(world, "Mara").get(f"/detect/way/{fired}/").content.decode()
    assert "The route Tests takes it: Checkout" in page
    assert "Answered after</span><b>50.0" in page
    assert "every 3s" not in page


def test_the_way_goes_on_to_its_end_and_who_was_told(world: World, fired: str) -> None:
    incident = incident_queries.incident_of_group(SYSTEM, alert_queries.alert(SYSTEM, fired).group_id or "")
    assert incident is not None
    incidents.resolve(world.actor("Ada"), incident=incident.id, reason="Walked through.")
    world.after(minutes=1)
    over = way(world.actor("Mara"), fired).stages[-1]
    assert (over.name, over.proof) == ("Over", f"{incident.reference} is resolved; who was paged was told")
    assert [line.text for line in over.lines] == ["test-phone Mara, attempt 1: accepted (0 ms)"]


def test_an_answer_that_comes_again_and_again_is_one_line_and_a_long_one_is_cut(world: World, fired: str) -> None:
    at = START
    tries = [AttemptView(n, at + timedelta(minutes=n), "temporary", "451 busy " * 30, 12) for n in range(1, 6)]
    tries.append(AttemptView(6, at, "accepted", "250 ok", 3))
    view = replace(queries.deliveries(SYSTEM, purpose="page")[0], attempts=tuple(tries))
    long, good = _attempts(view)
    assert long.text.startswith("test-phone Mara, attempts 1 to 5: temporary, 451 busy")
    assert len(long.text) < 220
    assert long.at == tries[4].at
    assert good.text == "test-phone Mara, attempt 6: accepted, 250 ok (3 ms)"


def test_of_many_pages_both_ends_stand_and_the_middle_is_folded(world: World, fired: str) -> None:
    found = way(world.actor("Mara"), fired)
    page = found.stages[6]
    many = replace(found, stages=(*found.stages[:6], *[page] * 9, found.stages[-1]))
    shown = views._folded(many)
    assert [stage.name for _, stage in shown["before"]][-3:] == ["Incident", "Paged", "Paged"]
    assert [number for number, _ in shown["folded"]] == [9, 10, 11, 12]
    assert [stage.name for _, stage in shown["after"]] == ["Paged", "Paged", "Paged", "Acknowledged"]
    assert not views._folded(found)["folded"]


def test_the_way_of_a_restricted_incident_is_hidden(world: World, fired: str) -> None:
    row = incident_queries.open_incidents(SYSTEM)[0]
    world.add("Nils")
    incidents.restrict(SYSTEM, incident=row.reference, reason="It may be a breach")
    run_engine()
    assert signed_in(world, "Nils").get(f"/detect/way/{fired}/").status_code == 404
    assert "Test alert" not in signed_in(world, "Nils").get("/detect/way/").content.decode()


def test_what_waits_in_the_inbox_is_shown_to_administrators(world: World, fired: str) -> None:
    alerts.send_test_alert(SYSTEM, integration_id=alert_queries.integrations(SYSTEM)[0].id)
    assert "accepted and durable, not folded yet" in signed_in(world, "Ada").get("/detect/way/").content.decode()
    assert "Waits in the inbox" not in signed_in(world, "Mara").get("/detect/way/").content.decode()


def test_the_way_is_one_click_from_wherever_the_alert_stands(world: World, fired: str) -> None:
    mara = world.actor("Mara")
    row = alert_queries.alerts(SYSTEM, AlertFilter(states=())).alerts[0]
    incident = incident_queries.incidents(SYSTEM).rows[0]
    client = signed_in(world, "Mara")
    by_alert, by_group = f'href="/detect/way/{fired}/"', f'href="/detect/way/?group={row.group_id}"'
    for path, link in [
        ("/detect/classification/alerts/", by_alert),
        (f"/incidents/{incident.reference}/alerts/", by_alert),
        (f"/search/?q={row.title[:6]}&kind=alert", by_alert),
        (f"/incidents/{incident.reference}/", by_group),
    ]:
        assert link in client.get(path).content.decode(), path
    (entry,) = [e for e in incident_queries.timeline(mara, incident.id) if e.stream_kind == "alert_group"][:1]
    assert entry.group == row.group_id
    timeline = client.get(f"/incidents/{incident.reference}/timeline/").content.decode()
    assert by_group.replace("href=", 'class="t-meta" href=') in timeline
    to = client.get(f"/detect/way/?group={row.group_id}")
    assert (to.status_code, to["Location"]) == (302, f"/detect/way/{fired}/")
    assert client.get("/detect/way/?group=nonsense").status_code == 200
