"""Furnishes a freshly prepared home for the browser: the demo organisation, and one of everything beside it.

Run as `python -m tests.browser.furnishing` in the environment of that home; prints what it made as JSON, by the names
that the declarations of `tests/access` use. The only message it sends stays in its own hands.
"""

import json
import sys
from datetime import time, timedelta
from importlib import import_module

import django

django.setup()

from tests.access import world as access  # noqa: E402
from tocsin.cli import demo  # noqa: E402
from tocsin.core.engine.models import Job  # noqa: E402
from tocsin.core.engine.testing import run_engine  # noqa: E402
from tocsin.domain.accounts import commands as accounts  # noqa: E402
from tocsin.domain.accounts import queries as people  # noqa: E402
from tocsin.domain.alerts import commands as alerts  # noqa: E402
from tocsin.domain.alerts import queries as alert_queries  # noqa: E402
from tocsin.domain.alerts.ports import load_sources  # noqa: E402
from tocsin.domain.catalog import queries as catalog  # noqa: E402
from tocsin.domain.delivery import ports  # noqa: E402
from tocsin.domain.delivery import queries as deliveries  # noqa: E402
from tocsin.domain.incidents import commands as incidents  # noqa: E402
from tocsin.domain.incidents import queries as incident_queries  # noqa: E402
from tocsin.domain.oncall import commands as oncall  # noqa: E402
from tocsin.kernel.actor import Role  # noqa: E402
from tocsin.kernel.clock import now  # noqa: E402

SYSTEM = access.SYSTEM
ADA = "ada@example.org"


class Mail(access.Phone):
    """Takes the place of the mail server in this process only, so that the links in pages can be read."""

    kind, name = "mail", "Mail"

    def clean(self, address: str, config: object) -> ports.Cleaned:
        return ports.Cleaned(address, f"{address[:1]}…", {})


def _people(world: access.World) -> None:
    for role in Role:
        email = f"{role}@example.org"
        world.people[role] = accounts.add_person(SYSTEM, email=email, name=f"{role.capitalize()} Person", roles=[role])
    ada = accounts.add_person(SYSTEM, email=ADA, name="Ada Lindqvist", roles=list(Role), time_zone="Europe/Berlin")
    run_engine()
    team = accounts.add_team(SYSTEM, name="Payments", members=[ada])
    accounts.add_token(SYSTEM, name="deploys", scopes=["incidents.view"], owner=ada)
    methods = deliveries.destinations(SYSTEM, ada)
    world.values |= {
        "ada": ada,
        "person": ada,
        "person_id": ada,
        "responder": world.people["responder"],
        "team": "payments",
        "team_id": team,
        "token_id": people.tokens(SYSTEM)[0].id,
        "sign_in_token": accounts.sign_in_link(SYSTEM, "responder@example.org").rpartition("/")[2],
        "method_id": methods[0].id,
        "destination_id": methods[0].id,
    }


def _organisation(world: access.World) -> None:
    services = {view.slug: view.id for view in catalog.services(SYSTEM)}
    ada, at = world.values["ada"], now()
    layer = oncall.LayerInput(people=(ada,), handoff=time(9), start=at.date())
    schedule = oncall.save_schedule(SYSTEM, name="Payments", time_zone="Europe/Berlin", layers=[layer])
    override = oncall.add_override(SYSTEM, schedule_id=schedule, person_id=ada, start=at, end=at + timedelta(hours=4))
    steps = [oncall.StepInput((oncall.TargetInput("person", ada),))]
    unused = oncall.save_policy(SYSTEM, name="Payments line", steps=steps)
    source = alerts.add_integration(SYSTEM, kind="prometheus", name="Prometheus of Payments", service=None)
    ends = at + timedelta(hours=2)
    world.values |= {
        "service": "checkout",
        "service_id": services["checkout"],
        "other_service": "search",
        "other_service_id": services["search"],
        "slug": "checkout",
        "schedule_id": schedule,
        "override_id": override,
        "policy_id": unused,
        "unused_policy_id": unused,
        "integration_id": source.id,
        "integration_key": source.key,
        "route_id": alerts.save_route(SYSTEM, name="Payments", matchers='team="payments"', service="checkout"),
        "silence_id": alerts.add_silence(SYSTEM, matchers='env="test"', ends_at=ends, comment="Testing"),
        "from": at.strftime("%Y-%m-%dT%H:%M"),
        "until": ends.strftime("%Y-%m-%dT%H:%M"),
    }
    accounts.change_organisation(SYSTEM, catch_all=[ada])


def _incidents(world: access.World) -> None:
    ref = next(row.reference for row in incident_queries.open_incidents(SYSTEM) if row.severity == "critical")
    access._alert(world, "Ledger answers with errors")
    run_engine()
    proposed = next(row for row in incident_queries.open_incidents(SYSTEM) if row.state == "detected")
    restricted = incidents.declare(
        SYSTEM, title="Breach of the ledger", kind="security", severity="critical", page=False, restricted=True
    )
    alert = alert_queries.alerts(SYSTEM).alerts[0]
    dead = Job.objects.create(kind="test.gone", payload="{}", due_at=now(), created_at=now(), dead=True)
    view = incident_queries.incident(SYSTEM, ref)
    world.values |= {
        "ref": ref,
        "reference": ref,
        "incident": ref,
        "incident_id": view.id,
        "proposed": proposed.reference,
        "restricted": incident_queries.row(SYSTEM, restricted).reference,
        "restricted_id": restricted,
        "other_incident": proposed.reference,
        "other_incident_id": proposed.id,
        "alert_id": alert.id,
        "group_id": str(alert.group_id),
        "task": incidents.add_task(SYSTEM, incident=ref, title="Look at the log"),
        "token": world.phone.sent[-1][1].url.rpartition("/p/")[2],
        "letter": str(dead.id),
    }
    _team(world, ref)


def _team(world: access.World, ref: str) -> None:
    """A kept team, and one that was called: one came, one cannot, one has not answered."""
    came, cannot, silent = (world.people[role] for role in (Role.RESPONDER, Role.COMMUNICATOR, Role.AGENT))
    kept = incidents.save_team_template(SYSTEM, name="Payments people", people=[came, cannot], roles=["operations"])
    world.values["template"] = kept
    roles = {"operations": came}
    incidents.activate_response_team(SYSTEM, incident=ref, people=[came, cannot, silent], roles=roles)
    incidents.join(people.actor_of(came), incident=ref)
    incidents.decline(people.actor_of(cannot), incident=ref, reason="On a train", come_at=now() + timedelta(hours=1))


def furnish() -> dict[str, str]:
    """Everything; the values by name."""
    load_sources()
    world = access.World()
    world.phone = Mail()
    ports.register_transport("mail", world.phone)
    if not catalog.services(SYSTEM):
        demo.load()
    _people(world)
    _organisation(world)
    _incidents(world)
    for path in sorted(access.THINGS.glob("*.py")):
        module = import_module(f"tests.access.things.{path.stem}")
        world.values |= module.make(world) if hasattr(module, "make") else {}
    run_engine(periodic=False)
    world.values["sign_in"] = accounts.sign_in_link(SYSTEM, ADA)
    return world.values


if __name__ == "__main__":
    json.dump(furnish(), sys.stdout)
