"""What becomes of a delivery: a pure table from its state and a transport's answer. No database, no clock."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

LADDER = tuple(timedelta(seconds=s) for s in (5, 15, 60, 300, 900))
LAST_STEP = timedelta(minutes=30)
GIVE_UP_AFTER = timedelta(hours=24)
ANSWER_LENGTH = 500


class State(StrEnum):
    """What is known about a delivery."""

    QUEUED = "queued"
    """It waits for its first or next attempt; no attempt may have reached anybody."""
    LEASED = "leased"
    """An engine is sending it now."""
    SENT = "sent"
    """The provider took it."""
    DELIVERED = "delivered"
    """The provider says that it arrived."""
    FAILED = "failed"
    """It will not be tried again: refused for good, or given up."""
    UNKNOWN = "unknown"
    """An attempt went out and nobody knows whether it arrived; it is tried again with the same key."""
    SUPPRESSED = "suppressed"
    """Not sent, for a reason that is kept."""


SETTLED = frozenset({State.SENT, State.DELIVERED, State.FAILED, State.SUPPRESSED})
"""States from which nothing more is tried."""


class Outcome(StrEnum):
    """What became of one attempt, as the transport told it."""

    ACCEPTED = "accepted"
    PERMANENT = "permanent"
    TEMPORARY = "temporary"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Decision:
    """The new state, the wait before the next attempt (None: no next one) and the sentence to keep."""

    state: State
    wait: timedelta | None
    answer: str


def wait_after(attempt: int) -> timedelta:
    """Wait before the next attempt: 5 s, 15 s, 1, 5, 15 min, then every 30 min (the product's defaults)."""
    return LADDER[attempt - 1] if attempt <= len(LADDER) else LAST_STEP


def decide(
    outcome: Outcome,
    answer: str,
    *,
    attempt: int,
    doubtful: bool,
    created_at: datetime,
    now: datetime,
    retry_after: timedelta | None = None,
    stop_reason: str = "",
) -> Decision:
    """What follows from one attempt.

    `doubtful`: an earlier attempt may have arrived. `stop_reason`: somebody asked to stop while it was being sent.
    After 24 h without success it is given up (the product's defaults).
    """
    if outcome is Outcome.ACCEPTED:
        return Decision(State.SENT, None, answer)
    doubtful = doubtful or outcome is Outcome.UNKNOWN
    if outcome is Outcome.PERMANENT:
        return Decision(State.FAILED, None, _with_doubt(answer, doubtful))
    if stop_reason:
        return Decision(State.SUPPRESSED, None, _with_doubt(stop_reason, doubtful))
    wait = max(wait_after(attempt), retry_after or timedelta(0))
    if now + wait - created_at > GIVE_UP_AFTER:
        return Decision(State.FAILED, None, _with_doubt(f"Given up after 24 h. {answer}", doubtful))
    return Decision(State.UNKNOWN if doubtful else State.QUEUED, wait, answer)


def _with_doubt(answer: str, doubtful: bool) -> str:
    return f"{answer} (An attempt may have arrived all the same.)" if doubtful else answer


def one_line(text: str, length: int = ANSWER_LENGTH) -> str:
    """`text` without control characters and line breaks, at most `length` characters: safe in headers and rows."""
    clean = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(clean.split())[:length]
