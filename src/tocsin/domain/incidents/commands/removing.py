"""Incidents that are not real: those of a demonstration can be removed, those of a drill are marked.

The log keeps every entry of it, and that it was removed.
"""

from django.db import transaction
from django.db.models import ProtectedError

from tocsin.core.search.find import remove as forget_in_search
from tocsin.domain.incidents.commands import calling
from tocsin.domain.incidents.commands.loading import locked, record, save
from tocsin.domain.incidents.events.unreal import Practice, Removed
from tocsin.kernel.actor import Actor
from tocsin.kernel.errors import Conflict, Denied


def remove_unreal(actor: Actor, *, incident: str, reason: str) -> None:
    """Remove an incident of a demonstration with all its rows. Event `incidents.removed`; paging stops.

    Only Tocsin's own workers may: nobody removes what happened. Raises `Denied`, `NotFound`, `Conflict` when
    something else still names it.
    """
    if not actor.is_system:
        raise Denied("Incidents cannot be removed; close or dismiss it instead.")
    with transaction.atomic():
        row = locked(actor, incident)
        calling.stop(row, reason)
        record(row, Removed(reference=row.reference, reason=reason), actor)
        stream = f"incident:{row.id}"
        try:
            row.delete()
        except ProtectedError as error:
            raise Conflict(f"{row.reference} stays: something else still names it.") from error
        forget_in_search(stream)


def mark_practice(actor: Actor, *, incident: str) -> None:
    """The incident belongs to a drill: once over, lists and measures leave it out. Event `incidents.practice`.

    Only Tocsin's own workers may. Raises `Denied`, `NotFound`. A second time changes nothing.
    """
    if not actor.is_system:
        raise Denied("Only a drill marks its own incident.")
    with transaction.atomic():
        row = locked(actor, incident)
        if not row.practice:
            row.practice = True
            save(row, "practice")
            record(row, Practice(reference=row.reference), actor)
