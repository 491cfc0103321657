"""How a person can be reached, best first: what workers ask, whoever acts. Never tells an address."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from tocsin.domain.delivery.access import person_key
from tocsin.domain.delivery.channels import accounts_once
from tocsin.domain.delivery.models import Destination
from tocsin.domain.delivery.ports import Capability, transports


@dataclass(frozen=True, slots=True)
class Way:
    """One way to reach a person. `wakes`: it rings; `works`: its kind can send at present."""

    id: str
    kind: str
    label: str
    hint: str
    wakes: bool
    works: bool


def ways_to(person_ids: Collection[str]) -> dict[str, tuple[Way, ...]]:
    """How each of these people can be reached, in their own order: what `destination_ids_for` ranks. Two queries."""
    wanted = [person_key(id_) for id_ in person_ids]
    # Without addresses: they stand sealed, and nobody asks for them here.
    rows = Destination.objects.filter(person_id__in=wanted, enabled=True, audience="").order_by(
        "position", "created_at"
    )
    found: dict[str, list[_Row]] = {id_: [] for id_ in person_ids}
    for row in rows.values_list(*_Row._fields, named=True) if wanted else ():
        found[str(row.person_id)].append(row)
    with accounts_once():
        return {id_: tuple(map(_way, [r for r in own if r.verified_at] or own)) for id_, own in found.items()}


class _Row(NamedTuple):
    id: UUID
    person_id: UUID
    kind: str
    label: str
    address_hint: str
    verified_at: datetime | None


def _way(row: _Row) -> Way:
    transport = transports().get(row.kind)
    return Way(
        id=str(row.id),
        kind=row.kind,
        label=row.label or (transport.name if transport else row.kind),
        hint=row.address_hint,
        wakes=transport is not None and Capability.WAKES in transport.capabilities,
        works=transport is not None and not transport.problem(),
    )


def destination_ids_for(person_id: str, urgent: bool) -> list[str]:
    """Where to reach a person, best first: proved ones that are switched on. Two queries. No actor: for workers.

    Urgent: what wakes comes first; otherwise what does not. Kinds that cannot send at present come last. Somebody
    who proved nothing is tried at what there is: better an unproved address than silence.
    """
    return destination_ids_for_each([person_id], urgent)[person_id]


def destination_ids_for_each(person_ids: Collection[str], urgent: bool) -> dict[str, list[str]]:
    """The same for many people, with two queries for all of them."""
    wanted = [person_key(id_) for id_ in person_ids]
    found: dict[str, list[Destination]] = {id_: [] for id_ in person_ids}
    for row in Destination.objects.filter(person_id__in=wanted, enabled=True, audience=""):
        found[str(row.person_id)].append(row)
    with accounts_once():
        return {id_: [str(row.id) for row in _ranked(rows, urgent)] for id_, rows in found.items()}


def _ranked(rows: list[Destination], urgent: bool) -> list[Destination]:
    proved = [row for row in rows if row.verified_at is not None]
    return sorted(proved or rows, key=lambda row: _rank(row, urgent))


def people_with_a_method(person_ids: Collection[str]) -> set[str]:
    """Those of `person_ids` for whom `destination_ids_for` finds anything. One query for all of them."""
    keys = [person_key(id_) for id_ in person_ids if id_]
    rows = Destination.objects.filter(person_id__in=keys, enabled=True, audience="")
    return {str(id_) for id_ in rows.order_by().values_list("person_id", flat=True).distinct()}


def _rank(row: Destination, urgent: bool) -> tuple[bool, bool, int, datetime]:
    transport = transports().get(row.kind)
    wakes = transport is not None and Capability.WAKES in transport.capabilities
    return transport is None or bool(transport.problem()), wakes != urgent, row.position, row.created_at
