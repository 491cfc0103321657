"""How answers make a state, and when a check is asked next. Damps flapping; never takes silence for health."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zlib import crc32

STALE_AFTER_INTERVALS = 3
ASK_AGAIN = timedelta(seconds=5)
"""A surprising answer is confirmed after this long, or after the interval where that is shorter."""
REPEAT_ALERT = timedelta(minutes=5)
"""A check that still fails says so again this often, so that an alert closed by mistake comes back."""
LEAST_INTERVAL = timedelta(seconds=5)
LONGEST_INTERVAL = timedelta(days=31)
LONGEST_TIMEOUT = timedelta(seconds=30)
_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)


class State(StrEnum):
    """Stale is never stored: it is a state that nobody has confirmed for three intervals."""

    OK = "ok"
    FAILING = "failing"
    UNKNOWN = "unknown"
    STALE = "stale"


@dataclass(frozen=True, slots=True)
class Standing:
    """How a check stands: `good` and `bad` answers in a row, `bad_since` the first of the bad ones."""

    state: State = State.UNKNOWN
    since: datetime | None = None
    good: int = 0
    bad: int = 0
    bad_since: datetime | None = None


def judge(before: Standing, ok: bool, at: datetime, *, fail_after: int = 2, recover_after: int = 2) -> Standing:
    """The standing after one more answer.

    From ok it takes `fail_after` bad answers in a row to fail, from failing `recover_after` good ones to recover;
    a check that was never well needs one good answer. Failing counts from its first bad answer.
    """
    if not ok:
        bad_since = before.bad_since if before.bad else at
        now = replace(before, good=0, bad=before.bad + 1, bad_since=bad_since)
        if before.state is not State.FAILING and now.bad >= fail_after:
            return replace(now, state=State.FAILING, since=bad_since)
        return now
    now = replace(before, good=before.good + 1, bad=0)
    needed = recover_after if before.state is State.FAILING else 1
    if before.state is not State.OK and now.good >= needed:
        return replace(now, state=State.OK, since=at, bad_since=None)
    return now


def next_due(standing: Standing, last_ok: bool, at: datetime, *, interval: timedelta, seed: str) -> datetime:
    """When to ask next: soon, while an answer contradicts the state; else in the check's own slot of the interval.

    The slot depends on `seed` only, so that checks of one interval are spread over it and never drift together.
    """
    expected = standing.state is State.OK if last_ok else standing.state is State.FAILING
    if not expected:
        return at + min(interval, ASK_AGAIN)
    seconds = interval.total_seconds()
    offset = (crc32(seed.encode()) % 100_000) / 100_000 * seconds
    passed = ((at - _EPOCH).total_seconds() - offset) % seconds
    wait = seconds - passed
    # An answer that came just before its slot (run by hand, confirmed) does not make two in a moment.
    return at + timedelta(seconds=wait if wait > seconds / 4 else wait + seconds)


def seen_as(state: State, last_at: datetime | None, now: datetime, *, interval: timedelta, grace: timedelta) -> State:
    """The state as people and gates may rely on it: stale once it was not asked for three intervals."""
    if last_at is None:
        return State.UNKNOWN
    return State.STALE if now - last_at > interval * STALE_AFTER_INTERVALS + grace else state


def span_start(at: datetime, seconds: int) -> datetime:
    """Beginning of the span of that many seconds, in UTC."""
    stamp = int(at.timestamp())
    return datetime.fromtimestamp(stamp - stamp % seconds, UTC)
