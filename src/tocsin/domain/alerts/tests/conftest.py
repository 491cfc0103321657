"""A connected source and ways to send through it, without HTTP."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from tocsin.core.engine.testing import run_engine
from tocsin.domain.alerts import commands
from tocsin.domain.alerts.ports import Call, Received, accepted, sources
from tocsin.kernel.actor import Actor, Role, system

ADMIN = Actor(id="person:1", name="Ada Admin", roles=frozenset(Role), person="1")
SYSTEM = system("test")


class Feed:
    """Sends what a tool would send, straight into the inbox of one integration."""

    def __init__(self, integration_id: str) -> None:
        self.id = integration_id

    def post(self, source: str, path: str, body: Any) -> Received:
        """Let the source read the body; store its items as the door would."""
        raw = body if isinstance(body, bytes) else msgspec.json.encode(body)
        received = sources()[source].receive(Call("POST", path, raw, integration=self.id))
        assert isinstance(received, Received), received
        rows = [accepted(self.id, source, item.name, item.raw) for item in received.items]
        commands.accept(SYSTEM, rows=rows)
        return received

    def prometheus(self, *alerts: dict[str, Any]) -> None:
        """Alerts as Prometheus posts them."""
        self.post("alertmanager", "/api/v2/alerts", list(alerts))

    def pagerduty(self, action: str, key: str = "k", severity: str = "critical", summary: str = "Disk full") -> None:
        """One PagerDuty event."""
        payload = {"summary": summary, "source": "db-1", "severity": severity}
        body = {"event_action": action, "dedup_key": key, "payload": payload}
        self.post("pagerduty", "/v2/enqueue", body)


def alert(name: str = "DiskFull", severity: str = "critical", **more: Any) -> dict[str, Any]:
    """One Prometheus alert; keyword arguments are labels, `startsAt`, `endsAt` or `annotations`."""
    rest = {key: more.pop(key) for key in ("startsAt", "endsAt", "annotations") if key in more}
    return {"labels": {"alertname": name, "severity": severity, **more}, **rest}


@pytest.fixture
def connect(db: None) -> Callable[..., Feed]:
    """Connect a further source."""

    def make(**fields: Any) -> Feed:
        made = commands.add_integration(ADMIN, **{"kind": "prometheus", "name": "Prometheus", **fields})
        return Feed(made.id)

    return make


@pytest.fixture
def feed(connect: Callable[..., Feed]) -> Feed:
    """A connected Prometheus."""
    return connect()


@pytest.fixture
def fold() -> Callable[[], int]:
    """Run the engine until nothing is due."""
    return run_engine
