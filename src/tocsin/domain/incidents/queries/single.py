"""One incident: its row, its full picture, its hub, what another severity would mean, who might take which role."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.db.models import Q

from tocsin.core.log import Event, Recorded, walk_back
from tocsin.core.visibility import within
from tocsin.domain.accounts import queries as accounts
from tocsin.domain.incidents.access import roles_held, seen_by
from tocsin.domain.incidents.books import calendar_of, targets_of
from tocsin.domain.incidents.commands.loading import NO_SUCH, found, subject
from tocsin.domain.incidents.commands.timers import facts
from tocsin.domain.incidents.events import Assessed
from tocsin.domain.incidents.evidence import seen_of
from tocsin.domain.incidents.models import (
    Deadline,
    Incident,
    IncidentGroup,
    Member,
    RoleHolder,
    StatusUpdate,
    Task,
    Validation,
)
from tocsin.domain.incidents.naming import TOCSIN
from tocsin.domain.incidents.permissions import COMMAND, RESPOND, VIEW
from tocsin.domain.incidents.ports import Asked, facts_told
from tocsin.domain.incidents.proven import People, people_of, validation_view
from tocsin.domain.incidents.queries.picturing import (
    answers_of,
    deadline_view,
    group_view,
    planned_view,
    reasons_of,
    role_view,
    row_fields,
    rows_of,
    services_of,
    task_view,
)
from tocsin.domain.incidents.rules.deadlines import DeadlineKind, plan
from tocsin.domain.incidents.rules.prefilling import news, prefill
from tocsin.domain.incidents.rules.roles import Assignment, RoleName, coverage, needed, role_words, suits
from tocsin.domain.incidents.rules.states import ACTIVE_STATES, MOVES, Kind, State, Who, allowed
from tocsin.domain.incidents.views import (
    AssessmentView,
    DeadlineView,
    HubView,
    IncidentRow,
    IncidentView,
    MemberView,
    PastAssessment,
    PersonRef,
    PrefilledView,
    RelatedIncident,
    RoleView,
    RoleWarning,
    StatusUpdateView,
)
from tocsin.domain.oncall import queries as oncall
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Invalid, NotFound


@dataclass(slots=True, eq=False)
class Sight:
    """An incident as one actor sees it at one moment. Queries that are given this instead of its reference read it once
    between them, and tell of the same moment.
    """

    actor: Actor
    incident: Incident
    streams: list[str] | None = None


Ref = str | Sight
"""A reference, an id, or a sight."""


def sight(actor: Actor, ref_or_id: str) -> Sight:
    """Look at an incident, to ask several things about it. One query. Raises `NotFound` as `load`."""
    return Sight(actor, load(actor, ref_or_id))


def load(actor: Actor, ref: Ref) -> Incident:
    """The row, for queries of this room. One query, none for a sight of the same actor. Raises `NotFound`, also when
    the actor may not see it.
    """
    actor.require(VIEW)
    if isinstance(ref, Sight):
        return ref.incident if ref.actor == actor else load(actor, str(ref.incident.id))
    key = found(ref)
    row = seen_by(actor, Incident.objects.filter(**key)).first() if key else None
    if row is None:
        raise NotFound(NO_SUCH, field="incident")
    return row


def row(actor: Actor, ref_or_id: Ref) -> IncidentRow:
    """One incident as lists show it. Six queries."""
    return rows_of([load(actor, ref_or_id)])[0]


def incident(actor: Actor, ref_or_id: Ref) -> IncidentView:
    """One incident with all that was said of it. Eight queries."""
    found_row = load(actor, ref_or_id)
    held = _holders(found_row)
    people = people_of([id_ for h in held for id_ in (h.person_id, h.handed_over_by_id)])
    return _view(actor, found_row, [role_view(h, people) for h in held], _deadlines(found_row))


def hub(actor: Actor, ref_or_id: Ref) -> HubView:
    """The whole picture of one incident. A fixed number of queries, however much happened."""
    found_row = load(actor, ref_or_id)
    held = _holders(found_row)
    tasks = list(Task.objects.filter(incident=found_row).order_by("created_at", "id"))
    updates = list(StatusUpdate.objects.filter(incident=found_row).order_by("-at", "-id")[:50])
    members = list(Member.objects.filter(incident=found_row).order_by("added_at"))
    proof = Validation.objects.filter(incident=found_row).order_by("-at", "-id").first()
    people = _all_people(held, tasks, updates, members, [proof.by_id] if proof else [])
    roles = [role_view(h, people) for h in held]
    deadlines = _deadlines(found_row)
    links = list(
        IncidentGroup.objects.filter(incident=found_row, current=True).select_related("service").order_by("starts_at")
    )
    view = _view(actor, found_row, roles, deadlines)
    return HubView(
        incident=view,
        tasks=tuple(task_view(task, people) for task in tasks),
        roles=tuple(role for role in roles if role.accepted),
        offers=tuple(role for role in roles if not role.accepted),
        warnings=_warnings(found_row, roles),
        deadlines=tuple(deadlines),
        members=tuple(MemberView(people[str(m.person_id)], m.added_at) for m in members),
        groups=tuple(group_view(link) for link in links),
        updates=tuple(_update(update, people) for update in updates),
        next_internal=_next(deadlines, DeadlineKind.INTERNAL_UPDATE),
        next_public=_next(deadlines, DeadlineKind.PUBLIC_UPDATE, DeadlineKind.PUBLIC_POST),
        validation=validation_view(proof, people, found_row.bad_signal_at) if proof else None,
        assessed_at=found_row.assessed_at,
        news=_news(found_row, links, view),
        paging=oncall.paging(TOCSIN, subject(found_row).stream),
    )


def _news(found_row: Incident, links: list[IncidentGroup], view: IncidentView) -> tuple[str, ...]:
    if found_row.assessed_at is None or State(found_row.state) not in ACTIVE_STATES:
        return ()
    return news(
        found_row.assessed_facts,
        groups={str(link.group_id): link.title for link in links},
        services={service.id: service.name for service in view.services},
        worst=Severity(found_row.alert_severity) if found_row.alert_severity else None,
        told=facts_told(Asked(str(found_row.id), tuple(sorted(service.id for service in view.services)))),
    )


def assessment(actor: Actor, ref_or_id: Ref) -> AssessmentView:
    """What the assessment starts from: proposed answers with their data, and the assessments so far. Six queries."""
    found_row = load(actor, ref_or_id)
    seen = seen_of(found_row)
    reached = sorted((s for s in seen.services if s.through), key=lambda s: (s.tier, s.name))
    entries = walk_back([f"incident:{found_row.id}"], types=[Assessed.type_name])
    return AssessmentView(
        prefilled=tuple(PrefilledView(p.fact.value, p.choice, p.because, p.source) for p in prefill(seen)),
        reached=tuple(f"{s.name} (tier {s.tier}, needs {s.through})" for s in reached),
        past=tuple(_past(entry) for entry in islice((e for e in entries if within(actor, e.audience)), 50)),
    )


def _past(entry: Recorded[Event]) -> PastAssessment:
    said = entry.event
    assert isinstance(said, Assessed)
    return PastAssessment(
        at=entry.occurred_at,
        actor_name=entry.actor_name,
        severity=said.severity,
        before=said.before,
        proposed=said.proposed,
        matrix_version=said.matrix_version,
        answers=said.answers,
        reasons=said.reasons,
        override_reason=said.override_reason,
    )


def what_if(actor: Actor, ref_or_id: Ref, severity: str) -> list[DeadlineView]:
    """The deadlines that another severity would bring; nothing is saved. Eight queries at most. Raises `Invalid`."""
    found_row = load(actor, ref_or_id)
    if severity not in set(Severity):
        raise Invalid(f"severity: choose one of {', '.join(Severity)}.", field="severity")
    at = now()
    targets = targets_of(found_row.targets_version)
    calendar, _ = calendar_of(found_row, targets, Severity(severity))
    planned = plan(facts(found_row, Severity(severity)), calendar, targets)
    return [planned_view("", deadline, at) for deadline in planned]


def suggest_roles(actor: Actor, ref_or_id: Ref) -> dict[str, list[PersonRef]]:
    """For each role that is needed and not held: who might take it, those on call first, those with a role elsewhere
    last. A fixed number of queries.
    """
    found_row = load(actor, ref_or_id)
    held = {h.role: h for h in _holders(found_row) if h.accepted}
    missing = [r for r in needed(Kind(found_row.kind), Severity(found_row.severity)) if r.value not in held]
    here = {str(h.person_id) for h in held.values()}
    busy = RoleHolder.objects.filter(ended_at=None, accepted=True, incident__state__in=ACTIVE_STATES)
    elsewhere = {str(id_) for id_ in busy.exclude(incident=found_row).values_list("person_id", flat=True)}
    on_call = {view.person_id for view in oncall.on_call_now(TOCSIN)}
    people = [p for p in accounts.people(TOCSIN, active_only=True) if p.id not in here]
    people.sort(key=lambda p: (p.id in elsewhere, p.id not in on_call, p.name))
    return {
        role.value: [PersonRef(p.id, p.name, p.initials) for p in people if suits(role, p.roles)][:5]
        for role in missing
    }


def _holders(found_row: Incident) -> list[RoleHolder]:
    return list(RoleHolder.objects.filter(incident=found_row, ended_at=None).order_by("since", "id"))


def _deadlines(found_row: Incident) -> list[DeadlineView]:
    at: datetime = now()
    rows = Deadline.objects.filter(incident=found_row).order_by("due_at", "id")
    return [deadline_view(deadline, at) for deadline in rows]


def _next(deadlines: list[DeadlineView], *kinds: DeadlineKind) -> DeadlineView | None:
    owed = [d for d in deadlines if d.met_at is None and d.kind in {kind.value for kind in kinds}]
    return owed[0] if owed else None


def _all_people(
    held: list[RoleHolder],
    tasks: list[Task],
    updates: list[StatusUpdate],
    members: list[Member],
    others: Iterable[object],
) -> People:
    ids: list[object] = [*others]
    ids += [id_ for h in held for id_ in (h.person_id, h.handed_over_by_id)]
    ids += [id_ for t in tasks for id_ in (t.owner_id, t.created_by_id)]
    ids += [update.author_id for update in updates]
    ids += [member.person_id for member in members]
    return people_of(ids)


def _update(update: StatusUpdate, people: People) -> StatusUpdateView:
    return StatusUpdateView(
        id=str(update.id),
        at=update.at,
        author=people.get(str(update.author_id)),
        internal=update.internal,
        public=update.public,
    )


def _warnings(found_row: Incident, roles: list[RoleView]) -> tuple[RoleWarning, ...]:
    held = [Assignment(role.role, role.person.id, role.since, role.accepted) for role in roles]
    is_open = State(found_row.state) in ACTIVE_STATES
    gaps = coverage(Kind(found_row.kind), Severity(found_row.severity), held, is_open=is_open)
    return tuple(RoleWarning(gap.role, role_words(gap.role), gap.sentence) for gap in gaps)


def _view(actor: Actor, found_row: Incident, roles: list[RoleView], deadlines: list[DeadlineView]) -> IncidentView:
    owed = [d for d in deadlines if d.met_at is None]
    commander = next((r.person for r in roles if r.role == RoleName.COMMANDER and r.accepted), None)
    return IncidentView(
        **row_fields(found_row),
        services=tuple(services_of([found_row])[found_row.id]),
        commander=commander,
        next_deadline=owed[0] if owed else None,
        summary=found_row.summary,
        severity_source=found_row.severity_source,
        matrix_version=found_row.matrix_version,
        answers=answers_of(found_row),
        reasons=reasons_of(found_row),
        override_reason=found_row.override_reason,
        visible_to_users=found_row.visible_to_users,
        root_cause=found_row.root_cause,
        resolved_without=found_row.resolved_without,
        triaged_at=found_row.triaged_at,
        engaged_at=found_row.engaged_at,
        mitigated_at=found_row.mitigated_at,
        team_activated_at=found_row.team_activated_at,
        alerts_quiet_at=found_row.alerts_quiet_at,
        internal_update_at=found_row.internal_update_at,
        public_update_at=found_row.public_update_at,
        public_post_at=found_row.public_post_at,
        roles=tuple(role for role in roles if role.accepted),
        related=_related(actor, found_row),
        allowed=_allowed(actor, found_row),
    )


def _related(actor: Actor, found_row: Incident) -> tuple[RelatedIncident, ...]:
    """Linked incidents that the actor may see, by number. One query."""
    wanted = Q(continues=found_row) | Q(merged_into=found_row)
    named = (found_row.continues_id, found_row.merged_into_id, found_row.split_from_id)
    wanted |= Q(split_from=found_row) | Q(id__in=[id_ for id_ in named if id_])
    return tuple(
        RelatedIncident(str(o.id), o.reference, o.title, o.state, o.url, _relation(found_row, o))
        for o in seen_by(actor, Incident.objects.filter(wanted)).order_by("number")
    )


def _relation(found_row: Incident, other: Incident) -> str:
    if found_row.merged_into_id == other.id:
        return "merged into"
    if found_row.continues_id == other.id:
        return "continues"
    if found_row.split_from_id == other.id:
        return "split from"
    if other.split_from_id == found_row.id:
        return "split into"
    return "absorbed" if other.merged_into_id == found_row.id else "continued by"


def _allowed(actor: Actor, found_row: Incident) -> tuple[str, ...]:
    """Moves that the actor may make now. No query unless only this incident's own commander may."""
    if not actor.has(RESPOND):
        return ()
    verbs = allowed(State(found_row.state))
    if actor.has(COMMAND) or not any(MOVES[verb].who is Who.COMMANDER for verb in verbs):
        return tuple(verb.value for verb in verbs)
    leads = RoleName.COMMANDER in roles_held(actor, found_row)
    return tuple(verb.value for verb in verbs if leads or MOVES[verb].who is not Who.COMMANDER)
