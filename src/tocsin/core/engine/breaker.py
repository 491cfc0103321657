"""A circuit breaker per lane: after 5 failures within a minute a provider is left alone for 30 s, then tried once.

(The numbers are the product's defaults.) Lives in one engine's memory; its state is shown through the heartbeat.
"""

import threading
from collections import deque
from datetime import datetime, timedelta

OPENS_AFTER = 5
WINDOW = timedelta(minutes=1)
REST = timedelta(seconds=30)
TRIAL = timedelta(minutes=3)
"""A trial that nobody heard of again is over by then: no job runs longer."""


class Breakers:
    """All lanes of one engine. Thread-safe. The unnamed lane never opens."""

    def __init__(self) -> None:
        self._failures: dict[str, deque[datetime]] = {}
        self._opened: dict[str, datetime] = {}
        self._trials: dict[str, datetime] = {}
        self._lock = threading.Lock()

    def failed(self, lane: str, at: datetime) -> None:
        """Count a failure of the provider (not of the one message). A trial that fails opens the breaker again."""
        if not lane:
            return
        with self._lock:
            recent = self._failures.setdefault(lane, deque(maxlen=OPENS_AFTER))
            recent.append(at)
            tried = self._trials.pop(lane, None) is not None
            if tried or (len(recent) == OPENS_AFTER and at - recent[0] <= WINDOW):
                self._opened[lane] = at

    def worked(self, lane: str) -> None:
        """The provider answered: close its breaker."""
        with self._lock:
            for known in (self._failures, self._opened, self._trials):
                known.pop(lane, None)

    def undecided(self, lane: str) -> None:
        """A job of the lane ended without a word about the provider: if it was the trial, another one follows."""
        with self._lock:
            self._trials.pop(lane, None)

    def closed_off(self, at: datetime) -> list[str]:
        """Lanes that get nothing now: those that rest, and those whose trial is under way."""
        with self._lock:
            return [lane for lane in self._opened if not self._may_try(lane, at)]

    def admits(self, lane: str, at: datetime) -> bool:
        """Whether one more job of the lane may go now; of a lane that has rested the first, as its trial."""
        with self._lock:
            if lane not in self._opened:
                return True
            if not self._may_try(lane, at):
                return False
            self._trials[lane] = at
            return True

    def _may_try(self, lane: str, at: datetime) -> bool:
        tried = self._trials.get(lane)
        return abs(at - self._opened[lane]) >= REST and (tried is None or abs(at - tried) >= TRIAL)

    def snapshot(self) -> dict[str, str]:
        """Open lanes and when they opened (ISO), for the heartbeat."""
        with self._lock:
            return {lane: opened.isoformat() for lane, opened in self._opened.items()}
