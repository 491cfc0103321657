"""What the dashboard says of services: the worst sign decides, and nothing that is quiet on purpose counts as well."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tocsin.core.engine.testing import run_engine
from tocsin.core.outgoing.tests.peer import Peer, listening
from tocsin.domain.accounts import commands as accounts
from tocsin.domain.alerts import commands as alerts
from tocsin.domain.catalog import commands as catalog
from tocsin.domain.incidents import queries as incidents
from tocsin.domain.monitoring import commands
from tocsin.kernel.actor import Role, system
from tocsin.kernel.clock import now
from tocsin.screens.detect.system_monitoring_dashboard.picture import Signs, rate, standing
from tocsin.ui.plots import drawn

HOUSE = system("test")
pytestmark = pytest.mark.django_db


@pytest.fixture
def client(db: None) -> Client:
    made = accounts.add_person(HOUSE, email="ada@example.org", name="Ada", roles=list(Role))
    client = Client()
    client.force_login(get_user_model().objects.get(id=made), "django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def shop(settings: Any) -> Iterator[Peer]:
    settings.OUTGOING_ALLOW = ["127.0.0.1"]
    with listening() as peer:
        yield peer


def check_of(service: str, shop: Peer, **more: Any) -> str:
    given = {"name": "Shop", "target": f"http://127.0.0.1:{shop.port}/", "service_id": service, "fail_after": 1}
    return commands.add_check(HOUSE, **{**given, **more})


def test_an_empty_house_says_what_will_appear(client: Client) -> None:
    page = client.get("/monitoring/").content.decode()
    for words in ("No service yet", "No check yet", "No open alert", "No signal was taken in"):
        assert words in page


def test_a_failing_check_shows_on_its_service_in_the_stream_and_in_its_incident(client: Client, shop: Peer) -> None:
    service = catalog.add_service(HOUSE, name="Checkout")
    shop.replies("503 Service Unavailable")
    check_of(service, shop, severity="critical")
    run_engine()
    page = client.get("/monitoring/").content.decode()
    assert "Major outage" in page
    assert "1 alert, 1 of 1 checks failing" in page
    assert "Shop: 503 Service Unavailable, expected 200-299" in page
    [incident] = incidents.open_incidents(HOUSE)
    assert f">{incident.reference}</a>" in page
    tab = client.get(f"/incidents/{incident.reference}/monitoring/").content.decode()
    assert "Shop: 503 Service Unavailable" in tab
    assert "1 of 1 checks failing" in tab


def test_a_service_whose_check_nobody_asks_is_not_well(client: Client, shop: Peer) -> None:
    service = catalog.add_service(HOUSE, name="Checkout")
    with time_machine.travel(now(), tick=False) as clock:
        check_of(service, shop)
        run_engine()
        assert "1 of 1</b><span>services well" in client.get("/monitoring/").content.decode()
        clock.shift(timedelta(minutes=5))
        page = client.get("/monitoring/").content.decode()
    assert "1 check stale" in page
    assert "0 of 1</b><span>services well" in page


def test_what_is_silenced_never_makes_a_service_look_well() -> None:
    seen = Signs({"s": {"muted": 2}}, {}, {}, frozenset())
    assert standing("s", seen) == ("unknown", "Unknown", "2 alerts kept quiet")


def test_a_service_under_maintenance_says_so_whatever_fires() -> None:
    seen = Signs({"s": {"critical": 1}}, {}, {}, frozenset({"s"}))
    assert standing("s", seen)[:2] == ("care", "Maintenance")


@pytest.mark.parametrize(
    ("severity", "word"),
    [("critical", "Major outage"), ("unknown", "Not sized yet"), ("high", "Partial outage"), ("low", "Degraded")],
)
def test_the_worst_open_alert_names_the_state(severity: str, word: str) -> None:
    assert standing("s", Signs({"s": {severity: 1, "low": 3}}, {}, {}, frozenset()))[1] == word


def test_a_restricted_incident_has_no_tab_for_others(client: Client) -> None:
    assert client.get("/incidents/INC-99/monitoring/").status_code == 404


def test_services_can_be_filtered_by_words_and_state(client: Client) -> None:
    catalog.add_service(HOUSE, name="Checkout")
    catalog.add_service(HOUSE, name="Search")
    page = client.get("/monitoring/", {"q": "sea"}).content.decode()
    assert ">Search<" in page
    assert ">Checkout<" not in page
    assert "No service fits this filter" in client.get("/monitoring/", {"state": "ill"}).content.decode()


@pytest.mark.parametrize("part", ["stats", "services", "checks", "alerts", "intake", "own"])
def test_each_part_can_be_fetched_alone(client: Client, part: str) -> None:
    answer = client.get(f"/monitoring/part/{part}/")
    assert answer.status_code == 200
    assert "<html" not in answer.content.decode()


def test_an_odd_address_is_no_error(client: Client) -> None:
    for query in ("range=1y", "page=-1", "page=99999999999999", "checks=x", "team=nobody&state=odd"):
        assert client.get(f"/monitoring/?{query}").status_code == 200
    assert client.get("/monitoring/part/nothing/").status_code == 404


def test_the_page_costs_the_same_with_3_and_30_of_everything(client: Client, shop: Peer) -> None:
    source = alerts.add_integration(HOUSE, kind="generic", name="Script")
    costs, made = [], 0
    for wanted in (3, 30):
        for number in range(made, wanted):
            service = catalog.add_service(HOUSE, name=f"Service {number}")
            check_of(service, shop, name=f"Shop {number}")
        made = wanted
        run_engine()
        alerts.send_test_alert(HOUSE, integration_id=source.id)
        run_engine()
        client.get("/monitoring/")
        with CaptureQueriesContext(connection) as asked:
            client.get("/monitoring/")
        costs.append(len(asked))
    assert costs[0] == costs[1]
    assert costs[0] < 45


def test_the_rate_of_intake_counts_minutes_without_signals_as_zero() -> None:
    end = now().replace(second=30, microsecond=0)
    start = end - timedelta(hours=1)
    minute = (end - timedelta(minutes=10)).replace(second=0)
    plot = rate([(minute, 30)], start, end)
    values = plot.lines[0].values
    assert sum(v or 0 for v in values) == 30
    assert len(values) == 60
    assert "30 signals taken in" in drawn(plot)
