"""Why a deadline is what it is, or why nothing is owed: each target in words. Pure.

Hides the wording. Never plans: `deadlines` does.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from tocsin.domain.incidents.rules.deadlines import TARGETS, Anchor, DeadlineKind, Facts, Target
from tocsin.domain.incidents.rules.states import Kind
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.kernel.business_time import Unit

BUSINESS = frozenset({Unit.BUSINESS_HOURS, Unit.BUSINESS_DAYS, Unit.BUSINESS_DATES})
_FROM = {
    Anchor.ALARM: "from the first alarm",
    Anchor.DECLARED: "from when it was declared",
    Anchor.INTERNAL_UPDATE: "from the last internal update, or from when it was declared",
    Anchor.PUBLIC_UPDATE: "from the last public word",
    Anchor.RESOLVED: "from when it was resolved",
}
_TALK = frozenset({DeadlineKind.PUBLIC_POST, DeadlineKind.PUBLIC_UPDATE, DeadlineKind.INTERNAL_UPDATE})


@dataclass(frozen=True, slots=True)
class Explained:
    """One target: how long, from when, whether in business hours, and why it is not owed (empty: it is)."""

    kind: DeadlineKind
    term: str
    counted: str
    business: bool
    why_not: str


def explained(facts: Facts, targets: Mapping[Severity, tuple[Target, ...]] = TARGETS) -> tuple[Explained, ...]:
    """Every kind of deadline for this incident, also those that its severity does not know."""
    known = {target.kind: target for target in targets[facts.severity]}
    return tuple(_one(kind, known.get(kind), facts) for kind in DeadlineKind)


def _one(kind: DeadlineKind, target: Target | None, facts: Facts) -> Explained:
    if target is None:
        return Explained(kind, "", "", False, f"{facts.severity.word} has no target for it.")
    raised = facts.since(facts.severity)
    late = raised is not None and raised > facts.alarm_at
    counted = f"{_FROM[target.anchor]}, but not before it was {facts.severity.word}" if late else _FROM[target.anchor]
    return Explained(kind, target.term.words(), counted, target.term.unit in BUSINESS, _why_not(target, facts))


def _why_not(target: Target, facts: Facts) -> str:
    if target.kind is DeadlineKind.PUBLIC_POST and facts.public_post_at is not None:
        return ""
    if facts.ended_at is not None:
        return "It was no incident of its own; nothing is owed."
    if facts.resolved_at is not None and target.kind in _TALK:
        return "It is resolved; no more word is promised."
    if target.kind is DeadlineKind.PUBLIC_POST and facts.kind is Kind.SECURITY:
        return "A security incident owes none; the Security Lead releases what is told."
    if target.only_if_visible and not facts.visible_to_users:
        return "Owed only when users notice it, and nobody has said so."
    if target.anchor is Anchor.PUBLIC_UPDATE and facts.public_update_at is None and facts.public_post_at is None:
        return "Begins with the first public post."
    if target.anchor is Anchor.RESOLVED and facts.resolved_at is None:
        return "Begins when it is resolved."
    return ""
