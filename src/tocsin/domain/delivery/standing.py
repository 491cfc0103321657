"""How contact methods and the providers behind them stand: proved, loud enough, able to send, failing lately.

For what proves that people can be reached. Never tells an address.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from tocsin.core.engine.health import health
from tocsin.domain.delivery.access import person_key
from tocsin.domain.delivery.channels import accounts_once
from tocsin.domain.delivery.models import Delivery, Destination
from tocsin.domain.delivery.permissions import READ
from tocsin.domain.delivery.ports import Capability, transports
from tocsin.domain.delivery.rules import State
from tocsin.domain.delivery.snapshots import destination_view
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now

LOOKS_BACK = timedelta(days=1)
FAILS_IN_A_ROW = 3
"""So many settled messages in a row that failed say that a provider does not send at present."""


@dataclass(frozen=True, slots=True)
class MethodStanding:
    """One contact method. `problem`: why its kind cannot send at present; `resting`: its circuit breaker is open."""

    id: str
    person_id: str
    kind: str
    name: str
    hint: str
    enabled: bool
    verified: bool
    wakes: bool
    problem: str
    resting: bool
    urgent_first: tuple[bool, int]
    label: str = ""
    """What its owner calls it."""

    @property
    def usable(self) -> bool:
        """True when a page to it goes out: proved, switched on, of a kind that can send."""
        return self.enabled and self.verified and not self.problem


@dataclass(frozen=True, slots=True)
class ProviderStanding:
    """One kind of destination that somebody uses. `failing`: the last answers, when all of them were failures."""

    kind: str
    name: str
    people: int
    problem: str
    resting: str
    failing: str


def methods(actor: Actor, person_ids: Collection[str] | None = None) -> list[MethodStanding]:
    """Contact methods of these people, or of everybody, in each person's order. Three queries and the engine."""
    actor.require(READ)
    rows = Destination.objects.filter(person__isnull=False, audience="")
    if person_ids is not None:
        rows = rows.filter(person_id__in=[person_key(id_) for id_ in person_ids])
    lanes = open_lanes()
    with accounts_once():
        return [_method(row, lanes) for row in rows.order_by("person_id", "position", "created_at", "id")]


def open_lanes() -> dict[str, str]:
    """Lanes that an engine which beats leaves alone at present, with since when (ISO 8601)."""
    engines = [engine for engine in health(workers=False).engines if not engine.silent]
    return {lane: at for engine in engines for lane, at in engine.breakers.items()}


def _method(row: Destination, lanes: Collection[str]) -> MethodStanding:
    transport = transports().get(row.kind)
    wakes = transport is not None and Capability.WAKES in transport.capabilities
    return MethodStanding(
        id=str(row.id),
        person_id=str(row.person_id),
        kind=row.kind,
        name=transport.name if transport else row.kind,
        hint=row.address_hint,
        enabled=row.enabled,
        verified=row.verified_at is not None,
        wakes=wakes,
        problem=transport.problem() if transport else f"this Tocsin has no transport for {row.kind}",
        resting=transport is not None and transport.lane(destination_view(row)) in lanes,
        urgent_first=(not wakes, row.position),
        label=row.label,
    )


def providers(actor: Actor, found: Collection[MethodStanding]) -> list[ProviderStanding]:
    """The kinds that these contact methods use. One query for each kind: kinds are few."""
    actor.require(READ)
    standings = []
    for kind in sorted({method.kind for method in found if method.enabled}):
        used = [method for method in found if method.kind == kind and method.enabled]
        people = len({method.person_id for method in used})
        resting = (
            f"{sum(m.resting for m in used)} of {len(used)} contact methods" if any(m.resting for m in used) else ""
        )
        standings.append(ProviderStanding(kind, used[0].name, people, used[0].problem, resting, _failing(kind)))
    return standings


def _failing(kind: str) -> str:
    """The newest failure's answer, when the last three settled messages of this kind all failed."""
    rows = Delivery.objects.filter(
        kind=kind, created_at__gte=now() - LOOKS_BACK, state__in=[State.SENT, State.DELIVERED, State.FAILED]
    )
    last = list(rows.order_by("-created_at").values_list("state", "answer")[:FAILS_IN_A_ROW])
    if len(last) < FAILS_IN_A_ROW or any(state != State.FAILED for state, _ in last):
        return ""
    return last[0][1] or "no answer"


def in_ledger(keys: Collection[str]) -> set[str]:
    """Those of `keys` for which there is a message in the ledger. One query, none without keys."""
    wanted = list(keys)
    return set(Delivery.objects.filter(key__in=wanted).values_list("key", flat=True)) if wanted else set()
