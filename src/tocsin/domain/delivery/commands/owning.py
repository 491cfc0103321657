"""Whose contact method it is, and who may change it: its person, or an administrator."""

from uuid import UUID

from tocsin.domain.delivery.models import Destination
from tocsin.domain.delivery.permissions import MANAGE, OWN
from tocsin.kernel.actor import Actor
from tocsin.kernel.errors import NotFound


def require_for(actor: Actor, person_id: str) -> None:
    """Raise `Denied` unless the actor may change the contact methods of this person ('' for the organisation's)."""
    actor.require(OWN if person_id and person_id == actor.person else MANAGE)


def destination_of(actor: Actor, destination_id: str) -> Destination:
    """The row, if the actor may change it. Raises `NotFound` the same for 'not there' and 'not yours'."""
    actor.require(OWN)
    missing = NotFound("There is no such contact method, or it is not yours to change.")
    try:
        row = Destination.objects.filter(id=UUID(destination_id)).first()
    except ValueError:
        raise missing from None
    if row is None or not (actor.has(MANAGE) or (actor.person and str(row.person_id) == actor.person)):
        raise missing
    return row
