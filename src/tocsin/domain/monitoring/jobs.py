"""Names and payload of this room's work, and how a check is put into the outbox. Never asks anything itself."""

from datetime import datetime

import msgspec

from tocsin.core.work import Draft, enqueue

LOOK = "monitoring.look"
LANE = "checks"
SLOW_LANE = "checks-slow"
"""A lane runs a few jobs at a time: checks never take every worker from pages, slow ones wait among themselves."""
SLOW_MS = 2000


class Look(msgspec.Struct):
    """Payload: ask one check once."""

    check: str


def lane(latency_ms: int | None, *, ok: bool) -> str:
    """Where a check waits next, by what it took last time; one that ran into its limit is slow too."""
    slow = latency_ms is not None and latency_ms >= SLOW_MS
    return SLOW_LANE if slow or (latency_ms is None and not ok) else LANE


def ask(check_id: str, due: datetime, lane: str = LANE) -> None:
    """Ask the check at `due`; its job that waits already is moved there."""
    enqueue(LOOK, Look(check_id), key=check_id, due=due, lane=lane)


def asking(check_id: str, due: datetime) -> Draft:
    """A job for a check that has none."""
    return Draft(LOOK, msgspec.json.encode(Look(check_id)).decode(), check_id, due, LANE)
