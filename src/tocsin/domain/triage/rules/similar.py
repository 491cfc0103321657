"""Which earlier incidents are like one, with the reasons and a score that can be added up by hand. Pure."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

SAME_ALERT, SAME_SERVICE, SAME_LABEL, SAME_KIND, SAME_WORDS = 5, 3, 1, 1, 2
MOST_LABELS = 3
LEAST = 3


@dataclass(frozen=True, slots=True)
class Traits:
    """What is compared of an incident. `found`: full-text search found it by the other's words."""

    id: str
    kind: str
    services: frozenset[str] = frozenset()
    features: frozenset[str] = frozenset()
    found: bool = False


@dataclass(frozen=True, slots=True)
class Likeness:
    """An earlier incident and why it is like this one; every reason says its points."""

    id: str
    score: int
    reasons: tuple[str, ...]


def likest(one: Traits, others: Iterable[Traits], limit: int = 5) -> tuple[Likeness, ...]:
    """The most similar ones, best first; what shares nothing but its kind is left out."""
    scored = [_compare(one, other) for other in others if other.id != one.id]
    kept = [each for each in scored if each.score >= LEAST]
    return tuple(sorted(kept, key=lambda each: -each.score)[:limit])


def _compare(one: Traits, other: Traits) -> Likeness:
    parts: list[tuple[int, str]] = []
    shared = one.features & other.features
    alerts = _named(shared, "alert:")
    if alerts:
        parts.append((SAME_ALERT, f"the same alert {alerts[0]}"))
    services = sorted(one.services & other.services)
    if services:
        parts.append((SAME_SERVICE, f"the same service {services[0]}"))
    labels = _named(shared, "label:")[:MOST_LABELS]
    if labels:
        parts.append((SAME_LABEL * len(labels), f"the same labels {', '.join(labels)}"))
    if other.found:
        parts.append((SAME_WORDS, "the same words"))
    if parts and one.kind == other.kind:
        parts.append((SAME_KIND, "the same kind"))
    return Likeness(
        other.id, sum(points for points, _ in parts), tuple(f"{words} ({points})" for points, words in parts)
    )


def _named(features: Collection[str], prefix: str) -> list[str]:
    return sorted(feature.removeprefix(prefix) for feature in features if feature.startswith(prefix))
