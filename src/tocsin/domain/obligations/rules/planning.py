"""When each clock of a regime runs out, and how it stands. Pure: moments, submissions and calendars in, dues out.

Hides chains, caps, the weekend rule, holds and displaced reports. Never starts anything: a clock without its trigger
waits and says for what.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from tocsin.domain.obligations.rules.regimes import COUNTS, FACTS, NO, WHO, YES, Clock, Regime, Trigger
from tocsin.kernel.business_time import Calendar, deadline, part_way, wall_instant, zone_of

AT_RISK_FROM = 0.8
NOON, LAST_MINUTE = time(12), time(23, 59)


@dataclass(frozen=True, slots=True)
class Handled:
    """What happened to one clock: when its report was submitted (each time), a hold, whether it was waived."""

    submitted: tuple[datetime, ...] = ()
    held_until: datetime | None = None
    waived: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """Everything a plan depends on. `facts` hold yes or no, absent: nobody knows. `numbers` likewise."""

    moments: Mapping[Trigger, datetime]
    handled: Mapping[str, Handled] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)
    numbers: Mapping[str, int] = field(default_factory=dict)
    who: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Due:
    """One clock as it runs. Without `starts_at` it waits; without `due_at` although started it is owed at once.

    `waits_for`: why it does not run. `why_not`: why nothing is owed. `moved`: what moved its end, in words.
    """

    key: str
    starts_at: datetime | None = None
    due_at: datetime | None = None
    at_risk_at: datetime | None = None
    met_at: datetime | None = None
    held_until: datetime | None = None
    waits_for: str = ""
    why_not: str = ""
    moved: str = ""
    quiet: bool = False


class Standing(StrEnum):
    """How a clock stands."""

    NOT_OWED = "not_owed"
    WAITING = "waiting"
    AT_ONCE = "at_once"
    HELD = "held"
    ON_TRACK = "on_track"
    AT_RISK = "at_risk"
    BREACHED = "breached"
    MET = "met"
    MET_LATE = "met_late"


def standing(due: Due, now: datetime) -> Standing:
    """How it stands at `now`. Exactly at its end it is still met."""
    if due.met_at is not None:
        return Standing.MET if due.due_at is None or due.met_at <= due.due_at else Standing.MET_LATE
    if due.why_not:
        return Standing.NOT_OWED
    if due.starts_at is None:
        return Standing.WAITING
    if due.held_until is not None and now < due.held_until:
        return Standing.HELD
    if due.due_at is None:
        return Standing.AT_ONCE
    if now > due.due_at:
        return Standing.BREACHED
    return Standing.AT_RISK if due.at_risk_at and now >= due.at_risk_at else Standing.ON_TRACK


def plan(regime: Regime, case: Case, calendars: Mapping[str, Calendar]) -> tuple[Due, ...]:
    """Every clock of the regime, in its order. `calendars[""]` is the organisation's."""
    return tuple(_one(regime, clock, case, calendars) for clock in regime.clocks)


def _one(regime: Regime, clock: Clock, case: Case, calendars: Mapping[str, Calendar]) -> Due:
    handled = case.handled.get(clock.key, Handled())
    met = min(handled.submitted, default=None)
    why_not = _why_not(clock, case, handled)
    if why_not and met is None:
        return Due(clock.key, why_not=why_not)
    calendar = calendars.get(clock.calendar, calendars[""])
    starts, waits = _starts(regime, clock, case)
    if starts is None:
        return Due(clock.key, met_at=met, waits_for=waits)
    if clock.year_end:
        starts = _year_end(starts, calendar)
    if clock.amount == 0:
        return Due(clock.key, starts_at=starts, met_at=met, held_until=handled.held_until)
    due, moved = _ends(clock, starts, case, calendar)
    risk = min(
        part_way(starts, clock.term_for(case.who), calendar, AT_RISK_FROM), starts + (due - starts) * AT_RISK_FROM
    )
    if handled.held_until is not None and handled.held_until > due:
        due, risk, moved = handled.held_until, handled.held_until, "delayed by the authorities"
    return Due(
        clock.key,
        starts_at=starts,
        due_at=due,
        at_risk_at=max(risk, starts),
        met_at=met,
        held_until=handled.held_until,
        moved=moved,
        quiet=clock.ongoing,
    )


