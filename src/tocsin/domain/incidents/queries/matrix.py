"""Roles x people of one incident: who holds what, who was asked, who is on call, how much each carries, and the log of
hand-overs.
"""

from collections import Counter, defaultdict
from datetime import timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from django.db.models import Count

from tocsin.core.log import Event, Recorded, walk_back
from tocsin.core.visibility import within
from tocsin.domain.accounts import queries as accounts
from tocsin.domain.accounts.queries import PersonView
from tocsin.domain.incidents.access import seen_by
from tocsin.domain.incidents.commands.duties import kept_roles
from tocsin.domain.incidents.commands.handing import left_open
from tocsin.domain.incidents.events import (
    RoleDeclined,
    RoleEnded,
    RoleEvent,
    RoleOffered,
    RoleTaken,
)
from tocsin.domain.incidents.models import Duty, Incident, Responder, RoleHolder, RoleKind
from tocsin.domain.incidents.naming import TOCSIN
from tocsin.domain.incidents.permissions import VIEW
from tocsin.domain.incidents.proven import People, people_of
from tocsin.domain.incidents.queries.calling import on_duty
from tocsin.domain.incidents.queries.picturing import role_view
from tocsin.domain.incidents.queries.single import Ref, load
from tocsin.domain.incidents.rules.duties import NOTHING
from tocsin.domain.incidents.rules.engaging import worked
from tocsin.domain.incidents.rules.roles import Assignment, RoleName, coverage, needed, off_shift, role_words, suits
from tocsin.domain.incidents.rules.states import ACTIVE_STATES, Kind, State
from tocsin.domain.incidents.rules.suggesting import Facts, best
from tocsin.domain.incidents.views import PersonRef, RoleView
from tocsin.domain.incidents.views_roles import (
    Candidate,
    HandOver,
    MatrixRow,
    MatrixView,
    RoleDutyView,
    RoleKindView,
    SuggestedView,
)
from tocsin.domain.oncall import queries as oncall
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.domain.oncall.snapshots import WAKING
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now

_TYPES = [RoleTaken.type_name, RoleOffered.type_name, RoleDeclined.type_name, RoleEnded.type_name]


def role_matrix(actor: Actor, ref_or_id: Ref) -> MatrixView:
    """All roles that are needed, held, asked for or written down, with who suits each and why, and everyone who might
    take one: those with a role here first, then those on call, then those who carry least. A fixed number of queries.
    """
    row = load(actor, ref_or_id)
    held = list(RoleHolder.objects.filter(incident=row, ended_at=None).order_by("since", "id"))
    duties = list(Duty.objects.filter(incident=row).order_by("role", "position"))
    people = people_of(
        [id_ for h in held for id_ in (h.person_id, h.handed_over_by_id)] + [d.done_by_id for d in duties]
    )
    roles = [role_view(h, people) for h in held]
    candidates = _candidates(actor, row, roles)
    return MatrixView(
        rows=tuple(_rows(row, held, roles, candidates, [(d.role, _duty(d, people)) for d in duties])),
        people=tuple(candidates),
        handovers=tuple(_handovers(actor, row)),
    )


def role_kinds(actor: Actor) -> list[RoleKindView]:
    """What every role asks for, the house's first. Two queries."""
    actor.require(VIEW)
    own = set(RoleKind.objects.values_list("slug", flat=True))
    return [
        RoleKindView(
            role=slug,
            words=role_words(slug),
            skills=kept.skills,
            duties=tuple((duty.minutes, duty.text) for duty in kept.duties),
            own=slug in own,
            custom=slug not in set(RoleName),
        )
        for slug, kept in kept_roles().items()
    ]


def _duty(row: Duty, people: People) -> RoleDutyView:
    late = row.done_at is None and row.due_at <= now()
    return RoleDutyView(str(row.id), row.text, row.due_at, row.done_at, people.get(str(row.done_by_id)), late)


