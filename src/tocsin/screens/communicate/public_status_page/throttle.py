"""How often one address may ask, kept in this process only: a brake for floods, not a wall."""

import time
from collections import OrderedDict, deque

_REMEMBERED = 10_000


class Throttle:
    """At most `most` times in `seconds` for each address; the longest silent ones are forgotten first."""

    def __init__(self, *, most: int, seconds: float) -> None:
        self._most, self._seconds = most, seconds
        self._seen: OrderedDict[str, deque[float]] = OrderedDict()

    def allows(self, address: str) -> bool:
        """Count this request; False when it is one too many."""
        at = time.monotonic()
        times = self._seen.setdefault(address, deque(maxlen=self._most))
        self._seen.move_to_end(address)
        if len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
        if len(times) == self._most and at - times[0] < self._seconds:
            return False
        times.append(at)
        return True
