"""When a step of a policy counts: by severity, by kind of trouble, in or out of working hours.

What nobody knows yet counts as met: a page is never lost to a question that has no answer.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from tocsin.domain.oncall.rules.urgency import ACKNOWLEDGE_WITHIN, Severity
from tocsin.kernel.business_time import Calendar, Term


class Hours(StrEnum):
    """Whether the calendar must be open."""

    ANY = ""
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Condition:
    """All parts that are set must hold. `calendar` is a team's id; empty: the hours of the service's owner."""

    severities: frozenset[Severity] = frozenset()
    kinds: frozenset[str] = frozenset()
    hours: Hours = Hours.ANY
    calendar: str = ""

    @property
    def always(self) -> bool:
        """True when nothing is asked."""
        return not (self.severities or self.kinds or self.hours)


ALWAYS = Condition()


@dataclass(frozen=True, slots=True)
class Clocks:
    """When a page that must not wake may go out, the organisation's working hours, and those of teams by id.

    `owner`: the team that the trouble belongs to, empty when nobody knows. `answer_within`: how soon a page must be
    acknowledged, by severity.
    """

    waking: Calendar
    business: Calendar
    teams: Mapping[str, Calendar] = field(default_factory=dict)
    owner: str = ""
    answer_within: Mapping[Severity, Term] = field(default_factory=lambda: ACKNOWLEDGE_WITHIN)

    def calendar(self, team: str) -> Calendar:
        """The working hours of the team named, else of the owner; the organisation's for who keeps none of its own."""
        return self.teams.get(team or self.owner, self.business)


def unmet(condition: Condition, severity: Severity, kind: str, now: datetime, clocks: Clocks) -> str:
    """Why the condition does not hold at `now`, as words for 'skipped: …'; '' when it holds.

    Unknown severity meets what Critical meets; a kind that is not known meets every kind.
    """
    wanted = condition.severities
    if wanted and severity not in wanted and not (severity is Severity.UNKNOWN and Severity.CRITICAL in wanted):
        return f"only {_listed(s.word for s in sorted(wanted, key=lambda s: -s.rank))}"
    if condition.kinds and kind and kind not in condition.kinds:
        return f"only {_listed(k.replace('_', ' ') for k in sorted(condition.kinds))}"
    if condition.hours is not Hours.ANY:
        is_open = clocks.calendar(condition.calendar).is_open(now)
        if is_open != (condition.hours is Hours.OPEN):
            return "only in working hours" if condition.hours is Hours.OPEN else "only out of working hours"
    return ""


def _listed(words: Iterable[str]) -> str:
    found = list(words)
    return found[0] if len(found) == 1 else f"{', '.join(found[:-1])} or {found[-1]}"
