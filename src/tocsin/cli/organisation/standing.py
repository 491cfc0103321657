"""The organisation as it is, in the words of the file, with the ids that commands ask for.

Reads only, through the rooms' queries. Never reads a key; `without_secrets` also leaves out secret addresses.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from tocsin.cli.organisation import checking, escalating, rules, task_lists
from tocsin.cli.organisation.document import (
    Channel,
    ContactMethod,
    Document,
    Integration,
    Layer,
    Organisation,
    Person,
    Route,
    Schedule,
    Service,
    Team,
    Window,
)
from tocsin.cli.organisation.reading import WEEKDAYS
from tocsin.domain.accounts import queries as accounts
from tocsin.domain.alerts import queries as alerts
from tocsin.domain.catalog import queries as catalog
from tocsin.domain.delivery import channel_queries as channels
from tocsin.domain.delivery import queries as delivery
from tocsin.domain.incidents import queries as incidents
from tocsin.domain.monitoring import queries as monitoring
from tocsin.domain.oncall import queries as oncall
from tocsin.kernel.actor import Actor


@dataclass(slots=True)
class Standing:
    """What is: the document, and ids by section and name (contact methods: by owner, kind and address)."""

    document: Document
    ids: dict[str, dict[str, str]] = field(default_factory=dict)
    contacts: dict[tuple[str, str, str], str] = field(default_factory=dict)


_WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def standing(actor: Actor) -> Standing:
    """Read all rooms."""
    people = accounts.people(actor)
    emails = {p.id: p.email for p in people}
    teams = accounts.teams(actor)
    policies = oncall.policies(actor)
    names = {p.id: p.name for p in policies}
    services = catalog.services(actor)
    slugs = {s.id: s.slug for s in services}
    found = Standing(
        Document(
            organisation=_organisation(emails),
            teams=[_team(t, emails) for t in teams],
            services=_services(actor),
            schedules=[_schedule(view, emails, {t.id: t.slug for t in teams}) for view in oncall.schedules(actor)],
            policies=[escalating.written(view, emails, {t.id: t.slug for t in teams}) for view in policies],
        )
    )
    found.ids = {
        "people": {p.email: p.id for p in people},
        "teams": {t.slug: t.id for t in teams},
        "services": {s.slug: s.id for s in services},
        "schedules": {s.name: s.id for s in oncall.schedules(actor)},
        "policies": {p.name: p.id for p in policies},
        "webhooks": {hook.name: hook.id for hook in oncall.step_webhooks(actor)},
    }
    found.document.people = [_person(actor, p, found) for p in people]
    routes, sources = alerts.routes(actor), alerts.integrations(actor)
    found.document.routes = [_route(r, slugs, names) for r in routes]
    found.document.integrations = [_integration(i, slugs) for i in sources]
    found.ids["routes"] = dict(zip(keys([r.name for r in routes]), [r.id for r in routes], strict=True))
    found.ids["integrations"] = dict(zip(keys([i.name for i in sources]), [i.id for i in sources], strict=True))
    checks = monitoring.checks(actor)
    found.document.checks = [checking.written(c, slugs) for c in checks]
    lists = incidents.task_templates(actor)
    found.document.task_lists = [task_lists.written(kept, emails) for kept in lists]
    found.ids["task_lists"] = {kept.name: kept.id for kept in lists}
    found.ids["checks"] = {c.name: c.id for c in checks}
    accounts_kept = [c for c in channels.channels(actor) if c.stored]
    found.document.channels = [_channel(c) for c in accounts_kept]
    found.ids["channels"] = {c.name: c.name for c in accounts_kept}
    found.document.incident_templates, found.ids["incident_templates"] = rules.standing_templates(actor, slugs, emails)
    found.document.rules = rules.standing_rules(actor)
    return found


def _team(view: accounts.TeamView, emails: dict[str, str]) -> Team:
    members = sorted(emails[id_] for id_ in view.member_ids)
    return Team(slug=view.slug, name=view.name, members=members, hours=rules.standing_hours(view.id))


def secret_kinds(actor: Actor) -> set[str]:
    """Kinds of contact methods whose address is itself a secret."""
    return {t.kind for t in delivery.transport_views(actor) for f in t.fields if f.name == "address" and f.secret}


def without_secrets(actor: Actor) -> Document:
    """What is, as it may be written to a file."""
    document, secret = standing(actor).document, secret_kinds(actor)
    for person in document.people:
        person.contact_methods = [m for m in person.contact_methods or [] if m.kind not in secret]
    return document


def keys(names: list[str]) -> list[str]:
    """Names made different where two things share one: the second is 'name (2)'."""
    seen: dict[str, int] = {}
    made = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        made.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return made


def duration_text(value: timedelta | None) -> str:
    """A duration as `parse_duration` reads it, in the largest unit that fits; empty for none."""
    if value is None:
        return ""
    seconds = int(value.total_seconds())
    for unit, size in (("h", 3600), ("m", 60)):
        if seconds and seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def _organisation(emails: dict[str, str]) -> Organisation:
    view = accounts.organisation()
    return Organisation(
        name=view.name,
        url=view.url,
        time_zone=view.time_zone,
        holiday_region=view.holiday_region,
        closed_dates=list(view.closed_dates),
        # PostgreSQL's JSON forgets the order of keys; a file reads from Monday on.
        hours={day: [list(span) for span in view.hours[day]] for day in _WEEK if day in view.hours},
        catch_all=sorted(emails[id_] for id_ in view.catch_all_ids),
    )


def _person(actor: Actor, view: accounts.PersonView, found: Standing) -> Person:
    methods = delivery.destinations(actor, view.id)
    for method in methods:
        found.contacts[view.email, method.kind, method.address] = method.id
    return Person(
        email=view.email,
        name=view.name,
        roles=list(view.roles),
        time_zone=view.time_zone,
        phone=view.phone,
        language=view.language,
        skills=list(view.skills),
        site=view.site,
        active=view.active,
        contact_methods=[
            ContactMethod(kind=m.kind, address=m.address, label=m.label, vouched=m.verified, enabled=m.enabled)
            for m in methods
        ],
    )


def _services(actor: Actor) -> list[Service]:
    policy_of = {view.service_id: view.policy for view in oncall.service_policies(actor)}
    ids = {s.slug: s.id for s in catalog.services(actor)}
    return [
        Service(
            slug=s.slug,
            name=s.name,
            description=s.description,
            kind=s.kind,
            tier=s.tier,
            owner=s.owner,
            needs=list(s.needs),
            policy=policy_of.get(ids[s.slug], ""),
        )
        for s in catalog.listed(actor)
    ]


def _schedule(view: oncall.ScheduleView, emails: dict[str, str], teams: dict[str, str]) -> Schedule:
    return Schedule(
        name=view.name,
        time_zone=view.time_zone,
        layers=[_layer(given, view, emails) for given in view.layers],
        team=teams.get(view.team_id, ""),
        holiday_region=view.holiday_region,
        next_takes_over=view.next_takes_over,
        longest_hours=view.longest_hours,
        notices=[f"{lead // 60}h" if lead and lead % 60 == 0 else f"{lead}m" for lead in view.notices],
    )


def _layer(given: oncall.LayerView, view: oncall.ScheduleView, emails: dict[str, str]) -> Layer:
    return Layer(
        people=[emails.get(id_, id_) for id_ in given.people],
        handoff=given.handoff.isoformat("minutes"),
        start=given.start.isoformat(),
        every=given.every,
        count=given.count,
        end=given.end.isoformat() if given.end else "",
        time_zone="" if given.time_zone == view.time_zone else given.time_zone,
        restrictions=[
            Window(weekday=WEEKDAYS[day], opens=opens.isoformat("minutes"), closes=closes.isoformat("minutes"))
            for day, opens, closes in given.restrictions
        ],
        name=given.name,
        pattern=list(given.pattern),
        on_holidays=given.on_holidays,
        holiday_region=given.holiday_region,
    )


def _route(view: alerts.RouteView, slugs: dict[str, str], policies: dict[str, str]) -> Route:
    return Route(
        name=view.name,
        match=view.matchers,
        service=slugs.get(view.service_id or "", ""),
        policy=policies.get(view.policy_id, ""),
        group_by=list(view.group_by),
        continues=view.continues,
    )


def _channel(view: channels.ChannelView) -> Channel:
    return Channel(name=view.name, settings={k: v for k, v in view.config.items() if k not in view.fixed})


def _integration(view: alerts.IntegrationView, slugs: dict[str, str]) -> Integration:
    return Integration(
        name=view.name, kind=view.kind, service=slugs.get(view.service_id or "", ""), every=duration_text(view.every)
    )
