"""The job that a delivery waits as: its payload, and how it is put into the outbox."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from tocsin.core.work import Draft, enqueue
from tocsin.domain.delivery.models import Delivery
from tocsin.domain.delivery.ports import transports
from tocsin.domain.delivery.snapshots import destination_view

SEND_JOB = "delivery.send"
_LANE_LENGTH = 80
_BULK = ":bulk"


class Send(msgspec.Struct):
    """Payload: the delivery's id."""

    delivery: str


def put_out(row: Delivery, *, due: datetime | None = None) -> None:
    """Make the delivery's one job due, in the caller's transaction."""
    enqueue(SEND_JOB, Send(delivery=str(row.id)), key=row.key, due=due, lane=_lane(row))


def drafts_of(rows: Iterable[Delivery], due: datetime) -> list[Draft]:
    """The jobs of many deliveries, to be put out with one query."""
    return [
        Draft(SEND_JOB, msgspec.json.encode(Send(delivery=str(row.id))).decode(), row.key, due, _lane(row))
        for row in rows
    ]


def _lane(row: Delivery) -> str:
    transport = transports().get(row.kind)
    if transport is None or row.destination is None:
        return row.kind
    lane = transport.lane(destination_view(row.destination))[: _LANE_LENGTH - len(_BULK)]
    # Messages to many strangers never stand in front of a page to the same provider.
    return f"{lane}{_BULK}" if row.destination.audience else lane
