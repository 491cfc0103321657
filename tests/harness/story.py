"""A small shop at night, told so that anybody can read it: who is paged, what they do, what time does.

Hides the engine, the wire format of Prometheus, and time, which is moved and never waited for. Everything goes the
real way: the source's own reader, the inbox, the engine, real commands, the real page behind a link. Only the last
hop, the phone itself, is ours.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import msgspec
import time_machine
from django.test import Client

from tocsin.core.engine import points
from tocsin.core.engine.testing import run_engine
from tocsin.core.events.verify import verify_log
from tocsin.core.log import read_stream
from tocsin.domain.accounts import commands as accounts
from tocsin.domain.accounts.queries import actor_of
from tocsin.domain.alerts import commands as alerts
from tocsin.domain.alerts import queries as alert_queries
from tocsin.domain.alerts.ports import Call, Received, accepted, sources
from tocsin.domain.catalog import commands as catalog
from tocsin.domain.delivery import commands as delivery
from tocsin.domain.delivery import ports
from tocsin.domain.delivery.ports import Accepted, Capability, Cleaned, DestinationView, Message, Permanent, Reply
from tocsin.domain.delivery.queries import destinations
from tocsin.domain.incidents import queries as incidents
from tocsin.domain.oncall import commands as oncall
from tocsin.kernel.actor import Actor, Role, system
from tocsin.kernel.clock import now

NIGHT = datetime(2026, 11, 24, 2, 47, tzinfo=UTC)
SYSTEM = system("story")


class EngineKilled(BaseException):
    """The engine's process ends here, as by SIGKILL: nothing after this line happens."""


@dataclass
class Carrier:
    """The phone network: keeps what was sent, or answers as told."""

    kind: str = "story-phone"
    name: str = "Phone"
    capabilities: frozenset[Capability] = frozenset({Capability.WAKES})
    fields: tuple[ports.FormField, ...] = ()
    sent: list[tuple[str, Message]] = field(default_factory=list)
    answers: dict[str, list[Reply]] = field(default_factory=dict)

    def clean(self, address: str, config: object) -> Cleaned:
        """Any name is a number."""
        return Cleaned(address, address, {})

    def lane(self, destination: DestinationView) -> str:
        """One for all."""
        return self.kind

    def problem(self) -> str:
        """None."""
        return ""

    def send(self, destination: DestinationView, message: Message, idempotency_key: str) -> Reply:
        """The last hop."""
        prepared = self.answers.get(destination.address)
        if prepared:
            return prepared.pop(0)
        self.sent.append((destination.address, message))
        return Accepted()


@dataclass
class Phone:
    """What one person holds in the hand. Expectations look at what came since the last one."""

    owner: str
    carrier: Carrier
    kept: list[Message] = field(default_factory=list)
    seen: int = 0

    def _new(self) -> list[Message]:
        self.kept = [message for name, message in self.carrier.sent if name == self.owner]
        fresh, self.seen = self.kept[self.seen :], len(self.kept)
        return fresh

    def count(self) -> int:
        """How often it rang so far, whatever for."""
        self._new()
        return len(self.kept)

    def expect_page(self, words: str = "") -> Message:
        """It rang exactly once, and these words were on it."""
        fresh = self._new()
        assert len(fresh) == 1, f"{self.owner}'s phone rang {len(fresh)} times: {[m.title for m in fresh]}"
        assert words in f"{fresh[0].title}\n{fresh[0].text}", fresh[0]
        return fresh[0]

    def expect_silence(self) -> None:
        """It did not ring."""
        fresh = self._new()
        assert not fresh, f"{self.owner}'s phone rang: {[m.title for m in fresh]}"

    def _path(self) -> str:
        self._new()
        assert self.kept, f"{self.owner} has no message with a link"
        return "/p/" + self.kept[-1].url.rpartition("/p/")[2]

    def look(self) -> str:
        """Open the newest link and read the page."""
        return Client(enforce_csrf_checks=True).get(self._path()).content.decode()

    def acknowledge(self) -> str:
        """Open the newest link, press the big button, read the page that follows."""
        page = Client(enforce_csrf_checks=True).post(self._path(), {"do": "acknowledge"}, follow=True)
        run_engine()
        return page.content.decode()

    def loses_signal(self) -> None:
        """From now on the network refuses this number for good."""
        self.carrier.answers[self.owner] = [Permanent("no such number")] * 100


