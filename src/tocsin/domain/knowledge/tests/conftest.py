"""The night shop of the incidents' tests, and an incident of it that was mended."""

import pytest

from tocsin.core.engine.testing import run_engine
from tocsin.domain.incidents import commands as incidents
from tocsin.domain.incidents.tests.conftest import World, world

__all__ = ["World", "night", "world"]


@pytest.fixture
def night(world: World) -> World:
    """INC-1: checkout fails at 02:47, Mateo takes it, decides, tells, mitigates and resolves it within an hour."""
    world.alert()
    world.later(minutes=3)
    world.tap_link("Mateo")
    mateo, amina = world.actor("Mateo"), world.actor("Amina")
    incidents.assign_role(amina, incident="INC-1", role="commander", person=world.people["Amina"])
    incidents.decide(amina, incident="INC-1", text="Roll back to 4.2")
    incidents.send_status_update(amina, incident="INC-1", internal="db-1 is out of space", public="Checkout is slow")
    world.later(minutes=20)
    incidents.add_task(mateo, incident="INC-1", title="Grow the disk of db-1", owner=world.people["Siobhan"])
    incidents.mitigate(mateo, incident="INC-1", note="Rolled back")
    world.alert(action="resolve")
    world.later(minutes=10)
    incidents.validate_fix(mateo, incident_id=str(world.the_incident().id))
    incidents.resolve(mateo, incident="INC-1", note="Stable for ten minutes", root_cause="The disk of db-1 was full")
    run_engine()
    return world
