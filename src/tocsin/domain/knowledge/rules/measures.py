"""How quick the response was: each step with its length, the time that was allowed, and how it ended. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin.domain.knowledge.rules.snapshot import Promise, Snapshot

STANDING_WORDS = {
    "met": "met",
    "met_late": "met late",
    "breached": "missed",
    "at_risk": "open, at risk",
    "on_track": "open",
    "held": "held",
}
"""How screens and reports call the standing of a deadline."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One step. `took` None: it never happened. `allowed` and `standing` are empty when nothing was promised.

    `share` is the part of the allowed time that it took: 1.0 is exactly all of it.
    """

    key: str
    words: str
    took: timedelta | None
    allowed: str = ""
    standing: str = ""
    share: float | None = None


_STEPS = (
    ("acknowledge", "Acknowledged", "alarm"),
    ("engage", "Team engaged", "alarm"),
    ("first_update", "First internal update", "declared"),
    ("public_post", "First public post", "declared"),
    ("mitigate", "Mitigated", "declared"),
    ("resolve", "Resolved", "declared"),
)


def measures(known: Snapshot) -> tuple[Measure, ...]:
    """Every step of the response; those neither done nor promised are left out."""
    promised: dict[str, Promise] = {}
    for promise in (p for p in known.promises if p.term):
        promised.setdefault("first_update" if promise.kind == "internal_update" else promise.kind, promise)
    found = [_measure(known, key, words, anchor, promised.get(key)) for key, words, anchor in _STEPS]
    return tuple(each for each in found if each.took is not None or each.standing)


def missed(known: Snapshot) -> tuple[Promise, ...]:
    """Deadlines that were not met in time."""
    return tuple(p for p in known.promises if p.standing in {"breached", "met_late"})


def kept(known: Snapshot) -> tuple[int, int]:
    """How many settled deadlines were met in time, and how many were settled at all."""
    settled = [p for p in known.promises if p.standing in {"met", "met_late", "breached"}]
    return sum(p.standing == "met" for p in settled), len(settled)


def _measure(known: Snapshot, key: str, words: str, anchor: str, promise: Promise | None) -> Measure:
    # What comes later implies what comes before, as for the deadlines themselves.
    mitigated = known.mitigated_at or known.resolved_at
    engaged = known.engaged_at or mitigated
    happened: datetime | None = {
        "acknowledge": known.acknowledged_at or engaged,
        "engage": engaged,
        "first_update": known.first_update_at,
        "public_post": known.public_post_at,
        "mitigate": mitigated,
        "resolve": known.resolved_at,
    }[key]
    begins = known.alarm_at if anchor == "alarm" else known.declared_at or known.alarm_at
    took = max(timedelta(0), happened - begins) if happened else None
    if promise is None:
        return Measure(key, words, took)
    return Measure(key, words, took, promise.term, promise.standing, _share(promise, happened, known.as_of))


def _share(promise: Promise, happened: datetime | None, as_of: datetime) -> float | None:
    allowed = promise.due_at - promise.starts_at
    if allowed <= timedelta(0):
        return None
    return max(0.0, ((happened or as_of) - promise.starts_at) / allowed)
