"""Who may see a report: exactly those who may see its incident. The one place that knows."""

from collections.abc import Collection

from django.db.models import Q

from tocsin.core.visibility import visible
from tocsin.domain.knowledge.models import Report
from tocsin.domain.knowledge.permissions import VIEW
from tocsin.kernel.actor import Actor
from tocsin.kernel.ids import uuid_of


def visible_ids(actor: Actor, ids: Collection[str]) -> set[str]:
    """Those of the ids that the actor may see. Two queries. The gate of the kind `report`."""
    if not actor.has(VIEW):
        return set()
    known = [found for id_ in ids if (found := uuid_of(id_))]
    rows = Report.objects.filter(id__in=known).values_list("id", "incident_id")
    owners = {str(id_): f"incident:{incident}" for id_, incident in rows}
    allowed = visible(actor, set(owners.values()))
    return {id_ for id_, stream in owners.items() if stream in allowed}


def seen(actor: Actor, path: str = "") -> Q:
    """Narrows reports (or rows whose `path`, like `report__`, leads to one) to those whose incident the actor may see.

    What is not restricted is for all staff; of the restricted ones, which are few, the incidents' gate is asked.
    Two queries.
    """
    if not actor.has(VIEW):
        return Q(pk__in=[])
    closed = Report.objects.filter(incident__restricted=True).values_list("incident_id", flat=True)
    allowed = visible(actor, {f"incident:{id_}" for id_ in closed})
    ids = [stream.partition(":")[2] for stream in allowed]
    return Q(**{f"{path}incident__restricted": False}) | Q(**{f"{path}incident_id__in": ids})
