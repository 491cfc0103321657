"""Makes the organisation what a document says, through the rooms' commands, and lists every difference on the way.

A rehearsal is the same work undone at its end, so that what it promises is what happens. Each entry is tried by
itself: all refusals are told together, and then nothing is changed.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time
from functools import partial
from typing import Any

from django.db import transaction

from tocsin.cli.organisation import checking, escalating, removing, rules, task_lists
from tocsin.cli.organisation.differing import Change, details, normal
from tocsin.cli.organisation.document import (
    Channel,
    Check,
    Document,
    Entry,
    IncidentTemplate,
    Layer,
    Person,
    Policy,
    Route,
    Schedule,
    Service,
    TaskList,
)
from tocsin.cli.organisation.reading import WEEKDAYS, Problems
from tocsin.cli.organisation.standing import Standing, keys, secret_kinds, standing
from tocsin.domain.accounts import commands as accounts
from tocsin.domain.alerts import commands as alerts
from tocsin.domain.catalog import commands as catalog
from tocsin.domain.delivery import commands as delivery
from tocsin.domain.delivery.channels import channel_kind
from tocsin.domain.oncall import commands as oncall
from tocsin.kernel.actor import Actor
from tocsin.kernel.durations import parse_duration
from tocsin.kernel.errors import Invalid, Refused


class _Skipped(Exception):
    """The entry names something whose own entry was refused: one sentence about that is enough."""


@dataclass(slots=True)
class _Run:
    actor: Actor
    wanted: Document
    now: Standing
    problems: Problems
    changes: list[Change]
    failed: set[tuple[str, str]]

    def id_of(self, section: str, name: str, field: str) -> str:
        """The id of what an entry names. Raises `Invalid` when it is nowhere."""
        if (section, name) in self.failed:
            raise _Skipped
        found = self.now.ids[section].get(name)
        if found is None:
            one = ONE[section]
            mend = f"add it under '{section}'" if section != "webhooks" else "add it on the page of webhooks of steps"
            raise Invalid(f"{field}: there is no {one} '{name}'; {mend}.", field=field)
        return found

    def each(
        self,
        section: str,
        names: Sequence[str],
        entries: Sequence[Entry],
        standing_entries: Sequence[Entry],
        save: Callable[["_Run", Any, Any], str],
    ) -> None:
        """Save every entry that differs from what is; `save` gets it with the standing one (or None)."""
        present = dict(zip(self.now.ids[section], standing_entries, strict=True))
        for number, (name, entry) in enumerate(zip(names, entries, strict=True), 1):
            old = present.get(name)
            words = details(old, entry)
            if old is not None and not words:
                continue
            if self.tried(f"{section}[{number}]", partial(self._save, section, name, save, entry, old)):
                self.changes.append(Change("~" if old else "+", f"{ONE[section]} {name}", words))
            elif old is None:
                self.failed.add((section, name))

    def tried(self, path: str, act: Callable[[], None]) -> bool:
        """Do it in a savepoint; a refusal becomes a problem at `path`."""
        try:
            with transaction.atomic():
                act()
        except _Skipped:
            return False
        except Refused as refusal:
            self.problems.refused(path, refusal)
            return False
        return True

    def _save(
        self, section: str, name: str, save: Callable[["_Run", Any, Any], str], entry: Entry, old: Entry | None
    ) -> None:
        self.now.ids[section][name] = save(self, entry, old)


ONE = {
    "people": "person",
    "teams": "team",
    "services": "service",
    "schedules": "schedule",
    "policies": "policy",
    "routes": "route",
    "integrations": "integration",
    "checks": "check",
    "channels": "channel",
    "webhooks": "webhook of the organisation",
    "task_lists": "task list",
    "incident_templates": "incident template",
}


def run(actor: Actor, wanted: Document, *, remove: bool, rehearse: bool) -> list[Change]:
    """Apply and return the differences; a rehearsal leaves everything as it was. Raises `Invalid` with all problems."""
    with transaction.atomic():
        work = _Run(actor, checking.spelled(normal(wanted)), standing(actor), Problems(), [], set())
        _apply(work)
        if remove:
            work.changes += removing.remove(actor, work.wanted, work.now, work.problems)
        work.problems.check()
        if rehearse:
            transaction.set_rollback(True)
    return work.changes


def _apply(work: _Run) -> None:
    wanted, now = work.wanted, work.now.document
    _keep_unlisted(work)
    work.each("people", [p.email for p in wanted.people], wanted.people, now.people, _person)
    work.each("teams", [t.slug for t in wanted.teams], wanted.teams, now.teams, _team)
    needs = _without_policy(wanted.services), _without_policy(now.services)
    work.each("schedules", [s.name for s in wanted.schedules], wanted.schedules, now.schedules, _schedule)
    policies = escalating.in_order(wanted.policies)
    work.each("policies", [p.name for p in policies], policies, now.policies, _policy)
    work.each("services", [s.slug for s in needs[0]], needs[0], _in_order(work, needs[1]), _service)
    _needs_and_policies(work)
    work.each("routes", keys([r.name for r in wanted.routes]), wanted.routes, now.routes, _route)
    _order_of_routes(work)
    sources = wanted.integrations
    work.each("integrations", keys([i.name for i in sources]), sources, now.integrations, _integration)
    work.each("checks", [c.name for c in wanted.checks], wanted.checks, now.checks, _check)
    work.each("channels", [c.name for c in wanted.channels], wanted.channels, now.channels, _channel)
    lists = wanted.task_lists
    work.each("task_lists", [t.name for t in lists], lists, now.task_lists, _task_list)
    templates = wanted.incident_templates
    work.each("incident_templates", [t.name for t in templates], templates, now.incident_templates, _template)
    _rules(work)
    _organisation(work)


def _task_list(work: _Run, entry: TaskList, old: TaskList | None) -> str:
    return task_lists.save(
        work.actor,
        entry,
        owner_of=lambda email: work.id_of("people", email, "owner"),
        list_id=work.now.ids["task_lists"][entry.name] if old else None,
    )


def _keep_unlisted(work: _Run) -> None:
    """Two kinds of contact methods stay though a person's list leaves them out: those whose address is a secret, for
    no export has them, and the person's own address, which Tocsin adds by itself.
    """
    secret = secret_kinds(work.actor)
    listed = {p.email: {(m.kind, m.address) for m in p.contact_methods or []} for p in work.wanted.people}
    for person in work.now.document.people:
        person.contact_methods = [
            m
            for m in person.contact_methods or []
            if (m.kind, m.address) in listed.get(person.email, set())
            or not (m.kind in secret or m.address == person.email)
        ]


def _in_order(work: _Run, entries: Iterable[Service]) -> list[Service]:
    by_slug = {entry.slug: entry for entry in entries}
    return [by_slug[slug] for slug in work.now.ids["services"]]


def _without_policy(services: Iterable[Service]) -> list[Service]:
    """What can be saved before every service is there."""
    return [
        Service(slug=s.slug, name=s.name, description=s.description, kind=s.kind, tier=s.tier, owner=s.owner)
        for s in services
    ]


def _person(work: _Run, entry: Person, old: Person | None) -> str:
    fields: dict[str, Any] = {
        "name": entry.name,
        "time_zone": entry.time_zone,
        "phone": entry.phone,
        "language": entry.language,
        "skills": entry.skills,
        "site": entry.site,
    }
    if old is None:
        id_ = accounts.add_person(work.actor, email=entry.email, roles=entry.roles, **fields)
    else:
        id_ = work.now.ids["people"][entry.email]
        accounts.change_person(work.actor, person_id=id_, **fields)
        accounts.set_roles(work.actor, person_id=id_, roles=entry.roles)
    if entry.active is False:
        accounts.deactivate_person(work.actor, person_id=id_)
    elif old is not None:
        accounts.reactivate_person(work.actor, person_id=id_)
    if entry.contact_methods is not None:
        _contact_methods(work, entry, old, id_)
    return id_


def _contact_methods(work: _Run, entry: Person, old: Person | None, person_id: str) -> None:
    before = {(m.kind, m.address): m for m in (old.contact_methods or [] if old else [])}
    for method in entry.contact_methods or []:
        if before.pop((method.kind, method.address), None):
            id_ = work.now.contacts[entry.email, method.kind, method.address]
        else:
            given = {"kind": method.kind, "address": method.address, "vouched": method.vouched}
            id_ = delivery.add_destination(work.actor, person_id=person_id, **given)  # type: ignore[arg-type]
        delivery.change_destination(work.actor, destination_id=id_, label=method.label, enabled=method.enabled)
    for kind, address in before:
        delivery.remove_destination(work.actor, destination_id=work.now.contacts[entry.email, kind, address])


def _team(work: _Run, entry: Any, old: Any) -> str:
    members = [work.id_of("people", email, "members") for email in entry.members]
    if old is None:
        id_ = accounts.add_team(work.actor, name=entry.name, slug=entry.slug, members=members)
        rules.save_hours(work.actor, id_, entry.hours)
        return id_
    id_ = work.now.ids["teams"][entry.slug]
    rules.save_hours(work.actor, id_, entry.hours)
    accounts.rename_team(work.actor, team_id=id_, name=entry.name)
    accounts.set_members(work.actor, team_id=id_, members=members)
    return id_


def _service(work: _Run, entry: Service, old: Service | None) -> str:
    owner = work.id_of("teams", entry.owner, "owner") if entry.owner else ""
    fields: dict[str, Any] = {
        "name": entry.name,
        "description": entry.description,
        "kind": entry.kind,
        "tier": entry.tier,
        "owner_team": owner,
    }
    if old is None:
        return catalog.add_service(work.actor, slug=entry.slug, **fields)
    id_ = work.now.ids["services"][entry.slug]
    catalog.change_service(work.actor, service_id=id_, **fields)
    return id_


def _needs_and_policies(work: _Run) -> None:
    """Once every service is there: what needs what, and who is paged for what. Old links go before new ones come."""
    before = {s.slug: s for s in work.now.document.services}
    differing = [
        (number, entry, before.get(entry.slug) or Service(slug=entry.slug, name=entry.name))
        for number, entry in enumerate(work.wanted.services, 1)
        if ("services", entry.slug) not in work.failed
    ]
    ids = work.now.ids["services"]
    for _, entry, old in differing:
        if kept := set(old.needs) - set(entry.needs):
            fewer = [ids[slug] for slug in old.needs if slug not in kept]
            catalog.set_dependencies(work.actor, service_id=ids[entry.slug], needs=fewer)
    for number, entry, old in differing:
        path = f"services[{number}]"
        words = details(
            Service(slug="", name="", needs=old.needs, policy=old.policy),
            Service(slug="", name="", needs=entry.needs, policy=entry.policy),
        )
        if words and work.tried(path, partial(_link, work, entry)):
            work.changes.append(Change("~", f"service {entry.slug}", words))


def _link(work: _Run, entry: Service) -> None:
    id_ = work.now.ids["services"][entry.slug]
    needs = [work.id_of("services", slug, "needs") for slug in entry.needs]
    catalog.set_dependencies(work.actor, service_id=id_, needs=needs)
    policy = work.id_of("policies", entry.policy, "policy") if entry.policy else None
    oncall.set_service_policy(work.actor, service_id=id_, policy_id=policy)


def _schedule(work: _Run, entry: Schedule, old: Schedule | None) -> str:
    return oncall.save_schedule(
        work.actor,
        name=entry.name,
        time_zone=entry.time_zone,
        layers=[_layer(work, given) for given in entry.layers],
        options=oncall.ScheduleOptions(
            team_id=work.id_of("teams", entry.team, "team") if entry.team else "",
            holiday_region=entry.holiday_region,
            next_takes_over=entry.next_takes_over,
            longest_hours=entry.longest_hours,
            notices=tuple(_minutes(text) for text in entry.notices),
        ),
        schedule_id=work.now.ids["schedules"][entry.name] if old else None,
    )


def _layer(work: _Run, given: Layer) -> oncall.LayerInput:
    return oncall.LayerInput(
        people=tuple(work.id_of("people", email, "people") for email in given.people),
        handoff=time.fromisoformat(given.handoff),
        start=date.fromisoformat(given.start),
        every=given.every,
        count=given.count,
        time_zone=given.time_zone,
        end=date.fromisoformat(given.end) if given.end else None,
        restrictions=tuple(
            oncall.Window(WEEKDAYS.index(w.weekday), time.fromisoformat(w.opens), time.fromisoformat(w.closes))
            for w in given.restrictions
        ),
        name=given.name,
        pattern=tuple(given.pattern),
        on_holidays=given.on_holidays,
        holiday_region=given.holiday_region,
    )


def _minutes(text: str) -> int:
    return int(parse_duration(text, field="notices").total_seconds() // 60)


def _policy(work: _Run, entry: Policy, old: Policy | None) -> str:
    id_ = work.now.ids["policies"][entry.name] if old else None
    return escalating.save(work.actor, entry, policy_id=id_, id_of=work.id_of)


def _route(work: _Run, entry: Route, old: Route | None) -> str:
    position = next(n for n, route in enumerate(work.wanted.routes) if route is entry)
    name = keys([r.name for r in work.wanted.routes])[position]
    return alerts.save_route(
        work.actor,
        name=entry.name,
        matchers=entry.match,
        service=work.id_of("services", entry.service, "service") if entry.service else None,
        policy_id=work.id_of("policies", entry.policy, "policy") if entry.policy else "",
        group_by=entry.group_by,
        continues=entry.continues,
        route_id=work.now.ids["routes"][name] if old else None,
    )


def _order_of_routes(work: _Run) -> None:
    """The file's routes first, in its order; those it leaves out after them."""
    ids = work.now.ids["routes"]
    listed = [name for name in keys([r.name for r in work.wanted.routes]) if name in ids]
    order = [*listed, *(name for name in ids if name not in listed)]
    if listed and order != list(ids):
        alerts.reorder_routes(work.actor, route_ids=[ids[name] for name in order])
        work.changes.append(Change("~", "routes", ("order",)))
        work.now.ids["routes"] = {name: ids[name] for name in order}