def _rows(
    row: Incident,
    held: list[RoleHolder],
    roles: list[RoleView],
    candidates: list[Candidate],
    duties: list[tuple[str, RoleDutyView]],
) -> list[MatrixRow]:
    wanted, kept = list(needed(Kind(row.kind), Severity(row.severity))), kept_roles()
    gaps = _gaps(row, roles)
    facts = _facts(candidates, roles)
    refs = {one.person.id: one.person for one in candidates}
    notes = {h.role: h.note for h in held if not h.accepted}
    found = []
    for slug in dict.fromkeys([*wanted, *(role.role for role in roles), *RoleName, *kept]):
        asks = kept.get(slug, NOTHING)
        holder = next((r for r in roles if r.role == slug and r.accepted), None)
        offer = next((r for r in roles if r.role == slug and not r.accepted), None)
        taken = {role.person.id for role in (holder, offer) if role}
        free = [each for each in facts if each.person not in taken]
        found.append(
            MatrixRow(
                role=str(slug),
                words=role_words(slug),
                needed=slug in wanted,
                holder=holder,
                offer=offer,
                warnings=tuple(gaps[str(slug)]),
                suggested=tuple(
                    SuggestedView(refs[one.person], one.reasons, one.doubts) for one in best(slug, asks.skills, free)
                ),
                duties=tuple(view for role, view in duties if role == slug),
                skills=asks.skills,
                note=notes.get(str(slug), ""),
                left_open=tuple(left_open(row, slug)) if offer else (),
            )
        )
    return found


def _gaps(row: Incident, roles: list[RoleView]) -> defaultdict[str, list[str]]:
    held = [Assignment(role.role, role.person.id, role.since, role.accepted) for role in roles]
    is_open = State(row.state) in ACTIVE_STATES
    found = coverage(Kind(row.kind), Severity(row.severity), held, is_open=is_open)
    ends = {s.person_id: s.until for s in oncall.on_call_now(TOCSIN) if s.person_id and s.until} if is_open else {}
    gaps: defaultdict[str, list[str]] = defaultdict(list)
    for gap in (*found, *off_shift(held, ends, now())):
        gaps[str(gap.role)].append(gap.sentence)
    return gaps


def _facts(candidates: list[Candidate], roles: list[RoleView]) -> list[Facts]:
    holds = Counter(role.person.id for role in roles if role.accepted)
    return [
        Facts(
            person=one.person.id,
            name=one.person.name,
            roles=one.roles,
            skills=one.skills,
            on_call=bool(one.on_call),
            here=one.here or bool(one.worked),
            load=one.load,
            night=one.night,
            worked=one.worked,
            holds=holds[one.person.id],
        )
        for one in candidates
    ]


def _candidates(actor: Actor, row: Incident, roles: list[RoleView]) -> list[Candidate]:
    duty = on_duty()
    load_of, night, hours = _load(actor, row), _last_night(), _hours(row)
    here = {role.person.id for role in roles}
    found = [
        Candidate(
            person=PersonRef(p.id, p.name, p.initials),
            on_call=tuple(duty.get(p.id, ())),
            load=load_of.get(p.id, 0),
            here=p.id in here,
            suits=tuple(role.value for role in RoleName if suits(role, p.roles)),
            skills=p.skills,
            night=night.get(p.id, 0),
            worked=hours.get(p.id, timedelta(0)),
            roles=p.roles,
        )
        for p in _staff()
    ]
    return sorted(found, key=lambda c: (not c.here, not c.on_call, c.load, c.person.name.casefold()))


def _last_night() -> dict[str, int]:
    """Pages by person from 22:00 to 08:00 of the last night in the organisation's zone. Two queries."""
    opens, closes = WAKING
    here = now().astimezone(ZoneInfo(accounts.organisation().time_zone))
    morning = here.replace(hour=opens.hour, minute=0, second=0, microsecond=0)
    evening = (morning - timedelta(days=1)).replace(hour=closes.hour)
    return oncall.pages_between(TOCSIN, evening, min(morning, here))


def _hours(row: Incident) -> dict[str, timedelta]:
    rows = Responder.objects.filter(incident=row).values_list("person_id", "worked_seconds", "since")
    return {str(person): worked(seconds, since, now()) for person, seconds, since in rows}


def _staff() -> list[PersonView]:
    return accounts.people(TOCSIN, active_only=True)


def _load(actor: Actor, row: Incident) -> dict[str, int]:
    """How many other open incidents each person holds a role in, of those that the actor may see. One query."""
    seen = seen_by(actor, Incident.objects.filter(state__in=ACTIVE_STATES).exclude(id=row.id))
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
