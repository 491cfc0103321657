"""What a legal clock is, as data: regimes, their clocks, the calendars these count in, and who we are.

Hides how a book of them is checked and compared. Nothing here is legal advice, and every screen says so.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any

import msgspec

from tocsin.kernel.business_time import LONGEST_TERM, Term, Unit
from tocsin.kernel.errors import Invalid


class Trigger(StrEnum):
    """What a clock is counted from."""

    OCCURRED = "occurred"
    AWARE = "aware"
    CLASSIFIED = "classified"
    DETERMINED = "determined"
    MATERIAL = "material"
    FIX = "fix"
    RECOVERED = "recovered"
    ENDED = "ended"
    PAID = "paid"
    SUBMITTED = "submitted"

    @property
    def words(self) -> str:
        """As a person would say it: 'from when we became aware'."""
        return _TRIGGERS[self]


_TRIGGERS = {
    Trigger.OCCURRED: "it occurred",
    Trigger.AWARE: "we became aware of it",
    Trigger.CLASSIFIED: "we classified it as major",
    Trigger.DETERMINED: "we determined that it must be reported",
    Trigger.MATERIAL: "we determined that it is material",
    Trigger.FIX: "a fix became available",
    Trigger.RECOVERED: "regular activities were recovered",
    Trigger.ENDED: "its handling ended",
    Trigger.PAID: "an extortion payment was made",
    Trigger.SUBMITTED: "the earlier report was submitted",
}
MOMENTS = tuple(trigger for trigger in Trigger if trigger is not Trigger.SUBMITTED)
"""Triggers that a person gives a time to."""

UNITS: Mapping[str, Unit] = {
    "hours": Unit.HOURS,
    "calendar_days": Unit.CALENDAR_DAYS,
    "business_days": Unit.BUSINESS_DATES,
    "months": Unit.MONTHS,
}
"""Business days of laws are whole dates: due when the last one closes."""

WHO: Mapping[str, str] = {
    "controller": "a controller of personal data (GDPR, UK GDPR)",
    "processor": "a processor of personal data for others",
    "nis2": "an essential or important entity (NIS2)",
    "trust_service": "a trust service provider (NIS2)",
    "financial": "a financial entity (DORA)",
    "credit_institution": "a credit institution, central counterparty or trading venue (DORA)",
    "manufacturer": "a manufacturer of products with digital elements (CRA)",
    "hipaa": "a covered entity (HIPAA)",
    "sec": "a registrant of the SEC",
    "california": "in business with residents of California",
    "cards": "a merchant or processor of payment cards",
    "nydfs": "a covered entity of the New York financial regulator",
}
"""What an organisation can say that it is."""

FACTS: Mapping[str, str] = {
    "personal_data": "Personal data is affected",
    "high_risk": "It is a high risk for the people concerned",
    "health_data": "Unsecured health information is affected",
    "card_data": "Card numbers are affected",
    "significant": "It is significant: severe disruption, loss, or harm to others",
    "critical_function": "It hits services that support critical or important functions",
    "exploited": "A vulnerability in our product is actively exploited",
    "product": "It severely affects the security of our product",
    "extortion": "Somebody demands money",
}
"""What can be known of an incident, answered by yes, no or nobody knows."""
COUNTS: Mapping[str, str] = {
    "people": "How many people are concerned",
    "residents": "How many of them live in one State (or in California)",
}
YES, NO = "yes", "no"


class Hours(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A calendar that clocks count in: zone, hours of Monday to Friday, public holidays of a region."""

    zone: str
    opens: str = "09:00"
    closes: str = "17:00"
    holidays: str = ""
    closed: list[str] = []


