"""Rulebooks, incident templates and hours of teams in a file: what is written is read back without a difference."""

import pytest

from tocsin.cli.organisation import apply_changes, as_yaml, difference
from tocsin.domain.accounts.queries import team, team_hours
from tocsin.domain.rulebooks import queries as rulebooks
from tocsin.domain.triage import queries as triage
from tocsin.kernel.actor import system
from tocsin.kernel.errors import Invalid

HOUSE = system("test")
FILE = """
people: [{email: ada@shop.example, name: Ada Berg}]
teams:
  - slug: store
    name: Store
    hours: {time_zone: Europe/Oslo, week: {saturday: [["10:00", "18:00"]]}, holiday_region: "NO"}
services: [{slug: till, name: Till}]
incident_templates:
  - name: Cards fail
    title: Card payments fail
    severity: high
    services: [till]
    roles: [{role: operations, person: ada@shop.example}, {role: liaison}]
    tasks: [{title: Call the bank, within: 30m}]
rules:
  legal_clocks: {regimes: [], who: [sec]}
"""
pytestmark = pytest.mark.django_db


def test_a_file_sets_hours_templates_and_clocks_and_a_second_time_changes_nothing() -> None:
    said = [str(change) for change in apply_changes(HOUSE, FILE)]
    assert "+ incident template Cards fail" in said
    assert "~ rules: legal clocks" in said
    assert difference(HOUSE, FILE) == []
    assert difference(HOUSE, as_yaml(HOUSE)) == []
    own = team_hours(team(HOUSE, "store").id)
    assert own is not None
    assert (own.time_zone, own.hours) == ("Europe/Oslo", {"saturday": [["10:00", "18:00"]]})
    assert rulebooks.in_force(HOUSE, "clocks").content["who"] == ["sec"]
    kept = triage.template(HOUSE, "Cards fail")
    assert [(role.role, role.person) for role in kept.roles] == [("operations", "Ada Berg"), ("liaison", "")]
    assert kept.tasks[0].minutes == 30


def test_nonsense_in_a_rulebook_is_told_with_its_place_and_nothing_is_changed() -> None:
    with pytest.raises(Invalid, match=r"rules: .*is no time"):
        apply_changes(HOUSE, "rules: {targets: {critical: {acknowledge: soon}}}")
    with pytest.raises(Invalid, match=r"incident_templates\[1\]"):
        apply_changes(HOUSE, "incident_templates: [{name: A, title: B, services: [gone]}]")
    assert rulebooks.in_force(HOUSE, "targets").number == 1
