"""Reads of destinations and of the ledger. Addresses and secrets leave only to their owner and administrators."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace

from django.db.models import Count, Exists, OuterRef, Prefetch

from tocsin.domain.delivery.access import person_key, seen_by
from tocsin.domain.delivery.balance import Conservation, conservation
from tocsin.domain.delivery.channels import accounts_once
from tocsin.domain.delivery.models import Attempt, Delivery, Destination
from tocsin.domain.delivery.permissions import MANAGE, READ
from tocsin.domain.delivery.ports import (
    AttemptView,
    Capability,
    DeliveryView,
    DestinationView,
    FormField,
    Traits,
    offered,
    traits_of,
    transports,
)
from tocsin.domain.delivery.reach import (
    Way,
    destination_ids_for,
    destination_ids_for_each,
    people_with_a_method,
    ways_to,
)
from tocsin.domain.delivery.rules import Outcome, State
from tocsin.domain.delivery.snapshots import delivery_view, destination_view
from tocsin.kernel.actor import Actor
from tocsin.kernel.subject import Subject

__all__ = [
    "AttemptView",
    "Conservation",
    "DeliveryView",
    "DestinationView",
    "Handed",
    "TransportView",
    "Way",
    "conservation",
    "contact_methods",
    "deliveries",
    "destination_ids_for",
    "destination_ids_for_each",
    "destinations",
    "handed_over",
    "keys_about",
    "people_with_a_method",
    "states_of_subjects",
    "transport_views",
    "ways_to",
]


@dataclass(frozen=True, slots=True)
class TransportView:
    """A kind of destination that can be added. `problem` says why it cannot send at present, with the mend."""

    kind: str
    name: str
    fields: tuple[FormField, ...]
    wakes: bool
    problem: str
    traits: Traits = field(default_factory=Traits)


def deliveries(
    actor: Actor,
    *,
    keys: Collection[str] | None = None,
    subject: Subject | str | None = None,
    person_id: str = "",
    purpose: str = "",
    limit: int = 500,
) -> list[DeliveryView]:
    """What was sent, newest first, with every attempt: by keys, subject (or its stream), person, purpose, or all.

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
    if purpose:
        rows = rows.filter(purpose=purpose)
    rows = rows.defer("message").prefetch_related(Prefetch("attempts", Attempt.objects.order_by("number")))
    return [delivery_view(row, row.attempts.all()) for row in seen_by(actor, rows[:limit])]


@dataclass(frozen=True, slots=True)
class Handed:
    """One message of a key. `there`: True when it may have reached its reader, None while nobody can know."""

    id: str
    key: str
    kind: str
    destination_id: str
    there: bool | None


def handed_over(actor: Actor, *, keys: Collection[str]) -> dict[str, Handed]:
    """What became of messages, by key: whether any attempt may have reached its reader. One query."""
    actor.require(READ)
    doubtful = Exists(Attempt.objects.filter(delivery=OuterRef("pk"), outcome=Outcome.UNKNOWN))
    rows = Delivery.objects.filter(key__in=list(keys)).annotate(doubtful=doubtful)
    found = rows.values_list("id", "key", "kind", "destination_id", "state", "doubtful")
    return {
        key: Handed(str(id_), key, kind, str(place or ""), _there(State(state), doubt=doubt))
        for id_, key, kind, place, state, doubt in found
    }


def _there(state: State, *, doubt: bool) -> bool | None:
    if doubt or state in {State.SENT, State.DELIVERED}:
        return True
    return False if state in {State.FAILED, State.SUPPRESSED} else None


def keys_about(actor: Actor, *, subject: str, purpose: str) -> list[str]:
    """Keys of the messages of a purpose about this stream's subject. One query."""
    actor.require(READ)
    kind, _, id_ = subject.partition(":")
    rows = Delivery.objects.filter(subject_kind=kind, subject_id=id_, purpose=purpose)
    return list(rows.order_by("created_at", "id").values_list("key", flat=True))


def states_of_subjects(actor: Actor, *, kind: str, ids: Collection[str]) -> dict[str, dict[str, int]]:
    """How many messages about each of these subjects are in which state: for sendings to many. One query."""
    actor.require(READ)
    found: dict[str, dict[str, int]] = {id_: {} for id_ in ids}
    rows = Delivery.objects.filter(subject_kind=kind, subject_id__in=list(ids)).order_by()
    for id_, state, count in rows.values_list("subject_id", "state").annotate(n=Count("id")):
        found[id_][state] = count
    return found


def destinations(actor: Actor, person_id: str = "") -> list[DestinationView]:
    """Contact methods of a person ('' for the organisation's) in their order. One query.

    Staff see kind, hint and state; address and config only their owner and administrators. Raises `Denied`.
    """
    actor.require(READ)
    whole = actor.has(MANAGE) or (bool(person_id) and person_id == actor.person)
    rows = Destination.objects.filter(person_id=person_key(person_id), audience="")
    rows = rows.order_by("position", "created_at", "id")
    views = [destination_view(row) for row in rows]
    return views if whole else [replace(view, address="", config={}) for view in views]


def contact_methods(actor: Actor, person_ids: Collection[str]) -> dict[str, list[DestinationView]]:
    """Contact methods that are switched on, of several people, in their order; without address. One query."""
    actor.require(READ)
    found: dict[str, list[DestinationView]] = {id_: [] for id_ in person_ids}
    rows = Destination.objects.filter(person_id__in=[person_key(id_) for id_ in person_ids], enabled=True)
    for row in rows.order_by("position", "created_at", "id"):
        found[str(row.person_id)].append(replace(destination_view(row), address="", config={}))
    return found


def transport_views(actor: Actor) -> list[TransportView]:
    """Kinds of destination that can be added, with what keeps them from sending. One query."""
    actor.require(READ)
    with accounts_once():
        return [
            TransportView(kind, t.name, t.fields, Capability.WAKES in t.capabilities, t.problem(), traits_of(t))
            for kind, t in sorted(transports().items())
            if offered(kind)
        ]
