"""Reads of this room: one question, everything answered. A fixed number of queries of the rooms below, however much
happened; who may see what is decided there.
"""

from collections.abc import Callable, Iterable
from datetime import datetime

from django.utils import timezone

from tocsin.domain.accounts import queries as accounts
from tocsin.domain.accounts.queries import PersonView
from tocsin.domain.alerts import measuring as alerts
from tocsin.domain.alerts.measuring import Noise
from tocsin.domain.catalog import queries as catalog
from tocsin.domain.catalog.queries import ServiceView
from tocsin.domain.incidents import measuring as incidents
from tocsin.domain.incidents.measuring import Kept, Measured
from tocsin.domain.incidents.rules.states import Kind
from tocsin.domain.insights.rules import figures, findings, hours
from tocsin.domain.insights.views import (
    Choice,
    Insights,
    Named,
    NoiseView,
    PersonLoad,
    PromiseView,
    Response,
    Rotation,
    Share,
    Volume,
)
from tocsin.domain.oncall import measuring as oncall
from tocsin.domain.oncall.measuring import Duty, Paged
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.kernel.actor import Actor
from tocsin.kernel.business_time import zone_of
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Invalid

__all__ = ["Choice", "Insights", "NoiseView", "PersonLoad", "PromiseView", "Response", "Rotation", "insights"]

_STEPS: tuple[tuple[str, str, Callable[[Measured], datetime | None]], ...] = (
    ("acknowledge", "Acknowledge", lambda m: m.acknowledged_at),
    ("engage", "Engage the team", lambda m: m.engaged_at),
    ("mitigate", "Mitigate", lambda m: m.mitigated_at),
    ("resolve", "Resolve", lambda m: m.resolved_at),
)
_SEVERITIES = tuple(s for s in Severity)
NOBODY = "No team"
_ASIDE = ("staff_alert:", "test_page:", "rules_test:", "pulse:")


def insights(actor: Actor, choice: Choice) -> Insights:
    """Everything about that time. About twenty-five queries. Raises `Invalid` when the time ends before it begins."""
    if choice.until <= choice.since:
        raise Invalid("until: it must be later than since.", field="until")
    span = (choice.since, choice.until)
    services = {s.id: s for s in catalog.services(actor)}
    chosen = _chosen(choice, services)
    cases = incidents.measured(actor, *span, services=chosen)
    affected = incidents.services_of_incidents(actor, *span)
    pages = _pages(actor, choice, cases, narrowed=chosen is not None)
    starts = figures.buckets(*span, timezone.localtime)
    taken = incidents.groups_taken(actor, *span)
    noise = [ask(actor, *span, services=chosen, taken=taken) for ask in (alerts.noise_by_source, alerts.noise_by_rule)]
    known = {p.id: p for p in accounts.people(actor)}
    people = _loads(known, pages)
    promises = incidents.promises_kept(actor, *span, services=chosen)
    responses = tuple(_response(step, cases, affected, services, starts) for step in _STEPS)
    severities = _volumes(cases, starts, ((s.value, s.word) for s in _SEVERITIES), lambda m: m.severity)
    rotations = tuple(
        _rotation(duty, people, known) for duty in oncall.duties(actor, choice.since, min(choice.until, now()))
    )
    sources, rules = _noise(actor, choice, pages, noise)
    return Insights(
        choice=choice,
        incidents=len(cases),
        starts=tuple(starts),
        responses=responses,
        severities=severities,
        kinds=_volumes(cases, starts, ((k.value, k.words) for k in Kind), lambda m: m.kind),
        promises=tuple(PromiseView(p.words, p.due, p.in_time, figures.share(p.in_time, p.due)) for p in promises),
        pages=len(pages),
        people=tuple(people),
        by_hour=tuple(sum(each.by_hour[hour] for each in people) for hour in range(24)),
        rotations=tuple(each for each in rotations if each.people),
        sources=sources,
        rules=rules,
        findings=_findings(cases, responses, severities, promises, people, noise[0]),
    )


def _chosen(choice: Choice, services: dict[str, ServiceView]) -> list[str] | None:
    """Ids of the services asked about; None: all. Raises `Invalid` for one that is not there."""
    if choice.service_id:
        if choice.service_id not in services:
            raise Invalid("service: there is no such service.", field="service")
        return [choice.service_id]
    if choice.team_id:
        return [s.id for s in services.values() if s.owner_team_id == choice.team_id]
    return None


def _pages(actor: Actor, choice: Choice, cases: list[Measured], *, narrowed: bool) -> list[Paged]:
    """Pages of that time; asked about some services, those about their incidents. What is rehearsed, tried or asked of
    everybody at once says nothing of the load of being on call.
    """
    found = oncall.pages_between(actor, choice.since, choice.until)
    if narrowed:
        about = {f"incident:{case.id}" for case in cases}
        return [page for page in found if page.subject in about]
    rehearsed = incidents.rehearsed()
    return [page for page in found if not page.subject.startswith(_ASIDE) and page.subject not in rehearsed]


