"""How bad it is, and how loudly that is said. The one place that knows the words of severity.

Hides the acknowledge targets (the product's defaults, Severity). Never decides how bad something is.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from tocsin.kernel.business_time import Term, business_hours, hours, minutes


class Severity(StrEnum):
    """Four sizes of trouble, and the honest answer that nobody knows yet. Unknown wakes."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    UNKNOWN = "unknown"

    @property
    def rank(self) -> int:
        """Higher is worse. Unknown stands between High and Critical: treated as bad until it is sized."""
        return _RANKS[self]

    @property
    def word(self) -> str:
        """As screens show it."""
        return self.value.capitalize()

    def is_at_least(self, other: "Severity") -> bool:
        """True when this is as bad as `other`, or worse."""
        return self.rank >= other.rank


_RANKS = {
    Severity.LOW: 1,
    Severity.MEDIUM: 2,
    Severity.HIGH: 3,
    Severity.UNKNOWN: 4,
    Severity.CRITICAL: 5,
}


class Urgency(StrEnum):
    """Whether a page may wake someone, waits for waking hours, or is a mail."""

    WAKES = "wakes"
    WAKING_HOURS = "waking_hours"
    MAIL = "mail"


URGENCY: Mapping[Severity, Urgency] = {
    Severity.CRITICAL: Urgency.WAKES,
    Severity.HIGH: Urgency.WAKES,
    Severity.MEDIUM: Urgency.WAKING_HOURS,
    Severity.LOW: Urgency.MAIL,
    Severity.UNKNOWN: Urgency.WAKES,
}

ACKNOWLEDGE_WITHIN: Mapping[Severity, Term] = {
    Severity.CRITICAL: minutes(5),
    Severity.HIGH: minutes(5),
    Severity.MEDIUM: hours(2),
    Severity.LOW: business_hours(4),
    Severity.UNKNOWN: minutes(5),
}


def highest(severities: Iterable[Severity]) -> Severity:
    """The worst of them; Unknown when there is none."""
    return max(severities, key=lambda severity: severity.rank, default=Severity.UNKNOWN)
