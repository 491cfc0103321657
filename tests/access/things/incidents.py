"""What some questions about incidents need to be there first."""

import msgspec

from tests.access.world import SYSTEM, World
from tocsin.core.engine.testing import run_engine
from tocsin.domain.accounts import queries as accounts
from tocsin.domain.alerts import commands as alerts
from tocsin.domain.alerts.ports import Call, Received, accepted, sources
from tocsin.domain.incidents import commands, queries


def make(world: World) -> dict[str, str]:
    """A liaison with standing duties."""
    quinn = accounts.actor_of(world.values["person"])
    commands.assign_role(quinn, incident=world.values["incident"], role="liaison", person=quinn.person)
    rows = queries.role_matrix(SYSTEM, world.values["incident"]).rows
    return {"role_duty": next(row.duties[0].id for row in rows if row.role == "liaison")}


def let_in(world: World) -> None:
    """The other person is a member of the incident."""
    commands.restrict(world.actor("commander"), incident=world.values["incident"], reason="A look")
    commands.add_member(world.actor("commander"), incident=world.values["incident"], person=world.values["person"])
    commands.release(world.actor("security"), incident=world.values["incident"], reason="Nothing")


def called_to_it(world: World) -> None:
    """The other person was called to the incident, and so were all who ask."""
    people = [world.values["person"], *world.people.values()]
    commands.activate_response_team(world.actor("commander"), incident=world.values["incident"], people=people)


def role_of_its_own(world: World) -> None:
    """The house wrote down what its scribes do."""
    commands.save_role(SYSTEM, role="scribe", skills=["writing"])


def second_group(world: World) -> None:
    """The incident has two groups of alerts."""
    raw = msgspec.json.encode([{"labels": {"alertname": "Disk full", "severity": "critical"}}])
    id_ = world.values["integration_id"]
    received = sources()["alertmanager"].receive(Call("POST", "/api/v2/alerts", raw, integration=id_))
    assert isinstance(received, Received)
    alerts.accept(SYSTEM, rows=[accepted(id_, "alertmanager", item.name, item.raw) for item in received.items])
    run_engine(periodic=False)
