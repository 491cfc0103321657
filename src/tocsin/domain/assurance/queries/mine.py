"""'Will I be paged?': for one person, by which policies, at which step, after how long, by what; now and next."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin.domain.accounts import queries as accounts
from tocsin.domain.assurance.permissions import VIEW
from tocsin.domain.assurance.queries.findings import ReachabilityFinding, findings
from tocsin.domain.assurance.rules.audit import AHEAD
from tocsin.domain.delivery import standing
from tocsin.domain.delivery.standing import MethodStanding
from tocsin.domain.oncall import queries as oncall
from tocsin.domain.oncall.queries import Reach
from tocsin.domain.oncall.rules import escalation as rules
from tocsin.domain.oncall.rules.escalation import Phase
from tocsin.domain.oncall.rules.urgency import URGENCY, Severity, Urgency
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now


@dataclass(frozen=True, slots=True)
class Turn:
    """When a policy would page this person (at `at`). `after` None: only as the last resort, when every round is over.

    `until`: when that changes (None: not in the coming 14 days).
    """

    policy_id: str
    policy: str
    services: tuple[str, ...]
    step: int
    steps: int
    after: timedelta | None
    until: datetime | None
    last_resort: bool = False
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Coming:
    """A stretch of the coming 14 days in which a step means this person; `goes_on`: beyond them."""

    start: datetime
    end: datetime
    policy_id: str
    policy: str
    step: int
    services: tuple[str, ...]
    goes_on: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """Everything that the page says. `now` soonest first; `methods` in the order in which they are tried.

    `sent`: how that first page goes out, by the person's own rules and quiet hours.
    """

    person_id: str
    person: str
    severity: str
    wakes: bool
    now: tuple[Turn, ...]
    coming: tuple[Coming, ...]
    methods: tuple[MethodStanding, ...]
    findings: tuple[ReachabilityFinding, ...]
    sent: oncall.OwnPage

    @property
    def first(self) -> Turn | None:
        """What would page this person first."""
        return self.now[0] if self.now else None

    @property
    def sent_by(self) -> list[tuple[MethodStanding, list[datetime]]]:
        """Each method with the moments at which that page uses it; none: it does not."""
        return [(one, [at for at, method in self.sent.messages if method == one.id]) for one in self.methods]

    @property
    def held(self) -> list[MethodStanding]:
        """What rings and is not used before the quiet hours end."""
        until = self.sent.quiet_until
        if until is None or self.sent.rings_through:
            return []
        used = {method for at, method in self.sent.messages if at < until}
        return [one for one in self.methods if one.wakes and one.usable and one.id not in used]

    @property
    def reachable(self) -> bool:
        """True when a page would go out by a way that is known to arrive."""
        return any(method.usable for method in self.methods)

    @property
    def asleep(self) -> bool:
        """True when the page should wake this person, and none of the ways by which it would arrive does."""
        return self.wakes and self.reachable and not any(method.usable and method.wakes for method in self.methods)


def will_i_be_paged(actor: Actor, *, severity: str = "critical") -> Answer:
    """For the person who asks, if something of this severity fired now; and the shifts of the coming 14 days.

    By the rules that page: the same directory, the same rehearsal. A fixed number of queries.
    """
    actor.require(VIEW)
    at, level = now(), Severity(severity)
    found = oncall.reaches(actor, start=at, end=at + AHEAD)
    turns = [turn for reach in found if (turn := _turn(reach, actor.person, level, at))]
    turns.sort(key=lambda t: (t.last_resort, t.after or timedelta.max, t.policy))
    coming = [one for reach in found if reach.policy_id for one in _coming(reach, actor.person, at)]
    urgent = URGENCY[level] is Urgency.WAKES
    mine = [method for method in standing.methods(actor, [actor.person]) if method.person_id == actor.person]
    person = accounts.person(actor, actor.person)
    return Answer(
        person_id=actor.person,
        person=person.name,
        severity=level.value,
        wakes=urgent,
        now=tuple(turns),
        coming=tuple(sorted(coming, key=lambda one: (one.start, one.policy))),
        methods=tuple(sorted(mine, key=lambda m: (not m.usable, m.wakes != urgent))),
        findings=tuple(view for view in findings(actor) if view.person_id == actor.person),
        sent=oncall.own_page(actor, severity=level, at=(turns[0].at if turns else None) or at),
    )


def _turn(reach: Reach, person: str, level: Severity, at: datetime) -> Turn | None:
    people = reach.people
    line = rules.rehearse(people.policy, level, at, people.people_at, people.administrators, reach.hours)
    for when, decision in line:
        if person not in {out.person for out in decision.pages}:
            continue
        last = decision.state.phase is Phase.CATCH_ALL
        return Turn(
            policy_id=reach.policy_id,
            policy=reach.policy,
            services=reach.services,
            step=0 if last else decision.state.step + 1,
            steps=len(people.policy.steps),
            after=when - at,
            until=None if last else _until(reach, person, decision.state.step, when),
            last_resort=last or not reach.policy_id,
            at=when,
        )
    return None


def _until(reach: Reach, person: str, step: int, at: datetime) -> datetime | None:
    """When this step no longer means the person; None when that is not in sight."""
    for span in reach.spans:
        if span.end > at and (step >= len(span.steps) or person not in span.steps[step]):
            return span.start
    return None


def _coming(reach: Reach, person: str, at: datetime) -> list[Coming]:
    found: list[Coming] = []
    for span in reach.spans:
        for number, meant in enumerate(span.steps, 1):
            if person not in meant:
                continue
            last = next((one for one in found if one.step == number and one.end == span.start), None)
            if last is not None:
                found.remove(last)
            start = last.start if last else span.start
            found.append(
                Coming(start, span.end, reach.policy_id, reach.policy, number, reach.services, span.end >= at + AHEAD)
            )
    return [one for one in found if one.start > at]
