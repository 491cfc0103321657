"""How every command of this room begins and ends: the incident that the actor may see, its locked file, the register,
the plan brought in line with rows and timers.

Hides the mapping between rows and the pure plan. Decides nothing about duties.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from tocsin.core.log import Event, append
from tocsin.core.work import Draft, cancel, enqueue_many
from tocsin.domain.incidents import queries as incidents
from tocsin.domain.incidents.queries import IncidentView
from tocsin.domain.incidents.rules.roles import RoleName
from tocsin.domain.obligations import jobs
from tocsin.domain.obligations.gates import BOOK
from tocsin.domain.obligations.models import Considered, LegalFile, Obligation, RegisterEntry, Submission
from tocsin.domain.obligations.naming import TOCSIN, calendars_of
from tocsin.domain.obligations.permissions import DECIDE, NOTE
from tocsin.domain.obligations.rules.planning import Case, Due, Handled, plan
from tocsin.domain.obligations.rules.regimes import Clocks, Regime, Trigger, read
from tocsin.domain.oncall import commands as oncall
from tocsin.domain.rulebooks import queries as rulebooks
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Conflict, Denied, Invalid, NotFound

LONGEST = 4000
APPLIES, SET_ASIDE = "applies", "set_aside"
_DECIDERS = frozenset({RoleName.COMMANDER.value, RoleName.SECURITY.value})


@dataclass(slots=True)
class Open:
    """The incident as seen by the actor, its locked file, and the book that the file follows."""

    actor: Actor
    seen: IncidentView
    row: LegalFile
    book: Clocks

    def regime(self, key: str) -> Regime:
        """The regime of that key. Raises `Invalid`."""
        found = self.book.regime(key)
        if found is None:
            raise Invalid(f"regime: edition {self.row.edition} of the clocks has no '{key}'.", field="regime")
        return found


def opened(actor: Actor, incident: str, *, deciding: bool, version: int | None = None) -> Open:
    """Lock the file of an incident, opening it when there is none. Call inside a transaction.

    Raises `NotFound` also when the actor may not see it, `Denied`, and `Conflict` when someone changed it since
    `version` was read.
    """
    if not (deciding and actor.has(DECIDE)):
        actor.require(NOTE)
    seen = incidents.incident(actor, incident)
    if deciding:
        _require_decider(actor, seen)
    fresh = {"edition": rulebooks.in_force(TOCSIN, BOOK).number, "created_at": now()}
    LegalFile.objects.get_or_create(incident_id=seen.id, defaults=fresh)
    row = LegalFile.objects.select_for_update().get(incident_id=seen.id)
    if version is not None and version != row.version:
        raise Conflict(
            "Someone else changed the legal clocks in the meantime; look at them again, then repeat what you want.",
            field="version",
        )
    return Open(actor, seen, row, book_of(row.edition))


def _require_decider(actor: Actor, seen: IncidentView) -> None:
    if actor.has(DECIDE):
        return
    held = {role.role for role in seen.roles if role.person.id == actor.person and role.accepted}
    if not held & _DECIDERS:
        raise Denied(
            "Only the Incident Commander, the Security Lead or someone with such a role decides about notifications."
        )


def book_of(edition: int) -> Clocks:
    """The book of an edition. At most one query."""
    return read(rulebooks.edition(TOCSIN, BOOK, edition).content)


def obligation_of(found: Open, obligation: str) -> Obligation:
    """One of the file's obligations. Raises `NotFound`."""
    for row in Obligation.objects.filter(file=found.row):
        if str(row.id) == obligation:
            return row
    raise NotFound("There is no such duty in this incident.", field="obligation")


def text(value: str, field: str, *, needed: str = "") -> str:
    """Trimmed text. Raises `Invalid` when it is empty although `needed`, or too long."""
    cleaned = value.replace("\0", "").strip()
    if needed and not cleaned:
        raise Invalid(f"{field}: {needed}", field=field)
    if len(cleaned) > LONGEST:
        raise Invalid(f"{field}: at most {LONGEST} characters; this has {len(cleaned)}.", field=field)
    return cleaned


def past(at: datetime, field: str) -> datetime:
    """The time, if it has been. Raises `Invalid` for one ahead."""
    if at > now():
        raise Invalid(f"{field}: this lies ahead; write when it happened.", field=field)
    return at


def author(actor: Actor) -> str:
    """Under whose key a reason is sealed."""
    return actor.person or actor.id


def register(found: Open, decision: str, said: str, *, regime: str = "", owed: str = "", reason: str = "") -> None:
    """Write a line of the register; it is never changed."""
    known = found.book.regime(regime)
    RegisterEntry.objects.create(
        incident_id=found.seen.id,
        regime=regime,
        regime_name=known.name if known else "",
        owed=owed,
        decision=decision,
        said=said,
        reason=reason,
        edition=found.row.edition,
        by=found.actor.name,
        person_id=found.actor.person or None,
        at=now(),
    )


