"""Checks in the file: made, told apart only by what matters, changed, removed, and come back the same."""

import pytest

from tocsin.cli.organisation import apply_changes, as_yaml, difference
from tocsin.domain.catalog import queries as catalog
from tocsin.domain.monitoring import queries as monitoring
from tocsin.kernel.actor import system
from tocsin.kernel.errors import Invalid

pytestmark = pytest.mark.django_db
CLI = system("cli")

SHOP = """
services:
  - {slug: till, name: Till}
checks:
  - name: Till page
    target: " https://till.example/health"
    service: till
    every: 60s
    severity: critical
    expect: {latency_ms: 800, status: "200-299,404"}
  - {name: Database, kind: tcp, target: "db.example:5432"}
  - {name: Nightly backup, kind: heartbeat, every: 24h, expect: {grace: 120m}}
"""


def test_a_file_makes_checks_of_its_services() -> None:
    apply_changes(CLI, SHOP)
    till = next(c for c in monitoring.checks(CLI) if c.name == "Till page")
    assert (till.service_id, till.severity, till.interval.total_seconds()) == (
        catalog.service(CLI, "till").id,
        "critical",
        60,
    )
    assert till.expect == {"status": "200-299, 404", "latency_ms": 800}


def test_applying_twice_changes_nothing_however_it_is_spelled() -> None:
    apply_changes(CLI, SHOP)
    assert difference(CLI, SHOP) == []


def test_an_export_applied_again_changes_nothing_and_holds_no_secret() -> None:
    apply_changes(CLI, SHOP)
    exported = as_yaml(CLI)
    beat = next(c for c in monitoring.checks(CLI) if c.kind == "heartbeat")
    assert "grace: 2h" in exported
    assert monitoring.heartbeat_token(CLI, beat.id) not in exported
    assert difference(CLI, exported) == []


def test_a_changed_check_is_named_with_what_it_was() -> None:
    apply_changes(CLI, SHOP)
    assert [str(c) for c in difference(CLI, SHOP.replace("every: 60s", "every: 5m"))] == [
        "~ check Till page: every 1m -> 5m"
    ]
    apply_changes(CLI, SHOP.replace("every: 60s", "every: 5m"))
    assert {c.interval.total_seconds() for c in monitoring.checks(CLI) if c.name == "Till page"} == {300}


def test_checks_that_a_file_leaves_out_go_only_when_that_is_asked_for() -> None:
    apply_changes(CLI, SHOP)
    shorter = SHOP.replace('  - {name: Database, kind: tcp, target: "db.example:5432"}\n', "")
    assert difference(CLI, shorter) == []
    assert [str(c) for c in apply_changes(CLI, shorter, remove=True)] == ["- check Database"]
    assert len(monitoring.checks(CLI)) == 2


def test_what_no_check_can_be_is_told_with_its_place() -> None:
    wrong = SHOP.replace("kind: tcp", "kind: smoke").replace("every: 60s", "every: soon")
    with pytest.raises(Invalid) as refused:
        apply_changes(CLI, wrong)
    assert "checks[1]" in str(refused.value)
    assert "checks[2]" in str(refused.value)
    assert monitoring.checks(CLI) == []