class Clock:
    """Time in this story, and the engine that works meanwhile unless it is off."""

    def __init__(self, traveller: time_machine.Traveller) -> None:
        self._traveller = traveller
        self.engine_on = True

    def advance(self, **duration: float) -> None:
        """Time passes minute by minute; the engine does what is due."""
        left = timedelta(**duration)
        while left > timedelta(0):
            step = min(left, timedelta(minutes=1))
            self._traveller.shift(step)
            left -= step
            self.work()

    def leap(self, moment: datetime) -> None:
        """It is that time now, as after a long night; the engine does what is due then."""
        self._traveller.move_to(moment)
        self.work()

    def work(self) -> None:
        """The engine does what is due now."""
        if self.engine_on:
            run_engine()


class Engine:
    """Tocsin's own worker."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def stop(self) -> None:
        """It does nothing until started."""
        self._clock.engine_on = False

    def start(self) -> None:
        """It is back, and does what is due."""
        self._clock.engine_on = True
        self._clock.work()

    def work_and_die(self, at: str) -> None:
        """It works until this point (taken, acted, ...) and is killed there. Fails when it never comes there."""

        def die(point: str) -> None:
            if point == at:
                raise EngineKilled

        points.listen(die)
        try:
            run_engine()
        except EngineKilled:
            return
        finally:
            points.listen()
        raise AssertionError(f"the engine never came to '{at}'")


class Prometheus:
    """A Prometheus that watches one service, or none in particular."""

    def __init__(self, clock: Clock, service: str, every: timedelta | None) -> None:
        self._clock = clock
        name = f"Prometheus of {service}" if service else "Prometheus"
        made = alerts.add_integration(
            SYSTEM, kind="prometheus", name=name, service=service.lower() if service else None, every=every
        )
        self.id = made.id

    def fires(self, alert: str, severity: str = "critical", **labels: str) -> None:
        """This alert fires; a second time is the usual repetition."""
        self.posts([_alert(alert, severity, labels)])

    def resolves(self, alert: str, severity: str = "critical", **labels: str) -> None:
        """It is over."""
        self.posts([{**_alert(alert, severity, labels), "endsAt": now().isoformat()}])

    def storms(self, count: int, severity: str = "critical") -> None:
        """So many different alerts at once, in batches as Prometheus sends them."""
        rows = [_alert("NodeDown", severity, {"instance": f"node-{n}"}) for n in range(count)]
        for start in range(0, count, 256):
            self.posts(rows[start : start + 256], work=False)
        self._clock.work()

    def posts(self, batch: Sequence[dict[str, Any]], *, work: bool = True) -> None:
        """What it sends, through the reader of its format into the inbox."""
        call = Call("POST", "/api/v2/alerts", msgspec.json.encode(batch), integration=self.id)
        received = sources()["alertmanager"].receive(call)
        assert isinstance(received, Received), received
        alerts.accept(SYSTEM, rows=[accepted(self.id, "alertmanager", i.name, i.raw) for i in received.items])
        if work:
            self._clock.work()


def _alert(name: str, severity: str, labels: dict[str, str]) -> dict[str, Any]:
    return {
        "labels": {"alertname": name, **({"severity": severity} if severity else {}), **labels},
        "annotations": {"summary": name},
        "endsAt": (now() + timedelta(hours=4)).isoformat(),
    }


class Story:
    """The shop: Ada runs Tocsin, Mateo then Siobhan are called for Checkout, Amina commands, Yusuf is Security."""

    def __init__(self, traveller: time_machine.Traveller, carrier: Carrier) -> None:
        self.clock, self.carrier = Clock(traveller), carrier
        self.engine = Engine(self.clock)
        self.people: dict[str, str] = {}
        self.phones: dict[str, Phone] = {}
        self.add_person("Ada", Role.ADMINISTRATOR)

    def staffed(self) -> "Story":
        """Everybody works here, and Checkout is looked after."""
        for name, role in (
            ("Mateo", Role.RESPONDER),
            ("Siobhan", Role.RESPONDER),
            ("Amina", Role.COMMANDER),
            ("Yusuf", Role.SECURITY),
        ):
            self.add_person(name, role)
        self.add_service("Checkout", "Mateo", "Siobhan")
        return self

    def add_person(self, name: str, role: Role) -> None:
        """A person with a phone."""
        id_ = accounts.add_person(SYSTEM, email=f"{name.lower()}@example.org", name=name, roles=(role,))
        run_engine()
        for given in destinations(SYSTEM, id_):  # the mailbox that came with the address: here only phones count
            delivery.remove_destination(SYSTEM, destination_id=given.id)
        delivery.add_destination(SYSTEM, kind=self.carrier.kind, address=name, person_id=id_, vouched=True)
        self.people[name], self.phones[name] = id_, Phone(name, self.carrier)

    def add_service(self, name: str, *line: str, schedule: str = "") -> str:
        """A service, and who is called for it, one after the other; `schedule` (an id) is called before them."""
        id_ = catalog.add_service(SYSTEM, name=name)
        targets = [oncall.TargetInput("schedule", schedule)] if schedule else []
        targets += [oncall.TargetInput("person", self.people[person]) for person in line]
        if targets:
            steps = [oncall.StepInput((target,)) for target in targets]
            policy = oncall.save_policy(SYSTEM, name=f"{name} line", steps=steps)
            oncall.set_service_policy(SYSTEM, service_id=id_, policy_id=policy)
        return id_

    def add_schedule(self, name: str, *people: str, zone: str = "UTC", handoff: time = time(9), start: date) -> str:
        """These people, a day each."""
        ids = tuple(self.people[person] for person in people)
        layer = oncall.LayerInput(people=ids, handoff=handoff, start=start, every="days")
        return oncall.save_schedule(SYSTEM, name=name, time_zone=zone, layers=[layer])

    def prometheus(self, service: str = "", every: timedelta | None = None) -> Prometheus:
        """A newly connected Prometheus."""
        return Prometheus(self.clock, service, every)

    def phone(self, name: str) -> Phone:
        """Somebody's phone."""
        return self.phones[name]

    def called_by_policy(self, service: str = "Checkout") -> list[str]:
        """Whose phones rang because the service's policy names them, in order. Other reasons are left out."""
        return [name for name, message in self.carrier.sent if f"{service} line" in message.text]

    def actor(self, name: str) -> Actor:
        """Somebody, with the rights this person has."""
        return actor_of(self.people[name])

    def incident(self, reference: str = "INC-1", seen_by: str = "Ada") -> incidents.IncidentView:
        """The incident as this person sees it."""
        return incidents.incident(self.actor(seen_by), reference)

    def count_incidents(self) -> int:
        """How many there are."""
        return incidents.incidents(self.actor("Ada")).total

    def alert_states(self) -> dict[str, str]:
        """Each alert by name and how it stands."""
        every = alert_queries.AlertFilter(states=())
        return {row.labels["alertname"]: row.state for row in alert_queries.alerts(SYSTEM, every).alerts}

    def log(self, reference: str = "INC-1") -> list[str]:
        """What the log says of the incident, type by type."""
        return [entry.type for entry in read_stream(f"incident:{self.incident(reference).id}")]

    def told(self, reference: str = "INC-1") -> str:
        """What the log says of the incident, in its words."""
        return "\n".join(e.event.sentence() for e in read_stream(f"incident:{self.incident(reference).id}"))

    def expect_whole_log(self) -> None:
        """Nothing in the log was changed or left out."""
        assert [fault.sentence for fault in verify_log().faults] == []
