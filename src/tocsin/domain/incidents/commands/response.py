"""Somebody is on it: acknowledging, calling the response team, and what follows from an answer to a page."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from django.db import transaction

from tocsin.domain.accounts import queries as accounts
from tocsin.domain.incidents.commands import calling, engaging, timers
from tocsin.domain.incidents.commands.holding import drop_role, holder
from tocsin.domain.incidents.commands.loading import locked, record, save, subject, text
from tocsin.domain.incidents.commands.roles import begin_role
from tocsin.domain.incidents.events import AcknowledgementWithdrawn, Responding, TeamActivated
from tocsin.domain.incidents.models import Incident, Responder, TeamTemplate
from tocsin.domain.incidents.naming import TOCSIN, author
from tocsin.domain.incidents.permissions import RESPOND
from tocsin.domain.incidents.rules.roles import RoleName
from tocsin.domain.incidents.rules.states import ACTIVE_STATES, State, Verb, move
from tocsin.domain.oncall import commands as oncall
from tocsin.domain.oncall import queries as oncall_queries
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Conflict, Invalid, NotFound
from tocsin.kernel.ids import id_of

WAITING = frozenset({State.DETECTED, State.TRIAGED})


def acknowledge(actor: Actor, *, incident: str, via: str = "screen") -> str:
    """Take it: paging stops, the incident is responding. Returns the sentence to show ('Mateo has it already.').

    Events `oncall.acknowledged`, `incidents.responding`. Raises `Conflict` once it is over.
    """
    actor.require(RESPOND)
    with transaction.atomic():
        row = locked(actor, incident)
        if State(row.state) not in ACTIVE_STATES:
            raise Conflict(f"{row.reference} is {row.state}; there is nothing left to acknowledge.", field="state")
        answer = oncall.acknowledge(actor, subject=subject(row), via=via)
        taken_up(row, person=actor.person, name=actor.name, at=answer.at or now())
    return answer.sentence if answer.by else f"{actor.name} has it."


def taken_up(row: Incident, *, person: str, name: str, at: datetime, joined: bool = False) -> None:
    """An answer to a page, applied to a locked row. The first moves it to responding and makes its giver the
    Incident Commander while nobody is; a second person, or one who was called to it, means the team is engaged.
    """
    if State(row.state) not in ACTIVE_STATES:
        return
    first = row.acknowledged_at is None
    if first:
        row.acknowledged_at, row.first_acknowledged_by = at, person
    if row.engaged_at is None and (joined or (not first and person != row.first_acknowledged_by)):
        row.engaged_at = at
    moved = State(row.state) in WAITING
    if moved:
        row.state = move(State(row.state), Verb.RESPOND, by_system=True).value
        row.declared_at = row.declared_at or at
    save(row, "acknowledged_at", "first_acknowledged_by", "engaged_at", "state", "declared_at")
    if moved:
        record(row, Responding(state=row.state, who=name), TOCSIN)
    _joins(row, person, name, at)
    if first and person and holder(row, RoleName.COMMANDER) is None:
        begin_role(TOCSIN, row, RoleName.COMMANDER, person, at=at)
    timers.replan(row)


def _joins(row: Incident, person: str, name: str, at: datetime) -> None:
    """Whoever answers works on it; a role that they were called for is theirs if nobody holds it."""
    mine = engaging.joins(row, person, at=at)
    if mine is None or mine.called_at is None:
        return
    wanted = mine.role if mine.role and holder(row, mine.role) is None else ""
    mine.role = wanted
    engaging.told_joined(row, mine, name, TOCSIN)
    if wanted:
        begin_role(TOCSIN, row, wanted, person, at=at)


def join(actor: Actor, *, incident: str, via: str = "screen") -> str:
    """The actor works on it from now on, called or not; their own call is answered, paging of others goes on.

    Returns the sentence to show. Event `incidents.responder_joined` for who was called. Raises `Conflict` once it is
    over.
    """
    with transaction.atomic():
        row = locked(actor, incident)
        if not Responder.objects.filter(incident=row, person=id_of(actor.person)).exists():
            actor.require(RESPOND)
        if State(row.state) not in ACTIVE_STATES:
            raise Conflict(f"{row.reference} is {row.state}; there is nothing to join.", field="state")
        oncall.answer_call(actor, subject=subject(row), via=via)
        taken_up(row, person=actor.person, name=actor.name, at=now(), joined=True)
        calling.active(row)
    return f"You have joined {row.reference}."


def withdrawn(row: Incident, *, person: str, name: str) -> None:
    """The acknowledgement was taken back, applied to a locked row: as before it, and paging goes on."""
    if row.first_acknowledged_by != person or State(row.state) is not State.RESPONDING:
        return
    row.acknowledged_at, row.first_acknowledged_by = None, ""
    row.state = (State.TRIAGED if row.triaged_at else State.DETECTED).value
    if not row.triaged_at:
        row.declared_at = None
    save(row, "acknowledged_at", "first_acknowledged_by", "state", "declared_at")
    record(row, AcknowledgementWithdrawn(state=row.state, who=name), TOCSIN)
    commander = holder(row, RoleName.COMMANDER)
    if commander is not None and str(commander.person_id) == person:
        drop_role(TOCSIN, row, commander)
    engaging.unjoins(row, person)
    timers.unmet(row)
    timers.replan(row)


def activate_response_team(
    actor: Actor,
    *,
    incident: str,
    people: Sequence[str] = (),
    teams: Sequence[str] = (),
    schedules: Sequence[str] = (),
    template: str | None = None,
    message: str = "",
    without: Sequence[str] = (),
    roles: Mapping[str, str] = MappingProxyType({}),
    instead_of: str = "",
) -> list[str]:
    """Call people, members of teams, who is on call by schedules and those of a template, less `without`.

    `roles` says by role who is wanted for it: theirs when they join, if nobody holds it then. `instead_of` is someone
    who declined. Whoever is called or here already is not paged again; returns the ids of those who were paged.
    Event `incidents.team_activated`; each is paged until they answer. Those called to a restricted incident may see it.
    Raises `Conflict` when all of them are called or here already.
    """
    actor.require(RESPOND)
    said = text(message, "message", longest=2000)
    wanted = [id_ for id_ in called_by(people, teams, schedules, template) if id_ not in set(without)]
    wanted += [id_ for id_ in roles.values() if id_ not in wanted]
    names = {person.id: person.name for person in accounts.people(TOCSIN, wanted, active_only=True)}
    wanted = [id_ for id_ in wanted if id_ in names]
    if not wanted:
        raise Invalid("people: choose at least one active person, or a team with members.", field="people")
    parts = {person: role for role, person in roles.items()}
    with transaction.atomic():
        row = locked(actor, incident)
        if State(row.state) not in ACTIVE_STATES:
            raise Conflict(f"{row.reference} is {row.state}; reopen it to call a team.", field="state")
        fresh = engaging.call(row, wanted, actor, parts)
        if not fresh:
            raise Conflict("All of them were called already, or are here; page one again on the board.", field="people")
        row.team_activated_at = row.team_activated_at or now()
        save(row, "team_activated_at")
        calling.let_in(row, fresh)
        if instead_of:
            engaging.replaced(row, instead_of, fresh[0])
        told = tuple(names[id_] for id_ in fresh)
        record(row, TeamActivated(author=author(actor), people=tuple(fresh), names=told, message=said), actor)
        for role in dict.fromkeys(parts.get(id_, "") for id_ in fresh):
            asked = [id_ for id_ in fresh if parts.get(id_, "") == role]
            oncall.page_people(TOCSIN, people=asked, **calling.words(row, actor, role=role, said=said))
        calling.active(row)
    return fresh


def called_by(people: Sequence[str], teams: Sequence[str], schedules: Sequence[str], template: str | None) -> list[str]:
    """Ids of everyone that these choices lead to at this moment, once each, also people who left since."""
    wanted, wanted_teams, wanted_schedules = list(people), list(teams), set(schedules)
    if template:
        found = TeamTemplate.objects.filter(id=id_of(template)).first()
        if found is None:
            raise NotFound("There is no such response team.", field="template")
        wanted, wanted_teams = [*wanted, *found.people], [*wanted_teams, *found.teams]
        wanted_schedules |= set(found.schedules)
    for team in wanted_teams:
        wanted += accounts.team_member_ids(team)
    if wanted_schedules:
        duty = oncall_queries.on_call_now(TOCSIN)
        wanted += [shift.person_id for shift in duty if shift.person_id and shift.schedule_id in wanted_schedules]
    return list(dict.fromkeys(wanted))
