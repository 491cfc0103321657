"""How many requests one actor may send: a bucket that fills steadily, kept by each web process for itself.

Hides the arithmetic. Shared by nobody: with N web processes an actor gets up to N times the rate.
"""

import math
import threading
import time
from dataclasses import dataclass

RATE = 20.0
"""Requests a second, in the long run."""
BURST = 200
"""Requests at once, after a rest."""
_MOST = 10_000


@dataclass(slots=True)
class Bucket:
    """What is left, as of `at` (seconds, monotonic)."""

    left: float
    at: float


@dataclass(frozen=True, slots=True)
class Turn:
    """Whether a request may go on; `headers` tell the caller how it stands."""

    allowed: bool
    headers: dict[str, str]


_buckets: dict[str, Bucket] = {}
_lock = threading.Lock()


def take(who: str) -> Turn:
    """Take one request out of somebody's bucket."""
    moment = time.monotonic()
    with _lock:
        if len(_buckets) > _MOST:
            _buckets.clear()
        bucket = _buckets.setdefault(who, Bucket(float(BURST), moment))
        bucket.left = min(float(BURST), bucket.left + (moment - bucket.at) * RATE)
        bucket.at = moment
        allowed = bucket.left >= 1
        if allowed:
            bucket.left -= 1
        left = bucket.left
    full_in = math.ceil((BURST - left) / RATE)
    headers = {
        "RateLimit-Policy": f'"default";q={BURST};w={math.ceil(BURST / RATE)}',
        "RateLimit": f'"default";r={int(left)};t={full_in}',
    }
    if not allowed:
        headers["Retry-After"] = str(max(1, math.ceil((1 - left) / RATE)))
    return Turn(allowed, headers)


def forget() -> None:
    """Fill every bucket (tests)."""
    with _lock:
        _buckets.clear()
