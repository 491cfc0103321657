"""The demo's status page, checks and report: there from the first look, and gone with the demo."""

from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from time_machine import Traveller

from tocsin.cli.demo import remove
from tocsin.cli.demo.watching import BACKUP, DATABASE, SHOP
from tocsin.core.engine.health import health
from tocsin.core.engine.testing import run_engine
from tocsin.core.search.find import search
from tocsin.domain.alerts.queries import alert_count
from tocsin.domain.incidents.queries import incident, incidents
from tocsin.domain.knowledge.queries import PortalFilters, portal, report
from tocsin.domain.monitoring.queries import checks, results
from tocsin.domain.statuspage import queries as statuspage
from tocsin.domain.statuspage.commands import open_incident
from tocsin.domain.statuspage.folder import write
from tocsin.domain.statuspage.queries import components, groups, page, publication, subscriber_rows
from tocsin.kernel.actor import system
from tocsin.kernel.clock import now

pytestmark = pytest.mark.django_db
CLI = system("cli")


def _public() -> list[statuspage.PublicIncidentView]:
    return [told for kind in ("incident", "maintenance") for told in statuspage.incidents(CLI, kind=kind)]


def test_the_demo_has_a_public_page_with_history_and_no_reader_is_told(loaded: Traveller, tmp_path: Path) -> None:
    shown = page(CLI)
    assert shown is not None
    assert shown.published
    assert [c.status for c in components(CLI) if c.name == "Checkout"] == ["partial_outage"]
    run_engine()
    titles = {told.title: told.status for told in _public()}
    assert titles["Card payments fail"] == "resolved"
    assert titles["Upgrade of the main database"] == "scheduled"
    assert len(titles) == 4, "the texts that incidents told in public are there once"
    write(CLI, tmp_path)
    assert "Card payments" in (tmp_path / "index.html").read_text()
    assert list(subscriber_rows(CLI)) == []


def test_checks_of_the_demo_have_answers_and_never_raise_an_alarm(loaded: Traveller) -> None:
    before = alert_count(CLI)
    assert {c.name: c.paused for c in checks(CLI)} == {SHOP: True, DATABASE: True, BACKUP: False}
    shop = next(c for c in checks(CLI) if c.name == SHOP)
    assert len(results(CLI, shop.id)) == 6
    with time_machine.travel(now() + timedelta(days=3), tick=False):
        run_engine()
    assert alert_count(CLI) == before


def test_the_report_of_the_closed_incident_is_approved_and_met_its_review(loaded: Traveller) -> None:
    told = next(row for row in incidents(CLI).rows if row.title.startswith("Card tokens"))
    found = report(CLI, told.id)
    assert found.state == "approved"
    assert {item.state for item in found.items} == {"done", "open"}
    assert incident(CLI, found.incident_id).state == "closed"


def test_page_checks_and_report_of_the_demo_go_with_it(loaded: Traveller) -> None:
    run_engine()
    assert remove() == []
    run_engine()
    assert page(CLI) is None
    assert (components(CLI), _public(), groups(CLI), checks(CLI)) == ([], [], [], [])
    assert portal(CLI, PortalFilters()).rows == ()
    assert publication(CLI).files == 0
    assert search(CLI, "payments") == []
    assert health().dead == 0


def test_what_one_published_oneself_on_the_demos_page_stays_with_a_sentence(loaded: Traveller) -> None:
    ours = next(c.id for c in components(CLI) if c.name == "Search")
    open_incident(
        CLI, title="Ours", status="investigating", body="Truly.", components={ours: "partial_outage"}, notify=False
    )
    assert [said.split(".")[0] for said in remove()] == [
        "status page: Search stays",
        "status page: Harbour Market stays",
    ]
    assert [told.title for told in _public()] == ["Ours"]