class Clock(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One thing owed. `amount` 0: at once, without a number. `after`: the report (or several, with commas) whose latest
    submission starts it.

    `cap_hours` from `cap_trigger`: no later than that, unless the trigger itself came later still. `weekend`: an end on
    a day off moves to noon of the next working day, but not for `weekend_not_for`. `counts` with `at_least` or `below`:
    only for so many people. `when`: only if that fact holds. `year_end`: counted from the end of the trigger's year.
    `amount_for`: another amount for some of us.
    `ongoing`: only while it is still handled. Once `displaced_by` was submitted, it counts from `displaced_trigger`.
    `hold`: authorities may delay it.
    """

    key: str
    owed: str
    to: str
    trigger: str
    amount: int
    unit: str = "hours"
    after: str = ""
    cap_trigger: str = ""
    cap_hours: int = 0
    calendar: str = ""
    weekend: bool = False
    weekend_not_for: list[str] = []
    only_for: list[str] = []
    amount_for: dict[str, int] = {}
    counts: str = ""
    at_least: int = 0
    below: int = 0
    when: str = ""
    year_end: bool = False
    ongoing: bool = False
    displaced_by: str = ""
    displaced_trigger: str = ""
    hold: bool = False
    citation: str = ""
    note: str = ""

    @property
    def earlier(self) -> list[str]:
        """Keys of the reports that start it."""
        return [key.strip() for key in self.after.split(",") if key.strip()]

    @property
    def term(self) -> Term:
        """How long it runs for most."""
        return Term(self.amount, UNITS[self.unit])

    def term_for(self, who: Collection[str]) -> Term:
        """How long it runs for us: the shortest of what holds for anything that we are."""
        return Term(
            min([self.amount_for[each] for each in who if each in self.amount_for], default=self.amount),
            UNITS[self.unit],
        )


class Regime(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A law, a rule or a contract. `who`, `kinds`, `facts`: when it is proposed; an empty list does not narrow."""

    key: str
    name: str
    citation: str
    text_version: str
    checked_on: str
    clocks: list[Clock]
    link: str = ""
    who: list[str] = []
    kinds: list[str] = []
    facts: list[str] = []
    register: str = ""

    def clock(self, key: str) -> Clock | None:
        """The clock of that key."""
        return next((clock for clock in self.clocks if clock.key == key), None)


class Clocks(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The whole book. `who`: what we are; while empty, nobody has said."""

    regimes: list[Regime]
    calendars: dict[str, Hours] = {}
    who: list[str] = []

    def regime(self, key: str) -> Regime | None:
        """The regime of that key."""
        return next((regime for regime in self.regimes if regime.key == key), None)


def read(content: Mapping[str, Any]) -> Clocks:
    """The book from its stored form. Raises `Invalid` naming the place that is wrong."""
    try:
        return msgspec.convert(content, Clocks)
    except msgspec.ValidationError as error:
        raise Invalid(f"regimes: {error}; correct it.", field="regimes") from error


def check(content: Mapping[str, Any]) -> None:
    """Raise `Invalid` for the first thing in a book that could not be counted, naming the clock and the mend."""
    book = read(content)
    _unique((regime.key for regime in book.regimes), "regimes")
    for who in book.who:
        _known(who, WHO, "who", "who")
    for regime in book.regimes:
        _check_regime(book, regime)


def _check_regime(book: Clocks, regime: Regime) -> None:
    place = f"regimes.{regime.key or '?'}"
    for name in ("key", "name", "citation", "text_version"):
        if not getattr(regime, name).strip():
            raise Invalid(f"{place}.{name}: it is missing; every clock must say where it comes from.", field=name)
    try:
        date.fromisoformat(regime.checked_on)
    except ValueError as error:
        raise Invalid(f"{place}.checked_on: write the date as 2026-11-01.", field="checked_on") from error
    if not regime.clocks:
        raise Invalid(f"{place}.clocks: it needs at least one.", field="clocks")
    _unique((clock.key for clock in regime.clocks), f"{place}.clocks")
    for fact in regime.facts:
        _known(fact, FACTS, f"{place}.facts", "facts")
    for clock in regime.clocks:
        _check_clock(book, regime, clock, f"{place}.{clock.key}")
    _check_chain(regime, place)


def _check_clock(book: Clocks, regime: Regime, clock: Clock, place: str) -> None:
    if not clock.owed.strip() or not clock.to.strip():
        raise Invalid(f"{place}: say what is owed and to whom.", field="owed")
    _known(clock.unit, UNITS, f"{place}.unit", "unit")
    if not 0 <= clock.amount <= LONGEST_TERM:
        raise Invalid(f"{place}.amount: it must lie between 0 (at once) and {LONGEST_TERM}.", field="amount")
    _known(clock.trigger, {t.value: "" for t in Trigger}, f"{place}.trigger", "trigger")
    if (clock.trigger == Trigger.SUBMITTED) != bool(clock.after):
        raise Invalid(
            f"{place}.after: name the earlier report exactly where the trigger is 'submitted'.", field="after"
        )
    moments = {moment.value: "" for moment in MOMENTS}
    if clock.cap_hours:
        _known(clock.cap_trigger, moments, f"{place}.cap_trigger", "cap_trigger")
    if clock.displaced_by:
        _known(clock.displaced_trigger, moments, f"{place}.displaced_trigger", "displaced_trigger")
    if clock.when:
        _known(clock.when, FACTS, f"{place}.when", "when")
    if clock.counts:
        _known(clock.counts, COUNTS, f"{place}.counts", "counts")
    if clock.calendar and clock.calendar not in book.calendars:
        raise Invalid(f"{place}.calendar: there is no calendar '{clock.calendar}' in the book.", field="calendar")
    for who in (*clock.only_for, *clock.amount_for, *clock.weekend_not_for):
        _known(who, WHO, f"{place}.only_for", "only_for")


def _check_chain(regime: Regime, place: str) -> None:
    """Every chain must lead back to something that a person gives a time to."""
    for clock in regime.clocks:
        seen, waiting = {clock.key}, list(clock.earlier)
        while waiting:
            key = waiting.pop()
            found = regime.clock(key)
            if found is None:
                raise Invalid(f"{place}.{clock.key}.after: there is no report '{key}' in it.", field="after")
            if clock.key in (found.key, *found.earlier):
                raise Invalid(f"{place}.{clock.key}.after: the reports wait for each other in a circle.", field="after")
            waiting += [earlier for earlier in found.earlier if earlier not in seen]
            seen.add(found.key)
        if clock.displaced_by and regime.clock(clock.displaced_by) is None:
            raise Invalid(
                f"{place}.{clock.key}.displaced_by: there is no report '{clock.displaced_by}'.", field="after"
            )


def _unique(keys: Iterable[str], place: str) -> None:
    seen: set[str] = set()
    for key in keys:
        if key in seen or not key.strip():
            raise Invalid(f"{place}: '{key}' is there twice, or has no key; give each its own.", field="key")
        seen.add(key)


def _known(value: str, known: Mapping[str, Any], place: str, field: str) -> None:
    if value not in known:
        raise Invalid(f"{place}: '{value}' is not known; choose one of {', '.join(known)}.", field=field)


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """What another book changes, each in words."""
    old, new = read(before), read(after)
    said = []
    if sorted(old.who) != sorted(new.who):
        said.append(f"We are: {', '.join(sorted(new.who)) or 'not said'}")
    if old.calendars != new.calendars:
        said.append("Calendars changed")
    olds, news = {r.key: r for r in old.regimes}, {r.key: r for r in new.regimes}
    said += [f"{olds[key].name} is no longer kept" for key in olds if key not in news]
    said += [f"{news[key].name} is added" for key in news if key not in olds]
    for key in (key for key in news if key in olds and olds[key] != news[key]):
        said += _changed_regime(olds[key], news[key])
    return said


def _changed_regime(old: Regime, new: Regime) -> list[str]:
    said = [f"{new.name}: {words}" for words in _fields(old, new, leave={"clocks"})]
    olds, news = {c.key: c for c in old.clocks}, {c.key: c for c in new.clocks}
    said += [f"{new.name}: '{olds[key].owed}' is no longer owed" for key in olds if key not in news]
    said += [f"{new.name}: '{news[key].owed}' is added, {news[key].term.words()}" for key in news if key not in olds]
    for key in (key for key in news if key in olds):
        said += [f"{new.name}, {news[key].owed}: {words}" for words in _fields(olds[key], news[key], leave=set())]
    return said


def _fields(old: msgspec.Struct, new: msgspec.Struct, leave: set[str]) -> list[str]:
    return [
        f"{name.replace('_', ' ')} {_shown(getattr(old, name))} becomes {_shown(getattr(new, name))}"
        for name in old.__struct_fields__
        if name not in leave and getattr(old, name) != getattr(new, name)
    ]


def _shown(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(value) or "none"
    if isinstance(value, dict):
        return ", ".join(f"{key} {item}" for key, item in value.items()) or "none"
    return (
        {True: "yes", False: "no", "": "none"}.get(value, str(value)) if isinstance(value, bool | str) else str(value)
    )
