"""Response teams, roles of incidents and paging rules: to a file and back without a difference, and away again."""

from datetime import time, timedelta

import pytest
from django.db import transaction

from tocsin.cli.organisation import apply_changes, as_yaml, difference
from tocsin.domain.accounts import queries as accounts
from tocsin.domain.delivery import commands as delivery
from tocsin.domain.delivery import queries as methods
from tocsin.domain.incidents import queries as incidents
from tocsin.domain.oncall import queries as oncall
from tocsin.kernel.actor import system
from tocsin.kernel.errors import Invalid

pytestmark = pytest.mark.django_db
CLI = system("cli")
PEOPLE = """
people:
  - email: ada@shop.example
    name: Ada Berg
    contact_methods:
      - {kind: mail, address: ada@shop.example, label: Work, vouched: true}
      - {kind: mail, address: ada@home.example, label: Home, vouched: true}
      - {kind: sms, address: "+4722334455", vouched: true}
  - {email: bo@shop.example, name: Bo Lie}
teams:
  - {slug: store, name: Store, members: [ada@shop.example, bo@shop.example]}
schedules:
  - {name: Store, time_zone: UTC, layers: [{people: [bo@shop.example], handoff: "09:00", start: "2026-01-05"}]}
"""
ANSWER = """
incident_roles:
  - {role: commander, skills: [Incident Command], duties: [{text: Say what is known, within: 5m}]}
  - {role: data-lead, duties: [{text: Stop the jobs that write, within: 10m}, {text: Say what is lost, within: 90m}]}
response_teams:
  - {name: Till is down, kind: disruption, severities: [high, critical], people: [Ada@shop.example], teams: [store],
     schedules: [Store], roles: [commander, data-lead]}
"""
RULES = """
paging_rules:
  - person: ada@shop.example
    wakes: [{by: [sms]}, {after: 300s, by: ["mail: Home", "mail: ada@shop.example"]}]
    quiet_from: "22:00"
    quiet_until: "07:00"
"""
FILE = PEOPLE + ANSWER + RULES


def test_response_teams_roles_and_paging_rules_stand_in_a_file() -> None:
    said = [str(change) for change in apply_changes(CLI, FILE)]
    assert "+ response team Till is down" in said
    assert "+ incident role data-lead" in said
    assert "+ paging rules of ada@shop.example" in said
    team = incidents.team_templates(CLI)[0]
    assert (team.kind, team.severities, team.roles) == ("disruption", ("critical", "high"), ("commander", "data-lead"))
    own = {kind.role: kind for kind in incidents.role_kinds(CLI) if kind.own}
    assert own["data-lead"].duties == ((10, "Stop the jobs that write"), (90, "Say what is lost"))
    ada = next(p for p in accounts.people(CLI) if p.email == "ada@shop.example")
    view = oncall.personal_rules(CLI, ada.id)
    rungs = view.urgencies[0].rules
    assert [(r.after, [m.label for m in r.methods]) for r in rungs] == [
        (timedelta(0), ["Text message"]),
        (timedelta(minutes=5), ["Home", "Work"]),
    ]
    assert [u.own for u in view.urgencies] == [True, False, False]
    assert (view.quiet_from, view.quiet_until) == (time(22), time(7))


def test_applying_twice_changes_nothing_and_an_export_makes_the_same_house() -> None:
    with transaction.atomic():
        apply_changes(CLI, FILE)
        assert difference(CLI, FILE) == []
        exported = as_yaml(CLI)
        assert difference(CLI, exported) == []
        transaction.set_rollback(True)
    apply_changes(CLI, exported)
    assert as_yaml(CLI) == exported


def test_a_change_says_what_was_and_what_will_be() -> None:
    apply_changes(CLI, FILE)
    later = FILE.replace("data-lead]", "commander]").replace('quiet_until: "07:00"', 'quiet_until: "06:30"')
    assert [str(change) for change in difference(CLI, later)] == [
        "~ paging rules of ada@shop.example: quiet_until 07:00 -> 06:30",
        "~ response team Till is down: roles commander, data-lead -> commander",
    ]


def test_what_is_left_out_goes_only_when_removal_is_asked_for() -> None:
    apply_changes(CLI, FILE)
    bo = "paging_rules: [{person: bo@shop.example, quiet_from: '23:00', quiet_until: '06:00'}]"
    duties = "[{text: Say what is known, within: 5m}]"
    less = f"incident_roles: [{{role: commander, skills: [incident-command], duties: {duties}}}]"
    assert difference(CLI, less) == []
    apply_changes(CLI, f"{less}\n{bo}", remove=True)
    assert [kind.role for kind in incidents.role_kinds(CLI) if kind.own] == ["commander"]
    assert [kept.quiet_from for kept in oncall.kept_rules(CLI)] == [time(23)]
    assert [team.name for team in incidents.team_templates(CLI)] == ["Till is down"]


def test_an_unclear_or_unknown_name_is_told_with_what_there_is_and_nothing_is_changed() -> None:
    rules = "paging_rules: [{person: ada@shop.example, mail: [{by: [mail]}]}, {person: bo@shop.example}]"
    with pytest.raises(Invalid, match=r"paging_rules\[2\]: write how they are paged or quiet hours"):
        apply_changes(CLI, PEOPLE + rules)
    with pytest.raises(Invalid, match=r"'mail' names several .* they have mail: ada@shop\.example, mail: ada@home"):
        apply_changes(CLI, PEOPLE + rules.replace(", {person: bo@shop.example}", ""))
    with pytest.raises(Invalid, match=r"response_teams\[1\]: schedules: there is no schedule 'Nights'"):
        apply_changes(CLI, PEOPLE + "response_teams: [{name: A, schedules: [Nights]}]")
    assert accounts.people(CLI) == []


def test_a_rule_names_a_secret_address_by_its_label_only() -> None:
    apply_changes(CLI, PEOPLE)
    bo = next(p for p in accounts.people(CLI) if p.email == "bo@shop.example")
    delivery.add_destination(
        CLI, kind="apprise", address="ntfy://secret-topic-of-bo", label="Phone", person_id=bo.id, vouched=True
    )
    apply_changes(CLI, "paging_rules: [{person: bo@shop.example, wakes: [{by: [apprise]}]}]")
    assert "- 'apprise: Phone'" in as_yaml(CLI)
    assert "secret-topic" not in as_yaml(CLI)
    assert difference(CLI, as_yaml(CLI)) == []
    assert len(methods.destinations(CLI, bo.id)) == 1
