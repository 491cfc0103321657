"""One small organisation with one of everything, so that every route can be asked for something that exists.

Hides how the objects are made: always by commands, as people make them. Nothing is shared with other tests.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import time, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec
from django.db import connection

from tocsin.core.engine.models import Job
from tocsin.core.engine.testing import run_engine
from tocsin.domain.accounts import commands as accounts
from tocsin.domain.accounts import queries as accounts_queries
from tocsin.domain.accounts.queries import actor_of
from tocsin.domain.alerts import commands as alerts
from tocsin.domain.alerts import queries as alerts_queries
from tocsin.domain.alerts.ports import Call, Received, accepted, load_sources, sources
from tocsin.domain.catalog import commands as catalog
from tocsin.domain.delivery import commands as delivery
from tocsin.domain.delivery import ports
from tocsin.domain.delivery import queries as delivery_queries
from tocsin.domain.incidents import commands as incidents
from tocsin.domain.incidents import queries as incidents_queries
from tocsin.domain.oncall import commands as oncall
from tocsin.kernel.actor import Actor, Role, system
from tocsin.kernel.clock import now

SYSTEM = system("test")
THINGS = Path(__file__).parent / "things"


def askers(roles: Sequence[str], allowed: Collection[str] | None) -> Sequence[str]:
    """Who asks. Rights are the same on every database: on PostgreSQL one asks who may, so that each answer is given."""
    if connection.vendor == "sqlite":
        return roles
    return [role for role in roles if role and (allowed is None or role in allowed)][:1]


class Phone:
    """A transport that keeps what was sent."""

    kind, name = "test-phone", "Test"
    capabilities = frozenset({ports.Capability.WAKES})
    fields: tuple[ports.FormField, ...] = ()

    def __init__(self) -> None:
        self.sent: list[tuple[str, ports.Message]] = []

    def clean(self, address: str, config: Mapping[str, str]) -> ports.Cleaned:
        return ports.Cleaned(address, address, {})

    def lane(self, destination: ports.DestinationView) -> str:
        return self.kind

    def problem(self) -> str:
        return ""

    def send(self, destination: ports.DestinationView, message: ports.Message, idempotency_key: str) -> ports.Reply:
        self.sent.append((destination.address, message))
        return ports.Accepted()


@dataclass
class World:
    """People by role, and the ids of things by name."""

    people: dict[str, str] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)
    befores: dict[str, Callable[["World"], None]] = field(default_factory=dict)
    phone: Phone = field(default_factory=Phone)

    def actor(self, role: str) -> Actor:
        """The person who has this one role."""
        return actor_of(self.people[role])

    def fill(self, value: Any) -> Any:
        """`value` with every `{name}` replaced."""
        if isinstance(value, str):
            return value.format(**self.values)
        if isinstance(value, Mapping):
            return {self.fill(key): self.fill(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.fill(item) for item in value]
        return value


def build() -> World:
    """The world, made by commands."""
    world = World()
    load_sources()
    ports.register_transport(world.phone.kind, world.phone)
    _people(world)
    _organisation(world)
    _incidents(world)
    for path in sorted(THINGS.glob("*.py")):
        if path.stem != "__init__":
            module = import_module(f"tests.access.things.{path.stem}")
            world.values |= module.make(world) if hasattr(module, "make") else {}
            world.befores |= {name: value for name, value in vars(module).items() if callable(value)}
    run_engine(periodic=False)
    return world


def _people(world: World) -> None:
    for role in Role:
        id_ = accounts.add_person(SYSTEM, email=f"{role}@example.org", name=f"{role.capitalize()} Person", roles=[role])
        delivery.add_destination(SYSTEM, kind="test-phone", address=role, person_id=id_, vouched=True)
        world.people[role] = id_
    # Nobody who asks: so that what is changed about this person changes nothing for the next question.
    person = accounts.add_person(SYSTEM, email="quinn@example.org", name="Quinn Other", roles=[Role.RESPONDER])
    delivery.add_destination(SYSTEM, kind="test-phone", address="quinn", person_id=person, vouched=True)
    team = accounts.add_team(SYSTEM, name="Payments", members=[person, world.people["responder"]])
    accounts.add_token(SYSTEM, name="deploys", scopes=["incidents.view"], owner=person)
    world.values |= {
        "person": person,
        "person_id": person,
        "responder": world.people["responder"],
        "team": "payments",
        "team_id": team,
        "token_id": accounts_queries.tokens(SYSTEM)[0].id,
        "sign_in_token": accounts.sign_in_link(SYSTEM, "quinn@example.org").rpartition("/")[2],
        "destination_id": delivery_queries.destinations(SYSTEM, person)[0].id,
    }


def _organisation(world: World) -> None:
    person = world.values["person"]
    service = catalog.add_service(SYSTEM, name="Checkout")
    other = catalog.add_service(SYSTEM, name="Ledger")
    at = now()
    layer = oncall.LayerInput(people=(person,), handoff=time(9), start=at.date())
    schedule = oncall.save_schedule(SYSTEM, name="Payments", time_zone="Europe/Berlin", layers=[layer])
    override = oncall.add_override(
        SYSTEM, schedule_id=schedule, person_id=person, start=at, end=at + timedelta(hours=4)
    )
    steps = [oncall.StepInput((oncall.TargetInput("person", person),))]
    policy = oncall.save_policy(SYSTEM, name="Payments line", steps=steps)
    oncall.set_service_policy(SYSTEM, service_id=service, policy_id=policy)
    unused = oncall.save_policy(SYSTEM, name="Old line", steps=steps)
    source = alerts.add_integration(SYSTEM, kind="prometheus", name="Prometheus", service=service)
    ends = at + timedelta(hours=2)
    world.values |= {
        "service": "checkout",
        "service_id": service,
        "other_service": "ledger",
        "other_service_id": other,
        "slug": "checkout",
        "schedule_id": schedule,
        "override_id": override,
        "policy_id": policy,
        "unused_policy_id": unused,
        "integration_id": source.id,
        "route_id": alerts.save_route(SYSTEM, name="Payments", matchers='team="payments"', service=service),
        "silence_id": alerts.add_silence(SYSTEM, matchers='env="test"', ends_at=ends, comment="Testing"),
        "from": at.strftime("%Y-%m-%dT%H:%M"),
        "until": ends.strftime("%Y-%m-%dT%H:%M"),
    }


def _incidents(world: World) -> None:
    _alert(world, "Checkout fails")
    run_engine()
    row = incidents_queries.open_incidents(SYSTEM)[0]
    world.values |= {"incident": row.reference, "incident_id": row.id}
    alert = alerts_queries.alerts(SYSTEM).alerts[0]
    restricted = incidents.declare(
        world.actor("security"), title="Breach of the ledger", kind="security", severity="critical", page=False
    )
    other = incidents.declare(SYSTEM, title="Slow search", kind="disruption", severity="high", page=False)
    ref = world.values["incident"]
    dead = Job.objects.create(kind="test.gone", payload="{}", due_at=now(), created_at=now(), dead=True)
    world.values |= {
        "ref": ref,
        "reference": ref,
        "restricted": incidents_queries.row(SYSTEM, restricted).reference,
        "restricted_id": restricted,
        "other_incident": incidents_queries.row(SYSTEM, other).reference,
        "other_incident_id": other,
        "alert_id": alert.id,
        "group_id": str(alert.group_id),
        "task": incidents.add_task(SYSTEM, incident=ref, title="Look at the log"),
        "token": next(m.url.rpartition("/p/")[2] for _, m in world.phone.sent if "/p/" in m.url),
        "template": incidents.save_team_template(SYSTEM, name="Payments people", people=[world.values["person"]]),
        "letter": str(dead.id),
    }


def _alert(world: World, name: str) -> None:
    raw = msgspec.json.encode(
        [{"labels": {"alertname": name, "severity": "critical"}, "annotations": {"summary": name}}]
    )
    id_ = world.values["integration_id"]
    received = sources()["alertmanager"].receive(Call("POST", "/api/v2/alerts", raw, integration=id_))
    assert isinstance(received, Received)
    alerts.accept(SYSTEM, rows=[accepted(id_, "alertmanager", item.name, item.raw) for item in received.items])
