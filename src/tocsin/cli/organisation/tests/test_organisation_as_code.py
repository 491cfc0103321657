"""A file makes an organisation, says what it would change, and comes back the same."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from tocsin.cli.organisation import apply_changes, as_yaml, difference
from tocsin.cli.organisation_file import apply, export
from tocsin.core.engine.testing import run_engine
from tocsin.domain.accounts import queries as accounts
from tocsin.domain.alerts import queries as alerts
from tocsin.domain.catalog import queries as catalog
from tocsin.domain.delivery import commands as delivery
from tocsin.domain.delivery import queries as delivery_queries
from tocsin.domain.oncall import queries as oncall
from tocsin.kernel.actor import system
from tocsin.kernel.errors import Invalid

pytestmark = pytest.mark.django_db
CLI = system("cli")

SHOP = """
organisation: {name: Corner Shop, time_zone: Europe/Oslo, holiday_region: NO, catch_all: [Ada@shop.example]}
people:
  - {email: ada@shop.example, name: Ada Berg, roles: [commander, responder], phone: +47 22 33 44 55}
  - email: bo@shop.example
    name: Bo Lie
    contact_methods:
      - {kind: mail, address: bo@shop.example, label: Work, vouched: true}
teams:
  - {slug: store, name: Store, members: [bo@shop.example, ada@shop.example]}
services:
  - {slug: till, name: Till, tier: 1, owner: store, needs: [database], policy: Store on call}
  - {slug: database, name: Database, kind: system}
schedules:
  - name: Store
    time_zone: Europe/Oslo
    layers:
      - people: [ada@shop.example, bo@shop.example]
        handoff: 10:00
        start: 2026-01-05
        restrictions: [{weekday: monday, opens: 08:00, closes: 20:00}]
policies:
  - name: Store on call
    steps:
      - {page: [{schedule: Store}], wait: 5m}
      - {page: [{team: store}, {person: ada@shop.example}]}
routes:
  - {name: Till alerts, match: 'job="till"', service: till}
  - {name: Everything else, match: 'severity="critical"', policy: Store on call}
integrations:
  - {name: Prometheus, kind: prometheus, service: till, every: 1m}
"""


def test_a_file_makes_everything_it_names() -> None:
    apply_changes(CLI, SHOP)
    till = catalog.service(CLI, "till")
    assert (till.tier, till.owner_team) == (1, "Store")
    assert [s.slug for s in catalog.dependencies(CLI, till.id)] == ["database"]
    assert {p.service: p.policy for p in oncall.service_policies(CLI)}["Till"] == "Store on call"
    assert accounts.organisation().holiday_region == "NO"
    assert [r.name for r in alerts.routes(CLI)] == ["Till alerts", "Everything else"]
    assert [i.name for i in alerts.integrations(CLI)] == ["Prometheus"]
    assert oncall.schedules(CLI)[0].layers[0].handoff.hour == 10


def test_applying_twice_changes_nothing() -> None:
    apply_changes(CLI, SHOP)
    assert difference(CLI, SHOP) == []
    assert difference(CLI, as_yaml(CLI)) == []


def test_an_export_applied_to_an_empty_house_exports_the_same() -> None:
    from django.db import transaction

    with transaction.atomic():
        apply_changes(CLI, SHOP)
        exported = as_yaml(CLI)
        transaction.set_rollback(True)
    assert accounts.people(CLI) == []
    apply_changes(CLI, exported)
    assert as_yaml(CLI) == exported


def test_the_example_of_the_guide_applies_and_comes_back() -> None:
    guide = Path(__file__).parents[5] / "docs/howto/organisation-as-code.md"
    lines = guide.read_text(encoding="utf-8").partition("## A small shop")[2].splitlines()
    example = "\n".join(line.removeprefix("    ") for line in lines)
    apply_changes(CLI, example)
    assert difference(CLI, example) == []
    assert difference(CLI, as_yaml(CLI)) == []


def test_looking_at_the_difference_changes_nothing() -> None:
    words = [str(change) for change in difference(CLI, SHOP)]
    assert "+ service till: Till" in words
    assert "+ person bo@shop.example: Bo Lie" in words
    assert accounts.people(CLI) == []
    assert catalog.services(CLI) == []


def test_a_changed_entry_is_named_with_what_it_was() -> None:
    apply_changes(CLI, SHOP)
    words = [str(c) for c in difference(CLI, SHOP.replace("name: Till, tier: 1", "name: Till, tier: 2"))]
    assert words == ["~ service till: tier 1 -> 2"]


def test_what_a_file_leaves_out_stays_unless_removal_is_asked_for() -> None:
    apply_changes(CLI, SHOP)
    less = "routes:\n  - {name: Till alerts, match: 'job=\"till\"', service: till}\n"
    assert difference(CLI, less) == []
    assert [str(c) for c in difference(CLI, less, remove=True)] == ["- route Everything else"]
    apply_changes(CLI, less, remove=True)
    assert [r.name for r in alerts.routes(CLI)] == ["Till alerts"]
    assert len(accounts.people(CLI)) == 2


def test_every_problem_of_form_is_told_at_once_with_its_place() -> None:
    text = """
