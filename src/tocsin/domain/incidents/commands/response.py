"""Somebody is on it: acknowledging, calling the response team, and what follows from an answer to a page."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from tocsin.domain.accounts import queries as accounts
from tocsin.domain.incidents.commands import calling, timers
from tocsin.domain.incidents.commands.loading import locked, record, save, subject, text
from tocsin.domain.incidents.commands.roles import begin_role, drop_role, holder
from tocsin.domain.incidents.events import AcknowledgementWithdrawn, Responding, TeamActivated
from tocsin.domain.incidents.models import Incident, TeamTemplate
from tocsin.domain.incidents.naming import TOCSIN, author, id_of
from tocsin.domain.incidents.permissions import RESPOND
from tocsin.domain.incidents.rules.roles import RoleName
from tocsin.domain.incidents.rules.states import ACTIVE_STATES, State, Verb, move
from tocsin.domain.oncall import commands as oncall
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Conflict, Invalid, NotFound

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
    if first and person and holder(row, RoleName.COMMANDER) is None:
        begin_role(TOCSIN, row, RoleName.COMMANDER, person, at=at)
    timers.replan(row)


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
    timers.unmet(row)
    timers.replan(row)


def activate_response_team(
    actor: Actor,
    *,
    incident: str,
    people: Sequence[str] = (),
    teams: Sequence[str] = (),
    template: str | None = None,
    message: str = "",
) -> list[str]:
    """Call people, the members of teams and those of a template to the incident; returns the ids of the people called.

    Event `incidents.team_activated`; each is paged until they answer. Those called to a restricted incident may see it.
    """
    actor.require(RESPOND)
    said = text(message, "message", longest=2000)
    called = _called(people, teams, template)
    names = {person.id: person.name for person in accounts.people(TOCSIN, called, active_only=True)}
    called = [id_ for id_ in called if id_ in names]
    if not called:
        raise Invalid("people: choose at least one active person, or a team with members.", field="people")
    with transaction.atomic():
        row = locked(actor, incident)
        if State(row.state) not in ACTIVE_STATES:
            raise Conflict(f"{row.reference} is {row.state}; reopen it to call a team.", field="state")
        row.team_activated_at = row.team_activated_at or now()
        save(row, "team_activated_at")
        calling.let_in(row, called)
        told = tuple(names[id_] for id_ in called)
        record(row, TeamActivated(author=author(actor), people=tuple(called), names=told, message=said), actor)
        reason = f"{actor.name} called you to {row.reference}"
        oncall.page_people(
            TOCSIN,
            subject=subject(row),
            people=called,
            severity=row.severity,
            reason=reason,
            summary="" if row.restricted else said or row.title,
        )
        calling.active(row)
    return called


def _called(people: Sequence[str], teams: Sequence[str], template: str | None) -> list[str]:
    wanted, wanted_teams = list(people), list(teams)
    if template is not None:
        found = TeamTemplate.objects.filter(id=id_of(template)).first()
        if found is None:
            raise NotFound("There is no such response team.", field="template")
        wanted, wanted_teams = [*wanted, *found.people], [*wanted_teams, *found.teams]
    for team in wanted_teams:
        wanted += accounts.team_member_ids(team)
    return list(dict.fromkeys(wanted))
