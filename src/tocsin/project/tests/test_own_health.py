"""Who may read Tocsin's own metrics, and what they say while the database is in trouble."""

import asyncio

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from tocsin.domain.incidents import commands as incidents
from tocsin.kernel.actor import system
from tocsin.project import own_health, own_metrics


def _scope(client: str, **headers: str) -> dict[str, object]:
    pairs = [(k.replace("_", "-").encode(), v.encode()) for k, v in headers.items()]
    return {"client": (client, 1234), "headers": pairs}


def test_programs_on_this_machine_may_read_metrics() -> None:
    assert own_health.may_read_metrics(_scope("127.0.0.1"))


def test_strangers_may_not_read_metrics_even_through_a_proxy_on_this_machine() -> None:
    assert not own_health.may_read_metrics(_scope("192.0.2.7"))
    assert not own_health.may_read_metrics(_scope("127.0.0.1", x_forwarded_for="192.0.2.7"))


def test_with_a_token_only_its_bearer_may_read_metrics(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_health, "_TOKEN", "s3cret")
    assert not own_health.may_read_metrics(_scope("127.0.0.1"))
    assert not own_health.may_read_metrics(_scope("127.0.0.1", authorization="Bearer wrong"))
    assert own_health.may_read_metrics(_scope("192.0.2.7", authorization="Bearer s3cret"))


@pytest.mark.django_db(transaction=True)
def test_metrics_tell_of_work_alerts_and_incidents_without_asking_at_every_scrape() -> None:
    incidents.declare(system("test"), title="Checkout fails", kind="disruption", severity="high", page=False)
    asked = own_metrics.State()
    asyncio.run(asked.refresh())
    assert _value(asked, "tocsin_incidents_open", severity="high") == 1
    assert _value(asked, "tocsin_database_up") == 1
    with CaptureQueriesContext(connection) as seen:
        asyncio.run(asked.refresh())
    assert not seen


def test_a_database_in_trouble_is_a_value_and_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise OperationalError("the disk is gone")

    monkeypatch.setattr(own_metrics, "read", broken)
    asked = own_metrics.State()
    asyncio.run(asked.refresh())
    assert _value(asked, "tocsin_database_up") == 0
    assert [family.name for family in asked.collect()] == ["tocsin_database_up"]


def _value(asked: own_metrics.State, name: str, **labels: str) -> float:
    samples = [s for family in asked.collect() for s in family.samples]
    return next(s.value for s in samples if s.name == name and s.labels == labels)
