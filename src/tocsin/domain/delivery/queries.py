"""Reads of destinations and of the ledger. Addresses and secrets leave only to their owner and administrators."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Prefetch, Q

from tocsin.core.engine.models import Job
from tocsin.domain.delivery.access import person_key, seen_by
from tocsin.domain.delivery.models import Attempt, Delivery, Destination
from tocsin.domain.delivery.permissions import MANAGE, READ
from tocsin.domain.delivery.ports import (
    AttemptView,
    Capability,
    DeliveryView,
    DestinationView,
    FormField,
    transports,
)
from tocsin.domain.delivery.rules import SETTLED, State
from tocsin.domain.delivery.snapshots import delivery_view, destination_view
from tocsin.domain.delivery.work import SEND_JOB
from tocsin.kernel.actor import Actor
from tocsin.kernel.subject import Subject

__all__ = [
    "AttemptView",
    "Conservation",
    "DeliveryView",
    "DestinationView",
    "TransportView",
    "conservation",
    "deliveries",
    "destination_ids_for",
    "destinations",
    "transport_views",
]


@dataclass(frozen=True, slots=True)
class TransportView:
    """A kind of destination that can be added. `problem` says why it cannot send at present, with the mend."""

    kind: str
    name: str
    fields: tuple[FormField, ...]
    wakes: bool
    problem: str


@dataclass(frozen=True, slots=True)
class Conservation:
    """The equation of the ledger. `in_flight` counts rows that are not settled and whose job lives."""

    accepted: int
    sent: int
    delivered: int
    failed: int
    suppressed: int
    in_flight: int

    @property
    def missing(self) -> int:
        """Deliveries that nobody would ever send nor report; anything but 0 is an alarm."""
        return self.accepted - self.sent - self.delivered - self.failed - self.suppressed - self.in_flight


def deliveries(
    actor: Actor,
    *,
    keys: Collection[str] | None = None,
    subject: Subject | str | None = None,
    person_id: str = "",
    limit: int = 500,
) -> list[DeliveryView]:
    """What was sent, newest first, with every attempt: by keys, by subject (or its stream), by person, or all.

    Only what the actor may see: messages to oneself, and those about what one may see. Two queries and one per kind
    of subject.
    """
    rows = Delivery.objects.order_by("-created_at", "-id").select_related("person")
    if keys is not None:
        rows = rows.filter(key__in=list(keys))
    if subject is not None:
        stream = subject if isinstance(subject, str) else subject.stream
        kind, _, id_ = stream.partition(":")
        rows = rows.filter(subject_kind=kind, subject_id=id_)
    if person_id:
        rows = rows.filter(person_id=person_key(person_id))
    rows = rows.defer("message").prefetch_related(Prefetch("attempts", Attempt.objects.order_by("number")))
    return [delivery_view(row, row.attempts.all()) for row in seen_by(actor, rows[:limit])]


def destinations(actor: Actor, person_id: str = "") -> list[DestinationView]:
    """Contact methods of a person ('' for the organisation's) in their order. One query.

    Staff see kind, hint and state; address and config only their owner and administrators. Raises `Denied`.
    """
    actor.require(READ)
    whole = actor.has(MANAGE) or (bool(person_id) and person_id == actor.person)
    rows = Destination.objects.filter(person_id=person_key(person_id)).order_by("position", "created_at", "id")
    views = [destination_view(row) for row in rows]
    return views if whole else [replace(view, address="", config={}) for view in views]


def destination_ids_for(person_id: str, urgent: bool) -> list[str]:
    """Where to reach a person, best first: proved ones that are switched on. One query. No actor: for workers.

    Urgent: what wakes comes first; otherwise what does not. Kinds that cannot send at present come last. Somebody
    who proved nothing is tried at what there is: better an unproved address than silence.
    """
    rows = list(Destination.objects.filter(person_id=person_key(person_id), enabled=True))
    proved = [row for row in rows if row.verified_at is not None]
    return [str(row.id) for row in sorted(proved or rows, key=lambda row: _rank(row, urgent))]


def _rank(row: Destination, urgent: bool) -> tuple[bool, bool, int, datetime]:
    transport = transports().get(row.kind)
    wakes = transport is not None and Capability.WAKES in transport.capabilities
    return transport is None or bool(transport.problem()), wakes != urgent, row.position, row.created_at


def transport_views(actor: Actor) -> list[TransportView]:
    """Kinds of destination that can be added, with what keeps them from sending. No query."""
    actor.require(READ)
    return [
        TransportView(kind, t.name, t.fields, Capability.WAKES in t.capabilities, t.problem())
        for kind, t in sorted(transports().items())
    ]


def conservation(since: datetime | None = None) -> Conservation:
    """Count the ledger (created since) in one statement, so that no delivery is counted twice. No actor."""
    live = Exists(Job.objects.filter(kind=SEND_JOB, key=OuterRef("key"), dead=False))
    rows = Delivery.objects.all() if since is None else Delivery.objects.filter(created_at__gte=since)
    unsettled = ~Q(state__in=list(SETTLED))
    counts = rows.annotate(live=live).aggregate(
        accepted=Count("id"),
        in_flight=Count("id", filter=unsettled & Q(live=True)),
        **{state.value: Count("id", filter=Q(state=state)) for state in sorted(SETTLED)},
    )
    return Conservation(**counts)


def unsettled_without_work(limit: int = 500) -> list[str]:
    """Ids of deliveries that wait although no job will send them (the `missing` of the equation). One query."""
    live = Exists(Job.objects.filter(kind=SEND_JOB, key=OuterRef("key"), dead=False))
    rows = Delivery.objects.filter(state__in=[State.QUEUED, State.LEASED, State.UNKNOWN]).annotate(live=live)
    return [str(id_) for id_ in rows.filter(live=False).values_list("id", flat=True)[:limit]]
