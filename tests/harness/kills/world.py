"""Who works here and what may break: people with two ways to reach each, and services looked after in four manners.

Made once and kept as a file beside the database, so that several runs can start from copies.
"""

import json
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from pathlib import Path

import msgspec

from tocsin.core.engine.testing import run_engine
from tocsin.core.work import wake_engine
from tocsin.domain.accounts import commands as accounts
from tocsin.domain.alerts import commands as alerts
from tocsin.domain.alerts.ports import Call, Received, accepted, sources
from tocsin.domain.catalog import commands as catalog
from tocsin.domain.delivery import commands as delivery
from tocsin.domain.oncall import commands as oncall
from tocsin.kernel.actor import Role, system
from tocsin.kernel.clock import now

HARNESS = system("harness")
PEOPLE = ("ada", "mateo", "siobhan", "amina", "yusuf")
ACKNOWLEDGES, PASSES_ON, AS_CATCH_ALL = "acknowledges", "passes on", "acknowledges when nobody else did"


@dataclass(frozen=True, slots=True)
class Plan:
    """How a service is looked after: who is called step by step, and who does what when called. Others are silent."""

    name: str
    steps: tuple[str, ...]
    does: dict[str, str]
    rounds: int = 3
    waves: tuple[str, ...] = ()
    """Calls that must have happened when it is answered, in the words of the rules."""

    @property
    def must_reach(self) -> tuple[str, ...]:
        """Everybody who has to be reached before somebody answers."""
        last = next((n for n, name in enumerate(self.steps) if self.does.get(name) == ACKNOWLEDGES), None)
        return self.steps[: last + 1] if last is not None else (*self.steps, "ada")


PLANS = {
    plan.name: plan
    for plan in (
        Plan("answered", ("mateo", "siobhan"), {"mateo": ACKNOWLEDGES}),
        Plan("second", ("siobhan", "amina"), {"amina": ACKNOWLEDGES}),
        Plan("passed on", ("mateo", "amina"), {"mateo": PASSES_ON, "amina": ACKNOWLEDGES}),
        Plan(
            "silent",
            ("siobhan", "yusuf"),
            {"ada": AS_CATCH_ALL},
            rounds=2,
            waves=("g1.r1.s1", "g1.r1.s2", "g1.r2.s1", "g1.r2.s2", "g1.c1"),
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Line:
    """One service, looked after by a plan, and the integration that its alerts come through."""

    plan: str
    service: str
    integration: str


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alert that was accepted."""

    number: int
    plan: Plan
    line: Line

    @property
    def title(self) -> str:
        """As it is known everywhere."""
        return f"Alarm {self.number} rings"


@dataclass
class World:
    """The lines, and which of them have trouble now. One incident at a time is open on each."""

    lines: list[Line]
    busy: dict[Line, int] = field(default_factory=dict)
    rung: int = 0

    def ring(self) -> Alarm | None:
        """A new alert, durable when this returns, as at the door; None when every line has trouble already."""
        free = [one for one in self.lines if one not in self.busy]
        if not free:
            return None
        wanted = list(PLANS)[self.rung % len(PLANS)]
        line = next((one for one in free if one.plan == wanted), free[0])
        alarm = Alarm(self.rung, PLANS[line.plan], line)
        self.busy[line] = alarm.number
        self.rung += 1
        _accept(alarm)
        return alarm

    def over(self, alarm: Alarm) -> None:
        """The line of this alarm is well again."""
        self.busy.pop(alarm.line, None)


def _accept(alarm: Alarm) -> None:
    labels = {"alertname": f"Alarm{alarm.number}", "severity": "critical"}
    ends = (now() + timedelta(days=30)).isoformat()
    body = msgspec.json.encode([{"labels": labels, "annotations": {"summary": alarm.title}, "endsAt": ends}])
    call = Call("POST", "/api/v2/alerts", body, integration=alarm.line.integration)
    received = sources()["alertmanager"].receive(call)
    assert isinstance(received, Received), received
    rows = [accepted(alarm.line.integration, "alertmanager", item.name, item.raw) for item in received.items]
    alerts.accept(HARNESS, rows=rows)
    wake_engine()


def make(home: Path, *, lines: int = 6) -> None:
    """Fill an empty, migrated database with people and services, `lines` for each plan; `kept` reads it again."""
    ids = {}
    for name in PEOPLE:
        role = Role.ADMINISTRATOR if name == "ada" else Role.RESPONDER
        ids[name] = accounts.add_person(HARNESS, email=f"{name}@example.org", name=name.capitalize(), roles=(role,))
    made = [_line(plan, number, ids) for plan in PLANS.values() for number in range(lines)]
    run_engine(periodic=False)  # gives everybody the mailbox that belongs to the address
    (home / "world.json").write_text(json.dumps({"people": ids, "lines": [asdict(line) for line in made]}))


def kept(home: Path, *, web_port: int) -> World:
    """The world that `make` left beside the database; everybody has a webhook at that port too from now on."""
    found = json.loads((home / "world.json").read_text())
    for name, id_ in found["people"].items():
        address = f"http://127.0.0.1:{web_port}/{name}"
        delivery.add_destination(HARNESS, kind="webhook", address=address, person_id=id_, vouched=True)
    return World([Line(**line) for line in found["lines"]])


def _line(plan: Plan, number: int, ids: dict[str, str]) -> Line:
    name = f"Service {plan.name} {number}"
    service = catalog.add_service(HARNESS, name=name)
    steps = [oncall.StepInput((oncall.TargetInput("person", ids[who]),), timedelta(minutes=1)) for who in plan.steps]
    policy = oncall.save_policy(HARNESS, name=f"{name} line", steps=steps, rounds=plan.rounds)
    oncall.set_service_policy(HARNESS, service_id=service, policy_id=policy)
    return Line(plan.name, service, alerts.add_integration(HARNESS, kind="prometheus", name=name, service=service).id)
