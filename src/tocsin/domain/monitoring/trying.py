"""Tries a check out before it is saved: one look, from this process, with a short limit. Stores nothing."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from tocsin.domain.monitoring.permissions import ARRANGE
from tocsin.domain.monitoring.ports import Finding, probe_of
from tocsin.kernel.actor import Actor

LONGEST = timedelta(seconds=5)


def try_out(
    actor: Actor, *, kind: str, target: str, expect: Mapping[str, Any] | None = None, timeout: timedelta = LONGEST
) -> Finding:
    """What the check would find now, within at most five seconds. Raises `Invalid` naming the field."""
    actor.require(ARRANGE)
    probe = probe_of(kind)
    settled, wanted = probe.settle(target.strip(), expect or {})
    return probe.look(settled, wanted, min(timeout, LONGEST).total_seconds())