def record(found: Open, event: Event) -> None:
    """Append to the incident's stream."""
    append(f"incident:{found.seen.id}", event, found.actor)


def close(found: Open, *fields: str) -> None:
    """Save the file's fields with a new version, and bring every clock in line."""
    found.row.version += 1
    found.row.save(update_fields=[*fields, "version"])
    replan(found.row, found.book)


def case_of(row: LegalFile, book: Clocks, obligations: Iterable[Obligation], sent: dict[Any, list[datetime]]) -> Case:
    """What the pure plan needs to know of one regime's obligations."""
    return Case(
        moments={Trigger(name): datetime.fromisoformat(at) for name, at in row.moments.items()},
        handled={o.clock: Handled(tuple(sent.get(o.id, ())), o.held_until, bool(o.waived)) for o in obligations},
        facts=row.facts,
        numbers=row.numbers,
        who=book.who,
    )


def replan(row: LegalFile, book: Clocks) -> None:
    """Bring rows and timers in line with the plan. A fixed number of queries, and one for each changed row.

    What was submitted stays; an end that moved reminds anew, one that moved back into the past breaches at once.
    """
    applied = set(Considered.objects.filter(file=row, state=APPLIES).values_list("regime", flat=True))
    there = {(o.regime, o.clock): o for o in Obligation.objects.filter(file=row)}
    sent: dict[Any, list[datetime]] = {}
    for submission in Submission.objects.filter(obligation__file=row).order_by("at"):
        sent.setdefault(submission.obligation_id, []).append(submission.at)
    regimes = [r for r in book.regimes if r.key in applied]
    calendars = calendars_of(book, {clock.calendar for regime in regimes for clock in regime.clocks})
    fresh: list[Obligation] = []
    timers: list[Draft] = []
    for regime in regimes:
        own = [o for (key, _), o in there.items() if key == regime.key]
        for due in plan(regime, case_of(row, book, own, sent), calendars):
            old = there.pop((regime.key, due.key), None)
            if old is None:
                old = Obligation(file=row, regime=regime.key, clock=due.key, **_values(due))
                fresh.append(old)
            elif not _change(old, due):
                continue
            timers += _timers(old)
    Obligation.objects.bulk_create(fresh)
    enqueue_many(timers, move=True)
    for gone in there.values():
        _gone(gone, gone.id in sent)


def _values(due: Due) -> dict[str, Any]:
    names = ("starts_at", "due_at", "at_risk_at", "met_at", "why_not", "waits_for", "moved", "quiet")
    return {name: getattr(due, name) for name in names}


def _change(old: Obligation, due: Due) -> bool:
    """Save what is different; False when nothing is."""
    values = {name: value for name, value in _values(due).items() if getattr(old, name) != value}
    if not values:
        return False
    stop(old)
    if "due_at" in values or "starts_at" in values:
        values |= {"reminded_at": None, "breached_at": None}
    for name, value in values.items():
        setattr(old, name, value)
    old.save(update_fields=list(values))
    return True


def _gone(old: Obligation, was_sent: bool) -> None:
    """A duty of a regime that was set aside, or that the book no longer has. What was submitted is kept."""
    stop(old)
    if was_sent:
        return
    old.why_not = old.why_not or "Its regime does not apply."
    old.save(update_fields=["why_not"])


def _timers(row: Obligation) -> Iterable[Draft]:
    if row.met_at is not None or row.why_not or row.starts_at is None or row.quiet:
        return
    payload = msgspec.json.encode(jobs.ClockDue(obligation=str(row.id))).decode()
    if row.due_at is None:
        yield Draft(jobs.AT_RISK, payload, str(row.id), max(row.held_until or row.starts_at, row.starts_at))
        return
    if row.due_at > now() and row.reminded_at is None and row.at_risk_at is not None:
        yield Draft(jobs.AT_RISK, payload, str(row.id), max(row.at_risk_at, row.held_until or row.at_risk_at))
    if row.breached_at is None:
        yield Draft(jobs.BREACH, payload, str(row.id), row.due_at)


def calls_for(row: Obligation) -> str:
    """What the calls of those who owe a missed duty have in common: one answer is enough."""
    return f"legal-clock:{row.id}"


def stop(row: Obligation) -> None:
    """No alarm of this duty is due any more, and whoever is still called for it is called no more."""
    cancel(jobs.AT_RISK, str(row.id))
    cancel(jobs.BREACH, str(row.id))
    if row.breached_at is not None:
        oncall.end_shared(
            TOCSIN,
            subject=f"incident:{LegalFile.objects.values_list('incident_id', flat=True).get(id=row.file_id)}",
            shared=calls_for(row),
            reason="It is no longer owed",
        )
