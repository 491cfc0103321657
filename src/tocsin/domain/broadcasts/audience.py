"""Who is meant by an audience at this moment. Reads only; a fixed number of queries for any number of people."""

from collections.abc import Mapping, Sequence

from tocsin.domain.accounts import queries as accounts
from tocsin.domain.accounts.queries import PersonView
from tocsin.domain.oncall import queries as oncall
from tocsin.kernel.actor import Actor, system

TOCSIN = system("staff alerts")
KINDS = ("teams", "roles", "sites", "schedules", "people")
Audience = Mapping[str, object]


def meant(audience: Audience) -> list[PersonView]:
    """Active people, once each, by name."""
    everyone = accounts.people(TOCSIN, active_only=True)
    if audience.get("everyone"):
        return everyone
    chosen = {kind: set(_list(audience, kind)) for kind in KINDS}
    duty = {s.person_id for s in oncall.on_call_now(TOCSIN) if _on_duty(s.schedule_id, chosen["schedules"], audience)}
    return [
        person
        for person in everyone
        if person.id in chosen["people"]
        or person.id in duty
        or chosen["teams"] & set(person.team_ids)
        or chosen["roles"] & set(person.roles)
        or (person.site and person.site in chosen["sites"])
    ]


def _on_duty(schedule: str, schedules: set[object], audience: Audience) -> bool:
    return bool(audience.get("on_call")) or schedule in schedules


def _list(audience: Audience, kind: str) -> Sequence[object]:
    found = audience.get(kind)
    return found if isinstance(found, list | tuple) else ()


def sites(actor: Actor) -> list[tuple[str, int]]:
    """Sites that profiles name, with how many active people each has. Two queries."""
    found: dict[str, int] = {}
    for person in accounts.people(actor, active_only=True):
        if person.site:
            found[person.site] = found.get(person.site, 0) + 1
    return sorted(found.items(), key=lambda pair: pair[0].casefold())
