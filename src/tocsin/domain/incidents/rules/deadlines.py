"""Every promise of time that an incident makes, and how each stands.

Hides the targets per severity (the product's defaults, Severity), business time and cadences. Never drops
what was met: a changed severity moves only what is still owed.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum

from tocsin.domain.incidents.rules.states import Kind
from tocsin.domain.oncall.rules.urgency import ACKNOWLEDGE_WITHIN, Severity
from tocsin.kernel.business_time import (
    Calendar,
    Term,
    business_days,
    business_hours,
    calendar_days,
    deadline,
    hours,
    minutes,
    part_way,
)

AT_RISK_FROM = 0.8


class Anchor(StrEnum):
    """What a deadline is counted from."""

    ALARM = "alarm"
    DECLARED = "declared"
    INTERNAL_UPDATE = "internal_update"
    PUBLIC_UPDATE = "public_update"
    RESOLVED = "resolved"


class DeadlineKind(StrEnum):
    """What is owed."""

    ACKNOWLEDGE = "acknowledge"
    ENGAGE = "engage"
    PUBLIC_POST = "public_post"
    INTERNAL_UPDATE = "internal_update"
    PUBLIC_UPDATE = "public_update"
    MITIGATE = "mitigate"
    RESOLVE = "resolve"
    REVIEW = "review"

    @property
    def words(self) -> str:
        """As screens show it."""
        return _WORDS[self]


_K, _A = DeadlineKind, Anchor
_WORDS = {
    _K.ACKNOWLEDGE: "Acknowledge",
    _K.ENGAGE: "Team engaged",
    _K.PUBLIC_POST: "First public post",
    _K.INTERNAL_UPDATE: "Next internal update",
    _K.PUBLIC_UPDATE: "Next public update",
    _K.MITIGATE: "Mitigate",
    _K.RESOLVE: "Resolve",
    _K.REVIEW: "Post-incident review",
}
_TALK = frozenset({_K.PUBLIC_POST, _K.PUBLIC_UPDATE, _K.INTERNAL_UPDATE})


@dataclass(frozen=True, slots=True)
class Target:
    """Owed within `term` of `anchor`. `only_if_visible`: only when users notice the trouble."""

    kind: DeadlineKind
    anchor: Anchor
    term: Term
    only_if_visible: bool = False


def _targets(
    severity: Severity,
    engage: Term,
    post: Term | None,
    updates: tuple[Term, Term | None],
    mitigate: Term,
    resolve: Term,
    review: Term | None,
    *,
    only_if_visible: bool = False,
) -> tuple[Target, ...]:
    internal, public = updates
    wanted = [
        Target(_K.ACKNOWLEDGE, _A.ALARM, ACKNOWLEDGE_WITHIN[severity]),
        Target(_K.ENGAGE, _A.ALARM, engage),
        post and Target(_K.PUBLIC_POST, _A.DECLARED, post, only_if_visible),
        Target(_K.INTERNAL_UPDATE, _A.INTERNAL_UPDATE, internal),
        public and Target(_K.PUBLIC_UPDATE, _A.PUBLIC_UPDATE, public),
        Target(_K.MITIGATE, _A.DECLARED, mitigate),
        Target(_K.RESOLVE, _A.DECLARED, resolve),
        review and Target(_K.REVIEW, _A.RESOLVED, review),
    ]
    return tuple(each for each in wanted if each)


_CRITICAL = _targets(
    Severity.CRITICAL,
    minutes(15),
    minutes(10),
    (minutes(20), minutes(30)),
    hours(1),
    hours(4),
    calendar_days(3),
)
TARGETS: Mapping[Severity, tuple[Target, ...]] = {
    Severity.CRITICAL: _CRITICAL,
    Severity.UNKNOWN: _CRITICAL,
    Severity.HIGH: _targets(
        Severity.HIGH,
        minutes(30),
        minutes(20),
        (minutes(30), minutes(60)),
        hours(4),
        hours(8),
        business_days(5),
    ),
    Severity.MEDIUM: _targets(
        Severity.MEDIUM,
        hours(4),
        hours(4),
        (hours(4), hours(8)),
        business_days(1),
        business_days(2),
        None,
        only_if_visible=True,
    ),
    Severity.LOW: _targets(
        Severity.LOW,
        business_hours(8),
        None,
        (calendar_days(1), None),
        business_days(3),
        business_days(5),
        None,
    ),
}
"""Unknown is held to Critical's. Medium's first post has no figure of its own: it takes the update's 4 h."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What has happened so far; None for what has not. `declared_at` may be dated back; without it the alarm counts.

    `ended_at` is when an incident was dismissed or merged: then nothing more is owed. `reached` is since when it was
    known to be as severe as that, or worse; empty: it always was what it is.
    """

    kind: Kind
    severity: Severity
    alarm_at: datetime
    declared_at: datetime | None = None
    acknowledged_at: datetime | None = None
    engaged_at: datetime | None = None
    public_post_at: datetime | None = None
    internal_update_at: datetime | None = None
    public_update_at: datetime | None = None
    mitigated_at: datetime | None = None
    resolved_at: datetime | None = None
    reviewed_at: datetime | None = None
    ended_at: datetime | None = None
    visible_to_users: bool = False
    reached: Mapping[Severity, datetime] = field(default_factory=dict)

    def since(self, severity: Severity) -> datetime | None:
        """Since when it was known to be at least so severe; None when it was from the first alarm on."""
        return min((at for level, at in self.reached.items() if level.rank >= severity.rank), default=None)


@dataclass(frozen=True, slots=True)
class Deadline:
    """What is owed by when. From `at_risk_at` on it is at risk; `met_at` is when it was done."""

    kind: DeadlineKind
    starts_at: datetime
    term: Term
    due_at: datetime
    at_risk_at: datetime
    met_at: datetime | None = None


class Standing(StrEnum):
    """How a deadline stands."""

    ON_TRACK = "on_track"
    AT_RISK = "at_risk"
    BREACHED = "breached"
    MET = "met"
    MET_LATE = "met_late"


def standing(promise: Deadline, now: datetime) -> Standing:
    """How the deadline stands at `now`. Exactly at its due time it is still met."""
    if promise.met_at is not None:
        return Standing.MET if promise.met_at <= promise.due_at else Standing.MET_LATE
    if now > promise.due_at:
        return Standing.BREACHED
    return Standing.AT_RISK if now >= promise.at_risk_at else Standing.ON_TRACK


def plan(
    facts: Facts, calendar: Calendar, targets: Mapping[Severity, tuple[Target, ...]] = TARGETS
) -> tuple[Deadline, ...]:
    """All deadlines of an incident, by due time. Updates are owed until it is resolved, each from the last.

    A security incident owes no public post; once its lead has released one, the cadence holds.

    Nobody can keep a promise from before it was made: what a raised severity asks for counts from the raise, unless the
    lower severity had promised it earlier still.
    """
    found = []
    for target in targets[facts.severity]:
        begins = _begins(target, facts)
        if begins is None or not _is_owed(target, facts):
            continue
        options = [_promise(each, since, begins, facts, calendar) for each, since in _promised(target, facts, targets)]
        found.append(min(options, key=lambda each: each.due_at))
    return tuple(sorted(found, key=lambda each: each.due_at))


def _promise(target: Target, since: datetime | None, begins: datetime, facts: Facts, calendar: Calendar) -> Deadline:
    starts = (max(begins, since) if since is not None else begins).astimezone(UTC)
    return Deadline(
        kind=target.kind,
        starts_at=starts,
        term=target.term,
        due_at=deadline(starts, target.term, calendar),
        at_risk_at=part_way(starts, target.term, calendar, AT_RISK_FROM),
        met_at=_met_at(target.kind, facts),
    )


def _promised(
    target: Target, facts: Facts, targets: Mapping[Severity, tuple[Target, ...]]
) -> Iterator[tuple[Target, datetime | None]]:
    """The target of the severity of now, and those of lower ones that held before it, each with since when."""
    raised = facts.since(facts.severity)
    yield target, raised
    for level in Severity:
        since = facts.since(level)
        if raised is None or since is None or since >= raised:
            continue
        yield from ((each, since) for each in targets[level] if each.kind is target.kind and _is_owed(each, facts))


@dataclass(frozen=True, slots=True)
class Replan:
    """The deadlines from now on, and what became of each kind: kept as it was, moved or new, owed no more."""

    deadlines: tuple[Deadline, ...]
    kept: tuple[DeadlineKind, ...]
    moved: tuple[DeadlineKind, ...]
    dropped: tuple[DeadlineKind, ...]


def replan(
    before: Iterable[Deadline],
    facts: Facts,
    calendar: Calendar,
    targets: Mapping[Severity, tuple[Target, ...]] = TARGETS,
) -> Replan:
    """The plan after facts or severity changed. What was met stays met, by the deadline it was met under.

    A promise whose fact was taken back (a reopened incident is no longer resolved) is owed again.
    """
    old = {each.kind: each for each in before}
    result = {kind: each for kind, each in old.items() if each.met_at is not None}
    for each in plan(facts, calendar, targets):
        known = old.get(each.kind)
        if known is not None and each.met_at is not None:
            result[each.kind] = replace(known, met_at=known.met_at or each.met_at)
        else:
            result[each.kind] = each
    ordered = sorted(result.values(), key=lambda each: each.due_at)
    due_before = {kind: each.due_at for kind, each in old.items()}
    return Replan(
        deadlines=tuple(ordered),
        kept=tuple(each.kind for each in ordered if due_before.get(each.kind) == each.due_at),
        moved=tuple(each.kind for each in ordered if due_before.get(each.kind) != each.due_at),
        dropped=tuple(kind for kind in old if kind not in result),
    )


def next_due(deadlines: Iterable[Deadline]) -> Deadline | None:
    """What to show counting down (or overdue): the earliest that is still owed; None when all is met."""
    owed = [each for each in deadlines if each.met_at is None]
    return min(owed, key=lambda each: each.due_at, default=None)


def _begins(target: Target, facts: Facts) -> datetime | None:
    declared = facts.declared_at or facts.alarm_at
    return {
        _A.ALARM: facts.alarm_at,
        _A.DECLARED: declared,
        _A.INTERNAL_UPDATE: facts.internal_update_at or declared,
        _A.PUBLIC_UPDATE: facts.public_update_at or facts.public_post_at,
        _A.RESOLVED: facts.resolved_at,
    }[target.anchor]


def _is_owed(target: Target, facts: Facts) -> bool:
    done = _met_at(target.kind, facts) is not None
    if facts.ended_at is not None and not done:
        return False
    if target.kind is _K.PUBLIC_POST and facts.kind is Kind.SECURITY and not done:
        return False
    if target.only_if_visible and not facts.visible_to_users and not done:
        return False
    over = facts.resolved_at is not None and not done
    return not (over and target.kind in _TALK)


def _met_at(kind: DeadlineKind, facts: Facts) -> datetime | None:
    """When it was done. What comes later implies what comes before: a resolved incident was mitigated."""
    mitigated = facts.mitigated_at or facts.resolved_at
    engaged = facts.engaged_at or mitigated
    return {
        _K.ACKNOWLEDGE: facts.acknowledged_at or engaged,
        _K.ENGAGE: engaged,
        _K.PUBLIC_POST: facts.public_post_at,
        _K.INTERNAL_UPDATE: None,
        _K.PUBLIC_UPDATE: None,
        _K.MITIGATE: mitigated,
        _K.RESOLVE: facts.resolved_at,
        _K.REVIEW: facts.reviewed_at,
    }[kind]