def _response(
    step: tuple[str, str, Callable[[Measured], datetime | None]],
    cases: list[Measured],
    affected: dict[str, list[str]],
    services: dict[str, ServiceView],
    starts: list[datetime],
) -> Response:
    key, words, when = step
    done = [(case, (at - case.began_at).total_seconds()) for case in cases if (at := when(case)) is not None]
    timed: list[list[float]] = [[] for _ in starts]
    for case, seconds in done:
        timed[figures.bucket_of(case.began_at, starts)].append(max(0.0, seconds))
    by_service = ((services[s].name, t) for c, t in done for s in affected.get(c.id, ()) if s in services)
    by_team = ((team, t) for c, t in done for team in _teams(affected.get(c.id, ()), services))
    severities = figures.spreads_by((case.severity, seconds) for case, seconds in done)
    return Response(
        key=key,
        words=words,
        overall=figures.spread(seconds for _, seconds in done),
        by_severity=tuple(Named(s.word, severities[s.value]) for s in _SEVERITIES if s.value in severities),
        by_service=_named(by_service),
        by_team=_named(by_team),
        by_time=tuple(figures.spread(values) for values in timed),
    )


def _teams(ids: Iterable[str], services: dict[str, ServiceView]) -> set[str]:
    return {services[id_].owner_team or NOBODY for id_ in ids if id_ in services}


def _named(cases: Iterable[tuple[str, float]]) -> tuple[Named, ...]:
    found = figures.spreads_by(cases)
    return tuple(Named(name, found[name]) for name in sorted(found, key=lambda n: (-found[n].count, n)))


def _volumes(
    cases: list[Measured], starts: list[datetime], names: Iterable[tuple[str, str]], of: Callable[[Measured], str]
) -> tuple[Volume, ...]:
    counts: dict[str, list[int]] = {}
    for case in cases:
        counts.setdefault(of(case), [0] * len(starts))[figures.bucket_of(case.began_at, starts)] += 1
    return tuple(Volume(words, tuple(counts[value])) for value, words in names if value in counts)


def _loads(known: dict[str, PersonView], pages: list[Paged]) -> list[PersonLoad]:
    house = accounts.organisation()
    zones = {p.id: zone_of(p.time_zone) for p in known.values() if p.time_zone}
    found = hours.loads(
        ((page.person, page.at) for page in pages),
        zones=zones,
        zone=zone_of(house.time_zone),
        calendar=house.calendar,
    )
    rows = [
        PersonLoad(
            id_,
            known[id_].name if id_ in known else "Somebody who left",
            load.pages,
            load.interruptions,
            load.nights,
            tuple(load.by_hour),
        )
        for id_, load in found.items()
    ]
    return sorted(rows, key=lambda row: (-row.pages, row.name))


def _rotation(duty: Duty, people: list[PersonLoad], known: dict[str, PersonView]) -> Rotation:
    loads = {each.id: each for each in people}
    shares = [
        Share(
            known[id_].name if id_ in known else "Somebody who left",
            seconds / 3600,
            loads[id_].pages if id_ in loads else 0,
            loads[id_].nights if id_ in loads else 0,
        )
        for id_, seconds in duty.seconds.items()
    ]
    shares.sort(key=lambda each: (-each.pages, -each.hours, each.name))
    return Rotation(
        schedule=duty.schedule,
        people=tuple(shares),
        fair_hours=figures.fairness([each.hours for each in shares]),
        fair_pages=figures.fairness([each.pages for each in shares]),
        fair_nights=figures.fairness([each.nights for each in shares]),
        uncovered_hours=duty.uncovered / 3600,
        sentence=findings.rotation(
            {each.name: float(each.pages) for each in shares}, {each.name: each.hours for each in shares}
        ),
    )


def _noise(
    actor: Actor, choice: Choice, pages: list[Paged], found: list[list[Noise]]
) -> tuple[tuple[NoiseView, ...], tuple[NoiseView, ...]]:
    of = incidents.sources_of_incidents(actor, choice.since, choice.until)
    paged: dict[str, int] = {}
    for page in pages:
        for source in of.get(page.subject.removeprefix("incident:"), ()):
            paged[source] = paged.get(source, 0) + 1
    by_source = tuple(_noise_view(each, paged.get(each.integration_id, 0)) for each in found[0])
    return by_source, tuple(_noise_view(each, 0) for each in found[1])


def _noise_view(each: Noise, pages: int) -> NoiseView:
    return NoiseView(
        source=each.integration or "A source that is gone",
        rule=each.rule,
        alerts=each.alerts,
        pages=pages,
        per_page=each.alerts / pages if pages else None,
        acknowledged=figures.share(each.acknowledged, each.alerts),
        short=figures.share(each.short, each.alerts),
        untouched=figures.share(each.untouched, each.alerts),
    )


def _findings(
    cases: list[Measured],
    responses: tuple[Response, ...],
    severities: tuple[Volume, ...],
    promises: list[Kept],
    people: list[PersonLoad],
    sources: list[Noise],
) -> dict[str, str]:
    bad = sum(v.total for v in severities if v.name in (Severity.CRITICAL.word, Severity.HIGH.word))
    each_time = [sum(v.counts[n] for v in severities) for n in range(len(severities[0].counts))] if severities else []
    shares = {p.words: figures.share(p.in_time, p.due) for p in promises if p.in_time < p.due}
    worst = min(shares.items(), key=lambda item: item[1]) if shares else None
    loads = {p.id: hours.Load(p.pages, p.interruptions, p.nights) for p in people}
    loudest = max(
        ((n.integration or "a source that is gone", n.alerts) for n in sources), key=lambda n: n[1], default=None
    )
    return {
        "response": findings.response(responses[0].overall, responses[-1].overall),
        "incidents": findings.incidents(len(cases), bad, each_time),
        "promises": findings.promises(sum(p.due for p in promises), sum(p.in_time for p in promises), worst),
        "pages": findings.pages(loads),
        "noise": findings.noise(sum(n.alerts for n in sources), sum(n.untouched for n in sources), loudest),
    }
