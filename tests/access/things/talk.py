"""A note and a decision in the incident of this world, both of the person who commands."""

from tests.access.world import World
from tocsin.domain.incidents import commands


def make(world: World) -> dict[str, str]:
    """Each by its id."""
    incident, commander = world.values["incident"], world.actor("commander")
    note = commands.write(commander, incident=incident, text="The replica lags by 0.4 s: `lag=0.4`").note
    said = {"text": "Keep the export stopped", "why": "It fills the disk"}
    return {"note": note, "decision": commands.decide(commander, incident=incident, **said)}
