"""A synthetic page goes round and leaves no trace; only then the heartbeat leaves; a stage that stops is named."""

from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from tocsin.core.alarms.standing import standing
from tocsin.core.engine import registry
from tocsin.core.engine.models import Job
from tocsin.core.engine.testing import run_engine
from tocsin.core.events.models import Entry
from tocsin.domain.alerts import commands as alerts
from tocsin.domain.alerts.models import Alert, AlertGroup, IntakeMinute, Integration
from tocsin.domain.alerts.ports import Call, Received, accepted, sources
from tocsin.domain.alerts.queries import integrations
from tocsin.domain.assurance.commands import pulsing
from tocsin.domain.assurance.models import Pulse
from tocsin.domain.assurance.queries import pulse_standing
from tocsin.domain.assurance.tests.conftest import World
from tocsin.domain.delivery.models import Delivery
from tocsin.domain.incidents.models import Incident
from tocsin.domain.oncall.tests.conftest import SYSTEM

pytestmark = pytest.mark.django_db


class Outside(HTTPServer):
    """A heartbeat check on the other side."""

    beats = 0


class _Count(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.server.beats += 1  # type: ignore[attr-defined]
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_args: object) -> None:
        pass


@pytest.fixture
def outside(settings: object) -> Iterator[Outside]:
    server = Outside(("127.0.0.1", 0), _Count)
    Thread(target=server.serve_forever, daemon=True).start()
    settings.PULSE_EVERY = 60  # type: ignore[attr-defined]
    settings.HEARTBEAT_URL = f"http://127.0.0.1:{server.server_port}/ping"  # type: ignore[attr-defined]
    settings.OUTGOING_ALLOW = ["127.0.0.0/8"]  # type: ignore[attr-defined]
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch) -> None:
    """The source reads the bytes and the inbox takes them, as behind the real door, without its process."""

    def knock(pulse: str) -> str:
        path = pulsing.pulse_path(SYSTEM)
        integration = str(Integration.objects.get(kind="pulse").id)
        call = Call("POST", path, pulse.encode(), {}, "", integration)
        received = sources()["pulse"].receive(call)
        assert isinstance(received, Received)
        rows = [accepted(integration, "pulse", item.name, item.raw) for item in received.items]
        alerts.accept(SYSTEM, rows=rows)
        return ""

    monkeypatch.setattr(pulsing, "knock", knock)


def later(world: World, seconds: float) -> None:
    world.clock.shift(timedelta(seconds=seconds))
    run_engine(periodic=False)


def go_round(world: World) -> None:
    pulsing.begin_pulse()
    run_engine(periodic=False)
    later(world, seconds=2)


def test_a_pulse_goes_round_and_then_the_heartbeat_leaves(world: World, outside: Outside, door: None) -> None:
    go_round(world)
    found = pulse_standing(SYSTEM)
    assert [stage.state for stage in found.stages] == ["done"] * 8
    assert (found.well, found.stopped, outside.beats) == (True, "", 1)
    assert found.took is not None
    assert found.took <= timedelta(seconds=3)


def test_it_leaves_no_trace(world: World, outside: Outside, door: None) -> None:
    before = Entry.objects.count()
    go_round(world)
    assert [m.objects.count() for m in (Alert, AlertGroup, Incident, Delivery, IntakeMinute)] == [0] * 5
    assert not Job.objects.exclude(kind="assurance.audit_soon").exists()
    assert Entry.objects.count() == before
    assert integrations(SYSTEM) == []


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("assurance.pulse_group", "Group speaks"),
        ("assurance.pulse_escalate", "Escalation pages"),
        ("delivery.send", "Message is sent"),
    ],
)
def test_a_stage_that_stops_is_named_and_no_heartbeat_leaves(
    world: World, outside: Outside, door: None, monkeypatch: pytest.MonkeyPatch, kind: str, name: str
) -> None:
    monkeypatch.delitem(registry.kinds, kind)
    go_round(world)
    world.clock.shift(timedelta(minutes=2))
    run_engine(periodic=False)
    assert (pulse_standing(SYSTEM).stopped, outside.beats) == (name, 0)
    pulsing.watch_pulse()
    assert name in next(alarm.sentence for alarm in standing() if alarm.name == "pulse")


def test_a_door_that_does_not_answer_is_named_with_its_reason(world: World, outside: Outside, settings: object) -> None:
    settings.PULSE_URL = "http://127.0.0.1:9"  # type: ignore[attr-defined]
    go_round(world)
    later(world, seconds=20)
    world.clock.shift(timedelta(minutes=2))
    found = pulse_standing(SYSTEM)
    assert found.stopped == "Door accepts it"
    assert found.problem == "http://127.0.0.1:9 cannot be reached (ConnectionRefusedError)"


def test_a_door_that_opens_a_moment_later_is_knocked_at_again(
    world: World, outside: Outside, door: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened, answers = pulsing.knock, ["it cannot be reached", "it cannot be reached"]
    monkeypatch.setattr(pulsing, "knock", lambda pulse: answers.pop() if answers else opened(pulse))
    go_round(world)
    for _ in range(3):
        later(world, seconds=2)
    assert (pulse_standing(SYSTEM).well, outside.beats) == (True, 1)


def test_an_engine_that_stopped_is_named_and_a_missed_heartbeat_is_too(
    world: World, outside: Outside, door: None, settings: object
) -> None:
    go_round(world)
    world.clock.shift(timedelta(minutes=10))
    assert pulse_standing(SYSTEM).stopped == "Engine begins a pulse"
    settings.HEARTBEAT_URL = "http://127.0.0.1:9/ping"  # type: ignore[attr-defined]
    go_round(world)
    world.clock.shift(timedelta(minutes=2))
    assert pulse_standing(SYSTEM).stopped == "Heartbeat goes out"
    assert Pulse.objects.count() == 2
