"""A circuit breaker per lane: after 5 failures within a minute a provider is left alone for 30 s, then tried once.

(The numbers are the product's defaults.) Lives in one engine's memory; its state is shown through the heartbeat.
"""

import threading
from collections import deque
from datetime import datetime, timedelta

OPENS_AFTER = 5
WINDOW = timedelta(minutes=1)
REST = timedelta(seconds=30)


class Breakers:
    """All lanes of one engine. Thread-safe. The unnamed lane never opens."""

    def __init__(self) -> None:
        self._failures: dict[str, deque[datetime]] = {}
        self._opened: dict[str, datetime] = {}
        self._lock = threading.Lock()

    def failed(self, lane: str, at: datetime) -> None:
        """Count a failure of the provider (not of the one message)."""
        if not lane:
            return
        with self._lock:
            recent = self._failures.setdefault(lane, deque(maxlen=OPENS_AFTER))
            recent.append(at)
            if len(recent) == OPENS_AFTER and at - recent[0] <= WINDOW:
                self._opened[lane] = at

    def worked(self, lane: str) -> None:
        """The provider answered: close its breaker."""
        with self._lock:
            self._failures.pop(lane, None)
            self._opened.pop(lane, None)

    def closed_off(self, at: datetime) -> list[str]:
        """Lanes that get nothing now. A lane that has rested lets the next job through as its trial."""
        with self._lock:
            return [lane for lane, opened in self._opened.items() if at - opened < REST]

    def snapshot(self) -> dict[str, str]:
        """Open lanes and when they opened (ISO), for the heartbeat."""
        with self._lock:
            return {lane: opened.isoformat() for lane, opened in self._opened.items()}
