"""Which published incidents the public, and people here, may see: none that is restricted inside, none retracted."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import QuerySet

from tocsin.core.visibility import visible
from tocsin.domain.statuspage.models import PublicIncident, Update
from tocsin.domain.statuspage.permissions import SEE
from tocsin.kernel.actor import Actor


def in_public(rows: QuerySet[PublicIncident]) -> QuerySet[PublicIncident]:
    """Those that strangers may read: an incident restricted inside is withheld until it is released."""
    return rows.filter(retracted_at=None).exclude(incident__restricted=True)


def seen_by(actor: Actor, rows: list[PublicIncident]) -> list[PublicIncident]:
    """Those that this person may see here: of what stems from a restricted incident only members know. One query."""
    if not actor.has(SEE):
        return []
    inside = {f"incident:{row.incident_id}" for row in rows if row.incident_id}
    shown = visible(actor, inside) if inside else set()
    return [row for row in rows if row.incident_id is None or f"incident:{row.incident_id}" in shown]


def visible_incident_ids(actor: Actor, ids: Collection[str]) -> set[str]:
    """The gate of published incidents. Two queries."""
    rows = list(PublicIncident.objects.filter(id__in=[id_ for id_ in ids if _is_id(id_)]))
    return {str(row.id) for row in seen_by(actor, rows)}


def visible_update_ids(actor: Actor, ids: Collection[str]) -> set[str]:
    """The gate of updates: whoever may see the incident may see what was told of it. Three queries."""
    rows = Update.objects.filter(id__in=[id_ for id_ in ids if _is_id(id_)]).values_list("id", "incident_id")
    listed = [(str(id_), str(incident)) for id_, incident in rows]
    seen = visible_incident_ids(actor, {incident for _, incident in listed})
    return {id_ for id_, incident in listed if incident in seen}


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
