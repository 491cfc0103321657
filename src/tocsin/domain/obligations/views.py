"""What readers of this room get: frozen pictures of rows. Nothing here reads or decides."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class SubmissionView:
    """A report that was sent."""

    at: datetime
    reference: str
    note: str
    by: str


@dataclass(frozen=True, slots=True)
class ObligationView:
    """One clock. `standing` is a value of the rules' `Standing`; `counted`: from what and how long, in words."""

    id: str
    regime: str
    regime_name: str
    key: str
    owed: str
    to: str
    term: str
    counted: str
    citation: str
    note: str
    starts_at: datetime | None
    at_risk_at: datetime | None
    due_at: datetime | None
    met_at: datetime | None
    held_until: datetime | None
    hold_reason: str
    may_hold: bool
    standing: str
    waits_for: str
    why_not: str
    waived: str
    moved: str
    submissions: tuple[SubmissionView, ...]

    @property
    def waits_for_moment(self) -> bool:
        """True when it runs as soon as somebody says when its trigger was, not when a report is submitted."""
        return self.standing == "waiting" and not self.waits_for.endswith("is submitted.")


@dataclass(frozen=True, slots=True)
class RegimeView:
    """A regime of the book and what was decided about it. `state`: proposed, possible, applies, set_aside or other.

    `other`: neither its facts nor what we are speak for it.
    """

    key: str
    name: str
    citation: str
    text_version: str
    checked_on: str
    link: str
    register: str
    state: str
    reasons: tuple[str, ...]
    reason: str
    by: str
    at: datetime | None
    obligations: tuple[ObligationView, ...]


@dataclass(frozen=True, slots=True)
class FactView:
    """A fact or number that clocks depend on. `value`: yes, no, a number, or empty while nobody knows."""

    key: str
    words: str
    value: str


@dataclass(frozen=True, slots=True)
class MomentView:
    """Something that clocks are counted from, and when it happened (None: not said)."""

    key: str
    words: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class RegisterView:
    """One line of the register of decisions."""

    reference: str
    incident_title: str
    at: datetime
    by: str
    regime: str
    owed: str
    decision: str
    said: str
    reason: str
    edition: int


@dataclass(frozen=True, slots=True)
class LegalView:
    """The legal clocks of one incident. `newest`: the edition in force; differs from `edition` until re-planned."""

    edition: int
    newest: int
    version: int
    who_said: bool
    regimes: tuple[RegimeView, ...]
    facts: tuple[FactView, ...]
    numbers: tuple[FactView, ...]
    moments: tuple[MomentView, ...]

    @property
    def obligations(self) -> tuple[ObligationView, ...]:
        """Every clock of what applies, or was sent."""
        return tuple(each for regime in self.regimes for each in regime.obligations)


@dataclass(frozen=True, slots=True)
class LegalDueView:
    """A running clock and its incident, for lists over all incidents. `words`: regime and duty; `term`: how long."""

    id: str
    reference: str
    title: str
    severity: str
    url: str
    regime: str
    words: str
    to: str
    term: str
    starts_at: datetime
    due_at: datetime
    at_risk_at: datetime
    standing: str