def _why_not(clock: Clock, case: Case, handled: Handled) -> str:
    if handled.waived:
        return "Marked as not applicable."
    if clock.only_for and not set(clock.only_for) & set(case.who):
        unsaid = "" if case.who else ", and nobody has said what we are"
        return f"Only for {' or '.join(WHO[who] for who in clock.only_for)}{unsaid}."
    if clock.when and case.facts.get(clock.when) != YES:
        known = "is answered with no" if case.facts.get(clock.when) == NO else "is not answered yet"
        return f"Only if: {FACTS[clock.when].lower()}; that {known}."
    if clock.counts:
        return _too_few(clock, case.numbers.get(clock.counts))
    if clock.ongoing and Trigger.ENDED in case.moments:
        return "Only while it is still handled, and its handling has ended."
    return ""


def _too_few(clock: Clock, known: int | None) -> str:
    """Nobody knows how many: the stricter clocks count, as if there were many."""
    what = COUNTS[clock.counts].removeprefix("How many ").replace("are concerned", "").replace("of them ", "").strip()
    if clock.at_least and known is not None and known < clock.at_least:
        return f"Only from {clock.at_least} {what} on; {known} are known of."
    if clock.below and (known is None or known >= clock.below):
        count = "how many is not known yet" if known is None else f"{known} are known of"
        return f"Only below {clock.below} {what}; {count}."
    return ""


def _starts(regime: Regime, clock: Clock, case: Case) -> tuple[datetime | None, str]:
    """When it starts, or what it waits for."""
    displaced = clock.displaced_by and case.handled.get(clock.displaced_by, Handled()).submitted
    if displaced:
        trigger = Trigger(clock.displaced_trigger)
        return case.moments.get(trigger), f"Starts when {trigger.words}."
    trigger = Trigger(clock.trigger)
    if trigger is not Trigger.SUBMITTED:
        return case.moments.get(trigger), f"Starts when {trigger.words}."
    sent = [at for key in clock.earlier for at in case.handled.get(key, Handled()).submitted]
    return max(sent, default=None), f"Starts when '{report_names(regime, clock)}' is submitted."


def report_names(regime: Regime, clock: Clock) -> str:
    """The reports that start a clock, by name."""
    found = [earlier.owed for key in clock.earlier if (earlier := regime.clock(key)) is not None]
    return "' or '".join(found) or clock.after


def counted(regime: Regime, clock: Clock) -> str:
    """From what a clock is counted, in words: 'from when we became aware of it'."""
    if clock.after:
        words = f"from when '{report_names(regime, clock)}' was submitted"
    else:
        words = f"from when {Trigger(clock.trigger).words}"
    if clock.year_end:
        words = f"{words}, counted from the end of that year"
    if clock.cap_hours:
        words = f"{words}, at most {clock.cap_hours} h from when {Trigger(clock.cap_trigger).words}"
    return f"{words}; a day off moves it to noon of the next working day" if clock.weekend else words


def _ends(clock: Clock, starts: datetime, case: Case, calendar: Calendar) -> tuple[datetime, str]:
    due, moved = deadline(starts, clock.term_for(case.who), calendar), ""
    capped = case.moments.get(Trigger(clock.cap_trigger)) if clock.cap_hours else None
    if capped is not None:
        cap = capped + timedelta(hours=clock.cap_hours)
        # What is classified later than the cap has its own term from then on.
        if starts <= cap < due:
            due, moved = cap, f"no later than {clock.cap_hours} h after {Trigger(clock.cap_trigger).words}"
    if clock.weekend and not set(clock.weekend_not_for) & set(case.who):
        later = _noon_of_working_day(due, calendar)
        if later != due:
            due, moved = later, "its end falls on a day off: noon of the next working day"
    return due, moved


def _noon_of_working_day(due: datetime, calendar: Calendar) -> datetime:
    day: date = due.astimezone(zone_of(calendar.zone)).date()
    if calendar.is_working_date(day):
        return due
    while not calendar.is_working_date(day):
        day += timedelta(days=1)
    return wall_instant(calendar.zone, datetime.combine(day, NOON))


def _year_end(starts: datetime, calendar: Calendar) -> datetime:
    year = starts.astimezone(zone_of(calendar.zone)).year
    return wall_instant(calendar.zone, datetime.combine(date(year, 12, 31), LAST_MINUTE)).astimezone(UTC)
