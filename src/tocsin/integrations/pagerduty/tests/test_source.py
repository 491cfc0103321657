"""PagerDuty's events as Tocsin reads them."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from tocsin.domain.alerts.ports import Call, Received
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.integrations.pagerduty.source import Alerts, Changes

FIXTURES = Path(__file__).parent.parent / "fixtures"
NOW = datetime(2026, 11, 24, tzinfo=UTC)


def test_a_recorded_trigger_is_read_whole() -> None:
    received = Alerts().receive(Call("POST", "/v2/enqueue", (FIXTURES / "trigger.json").read_bytes()))
    assert isinstance(received, Received)
    assert received.items[0].name == "disk/host1"
    report = Alerts().read(received.items[0].raw, NOW)
    assert report.signal is not None
    assert report.signal.severity is Severity.HIGH
    assert report.signal.opens_new
    assert report.signal.started_at == datetime(2026, 7, 17, 8, 42, 58, 315000, tzinfo=UTC)
    assert report.labels["component"] == "postgres"
    assert report.annotations == {"free space": "1%", "ping time": "1500", "load avg": "[0.75,0.9]"}
    assert report.links == (("https://wiki.example.com/disk", "What to do"),)
    assert report.url == "https://monitoring.example.com/host1"


def test_a_recorded_change_has_no_signal() -> None:
    received = Changes().receive(Call("POST", "/v2/change/enqueue", (FIXTURES / "change.json").read_bytes()))
    assert isinstance(received, Received)
    report = Changes().read(received.items[0].raw, NOW)
    assert report.signal is None
    assert report.title.startswith("Build success")
    assert report.happened_at == datetime(2026, 7, 17, 8, 42, 58, tzinfo=UTC)


def test_a_trigger_without_a_key_is_given_one() -> None:
    body = {"event_action": "trigger", "payload": {"summary": "x", "source": "y", "severity": "info"}}
    received = Alerts().receive(Call("POST", "/v2/enqueue", msgspec.json.encode(body), integration="i"))
    assert isinstance(received, Received)
    given_key = msgspec.json.decode(received.answer.body)["dedup_key"]
    assert Alerts().read(received.items[0].raw, NOW).dedup_key == given_key == received.items[0].name


@given(
    st.fixed_dictionaries(
        {
            "routing_key": st.just("k" * 32),
            "event_action": st.just("trigger"),
            "payload": st.fixed_dictionaries(
                {
                    "summary": st.text(min_size=1).filter(lambda t: t.strip()),
                    "source": st.text(min_size=1).filter(lambda t: t.strip()),
                    "severity": st.sampled_from(["critical", "error", "warning", "info"]),
                },
                optional={
                    "timestamp": st.text() | st.none() | st.integers(),
                    "component": st.text() | st.none(),
                    "custom_details": st.dictionaries(st.text(), st.text()) | st.lists(st.integers()) | st.text(),
                },
            ),
        },
        optional={
            "dedup_key": st.text(max_size=255) | st.none(),
            "links": st.lists(st.dictionaries(st.text(), st.text())) | st.none(),
            "unknown": st.text(),
        },
    )
)
def test_nothing_valid_is_refused_and_all_of_it_can_be_read(body: dict[str, Any]) -> None:
    received = Alerts().receive(Call("POST", "/v2/enqueue", msgspec.json.encode(body)))
    assert isinstance(received, Received), received
    assert received.answer.status == 202
    assert Alerts().read(received.items[0].raw, NOW).title
