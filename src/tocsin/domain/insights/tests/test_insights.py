"""Insights over what really happened in a night; restricted incidents count only for those allowed."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tocsin.domain.broadcasts import commands as broadcasts
from tocsin.domain.incidents import commands, queries
from tocsin.domain.incidents.tests.conftest import World, world  # noqa: F401  (the fixture)
from tocsin.domain.insights.queries import Choice, Insights, insights
from tocsin.domain.oncall import commands as oncall
from tocsin.kernel.actor import system
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Invalid

HOUSE = system("test")


@pytest.fixture
def night(world: World) -> World:  # noqa: F811
    """One alert that Mateo takes after two minutes and that is resolved after half an hour; one that nobody touches."""
    world.alert("checkout", key="disk", severity="critical")
    world.clock.shift(timedelta(minutes=2))
    world.tap_link("Mateo")
    row = world.the_incident()
    world.later(minutes=28)
    commands.resolve(world.actor("Mateo"), incident=str(row.id), reason="Cleaned up")
    world.alert("search", key="blip", severity="low")
    world.alert("search", key="blip", severity="low", action="resolve")
    return world


def seen_by(world: World, name: str, **narrowed: str) -> Insights:  # noqa: F811
    at = now()
    return insights(world.actor(name), Choice(at - timedelta(days=7), at + timedelta(minutes=1), **narrowed))


def test_a_night_becomes_figures_with_a_sentence_each(night: World) -> None:
    found = seen_by(night, "Vera")
    taken, resolved = found.responses[0], found.responses[-1]
    assert taken.overall.median == 120
    assert resolved.overall.median == 1800
    assert [n.name for n in taken.by_service] == ["Checkout"]
    assert [n.name for n in taken.by_severity] == ["Critical"]
    assert "acknowledged within 2\N{NO-BREAK SPACE}min" in found.findings["response"]
    mateo = next(p for p in found.people if p.name == "Mateo")
    assert mateo.pages == mateo.interruptions == mateo.nights == sum(mateo.by_hour[2:4])
    sources = {n.source: n for n in found.sources}
    assert sources["Prometheus checkout"].per_page == 1 / sources["Prometheus checkout"].pages
    assert (sources["Prometheus checkout"].acknowledged, sources["Prometheus checkout"].untouched) == (1, 0)
    assert (sources["Prometheus search"].short, sources["Prometheus search"].untouched) == (1, 1)
    assert {n.rule for n in found.rules} == {"disk", "blip"}
    assert sum(p.due for p in found.promises) > 0


def test_what_was_rehearsed_tried_or_asked_of_everybody_is_no_load(night: World) -> None:
    before = seen_by(night, "Vera")
    broadcasts.send_alert(HOUSE, title="Smoke", severity="critical", audience={"everyone": True}, most=1)
    oncall.send_test_page(night.actor("Mateo"))
    drill = commands.declare(night.actor("Amina"), title="Drill", kind="disruption", severity="critical")
    commands.mark_practice(HOUSE, incident=drill)
    night.later(minutes=1)
    assert len(night.phone.sent) > before.pages
    after = seen_by(night, "Vera")
    assert (after.pages, after.people) == (before.pages, before.people)


def test_a_restricted_incident_counts_only_for_those_who_may_see_it(night: World) -> None:
    [id_] = [r.id for r in queries.incidents(night.actor("Amina")).rows if r.severity == "critical"]
    commands.restrict(night.actor("Amina"), incident=id_, reason="A breach")
    outside, inside = seen_by(night, "Vera"), seen_by(night, "Yusuf")
    assert inside.incidents == outside.incidents + 1
    assert inside.pages > outside.pages
    assert "Prometheus checkout" not in {n.source for n in outside.sources}
    assert "Prometheus checkout" in {n.source for n in inside.sources}


def test_a_service_narrows_everything_and_an_unknown_one_is_named(night: World) -> None:
    found = seen_by(night, "Vera", service_id=night.search)
    assert {n.source for n in found.sources} == {"Prometheus search"}
    assert found.pages < seen_by(night, "Vera").pages
    with pytest.raises(Invalid, match="no such service"):
        seen_by(night, "Vera", service_id="nonsense")


def test_the_number_of_queries_does_not_grow_with_what_happened(night: World) -> None:
    counted = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as asked:
            seen_by(night, "Vera")
        counted.append(len(asked))
        for key in ("a", "b", "c"):
            night.alert("checkout", key=key, severity="critical")
    assert counted[0] == counted[1] <= 30