def _integration(work: _Run, entry: Any, old: Any) -> str:
    service = work.id_of("services", entry.service, "service") if entry.service else None
    every = parse_duration(entry.every, field="every") if entry.every else None
    if old is None:
        made = alerts.add_integration(work.actor, kind=entry.kind, name=entry.name, service=service, every=every)
        return made.id
    if old.kind != entry.kind:
        raise Invalid(f"kind: '{entry.name}' is of kind {old.kind}; give the new one another name.", field="kind")
    names = keys([i.name for i in work.wanted.integrations])
    name = names[next(n for n, i in enumerate(work.wanted.integrations) if i is entry)]
    id_ = work.now.ids["integrations"][name]
    alerts.change_integration(work.actor, integration_id=id_, name=entry.name, service=service, every=every)
    return id_


def _check(work: _Run, entry: Check, old: Check | None) -> str:
    return checking.save(
        work.actor,
        entry,
        service_id=work.id_of("services", entry.service, "service") if entry.service else None,
        check_id=work.now.ids["checks"][entry.name] if old else None,
        kind=old.kind if old else entry.kind,
    )


def _channel(work: _Run, entry: Channel, old: Channel | None) -> str:
    secret = [f.name for f in channel_kind(entry.name).fields if f.secret and f.name in entry.settings]
    if secret:
        where = f"TOCSIN_CHANNEL_{entry.name}_{secret[0]}".upper()
        raise Invalid(
            f"settings: {secret[0]} is a secret and stands in no file; set {where}, or type it on the screen.",
            field="settings",
        )
    gone = {name: "" for name in (old.settings if old else {}) if name not in entry.settings}
    delivery.save_channel(work.actor, name=entry.name, config={**gone, **entry.settings})
    return entry.name


def _template(work: _Run, entry: IncidentTemplate, old: IncidentTemplate | None) -> str:
    known = work.now.ids["incident_templates"][entry.name] if old else ""
    return rules.save_template(work.actor, entry, id_of=work.id_of, template_id=known)


def _rules(work: _Run) -> None:
    entry = work.wanted.rules
    if entry is None:
        return

    def save() -> None:
        published = rules.save_rules(work.actor, entry)
        if published:
            work.changes.append(Change("~", "rules", tuple(name.replace("_", " ") for name in published)))

    work.tried("rules", save)


def _organisation(work: _Run) -> None:
    entry = work.wanted.organisation
    if entry is None:
        return
    words = details(work.now.document.organisation, entry)
    if not words:
        return

    def save() -> None:
        catch_all = entry.catch_all
        accounts.change_organisation(
            work.actor,
            name=entry.name,
            url=entry.url,
            time_zone=entry.time_zone,
            hours=entry.hours,
            closed_dates=entry.closed_dates,
            holiday_region=entry.holiday_region,
            catch_all=None if catch_all is None else [work.id_of("people", e, "catch_all") for e in catch_all],
        )

    if work.tried("organisation", save):
        work.changes.append(Change("~", "organisation", words))
