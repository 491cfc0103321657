"""A destination that leads nowhere: for synthetic pages, which are sent and recorded like any other and leave no trace.

Nobody can choose it, it is in no list, and its deliveries write no event.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from tocsin.domain.delivery.models import Delivery, Destination
from tocsin.domain.delivery.ports import (
    Accepted,
    Capability,
    Cleaned,
    DestinationView,
    FormField,
    Message,
    Reply,
    register_hidden_transport,
    register_traceless,
)
from tocsin.domain.delivery.rules import SETTLED
from tocsin.kernel.clock import now

KIND = PURPOSE = "pulse"


class Sink:
    """Takes everything."""

    kind = KIND
    name = "Sink"
    capabilities: frozenset[Capability] = frozenset()
    fields: tuple[FormField, ...] = ()

    def clean(self, address: str, config: Mapping[str, str]) -> Cleaned:
        """As given."""
        return Cleaned(address, address, {})

    def lane(self, destination: DestinationView) -> str:
        """Its own."""
        return KIND

    def problem(self) -> str:
        """None, ever."""
        return ""

    def send(self, destination: DestinationView, message: Message, idempotency_key: str) -> Reply:
        """Down the drain."""
        return Accepted(answer="sunk")


@dataclass(frozen=True, slots=True)
class Sunk:
    """When the attempt was made, and when its answer was written down."""

    sent_at: datetime
    recorded_at: datetime


def destination_id() -> str:
    """The sink; made at the first question."""
    found = Destination.objects.filter(kind=KIND, audience=KIND).first()
    if found is not None:
        return str(found.id)
    row = Destination(kind=KIND, audience=KIND, created_at=now(), verified_at=now())
    row.address = row.address_hash = row.address_hint = KIND
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        row = Destination.objects.get(kind=KIND, audience=KIND)
    return str(row.id)


def outcome(key: str) -> Sunk | None:
    """What the ledger says of a synthetic page; None while it is under way."""
    row = Delivery.objects.filter(key=key, state__in=list(SETTLED)).prefetch_related("attempts").first()
    if row is None or row.settled_at is None:
        return None
    attempts = list(row.attempts.all())
    return Sunk(attempts[-1].at, row.settled_at) if attempts else None


def forget(key: str) -> None:
    """Take a settled synthetic page out of the ledger."""
    Delivery.objects.filter(key=key, purpose=PURPOSE, state__in=list(SETTLED)).delete()


register_hidden_transport(KIND, Sink())
register_traceless(PURPOSE)
