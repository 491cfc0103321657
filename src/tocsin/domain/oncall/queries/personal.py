"""How a person is paged: their own rules per urgency, what holds without them, quiet hours."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from tocsin.domain.accounts import queries as accounts
from tocsin.domain.delivery import queries as delivery
from tocsin.domain.delivery.queries import Way
from tocsin.domain.oncall.models import PersonalRules
from tocsin.domain.oncall.permissions import PERSONAL, PERSONAL_OF_OTHERS
from tocsin.domain.oncall.personal import habits_of, rungs_of
from tocsin.domain.oncall.rules.ending import Wish
from tocsin.domain.oncall.rules.personal import NEVER_QUIET, Rung, plan
from tocsin.domain.oncall.rules.rehearsing import first_page
from tocsin.domain.oncall.rules.urgency import URGENCY, Severity, Urgency
from tocsin.domain.oncall.snapshots import READER
from tocsin.kernel.actor import Actor
from tocsin.kernel.ids import id_of

WORDS = {
    Urgency.WAKES: "What may wake me",
    Urgency.WAKING_HOURS: "What waits for the day",
    Urgency.MAIL: "What is mail",
}


@dataclass(frozen=True, slots=True)
class RuleMethod:
    """A contact method in a rule. `rings`: it makes a noise; `works`: it can send at present."""

    id: str
    kind: str
    label: str
    rings: bool
    works: bool


@dataclass(frozen=True, slots=True)
class RuleView:
    """These methods together, so long after the page."""

    after: timedelta
    methods: tuple[RuleMethod, ...]


@dataclass(frozen=True, slots=True)
class UrgencyRules:
    """What holds for one urgency. `own` False: nothing was set, the default is shown."""

    urgency: str
    words: str
    severities: tuple[str, ...]
    own: bool
    rules: tuple[RuleView, ...]


@dataclass(frozen=True, slots=True)
class PersonalView:
    """All of it. Quiet hours are on the wall of `time_zone`; both None: none."""

    person_id: str
    urgencies: tuple[UrgencyRules, ...]
    quiet_from: time | None
    quiet_until: time | None
    time_zone: str
    methods: tuple[RuleMethod, ...]
    end_wish: str
    """How they hear that what they were paged about is over: quietly, texts or never."""


@dataclass(frozen=True, slots=True)
class OwnPage:
    """How one page would go out to a person: when by which methods (ids), soonest first.

    `quiet_until`: their quiet hours hold at that moment, until then; `rings_through`: this severity rings all the same.
    """

    at: datetime
    messages: tuple[tuple[datetime, str], ...]
    quiet_until: datetime | None
    rings_through: bool


@dataclass(frozen=True, slots=True)
class KeptRules:
    """What one person set by themselves, by urgency; methods by id, also such as are gone."""

    person_id: str
    rules: Mapping[str, tuple[Rung, ...]]
    quiet_from: time | None
    quiet_until: time | None
    end_wish: str = Wish.QUIETLY


def kept_rules(actor: Actor) -> list[KeptRules]:
    """Of everybody who set something, by person. One query. Raises `Denied`."""
    actor.require(PERSONAL_OF_OTHERS)
    return [
        KeptRules(
            person_id=str(row.person_id),
            rules={urgency.value: rungs_of(row.rules[urgency]) for urgency in Urgency if row.rules.get(urgency)},
            quiet_from=row.quiet_from,
            quiet_until=row.quiet_until,
            end_wish=row.all_clear,
        )
        for row in PersonalRules.objects.order_by("person_id")
        if row.rules or row.quiet_from or row.all_clear != Wish.QUIETLY
    ]


def personal_rules(actor: Actor, person_id: str = "") -> PersonalView:
    """One's own, or for administrators those of somebody. A fixed number of queries. Raises `Denied`, `NotFound`."""
    actor.require(PERSONAL)
    wanted = person_id or actor.person
    if wanted != actor.person:
        actor.require(PERSONAL_OF_OTHERS)
    person = accounts.person(READER, wanted)
    row = PersonalRules.objects.filter(person_id=id_of(person.id)).first()
    ways = delivery.ways_to([person.id])[person.id]
    return PersonalView(
        person_id=person.id,
        urgencies=tuple(_urgency(urgency, row, ways) for urgency in Urgency),
        quiet_from=row.quiet_from if row else None,
        quiet_until=row.quiet_until if row else None,
        time_zone=person.time_zone or accounts.organisation().time_zone,
        methods=tuple(map(_method, ways)),
        end_wish=row.all_clear if row else Wish.QUIETLY,
    )


def own_page(actor: Actor, *, severity: Severity, at: datetime) -> OwnPage:
    """How a page of this severity that is sent at `at` would reach the actor while nobody answers, within a day."""
    actor.require(PERSONAL)
    habits = habits_of([actor.person], delivery.ways_to([actor.person]))[actor.person]
    made = first_page(severity, at, habits, timedelta(days=1))
    messages = tuple((message.at, message.method) for message in made.messages)
    quiet_until = habits.quiet.until(at) if habits.quiet else None
    return OwnPage(at, messages, quiet_until, severity in NEVER_QUIET)


def _urgency(urgency: Urgency, row: PersonalRules | None, ways: tuple[Way, ...]) -> UrgencyRules:
    own = rungs_of(row.rules.get(urgency.value, ())) if row else ()
    levels = [s.word for s in sorted(Severity, key=lambda s: -s.rank) if URGENCY[s] is urgency]
    seen = tuple(_rule(rung, ways) for rung in plan(own, ways, urgency))
    return UrgencyRules(urgency.value, WORDS[urgency], tuple(levels), bool(own), seen)


def _rule(rung: Rung, ways: tuple[Way, ...]) -> RuleView:
    by_id = {way.id: way for way in ways}
    return RuleView(rung.after, tuple(_method(by_id[id_]) for id_ in rung.methods))


def _method(way: Way) -> RuleMethod:
    return RuleMethod(way.id, way.kind, way.label, way.wakes, way.works)