people:
  - {email: ada@shop.example, nickname: A}
services:
  - {slug: till, name: Till, tier: 7}
schedules:
  - {name: Store, time_zone: UTC, layers: [{people: [ada@shop.example], handoff: [], start: 2026-01-05}]}
"""
    with pytest.raises(Invalid) as refused:
        difference(CLI, text)
    sentences = str(refused.value).splitlines()
    assert sentences[0] == "The file has 4 problems; nothing was changed."
    assert any(s.startswith("people[1].nickname: this field is not known") for s in sentences)
    assert any(s.startswith("people[1].name: it is missing") for s in sentences)
    assert any(s.startswith("services[1].tier: ") for s in sentences)
    assert any(s.startswith("schedules[1].layers[1].handoff: ") for s in sentences)


def test_every_refusal_of_a_room_is_told_at_once_and_nothing_is_changed() -> None:
    text = SHOP.replace("database]", "databse]").replace("Europe/Oslo\n    layers", "Europe/Olso\n    layers")
    with pytest.raises(Invalid) as refused:
        apply_changes(CLI, text)
    told = str(refused.value)
    assert "services[1]: needs: there is no service 'databse'; add it under 'services'." in told
    assert "schedules[1]: time_zone: " in told
    assert "2 problems" in told
    assert accounts.people(CLI) == []


def test_a_name_listed_twice_is_refused() -> None:
    with pytest.raises(Invalid, match="'till' is listed 2 times"):
        difference(CLI, "services: [{slug: till, name: A}, {slug: till, name: B}]")


def test_no_secret_is_exported() -> None:
    apply_changes(CLI, SHOP)
    key = alerts.integrations(CLI)[0].key
    bo = accounts.person_by_email("bo@shop.example")
    assert bo is not None
    delivery.add_destination(CLI, kind="apprise", address="ntfy://secret-topic-of-bo", person_id=bo.id)
    text = as_yaml(CLI)
    assert key not in text
    assert "secret-topic" not in text
    assert difference(CLI, text) == []
    apply_changes(CLI, text)
    assert alerts.integrations(CLI)[0].key == key
    assert "apprise" in {d.kind for d in delivery_queries.destinations(CLI, bo.id)}


def test_the_mail_that_everyone_gets_by_themselves_is_no_difference() -> None:
    apply_changes(CLI, SHOP.replace("bo@shop.example, label: Work", "bo@home.example, label: Home"))
    run_engine()
    assert difference(CLI, SHOP.replace("bo@shop.example, label: Work", "bo@home.example, label: Home")) == []


def test_the_command_shows_asks_and_applies(tmp_path: Path) -> None:
    file = tmp_path / "shop.yaml"
    file.write_text(SHOP)
    run = CliRunner().invoke
    declined = run(apply, ["-f", str(file)], input="n\n")
    assert "+ team store: Store" in declined.output
    assert accounts.people(CLI) == []
    assert "nothing was done" in run(apply, ["-f", str(file), "--dry-run"]).output
    done = run(apply, ["-f", str(file), "--yes"])
    assert done.exit_code == 0, done.output
    assert run(apply, ["-f", str(file), "--yes"]).output == "Nothing to change.\n"
    assert "slug: till" in run(export, ["config"]).output
