"""How bad a sender says it is, in our four words.

Hides the vocabularies of common tools. Never guesses: a word nobody knows is Unknown, and Unknown wakes.
"""

from dataclasses import dataclass

from tocsin.domain.alerts.rules.identity import Labels
from tocsin.domain.oncall.rules.urgency import Severity

_WORDS: dict[Severity, str] = {
    Severity.CRITICAL: (
        "critical crit fatal emergency emerg panic alert page disaster blocker down p1 p0 s1 s0 "
        "sev1 sev0 sev-1 sev-0 severity1 urgent very_high highest"
    ),
    Severity.HIGH: "high error err major severe p2 s2 sev2 sev-2 severity2",
    Severity.MEDIUM: ("medium moderate warning warn average minor ticket degraded p3 s3 sev3 sev-3 severity3 normal"),
    Severity.LOW: (
        "low info information informational notice debug trivial none lowest ok p4 p5 s4 s5 "
        "sev4 sev5 sev-4 sev-5 severity4 severity5 not_classified"
    ),
}
_BY_WORD = {word: severity for severity, words in _WORDS.items() for word in words.split()}
_LABELS = ("severity", "priority", "level", "urgency", "criticality", "sev")


@dataclass(frozen=True, slots=True)
class Reading:
    """A severity, and the label and value it was read from (empty when there was none)."""

    severity: Severity
    label: str = ""
    value: str = ""

    @property
    def reason(self) -> str:
        """Where it comes from, as one sentence."""
        if not self.label:
            return "The alert carries no severity: treated as unknown, which wakes."
        if self.severity is Severity.UNKNOWN:
            return f"'{self.value}' in {self.label} is no known severity: treated as unknown, which wakes."
        return f"{self.label} is '{self.value}': {self.severity.word}."


def of_word(text: str) -> Severity:
    """Our word for a sender's; Unknown when nobody knows it."""
    return _BY_WORD.get(text.strip().lower().replace(" ", "_"), Severity.UNKNOWN)


def read_severity(labels: Labels) -> Reading:
    """The severity from the first label that carries a known one; names in any case."""
    lowered = {name.lower(): (name, value) for name, value in labels.items() if value}
    unknown = Reading(Severity.UNKNOWN)
    for label in _LABELS:
        name, value = lowered.get(label, ("", ""))
        if not name:
            continue
        severity = of_word(value)
        if severity is not Severity.UNKNOWN:
            return Reading(severity, name, value)
        unknown = unknown if unknown.label else Reading(severity, name, value)
    return unknown
