"""Who may see a delivery: its person, and whoever may see what it is about. Asked by queries and by the gate."""

from collections.abc import Iterable
from uuid import UUID

from tocsin.core.visibility import visible
from tocsin.domain.delivery.models import Delivery
from tocsin.domain.delivery.permissions import READ
from tocsin.kernel.actor import Actor
from tocsin.kernel.errors import NotFound


def seen_by(actor: Actor, rows: Iterable[Delivery]) -> list[Delivery]:
    """Those rows that the actor may see. One query per kind of subject."""
    listed = list(rows)
    if actor.is_system:
        return listed
    own = {row.id for row in listed if actor.person and str(row.person_id) == actor.person}
    if not actor.has(READ):
        return [row for row in listed if row.id in own]
    streams = visible(actor, {stream_of(row) for row in listed})
    return [row for row in listed if row.id in own or stream_of(row) in streams]


def person_key(person_id: str) -> UUID | None:
    """The key of a person's rows; None stands for the organisation's. Raises `NotFound` for what is no id."""
    try:
        return UUID(person_id) if person_id else None
    except ValueError:
        raise NotFound("There is no such person.") from None


def stream_of(row: Delivery) -> str:
    """The stream of the subject that the delivery is about."""
    return f"{row.subject_kind}:{row.subject_id}"
