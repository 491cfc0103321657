"""The synthetic signal that goes all the way round: it enters by the door of everybody's alerts and is drained from the
same inbox by the same folding, then leaves to whoever proves that paging works. It is never an alert.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from django.db import transaction

from tocsin.domain.alerts.models import Integration, SourceState
from tocsin.domain.alerts.ports import PULSE, Answer, Call, Item, Received, Report, register_source
from tocsin.domain.alerts.rules.lifecycle import Signal, SignalKind
from tocsin.kernel.actor import Actor
from tocsin.kernel.errors import Denied
from tocsin.kernel.ids import new_key, token_hash

_LARGEST = 200


class _Waiting(Protocol):
    @property
    def source(self) -> str: ...

    @property
    def raw(self) -> bytes: ...


W = TypeVar("W", bound=_Waiting)
_taken: list[Callable[[str], None]] = []


def register_pulse(taken: Callable[[str], None]) -> None:
    """`taken(name)` is called for each pulse drained from the inbox, in the transaction that drains it."""
    if taken not in _taken:
        _taken.append(taken)


def take_pulses(items: Sequence[W]) -> list[W]:
    """Hand the pulses among `items` over; returns the others, in order."""
    for item in items:
        if item.source == PULSE:
            for taken in _taken:
                taken(bytes(item.raw).decode("utf-8", "replace"))
    return [item for item in items if item.source != PULSE]


def pulse_path(actor: Actor) -> str:
    """The path at the door to which a pulse is posted; made at the first question. Tocsin's own."""
    if not actor.is_system:
        raise Denied("Only Tocsin's own pulse has this address.")
    row = Integration.objects.filter(kind=PULSE, removed_at=None).first()
    if row is None:
        key = new_key()
        with transaction.atomic():
            row = Integration.objects.create(kind=PULSE, name="Pulse of Tocsin", key=key, key_hash=token_hash(key))
            SourceState.objects.create(integration=row)
    return f"/in/{row.key}/pulse"


class _Pulse:
    """`/in/<key>/pulse`: the body names the pulse."""

    name = PULSE
    paths: tuple[str, ...] = ()
    keyed_paths = ("/pulse",)
    largest = _LARGEST

    def address(self, base: str, key: str) -> str:
        return f"{base}/in/{key}/pulse"

    def receive(self, call: Call) -> Received | Answer:
        if call.method != "POST" or not call.body:
            return Answer(405)
        name = call.body.decode("utf-8", "replace")
        return Received((Item(name=name, raw=call.body),), Answer(202))

    def read(self, raw: bytes, received_at: datetime) -> Report:
        return Report(signal=Signal(SignalKind.TRIGGER, received_at=received_at), title="Pulse", labels={})

    def refuse(self, status: int, sentence: str) -> Answer:
        return Answer(status)


register_source(_Pulse())
