"""The demo is believable, is loaded once, sends nothing, and goes with one command."""

from datetime import timedelta

import pytest
import time_machine
from time_machine import Traveller

from tocsin.cli.demo import keeping, load, remove
from tocsin.cli.demo.alarms import PROMETHEUS, WAREHOUSE
from tocsin.cli.organisation import apply_changes
from tocsin.core.engine.health import health
from tocsin.core.engine.testing import run_engine
from tocsin.core.events.verify import verify_log
from tocsin.core.log import read_stream
from tocsin.domain.accounts import commands as accounts
from tocsin.domain.accounts import queries as people
from tocsin.domain.alerts.queries import alert_count, integrations
from tocsin.domain.catalog import commands as catalog_commands
from tocsin.domain.catalog import queries as catalog
from tocsin.domain.delivery import queries as delivery
from tocsin.domain.incidents import commands as incident_commands
from tocsin.domain.incidents.queries import incident, incidents
from tocsin.domain.insights.queries import Choice, insights
from tocsin.domain.obligations.queries import register
from tocsin.domain.oncall import commands as oncall_commands
from tocsin.domain.oncall import queries as oncall
from tocsin.domain.triage.queries import learned
from tocsin.kernel.actor import system
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Invalid

pytestmark = pytest.mark.django_db
CLI = system("cli")


def test_the_demo_is_a_whole_organisation(loaded: Traveller) -> None:
    assert len(people.teams(CLI)) == 4
    assert len(people.people(CLI)) == 13
    assert all(view.person for view in oncall.on_call_now(CLI))
    assert all(view.policy for view in oncall.service_policies(CLI))
    rows = incidents(CLI).rows
    assert [row.state for row in rows] == [
        *["responding", "mitigated", "responding", "mitigated", "resolved", "resolved"],
        *["closed", "closed", "closed", "dismissed"],
    ]


def test_incidents_of_the_past_say_when_they_happened_and_when_they_were_recorded(loaded: Traveller) -> None:
    oldest = incidents(CLI).rows[-1]
    first = next(iter(read_stream(f"incident:{oldest.id}")))
    assert now() - first.occurred_at > timedelta(days=56)
    assert now() - first.recorded_at < timedelta(minutes=1)


def test_the_past_shows_in_insights_the_register_and_what_was_learned_and_its_log_is_whole(loaded: Traveller) -> None:
    run_engine()
    seen = insights(CLI, Choice(now() - timedelta(days=70), now()))
    assert seen.pages >= 4
    assert sum(person.nights for person in seen.people)
    assert {source.source for source in seen.sources} == {PROMETHEUS, WAREHOUSE}
    assert {entry.decision for entry in register(CLI)} >= {"applies", "set_aside", "notify"}
    assert len(learned(CLI).lessons) == 3
    assert verify_log().whole


def test_loading_twice_or_into_a_house_in_use_does_nothing(loaded: Traveller) -> None:
    assert not load()
    assert len(incidents(CLI).rows) == 10


def test_the_demo_never_mixes_with_an_organisation_in_use() -> None:
    accounts.ensure_administrator(CLI)
    catalog_commands.add_service(CLI, name="Ours")
    assert not load()
    assert len(people.people(CLI)) == 1


def test_the_demo_sends_nothing_to_its_people(loaded: Traveller) -> None:
    run_engine()
    run_engine()
    ours = [p.id for p in people.people(CLI) if p.email.endswith(".example")]
    assert not any(d.enabled for id_ in ours for d in delivery.destinations(CLI, id_))
    assert {d.answer for d in delivery.deliveries(CLI)} == {"part of the demo: nothing was sent"}


def test_a_day_of_missed_deadlines_in_the_demo_sends_nothing(loaded: Traveller) -> None:
    start = now()
    for hours in (0.5, 1, 2, 5, 9, 26):
        with time_machine.travel(start + timedelta(hours=hours), tick=False):
            run_engine()
    later = [d for d in delivery.deliveries(CLI) if d.created_at >= start]
    assert [d for d in later if d.state != "suppressed"] == []


def test_a_service_that_incidents_name_is_kept_with_a_sentence(loaded: Traveller) -> None:
    with pytest.raises(Invalid, match="Incidents name pg-main"):
        apply_changes(CLI, "services: [{slug: checkout, name: Checkout}]", remove=True)


def test_the_demo_goes_with_one_command(loaded: Traveller) -> None:
    assert remove() == []
    assert catalog.services(CLI) == []
    assert people.teams(CLI) == []
    assert oncall.schedules(CLI) == []
    assert [p.name for p in people.people(CLI, active_only=True)] == ["Administrator"]
    assert people.organisation().catch_all_ids == []
    assert not incidents(CLI).rows
    assert delivery.deliveries(CLI) == []
    assert alert_count(CLI) == 0
    seen = insights(CLI, Choice(now() - timedelta(days=70), now()))
    assert (seen.incidents, seen.pages, seen.sources) == (0, 0, ())
    assert remove() == []


def test_the_log_keeps_that_the_demo_was_there_and_new_numbers_go_on_after_its(loaded: Traveller) -> None:
    oldest = incidents(CLI).rows[-1]
    remove()
    run_engine()
    said = [entry.type for entry in read_stream(f"incident:{oldest.id}")]
    assert said[0] == "incidents.detected"
    assert said[-1] == "incidents.removed"
    assert health().dead == 0
    made = incident_commands.declare(CLI, title="A real one", kind="disruption", page=False)
    assert incident(CLI, made).reference == "INC-11"


def test_nothing_of_the_demo_leaves_the_house() -> None:
    keeping.forget()
    assert load()
    own = incident_commands.declare(CLI, title="Really broken", kind="disruption", severity="critical", page=False)
    streams = [f"incident:{row.id}" for row in incidents(CLI).rows]
    kept = [stream for stream in streams if keeping.kept_in_house(stream)]
    assert sorted(kept) == sorted(set(streams) - {f"incident:{own}"})
    keeping.forget()
    remove()
    assert not any(map(keeping.kept_in_house, streams))
    keeping.forget()


def test_the_people_and_the_paging_of_the_demo_are_practice_and_those_of_ones_own_are_not() -> None:
    keeping.forget()
    assert load()
    policies = oncall.policies(CLI)
    ours = [
        *(f"person:{person.id}" for person in people.people(CLI) if person.name == "Amina Diallo"),
        *(f"schedule:{schedule.id}" for schedule in oncall.schedules(CLI)),
        *(f"policy:{policy.id}" for policy in policies),
        *(f"integration:{source.id}" for source in integrations(CLI)),
    ]
    assert len(ours) == 9
    assert all(map(keeping.kept_in_house, ours))
    me = accounts.add_person(CLI, email="me@here.example", name="Me")
    own = catalog_commands.add_service(CLI, name="Own")
    oncall_commands.set_service_policy(CLI, service_id=own, policy_id=policies[0].id)
    keeping.forget()
    assert not keeping.kept_in_house(f"person:{me}")
    assert not keeping.kept_in_house(f"policy:{policies[0].id}"), "it pages for a service of one's own"
    assert keeping.kept_in_house(f"policy:{policies[1].id}")
    keeping.forget()
