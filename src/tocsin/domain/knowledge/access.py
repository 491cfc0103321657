"""Who may see a report: exactly those who may see its incident. The one place that knows."""

from collections.abc import Collection
from uuid import UUID

from tocsin.core.visibility import visible
from tocsin.domain.knowledge.models import Report
from tocsin.domain.knowledge.permissions import VIEW
from tocsin.kernel.actor import Actor


def visible_ids(actor: Actor, ids: Collection[str]) -> set[str]:
    """Those of the ids that the actor may see. Two queries. The gate of the kind `report`."""
    if not actor.has(VIEW):
        return set()
    known = [found for id_ in ids if (found := uuid_of(id_))]
    rows = Report.objects.filter(id__in=known).values_list("id", "incident_id")
    owners = {str(id_): f"incident:{incident}" for id_, incident in rows}
    allowed = visible(actor, set(owners.values()))
    return {id_ for id_, stream in owners.items() if stream in allowed}


def uuid_of(text: str) -> UUID | None:
    """The id that the text spells; None for anything else."""
    try:
        return UUID(str(text))
    except ValueError:
        return None


def id_of(text: str) -> UUID:
    """The same for looking up by primary key: the nil id, which nothing has, for anything else."""
    return uuid_of(text) or UUID(int=0)
