"""Alerts of Prometheus and of Alertmanager's webhook as Tocsin reads them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from tocsin.domain.alerts.ports import Call, Received
from tocsin.domain.alerts.rules.lifecycle import SignalKind
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.integrations.alertmanager.source import Api
from tocsin.integrations.alertmanager.webhook import Webhook

FIXTURES = Path(__file__).parent.parent / "fixtures"
NOW = datetime(2026, 11, 24, 0, 45, tzinfo=UTC)


def receive(source: Api | Webhook, body: bytes) -> Received:
    received = source.receive(Call("POST", "/api/v2/alerts", body, integration="i"))
    assert isinstance(received, Received), received
    return received


def test_what_prometheus_posts_is_read_whole() -> None:
    received = receive(Api(), (FIXTURES / "prometheus.json").read_bytes())
    report = Api().read(received.items[0].raw, NOW)
    assert report.signal is not None
    assert (report.signal.kind, report.signal.severity) == (SignalKind.TRIGGER, Severity.CRITICAL)
    assert report.signal.expires_at == datetime(2026, 11, 24, 0, 48, 58, 341000, tzinfo=UTC)
    assert report.title == "sample is down"
    assert (received.answer.status, received.answer.body) == (200, b"")


def test_an_end_in_the_past_resolves() -> None:
    body = msgspec.json.encode([{"labels": {"a": "b"}, "endsAt": (NOW - timedelta(seconds=1)).isoformat()}])
    report = Api().read(receive(Api(), body).items[0].raw, NOW)
    assert report.signal is not None
    assert report.signal.kind is SignalKind.RESOLVE


def test_empty_labels_do_not_count_for_identity() -> None:
    body = msgspec.json.encode([{"labels": {"a": "b", "empty": ""}}, {"labels": {"a": "b"}}])
    first, second = receive(Api(), body).items
    assert first.name == second.name


def test_a_webhook_fires_and_resolves_what_prometheus_would() -> None:
    received = receive(Webhook(), (FIXTURES / "webhook.json").read_bytes())
    reports = [Webhook().read(item.raw, NOW) for item in received.items]
    assert [r.signal.kind for r in reports if r.signal] == [SignalKind.TRIGGER, SignalKind.RESOLVE]
    assert reports[0].annotations["runbook_url"] == "https://wiki.example.com/latency"
    assert reports[0].links == (("http://alertmanager:9093", "Alertmanager"),)
    direct = receive(Api(), msgspec.json.encode([{"labels": dict(reports[0].labels)}]))
    assert direct.items[0].name == received.items[0].name


names = st.text(min_size=1)
alerts = st.fixed_dictionaries(
    {"labels": st.dictionaries(names, st.text(min_size=1), min_size=1)},
    optional={
        "annotations": st.dictionaries(names, st.text()),
        "startsAt": st.datetimes(timezones=st.just(UTC)).map(lambda at: at.isoformat()),
        "generatorURL": st.text(),
        "unknown": st.integers(),
    },
)


@given(st.lists(alerts, max_size=5))
def test_nothing_valid_is_refused_and_all_of_it_can_be_read(body: list[dict[str, Any]]) -> None:
    received = receive(Api(), msgspec.json.encode(body))
    assert received.answer.status == 200
    assert len(received.items) == len(body)
    assert all(Api().read(item.raw, NOW).title for item in received.items)


@given(
    st.dictionaries(st.sampled_from(["status", "receiver", "externalURL", "commonLabels"]), st.text() | st.integers()),
    st.lists(st.dictionaries(st.sampled_from(["labels", "annotations", "startsAt", "status"]), st.text()) | alerts),
)
def test_a_well_formed_webhook_is_never_refused(envelope: dict[str, Any], body: list[dict[str, Any]]) -> None:
    received = receive(Webhook(), msgspec.json.encode({**envelope, "alerts": body}))
    assert received.answer.status == 200
    assert all(Webhook().read(item.raw, NOW).title for item in received.items)


def test_a_batch_keeps_its_good_alerts_and_says_which_others_were_wrong_every_time() -> None:
    long = {f"l{n}": "x" * 100 for n in range(40)}
    body = [{"labels": {"a": "b"}}, {"labels": None}, {"labels": {"": "x"}}, {"labels": {"a": ""}}, {"labels": long}]
    for _ in range(2):
        received = receive(Api(), msgspec.json.encode(body))
        assert len(received.items) == 2
        assert received.answer.status == 400
        said = msgspec.json.decode(received.answer.body).split("; ")
        assert [one[:8] for one in said] == ["alert 1:", "alert 2:", "alert 3:"]
        assert "labels" in said[0]
        assert "a label without a name" in said[1]
        assert "at least one label pair" in said[2]
