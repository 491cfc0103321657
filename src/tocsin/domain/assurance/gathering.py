"""The picture that the audit looks at, put together from what the rooms of paging answer. Reads, never decides."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from tocsin.domain.accounts import queries as accounts
from tocsin.domain.accounts.queries import PersonView
from tocsin.domain.alerts.unrouted import unrouted_integrations
from tocsin.domain.assurance.rules import audit as rules
from tocsin.domain.assurance.rules.audit import AHEAD, Picture, Stretch
from tocsin.domain.delivery import standing
from tocsin.domain.delivery.standing import MethodStanding
from tocsin.domain.oncall import queries as oncall
from tocsin.domain.oncall.queries import Reach
from tocsin.domain.oncall.reaching import Span
from tocsin.kernel.actor import Role, system

READER = system("reachability")
_RESPONDS = {Role.RESPONDER.value, Role.COMMANDER.value, Role.SECURITY.value}


@dataclass(frozen=True, slots=True)
class Duty:
    """When a step first means a person, and how that is said."""

    since: datetime
    words: str


def picture(at: datetime) -> Picture:
    """The house as it stands, and what its own rules would do over the coming 14 days. For workers: many queries."""
    until = at + AHEAD
    found = oncall.reaches(READER, start=at, end=until)
    methods = standing.methods(READER)
    organisation = accounts.organisation()
    policies = [reach for reach in found if reach.policy_id]
    return Picture(
        at=at,
        until=until,
        people=tuple(_people(at, policies, methods, set(organisation.catch_all_ids))),
        schedules=tuple(_schedules(at, policies)),
        policies=tuple(_policy(reach) for reach in policies),
        services=tuple(
            rules.Service(view.service_id, view.service, view.tier, view.policy_id)
            for view in oncall.service_policies(READER)
        ),
        providers=tuple(
            rules.Provider(p.kind, p.name, p.people, p.problem, p.resting, p.failing)
            for p in standing.providers(READER, methods)
        ),
        sources=tuple(rules.Source(s.integration_id, s.name, s.why) for s in unrouted_integrations(READER)),
        zone=organisation.time_zone,
    )


def duties(at: datetime, policies: Iterable[Reach]) -> dict[str, Duty]:
    """Everyone whom a step means in the coming days: when first, and by which policy."""
    found: dict[str, Duty] = {}
    for reach in policies:
        for span in reach.spans:
            for number, meant in enumerate(span.steps, 1):
                for id_ in meant:
                    if id_ not in found or span.start < found[id_].since:
                        found[id_] = Duty(span.start, _duty(span, at, reach.policy, number))
    return found


def _duty(span: Span, at: datetime, policy: str, number: int) -> str:
    when = "" if span.start <= at else f", from {span.start:%Y-%m-%d %H:%M} UTC"
    return f"step {number} of {policy}{when}"


def person(view: PersonView, methods: Iterable[MethodStanding], duty: Duty | None, *, catch_all: bool) -> rules.Person:
    """One person as the rules see them."""
    return rules.Person(
        id=view.id,
        name=view.name,
        methods=tuple(rules.Method(m.name, m.verified, m.wakes, m.problem) for m in methods if m.enabled),
        administrator=Role.ADMINISTRATOR.value in view.roles,
        catch_all=catch_all,
        responds=bool(_RESPONDS & set(view.roles)),
        duty_from=duty.since if duty else None,
        duty=duty.words if duty else "",
    )


def _people(
    at: datetime, policies: list[Reach], methods: list[MethodStanding], catch_all: set[str]
) -> Iterable[rules.Person]:
    duty = duties(at, policies)
    by_person: dict[str, list[MethodStanding]] = {}
    for method in methods:
        by_person.setdefault(method.person_id, []).append(method)
    for view in accounts.people(READER, active_only=True):
        yield person(view, by_person.get(view.id, ()), duty.get(view.id), catch_all=view.id in catch_all)


def _schedules(at: datetime, policies: list[Reach]) -> Iterable[rules.Schedule]:
    for plan in oncall.plans_ahead(READER, days=AHEAD.days):
        used = tuple(reach.policy for reach in policies if plan.schedule_id in reach.schedule_ids)
        gaps = tuple(Stretch(max(gap.start, at), gap.end) for gap in plan.gaps if gap.end > at)
        yield rules.Schedule(plan.schedule_id, plan.schedule, plan.time_zone, gaps, used)


def _policy(reach: Reach) -> rules.Policy:
    steps = tuple(
        rules.Step(number, ", ".join(words), _empty(reach.spans, number)) for number, words in enumerate(reach.steps, 1)
    )
    return rules.Policy(
        reach.policy_id, reach.policy, reach.services, steps, stretches(reach.spans, lambda span: span.nobody)
    )


def _empty(spans: Iterable[Span], number: int) -> tuple[Stretch, ...]:
    return stretches(spans, lambda span: not span.steps[number - 1])


def stretches(spans: Iterable[Span], where: Callable[[Span], bool]) -> tuple[Stretch, ...]:
    """The stretches of time in which `where` holds, neighbours joined."""
    found: list[Stretch] = []
    for span in spans:
        if not where(span):
            continue
        if found and found[-1].end == span.start:
            found[-1] = Stretch(found[-1].start, span.end)
        else:
            found.append(Stretch(span.start, span.end))
    return tuple(found)
