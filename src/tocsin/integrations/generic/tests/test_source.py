"""Generic JSON as Tocsin reads it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from tocsin.domain.alerts.ports import Answer, Call, Received
from tocsin.domain.alerts.rules.lifecycle import SignalKind
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.integrations.generic.source import Generic

FIXTURES = Path(__file__).parent.parent / "fixtures"
NOW = datetime(2026, 11, 24, tzinfo=UTC)


def receive(body: Any) -> Received | Answer:
    raw = body if isinstance(body, bytes) else msgspec.json.encode(body)
    return Generic().receive(Call("POST", "/v1/alerts", raw, integration="i"))


def test_the_documented_alert_is_read_whole() -> None:
    received = receive((FIXTURES / "alert.json").read_bytes())
    assert isinstance(received, Received)
    report = Generic().read(received.items[0].raw, NOW)
    assert report.signal is not None
    assert (report.signal.kind, report.signal.severity) == (SignalKind.TRIGGER, Severity.HIGH)
    assert report.labels == {"team": "db", "attempt": "3", "nightly": "true"}
    assert report.extra == {"metadata": {"exit_code": 1}}


def test_a_resolve_without_a_key_finds_its_alert_by_title_and_labels() -> None:
    firing = receive({"title": "x", "labels": {"a": 1}})
    over = receive({"title": "x", "labels": {"a": "1"}, "status": "resolved"})
    assert isinstance(firing, Received)
    assert isinstance(over, Received)
    assert firing.items[0].name == over.items[0].name


def test_the_good_ones_of_a_list_are_kept_and_the_bad_ones_named() -> None:
    received = receive([{"title": "x"}, {"title": 5}, 7])
    assert isinstance(received, Received)
    assert len(received.items) == 1
    assert received.answer.status == 400
    assert [bad["alert"] for bad in msgspec.json.decode(received.answer.body)["errors"]] == [1, 2]
