"""Roles x people of one incident: who holds what, who was asked, who is on call, how much each carries, and the log of
hand-overs.
"""

from collections import defaultdict
from itertools import islice

from django.db.models import Count

from tocsin.core.log import Event, Recorded, walk_back
from tocsin.core.visibility import within
from tocsin.domain.accounts import queries as accounts
from tocsin.domain.accounts.queries import PersonView
from tocsin.domain.incidents.access import seen_by
from tocsin.domain.incidents.events import (
    RoleDeclined,
    RoleEnded,
    RoleEvent,
    RoleOffered,
    RoleTaken,
)
from tocsin.domain.incidents.models import Incident, RoleHolder
from tocsin.domain.incidents.naming import TOCSIN
from tocsin.domain.incidents.proven import people_of
from tocsin.domain.incidents.queries.picturing import role_view
from tocsin.domain.incidents.queries.single import load
from tocsin.domain.incidents.rules.roles import Assignment, RoleName, coverage, needed, role_words, suits
from tocsin.domain.incidents.rules.states import ACTIVE_STATES, Kind, State
from tocsin.domain.incidents.views import Candidate, HandOver, MatrixRow, MatrixView, PersonRef, RoleView
from tocsin.domain.oncall import queries as oncall
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.kernel.actor import Actor

_TYPES = [RoleTaken.type_name, RoleOffered.type_name, RoleDeclined.type_name, RoleEnded.type_name]


def role_matrix(actor: Actor, ref_or_id: str) -> MatrixView:
    """All roles that are needed, held or asked for, and everyone who might take one: those with a role here first,
    then those on call, then those who carry least. A fixed number of queries.
    """
    row = load(actor, ref_or_id)
    held = list(RoleHolder.objects.filter(incident=row, ended_at=None).order_by("since", "id"))
    people = people_of([id_ for h in held for id_ in (h.person_id, h.handed_over_by_id)])
    roles = [role_view(h, people) for h in held]
    return MatrixView(
        rows=tuple(_rows(row, roles)),
        people=tuple(_candidates(actor, roles)),
        handovers=tuple(_handovers(actor, row)),
    )


def _rows(row: Incident, roles: list[RoleView]) -> list[MatrixRow]:
    wanted = list(needed(Kind(row.kind), Severity(row.severity)))
    held = [Assignment(role.role, role.person.id, role.since, role.accepted) for role in roles]
    gaps: defaultdict[str, list[str]] = defaultdict(list)
    is_open = State(row.state) in ACTIVE_STATES
    for gap in coverage(Kind(row.kind), Severity(row.severity), held, is_open=is_open):
        gaps[gap.role].append(gap.sentence)
    slugs = dict.fromkeys([*wanted, *(role.role for role in roles), *RoleName])
    return [
        MatrixRow(
            role=str(slug),
            words=role_words(slug),
            needed=slug in wanted,
            holder=next((r for r in roles if r.role == slug and r.accepted), None),
            offer=next((r for r in roles if r.role == slug and not r.accepted), None),
            warnings=tuple(gaps[str(slug)]),
        )
        for slug in slugs
    ]


def _candidates(actor: Actor, roles: list[RoleView]) -> list[Candidate]:
    duty: defaultdict[str, list[str]] = defaultdict(list)
    for shift in oncall.on_call_now(TOCSIN):
        if shift.person_id:
            duty[shift.person_id].append(shift.schedule)
    load_of = _load(actor)
    here = {role.person.id for role in roles}
    found = [
        Candidate(
            person=PersonRef(p.id, p.name, p.initials),
            on_call=tuple(duty[p.id]),
            load=load_of.get(p.id, 0),
            here=p.id in here,
            suits=tuple(role.value for role in RoleName if suits(role, p.roles)),
        )
        for p in _staff()
    ]
    return sorted(found, key=lambda c: (not c.here, not c.on_call, c.load, c.person.name.casefold()))


def _staff() -> list[PersonView]:
    return accounts.people(TOCSIN, active_only=True)


def _load(actor: Actor) -> dict[str, int]:
    """How many open incidents each person holds a role in, of those that the actor may see. One query."""
    seen = seen_by(actor, Incident.objects.filter(state__in=ACTIVE_STATES))
    rows = RoleHolder.objects.filter(ended_at=None, accepted=True, incident__in=seen.values("id"))
    counted = rows.order_by().values("person").annotate(n=Count("incident", distinct=True))
    return {str(each["person"]): each["n"] for each in counted}


def _handovers(actor: Actor, row: Incident, limit: int = 100) -> list[HandOver]:
    entries = walk_back([f"incident:{row.id}"], types=_TYPES)
    return [_handover(entry) for entry in islice((e for e in entries if within(actor, e.audience)), limit)]


def _handover(entry: Recorded[Event]) -> HandOver:
    said = entry.event
    note = said.note if isinstance(said, RoleEvent) else ""
    return HandOver(entry.occurred_at, entry.actor_name, said.sentence(), note)
