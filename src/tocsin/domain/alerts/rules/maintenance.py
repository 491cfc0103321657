"""When planned work is under way, and which alerts it covers.

Hides repetition (RFC 5545 rules, whole days and longer), zones and daylight saving: times are on the wall. Never lets
two occurrences overlap, and never covers everything by accident.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import islice, pairwise

from dateutil.rrule import rrule, rrulestr

from tocsin.domain.alerts.rules.identity import Labels
from tocsin.domain.alerts.rules.routing import Matcher, matches
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.kernel.business_time import wall_instant, zone_of
from tocsin.kernel.errors import Invalid

LONGEST = timedelta(days=30)
SHORTEST = timedelta(minutes=1)
_FREQUENCIES = ("FREQ=DAILY", "FREQ=WEEKLY", "FREQ=MONTHLY", "FREQ=YEARLY")
_NEAR = 500
"""Occurrences compared to find two that overlap."""


@dataclass(frozen=True, slots=True)
class Plan:
    """`first` is a naive time on the wall in `zone`; `rule` an RRULE without the prefix, empty for once."""

    zone: str
    first: datetime
    lasts: timedelta
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One stretch of planned work; the end is exclusive."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Cover:
    """What a window in force covers. Services and matchers must both agree where both are given."""

    id: str
    services: frozenset[str]
    matchers: tuple[Matcher, ...]
    critical_pages: bool = False


def check(plan: Plan) -> None:
    """Raises `Invalid` for an unknown zone, a length out of bounds, a rule that is none, occurrences that overlap."""
    zone_of(plan.zone)
    if not SHORTEST <= plan.lasts <= LONGEST:
        raise Invalid("lasts: it must be between 1 minute and 30 days.", field="lasts")
    if not plan.rule:
        return
    starts = list(islice(_starts(plan), _NEAR))
    if not starts:
        raise Invalid("rule: it never happens; check its days and its end.", field="rule")
    instants = [wall_instant(plan.zone, local) for local in starts]
    if any(after - before < plan.lasts for before, after in pairwise(instants)):
        raise Invalid("lasts: it must end before it begins again.", field="lasts")


def next_occurrence(plan: Plan, after: datetime) -> Occurrence | None:
    """The one under way at `after`, else the next; None when none is left."""
    return next(occurrences(plan, after), None)


def occurrences(plan: Plan, after: datetime) -> Iterator[Occurrence]:
    """All that end after `after`, in order."""
    from_wall = (after - plan.lasts).astimezone(zone_of(plan.zone)).replace(tzinfo=None) - timedelta(days=1)
    for local in _starts(plan, from_wall):
        starts_at = wall_instant(plan.zone, local)
        if starts_at + plan.lasts > after:
            yield Occurrence(starts_at, starts_at + plan.lasts)


def covers(cover: Cover, labels: Labels, services: frozenset[str], severity: Severity) -> bool:
    """True when the window keeps this alert quiet. One that names nothing covers nothing."""
    if cover.critical_pages and severity.is_at_least(Severity.UNKNOWN):
        return False
    if not cover.services and not cover.matchers:
        return False
    return (not cover.services or bool(cover.services & services)) and matches(cover.matchers, labels)


def _starts(plan: Plan, after: datetime | None = None) -> Iterator[datetime]:
    if not plan.rule:
        yield plan.first
        return
    rule = _rule(plan.rule, plan.first)
    yield from rule.xafter(after, inc=True) if after is not None else rule


@lru_cache(maxsize=256)
def _rule(text: str, first: datetime) -> rrule:
    asked = f"rule: '{text[:80]}' cannot be read; write one like FREQ=WEEKLY;BYDAY=SA."
    within_a_day = any(part in text.upper() for part in ("BYHOUR", "BYMINUTE", "BYSECOND"))
    if not text.upper().startswith(_FREQUENCIES) or "\n" in text or within_a_day:
        raise Invalid(
            "rule: it must repeat by day, week, month or year, like FREQ=WEEKLY;BYDAY=SA.",
            field="rule",
        )
    try:
        # An end in UTC (`UNTIL=…Z`) is not comparable with a time on the wall.
        rule = rrulestr(text.upper().replace("Z;", ";").removesuffix("Z"), dtstart=first, cache=False)
    except (ValueError, TypeError, KeyError, IndexError) as error:
        raise Invalid(asked, field="rule") from error
    if not isinstance(rule, rrule) or rule._interval < 1:  # type: ignore[attr-defined]
        raise Invalid(asked, field="rule")
    return rule


def parse_first(text: str) -> datetime:
    """The stored form of `first`."""
    return datetime.fromisoformat(text)


def on_wall(at: datetime, zone: str) -> datetime:
    """An instant as the naive time on the wall in `zone`, to the second."""
    return at.astimezone(zone_of(zone)).replace(tzinfo=None, microsecond=0)
