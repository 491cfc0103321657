"""What happens when a deadline is at risk or over, and when a commander has led for long. Called by workers only."""

from datetime import timedelta
from typing import Any

from django.db import transaction

from tocsin.core.log import walk_back
from tocsin.core.work import enqueue
from tocsin.domain.accounts import queries as accounts
from tocsin.domain.delivery.ports import Written, message_about
from tocsin.domain.incidents import jobs
from tocsin.domain.incidents.commands import timers
from tocsin.domain.incidents.commands.loading import record, subject
from tocsin.domain.incidents.commands.telling import address, tell
from tocsin.domain.incidents.events import DeadlineAtRisk, DeadlineBreached, HandOverDue
from tocsin.domain.incidents.models import Deadline, Incident, RoleHolder
from tocsin.domain.incidents.naming import TOCSIN
from tocsin.domain.incidents.rules.deadlines import DeadlineKind
from tocsin.domain.incidents.rules.roles import COMMANDER_REMINDER, RoleName
from tocsin.domain.incidents.rules.states import OPEN_STATES, State
from tocsin.domain.oncall import commands as oncall
from tocsin.kernel.clock import now

_OWNERS = {
    DeadlineKind.PUBLIC_POST: RoleName.COMMUNICATIONS,
    DeadlineKind.PUBLIC_UPDATE: RoleName.COMMUNICATIONS,
    DeadlineKind.INTERNAL_UPDATE: RoleName.COMMUNICATIONS,
    DeadlineKind.MITIGATE: RoleName.OPERATIONS,
    DeadlineKind.RESOLVE: RoleName.OPERATIONS,
}
_NOT_PAGED = frozenset({DeadlineKind.ACKNOWLEDGE, DeadlineKind.REVIEW})
"""Acknowledging has its own escalation; a review wakes nobody."""


def at_risk(deadline_id: str) -> None:
    """Remind whoever owes it, by mail or chat, once. Event `incidents.deadline_at_risk`."""
    with transaction.atomic():
        found = _open_deadline(deadline_id)
        if found is None or found[1].reminded_at is not None or found[1].due_at <= now():
            return
        row, deadline = found
        deadline.reminded_at = now()
        deadline.save(update_fields=["reminded_at"])
        kind = DeadlineKind(deadline.kind)
        people = [] if kind is DeadlineKind.ACKNOWLEDGE else _owners(row, kind)[:1]
        told = tell(
            row, people, _message(row, deadline, "is at risk"), purpose="deadline", key=f"at-risk:{_key(deadline)}"
        )
        record(row, DeadlineAtRisk(**_facts(deadline, told)), TOCSIN)


def breached(deadline_id: str) -> None:
    """Page whoever owes it and the commander; without any, catch-all people. Event `incidents.deadline_breached`.

    The answer of one of them is enough, and nobody is called any more once it is met or moved.
    """
    with transaction.atomic():
        found = _open_deadline(deadline_id)
        if found is None or found[1].breached_at is not None or found[1].due_at > now():
            return
        row, deadline = found
        deadline.breached_at = now()
        deadline.save(update_fields=["breached_at"])
        kind = DeadlineKind(deadline.kind)
        people = [] if kind is DeadlineKind.ACKNOWLEDGE else _owners(row, kind) or accounts.catch_all_ids()
        if kind is DeadlineKind.REVIEW or (people and _called_for(row, kind)):
            message = _message(row, deadline, "is overdue")
            people = tell(row, people, message, purpose="deadline", key=f"breach:{_key(deadline)}")
        elif people:
            oncall.page_people(
                TOCSIN,
                subject=subject(row),
                people=people,
                severity=row.severity,
                reason=f"{row.reference}: {kind.words} is overdue",
                summary="" if row.restricted else row.title,
                shared=timers.calls_for(deadline),
            )
        record(row, DeadlineBreached(**_facts(deadline, people)), TOCSIN)


