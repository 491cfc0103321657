"""The engine's part of the past: what would have been done by itself at the moment that is told.

Runs inside the transaction that loads the demo. Hides that messages of the past lead nowhere: its people have a
contact method of its own kind, which takes everything, sends nothing, and is gone once all is told.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta

import msgspec

from tocsin.core.engine.claim import hold_job, lease_jobs, remove_job
from tocsin.core.engine.execute import run_effect, view
from tocsin.core.engine.registry import kinds
from tocsin.domain.alerts import commands as alerts
from tocsin.domain.delivery import commands as delivery
from tocsin.domain.delivery.ports import (
    Accepted,
    Capability,
    Cleaned,
    DestinationView,
    FormField,
    Message,
    Reply,
    register_hidden_transport,
)
from tocsin.kernel.actor import system
from tocsin.kernel.clock import now, real_now

KIND = "demo"
_DEMO = system("demo")
_HOLDER = "demo"
_REACTIONS = ("on:incidents.alerts_spoke", "on:incidents.alerts_settled", "on:triage.learn")
_TIMERS = ("alerts.flush", "oncall.advance")
_SEND = ("delivery.send",)
_LEASE = timedelta(minutes=1)


class Nowhere:
    """Takes everything and sends nothing."""

    kind = KIND
    name = "Demo"
    capabilities = frozenset({Capability.WAKES})
    fields: tuple[FormField, ...] = ()

    def clean(self, address: str, config: Mapping[str, str]) -> Cleaned:
        """As given."""
        return Cleaned(address, "the demo", {})

    def lane(self, destination: DestinationView) -> str:
        """Its own."""
        return KIND

    def problem(self) -> str:
        """None, ever."""
        return ""

    def send(self, destination: DestinationView, message: Message, idempotency_key: str) -> Reply:
        """Nothing goes out."""
        return Accepted(answer="part of the demo: nothing was sent")


@contextmanager
def reachable(people: Mapping[str, str]) -> Iterator[None]:
    """Inside, these people (ids by name) can be paged, and what is sent to them leads nowhere."""
    register_hidden_transport(KIND, Nowhere())
    made = [
        delivery.add_destination(_DEMO, kind=KIND, address=name, person_id=id_, vouched=True)
        for name, id_ in people.items()
    ]
    yield
    for id_ in made:
        delivery.remove_destination(_DEMO, destination_id=id_)


def catch_up() -> None:
    """Do what is due at the moment that is told: fold alerts, react, page, send.

    Reactions to what was just said are due at once, whatever is told; timers and messages at their time.
    """
    busy = True
    while busy:
        busy = sum(alerts.fold(_DEMO, shard=shard) for shard in alerts.waiting_shards(_DEMO)) > 0
        while job := hold_job(kinds=_REACTIONS, at=real_now()) or hold_job(kinds=_TIMERS, at=now()):
            kind = kinds[job.kind]
            kind.run(msgspec.json.decode(job.payload, type=kind.payload), view(job))
            remove_job(job)
            busy = True
    at = now()
    for job in lease_jobs(kinds=_SEND, holder=_HOLDER, at=at, until=at + _LEASE, limit=50, closed_lanes=()):
        run_effect(job)
