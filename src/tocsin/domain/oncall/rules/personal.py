"""How one person is told: their own rules per urgency, quiet hours, and how often a phone may ring.

Pure. Promises: a rule that comes later rings whatever became of an earlier one; quiet hours never hold Critical or
unknown; no throttle drops a new incident, a raised severity or a newly affected service. What does not ring now goes
out by another method or rings later, and is said.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Protocol

from tocsin.domain.oncall.rules.urgency import Severity, Urgency
from tocsin.kernel.business_time import wall_instant, zone_of

WINDOW = timedelta(minutes=15)
MOST_IN_WINDOW: Mapping[str, int] = {"voice": 3, "sms": 5}
"""Calls and texts to one person in 15 min, of what is not news (the product's defaults, Paging)."""
PATIENCE = timedelta(seconds=15)
"""So long without a word from a provider counts as trouble: the next method is tried beside it."""
NEVER_QUIET = frozenset({Severity.CRITICAL, Severity.UNKNOWN})

MethodId = str


class Way(Protocol):
    """A contact method as the delivery room tells of it."""

    @property
    def id(self) -> MethodId: ...
    @property
    def kind(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def wakes(self) -> bool: ...
    @property
    def works(self) -> bool: ...


Ways = Sequence[Way]


@dataclass(frozen=True, slots=True)
class Rung:
    """These methods together, so long after the page."""

    after: timedelta
    methods: tuple[MethodId, ...]


@dataclass(frozen=True, slots=True)
class Quiet:
    """Every night from `start` until `end` on the wall of `zone`; an `end` at or before `start` is the next day's."""

    start: time
    end: time
    zone: str

    def until(self, at: datetime) -> datetime | None:
        """When the quiet that holds at `at` ends; None when it is not quiet then."""
        today = at.astimezone(zone_of(self.zone)).date()
        for day in (today - timedelta(days=1), today):
            last = day if self.end > self.start else day + timedelta(days=1)
            begins = wall_instant(self.zone, datetime.combine(day, self.start))
            ends = wall_instant(self.zone, datetime.combine(last, self.end))
            if begins <= at < ends:
                return ends
        return None


@dataclass(frozen=True, slots=True)
class Ringing:
    """What goes out now, what rings later and when, and what is said about it (each a sentence)."""

    send: tuple[MethodId, ...]
    later: tuple[tuple[datetime, tuple[MethodId, ...]], ...] = ()
    said: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Moment:
    """What is known when methods are about to be used.

    `news`: the person's first page of a new incident, a raise or a wider one. `last_resort`: nobody else answered.
    `recent`: when each kind was used for this person lately. `tried`: methods that this page has used.
    """

    at: datetime
    severity: Severity
    news: bool
    last_resort: bool = False
    quiet: Quiet | None = None
    recent: Mapping[str, Sequence[datetime]] = field(default_factory=dict)
    tried: frozenset[MethodId] = frozenset()


def best_first(ways: Ways, *, urgent: bool) -> tuple[Way, ...]:
    """What can send comes first, then what rings (urgent) or what does not, then the person's own order."""
    return tuple(sorted(ways, key=lambda way: (not way.works, way.wakes != urgent)))


def default_plan(ways: Ways, urgency: Urgency) -> tuple[Rung, ...]:
    """Without rules: an urgent page by everything at once, any other by the first method that does not ring."""
    urgent = urgency is Urgency.WAKES
    ids = tuple(way.id for way in best_first(ways, urgent=urgent))
    return (Rung(timedelta(0), ids if urgent else ids[:1]),) if ids else ()


def plan(own: Iterable[Rung], ways: Ways, urgency: Urgency) -> tuple[Rung, ...]:
    """The person's rules without methods that are gone; the default when none is left of them."""
    known = {way.id for way in ways}
    kept = [Rung(rung.after, tuple(m for m in dict.fromkeys(rung.methods) if m in known)) for rung in own]
    found = tuple(sorted((rung for rung in kept if rung.methods), key=lambda rung: rung.after))
    return found or default_plan(ways, urgency)


def ring(methods: Iterable[MethodId], ways: Ways, moment: Moment) -> Ringing:
    """Which of these methods go out now, which later, and what takes the place of those that do not."""
    by_id = {way.id: way for way in ways}
    wanted = [by_id[m] for m in dict.fromkeys(methods) if m in by_id]
    until = _quiet_until(moment)
    held = [way for way in wanted if until and way.wakes]
    over = {way.id: free_at for way in wanted if way not in held and (free_at := _throttled(way, moment))}
    send = [way.id for way in wanted if way not in held and way.id not in over]
    later: list[tuple[datetime, tuple[MethodId, ...]]] = []
    said: list[str] = []
    if held and until:
        later.append((until, tuple(way.id for way in held)))
        said.append(f"{_named(held)} waits for the end of the quiet hours")
    if not send and (held or over):
        send = [way.id for way in _instead(ways, wanted, moment, quiet=bool(until))][:1]
    for way in (by_id[id_] for id_ in over):
        other = by_id[send[0]].label if send else ""
        said.append(_said_of_throttle(way, other))
        if not send:
            later.append((over[way.id], (way.id,)))
    return Ringing(tuple(send), tuple(later), tuple(said))


def next_method(rest: Iterable[Rung], ways: Ways, moment: Moment, urgency: Urgency) -> Ringing:
    """After trouble with a method: the next one of the plan that this page has not tried, else any other.

    Nothing to send: all were tried, or wait. The rungs of the plan stay as they are.
    """
    planned = [m for rung in rest for m in rung.methods]
    ordered = [way.id for way in best_first(ways, urgent=urgency is Urgency.WAKES)]
    for method in dict.fromkeys([*planned, *ordered]):
        if method in moment.tried:
            continue
        made = ring((method,), ways, moment)
        if made.send:
            return made
    return Ringing(())


def _quiet_until(moment: Moment) -> datetime | None:
    if moment.quiet is None or moment.last_resort or moment.severity in NEVER_QUIET:
        return None
    return moment.quiet.until(moment.at)


def _throttled(way: Way, moment: Moment) -> datetime | None:
    """When the method may be used again; None when it may be used now."""
    most = MOST_IN_WINDOW.get(way.kind)
    if most is None or (moment.news and way.id not in moment.tried):
        return None
    recent = sorted(at for at in moment.recent.get(way.kind, ()) if moment.at - WINDOW < at <= moment.at)
    return recent[-most] + WINDOW if len(recent) >= most else None


def _instead(ways: Ways, wanted: Sequence[Way], moment: Moment, *, quiet: bool) -> list[Way]:
    """Other methods that may be used now, best first."""
    others = [way for way in ways if way not in wanted and way.id not in moment.tried]
    free = [way for way in others if way.works and not (quiet and way.wakes) and not _throttled(way, moment)]
    return list(best_first(free, urgent=not quiet))


def _said_of_throttle(way: Way, other: str) -> str:
    limit = f"{MOST_IN_WINDOW[way.kind]} in 15 min reached"
    return f"{way.label} held back, {limit}: {other} instead" if other else f"{way.label} held back, {limit}: later"


def _named(ways: Sequence[Way]) -> str:
    labels = list(dict.fromkeys(way.label for way in ways))
    return labels[0] if len(labels) == 1 else f"{', '.join(labels[:-1])} and {labels[-1]}"