def hand_over_due(holder_id: str, hours: int) -> None:
    """Remind the commander to hand over, every four hours of leading. Event `incidents.hand_over_due`.

    After a standstill once, for all the hours that went by meanwhile.
    """
    with transaction.atomic():
        held = RoleHolder.objects.filter(id=holder_id, ended_at=None).first()
        if held is None or held.role != RoleName.COMMANDER:
            return
        row = Incident.objects.select_for_update().get(id=held.incident_id)
        if State(row.state) not in OPEN_STATES or row.resolved_at is not None:
            return
        person = str(held.person_id)
        step = int(COMMANDER_REMINDER.total_seconds() // 3600)
        hours = max(hours, int((now() - held.since) / COMMANDER_REMINDER) * step)
        message = message_about(
            subject(row),
            title=f"{row.reference}: hand over the role of Incident Commander",
            text=f"You have led {row.reference} for {hours} h. Hand the role over while you can still brief the next.",
            severity=row.severity,
            url=address(row),
            action="Hand over",
        )
        tell(row, [person], message, purpose="hand_over", key=f"hand-over:{held.id}:{hours}")
        names = _names([person])
        record(row, HandOverDue(person=person, person_name=names.get(person, ""), hours=hours), TOCSIN)
        again = jobs.HandOver(holder=holder_id, hours=hours + step)
        enqueue(jobs.HAND_OVER, again, key=holder_id, due=held.since + timedelta(hours=hours + step))


def _open_deadline(id_: str) -> tuple[Incident, Deadline] | None:
    """The deadline and its locked incident, while it is still owed."""
    found = Deadline.objects.filter(id=id_, met_at=None).first()
    if found is None:
        return None
    row = Incident.objects.select_for_update().get(id=found.incident_id)
    deadline = Deadline.objects.filter(id=id_, met_at=None).first()
    return (row, deadline) if deadline is not None else None


def _owners(row: Incident, kind: DeadlineKind) -> list[str]:
    """Who owes it, first the role it belongs to, then the commander, then who acknowledged. Active people only."""
    held = dict(RoleHolder.objects.filter(incident=row, ended_at=None, accepted=True).values_list("role", "person_id"))
    wanted = [held.get(_OWNERS.get(kind, RoleName.COMMANDER).value), held.get(RoleName.COMMANDER.value)]
    listed = [str(person) for person in wanted if person] or [p for p in [row.first_acknowledged_by] if p]
    active = {person.id for person in accounts.people(TOCSIN, listed, active_only=True)} if listed else set()
    return [person for person in dict.fromkeys(listed) if person in active]


def _called_for(row: Incident, kind: DeadlineKind) -> bool:
    """Whether somebody who is on it was called for this kind of promise before: then a mail must do.

    A deadline that moves with the severity can be missed twice; the lead is called out of their work for it once.
    """
    if row.acknowledged_at is None:
        return False
    missed = walk_back([f"incident:{row.id}"], types=[DeadlineBreached.type_name])
    return any(
        isinstance(entry.event, DeadlineBreached)
        and entry.event.kind == kind.value
        and entry.event.people
        and entry.occurred_at >= row.acknowledged_at
        for entry in missed
    )


def _message(row: Incident, deadline: Deadline, how: str) -> Written:
    words, at = DeadlineKind(deadline.kind).words, now()
    return lambda reader: message_about(
        subject(row),
        title=f"{row.reference}: {words} {how}",
        text=f"{words} of {row.reference} {how}: due at {reader.when(deadline.due_at, at)}.\n{row.title}",
        severity=row.severity,
        url=address(row),
        action="Open",
    )


def _key(deadline: Deadline) -> str:
    """A moved deadline reminds anew."""
    return f"{deadline.id}:{int(deadline.due_at.timestamp())}"


def _facts(deadline: Deadline, people: list[str]) -> dict[str, Any]:
    names = _names(people)
    return {
        "deadline": str(deadline.id),
        "kind": deadline.kind,
        "words": DeadlineKind(deadline.kind).words,
        "due_at": deadline.due_at,
        "people": tuple(people),
        "names": tuple(names[id_] for id_ in people if id_ in names),
    }


def _names(people: list[str]) -> dict[str, str]:
    return {person.id: person.name for person in accounts.people(TOCSIN, people)} if people else {}
