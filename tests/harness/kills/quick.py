"""A clock that runs sixty times as fast as the engines work, in all processes forked from this one.

With it paging keeps its own numbers (a step of a minute, ten minutes between calls of catch-all people) and a run still
ends. It goes on by what the engines computed, and while all of them sleep by what a watch shows: on a busy machine,
where engines wait for a processor, their time waits with them. Hides the memory that all these processes share.
"""

import mmap
import struct
import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

from tocsin.core.engine import loop, turns
from tocsin.kernel import clock

SPEED = 60
LEASE = timedelta(seconds=20)
"""Of quick time: what an engine held when it was killed is free again after a third of a second of work."""
_LONGEST_LOOK = 0.02

_began = datetime.now(UTC)
_passed = mmap.mmap(-1, 8)


class _Quick(datetime):
    @classmethod
    def now(cls, tz: tzinfo | None = None) -> "datetime":  # type: ignore[override]
        return _began + timedelta(seconds=struct.unpack("d", _passed)[0])


class Watch:
    """Moves the clock; the one process that forks engines has it."""

    def __init__(self) -> None:
        self._at = time.monotonic()
        self._spent: dict[int, float] = {}

    def move(self, engines: Iterable[int]) -> None:
        """Let as much time pass as these processes needed since the last look."""
        at = time.monotonic()
        waited, self._at = min(at - self._at, _LONGEST_LOOK), at
        spent = {pid: computed(pid) for pid in engines}
        worked = max((now - self._spent.get(pid, now) for pid, now in spent.items()), default=0.0)
        self._spent = spent
        step = worked if any(map(_busy, spent)) else max(worked, waited)
        _passed[:] = struct.pack("d", struct.unpack("d", _passed)[0] + step * SPEED)


def computed(pid: int) -> float:
    """Seconds of processor that a child of ours has used so far."""
    return time.clock_gettime((~pid << 3) | 2)  # clock_getcpuclockid(3)


def _busy(pid: int) -> bool:
    """Whether any thread computes, wants to, or waits for a disk."""
    for stat in Path(f"/proc/{pid}/task").glob("*/stat"):
        try:
            if stat.read_text().rpartition(")")[2].split()[0] in "RD":
                return True
        except OSError:
            continue  # the thread has ended
    return False


def hurry() -> None:
    """Make every `now` of this process and its children quick, and leases as short as engines live."""
    for module, name, quick in ((clock, "datetime", _Quick), (turns, "LEASE", LEASE), (loop, "LEASE", LEASE)):
        setattr(module, name, quick)
    loop.RENEW_EVERY = LEASE.total_seconds() / SPEED / 2
