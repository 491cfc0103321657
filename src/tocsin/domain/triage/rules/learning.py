"""What an incident probably is, from how people decided about those with the same features. Small and explainable.

A smoothed naive Bayes over counts. It is sure only from the confidence on from which, tried on its own lessons, it was
right at least four times of five. It proposes; no urgency of any page ever hangs on it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import exp, log
from typing import Any

DISMISSED = "dismissed"
RIGHT_ENOUGH = 0.8
LEAST_LESSONS = 5
LEAST_OF_A_FEATURE = 3
_SMOOTH = 1.0
_STEPS = tuple(step / 100 for step in range(50, 100, 5))
NEVER = 2.0
"""A confidence that nothing reaches: it is not sure of anything yet."""


@dataclass(frozen=True, slots=True)
class Example:
    """Features of one incident, and what people said it was."""

    features: frozenset[str]
    outcome: str
    severity: str = ""


@dataclass(frozen=True, slots=True)
class Learned:
    """Counts of outcomes, altogether and by feature; `sure_from`: the calibrated confidence."""

    outcomes: Mapping[str, int]
    by_feature: Mapping[str, Mapping[str, int]]
    severities: Mapping[str, Mapping[str, int]]
    sure_from: float
    total: int


@dataclass(frozen=True, slots=True)
class Guess:
    """What it probably is. Without `sure` it is a hint. `severity` is empty where too little is known."""

    outcome: str
    confidence: float
    sure: bool
    reasons: tuple[str, ...]
    severity: str = ""
    severity_reason: str = ""


EMPTY = Learned({}, {}, {}, NEVER, 0)


def train(examples: Sequence[Example]) -> Learned:
    """Count the examples, and find the confidence from which such a count was right often enough."""
    counted = _count(examples)
    return Learned(
        counted.outcomes, counted.by_feature, counted.severities, _calibrated(examples, counted), len(examples)
    )


def _count(examples: Iterable[Example]) -> Learned:
    outcomes: Counter[str] = Counter()
    by_feature: dict[str, Counter[str]] = {}
    severities: dict[str, Counter[str]] = {}
    total = 0
    for example in examples:
        total += 1
        outcomes[example.outcome] += 1
        for feature in example.features:
            by_feature.setdefault(feature, Counter())[example.outcome] += 1
            if example.severity and example.outcome != DISMISSED:
                severities.setdefault(feature, Counter())[example.severity] += 1
    return Learned(outcomes, by_feature, severities, NEVER, total)


def _calibrated(examples: Sequence[Example], counted: Learned) -> float:
    """Leave each example out, guess it, and take the lowest confidence from which the guesses were right enough."""
    tried: list[tuple[float, bool]] = []
    for example in examples:
        best, confidence = _best(_without(counted, example), example.features)
        if best:
            tried.append((confidence, best == example.outcome))
    for step in _STEPS:
        above = [right for confidence, right in tried if confidence >= step]
        if len(above) >= LEAST_LESSONS and sum(above) / len(above) >= RIGHT_ENOUGH:
            return step
    return NEVER


def _without(counted: Learned, example: Example) -> Learned:
    """The counts as if this example had not been; only what it touches is counted anew."""
    outcomes = {**counted.outcomes, example.outcome: counted.outcomes[example.outcome] - 1}
    touched = {
        feature: {**counts, example.outcome: counts[example.outcome] - 1}
        for feature in example.features
        if (counts := counted.by_feature.get(feature)) is not None
    }
    return Learned(outcomes, touched, {}, NEVER, counted.total - 1)


def _best(learned: Learned, features: Iterable[str]) -> tuple[str, float]:
    """The likeliest outcome and how likely it is; nothing when no feature was ever seen."""
    seen = [learned.by_feature[f] for f in features if sum(learned.by_feature.get(f, {}).values())]
    known = [outcome for outcome, count in learned.outcomes.items() if count > 0]
    if not seen or not known:
        return "", 0.0
    total = sum(learned.outcomes.values())
    scores = {}
    for outcome in known:
        count = learned.outcomes[outcome]
        prior = log((count + _SMOOTH) / (total + _SMOOTH * len(known)))
        told = sum(log((c.get(outcome, 0) + _SMOOTH) / (count + 2 * _SMOOTH)) for c in seen)
        # Features of one alert say much the same: their word counts on average, not each anew.
        scores[outcome] = prior + told / max(1.0, len(seen) ** 0.5)
    top = max(scores.values())
    weights = {outcome: exp(score - top) for outcome, score in scores.items()}
    best = max(weights, key=lambda outcome: (weights[outcome], outcome))
    return best, weights[best] / sum(weights.values())


def guess(learned: Learned, features: Iterable[str]) -> Guess | None:
    """What an incident with these features probably is, with the counts that say so; None when nothing is known."""
    given = sorted(features)
    best, confidence = _best(learned, given)
    if not best:
        return None
    told = sorted(
        (
            (counts.get(best, 0), sum(counts.values()), feature)
            for feature in given
            if (counts := learned.by_feature.get(feature))
        ),
        key=lambda each: (-each[0] / each[1], -each[1], each[2]),
    )
    enough = any(total >= LEAST_OF_A_FEATURE for _, total, _ in told)
    severity, why = _severity(learned, given)
    return Guess(
        outcome=best,
        confidence=confidence,
        sure=enough and confidence >= learned.sure_from,
        reasons=tuple(f"{words(feature)}: {_said(best)} {hits} of {total} times." for hits, total, feature in told[:4]),
        severity=severity,
        severity_reason=why,
    )


def _severity(learned: Learned, features: Sequence[str]) -> tuple[str, str]:
    """What those with the most telling feature were sized as, when three of four agree."""
    for feature in sorted(features, key=lambda f: -sum(learned.severities.get(f, {}).values())):
        counts = learned.severities.get(feature, {})
        total = sum(counts.values())
        if total < LEAST_OF_A_FEATURE:
            return "", ""
        best = max(counts, key=lambda each: (counts[each], each))
        if counts[best] / total >= 0.75:
            return best, f"{words(feature)}: sized {best.capitalize()} {counts[best]} of {total} times."
    return "", ""


def _said(outcome: str) -> str:
    return "dismissed" if outcome == DISMISSED else f"confirmed as {outcome.replace('_', ' ')}"


def words(feature: str) -> str:
    """A feature as people read it: 'Alert LoginBurst', 'Label team=web'."""
    sort, _, value = feature.partition(":")
    return f"{sort.capitalize()} {value}"


def features_of(groups: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """Features of an incident's alert groups: source, alert name, service, labels."""
    found: set[str] = set()
    for group in groups:
        labels = {str(k): str(v) for k, v in (group.get("labels") or {}).items() if v}
        name = labels.pop("alertname", "") or str(group.get("title") or "")
        found |= {f"alert:{name[:120]}"} if name else set()
        found |= {f"{sort}:{value}" for sort in ("source", "service") if (value := str(group.get(sort) or ""))}
        found |= {f"label:{key}={value[:80]}" for key, value in sorted(labels.items())[:20] if key != "severity"}
    return frozenset(found)


def as_content(learned: Learned) -> dict[str, Any]:
    """What the table keeps."""
    return {
        "outcomes": dict(learned.outcomes),
        "by_feature": {feature: dict(counts) for feature, counts in learned.by_feature.items()},
        "severities": {feature: dict(counts) for feature, counts in learned.severities.items()},
        "sure_from": learned.sure_from,
        "total": learned.total,
    }


def from_content(content: Mapping[str, Any]) -> Learned:
    """What the table kept; nothing learned for nothing kept."""
    return Learned(**content) if content else EMPTY
