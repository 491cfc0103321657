"""Tools that people already have, unchanged, against a real Tocsin: amtool, Alertmanager, PagerDuty's client."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness import peers

pytestmark = pytest.mark.peers


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[peers.Tocsin]:
    """One fresh Tocsin for all tools."""
    with peers.tocsin(tmp_path_factory.mktemp("senders")) as running:
        yield running


def test_amtool_fires_asks_and_silences(system: peers.Tocsin) -> None:
    address, _ = system.connect("prometheus")
    peers.amtool(address, "alert", "add", "DiskFull", "severity=critical", "--annotation=summary=The disk is full")
    system.mailbox.wait_for("The disk is full")
    assert "DiskFull" in peers.amtool(address, "alert", "query", "alertname=DiskFull")
    assert "DiskFull" not in peers.amtool(address, "alert", "query", "alertname=Other")
    words = ("silence", "add", "--author=mateo", "--comment=being mended", "--duration=1h", "alertname=DiskFull")
    silence = peers.amtool(address, *words).strip()
    assert silence in peers.amtool(address, "silence", "query", "alertname=DiskFull")
    peers.until(lambda: _state(address) == "suppressed", "the silence covering the alert")
    peers.amtool(address, "silence", "expire", silence)
    assert silence not in peers.amtool(address, "silence", "query")
    peers.until(lambda: _state(address) == "active", "the alert being heard again")


def _state(address: str) -> str:
    return str(json.loads(peers.ask(f"{address}/api/v2/alerts"))[0]["status"]["state"])


def test_alertmanager_hands_on_what_it_gets_and_that_it_is_over(system: peers.Tocsin, tmp_path: Path) -> None:
    address, key = system.connect("alertmanager")
    hook = address if address.endswith("/alertmanager") else f"{system.url}/in/{key}/alertmanager"
    words = ("alert", "add", "QueueStuck", "severity=critical", "--annotation=summary=The queue is stuck")
    with peers.alertmanager(tmp_path, send_to=hook) as upstream:
        peers.amtool(upstream, *words)
        system.mailbox.wait_for("The queue is stuck")
        quiet = system.log().count("alerts.group_quiet")
        peers.amtool(upstream, *words, "--end=2026-01-01T00:00:00Z", "--start=2025-12-31T00:00:00Z")
        peers.until(lambda: system.log().count("alerts.group_quiet") > quiet, "the end reaching Tocsin")


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_pagerdutys_own_client_triggers_acknowledges_resolves_and_tells_changes(system: peers.Tocsin) -> None:
    import pdpyras  # type: ignore[import-untyped]  # warns at its import that it has a successor

    _, key = system.connect("pagerduty")
    events, changes = pdpyras.EventsAPISession(key), pdpyras.ChangeEventsAPISession(key)
    events.url = changes.url = system.url
    incident = events.trigger("Card payments fail", "checkout-1", severity="critical")
    system.mailbox.wait_for("Card payments fail")
    quiet = system.log().count("alerts.group_quiet")
    assert events.acknowledge(incident) == incident
    peers.until(lambda: "alerts.acknowledged" in system.log(), "the acknowledgement")
    changes.submit("Deployed checkout 4.2", source="ci")
    assert events.resolve(incident) == incident
    peers.until(lambda: system.log().count("alerts.group_quiet") > quiet, "the resolve")
    assert "Deployed checkout 4.2" not in str([letter["subject"] for _, letter in system.mailbox.mails])
    assert "The log is whole." in system.cli("log", "verify")
