"""What some questions about legal clocks need to be there first."""

from copy import deepcopy
from datetime import timedelta

from tests.access.world import SYSTEM, World
from tocsin.domain.incidents import queries as incidents
from tocsin.domain.obligations import commands, queries
from tocsin.domain.obligations.gates import BOOK
from tocsin.domain.obligations.rules.known import BUILT_IN
from tocsin.domain.rulebooks import commands as rulebooks
from tocsin.kernel.clock import now


def make(world: World) -> dict[str, str]:
    """The GDPR's clocks run for the incident since an hour."""
    ref = world.values["incident"]
    moments = {"aware": now() - timedelta(hours=1)}
    commands.note(SYSTEM, incident=ref, facts={"personal_data": "yes"}, moments=moments)
    commands.start(SYSTEM, incident=ref, regime="gdpr", reason="Names of customers")
    seen = incidents.incident(SYSTEM, ref)
    duties = queries.legal(SYSTEM, seen.id, seen.kind).obligations
    return {"duty": next(each.id for each in duties if each.key == "authority")}


def newer_clocks(world: World) -> None:
    """The incident has a file, and a newer edition of the clocks is in force."""
    commands.note(world.actor("security"), incident=world.values["incident"], facts={"extortion": "no"})
    content = deepcopy(BUILT_IN)
    content["who"] = ["sec"]
    rulebooks.put_into_force(SYSTEM, book=BOOK, content=content)
