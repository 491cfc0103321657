"""Rows as the frozen views that leave this room."""

from collections.abc import Iterable
from json import loads

from tocsin.domain.delivery.models import Attempt, Delivery, Destination
from tocsin.domain.delivery.ports import AttemptView, DeliveryView, DestinationView


def destination_view(row: Destination) -> DestinationView:
    """No query."""
    return DestinationView(
        id=str(row.id),
        person_id=str(row.person_id or ""),
        kind=row.kind,
        address=row.address,
        address_hint=row.address_hint,
        label=row.label,
        config=loads(row.config or "{}"),
        enabled=row.enabled,
        verified_at=row.verified_at,
        position=row.position,
        ended=row.ended,
    )


def delivery_view(row: Delivery, attempts: Iterable[Attempt] = ()) -> DeliveryView:
    """No query when `person` was joined."""
    return DeliveryView(
        id=str(row.id),
        state=row.state,
        purpose=row.purpose,
        key=row.key,
        destination_id=str(row.destination_id or ""),
        person_id=str(row.person_id or ""),
        person=row.person.name if row.person else "",
        kind=row.kind,
        address_hint=row.address_hint,
        subject_kind=row.subject_kind,
        subject_id=row.subject_id,
        subject_reference=row.subject_reference,
        subject_url=row.subject_url,
        urgent=row.urgent,
        answer=row.answer,
        created_at=row.created_at,
        next_at=row.next_at,
        settled_at=row.settled_at,
        attempts=tuple(AttemptView(a.number, a.at, a.outcome, a.answer, a.duration_ms) for a in attempts),
    )
