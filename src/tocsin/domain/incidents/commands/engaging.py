"""Those who were called: joining, declining, being paged again, replaced, stood down; and the time each has worked.

Calling them first is `response`. Everyone who acknowledges or takes a role has joined, called or not.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction

from tocsin.core.work import cancel, enqueue
from tocsin.domain.delivery.ports import message_about
from tocsin.domain.incidents import jobs
from tocsin.domain.incidents.commands import calling
from tocsin.domain.incidents.commands.holding import drop_role, names_of
from tocsin.domain.incidents.commands.loading import locked, record, require_command, subject, text
from tocsin.domain.incidents.commands.telling import address, tell
from tocsin.domain.incidents.events import CalledAgain, ResponderDeclined, ResponderJoined, StoodDown
from tocsin.domain.incidents.models import Incident, Responder, RoleHolder
from tocsin.domain.incidents.naming import TOCSIN, author
from tocsin.domain.incidents.permissions import RESPOND, VIEW
from tocsin.domain.incidents.rules.engaging import PAGED_AGAIN_AFTER, Engagement, worked
from tocsin.domain.incidents.rules.roles import RoleName
from tocsin.domain.incidents.rules.states import ACTIVE_STATES, State
from tocsin.domain.oncall import commands as oncall
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Conflict, Invalid, NotFound
from tocsin.kernel.ids import id_of, uuid_of

LONGEST_WAIT = timedelta(hours=24)


def decline(
    actor: Actor, *, incident: str, reason: str = "", come_at: datetime | None = None, via: str = "screen"
) -> None:
    """The actor was called and cannot come, or not before `come_at`: they are paged no more, and told again then.

    Event `incidents.responder_declined`. Raises `Conflict` when they were not called, or have joined.
    """
    actor.require(VIEW)
    said = text(reason, "reason", longest=1000)
    later = _come_at(come_at)
    with transaction.atomic():
        row = locked(actor, incident)
        mine = _responder(row, actor.person)
        if mine is None or mine.state == Engagement.STOOD_DOWN:
            raise Conflict(f"You were not called to {row.reference}; there is nothing to decline.", field="incident")
        if mine.state == Engagement.JOINED:
            raise Conflict(f"You joined {row.reference}; stand down instead, so that your time is kept.", field="state")
        mine.state, mine.changed_at = Engagement.DECLINED, now()
        mine.reason, mine.come_at = said, later
        mine.save(update_fields=["state", "changed_at", "reason", "come_at"])
        told = ResponderDeclined(person=actor.person, person_name=actor.name, reason=said, come_at=later)
        record(row, told, actor)
        oncall.decline_call(actor, subject=subject(row), via=via)
        if later:
            enqueue(jobs.COME, jobs.Come(responder=str(mine.id)), key=str(mine.id), due=later)


def _come_at(given: datetime | None) -> datetime | None:
    if given is None:
        return None
    if not now() < given <= now() + LONGEST_WAIT:
        raise Invalid("come_at: choose a time within the next 24 hours.", field="come_at")
    return given


def stand_down(actor: Actor, *, incident: str, people: Sequence[str] | None = None, note: str = "") -> list[str]:
    """End the work of these people on it, oneself or (for who commands) others; without `people`, of the whole team.

    They are told, their roles end, and the time they worked is kept. The Incident Commander stays while it is open:
    naming one raises `Conflict`, the whole team leaves one out. Event `incidents.stood_down`; returns who.
    """
    actor.require(RESPOND)
    said = text(note, "note", longest=2000)
    with transaction.atomic():
        row = locked(actor, incident)
        if people is None or any(person != actor.person for person in people):
            require_command(actor, row, "stand others down")
        found = _to_stand_down(row, people)
        _end_all(row, found, actor, note=said)
        _tell_stood_down(row, [r for r in found if str(r.person_id) != actor.person], actor, said)
        calling.active(row)
    return [str(responder.person_id) for responder in found]


def _to_stand_down(row: Incident, people: Sequence[str] | None) -> list[Responder]:
    rows = Responder.objects.filter(incident=row, state__in=[Engagement.CALLED, Engagement.JOINED])
    if people is not None:
        rows = rows.filter(person__in=[id_of(person) for person in people])
    found = list(rows.order_by("id"))
    leads = RoleHolder.objects.filter(incident=row, role=RoleName.COMMANDER, ended_at=None, accepted=True).first()
    if leads is not None and State(row.state) in ACTIVE_STATES:
        if people is not None and str(leads.person_id) in people:
            name = _names([str(leads.person_id)])[0]
            raise Conflict(f"{name} is Incident Commander; hand that over first.", field="people")
        found = [responder for responder in found if responder.person_id != leads.person_id]
    if not found:
        raise Conflict("Nobody of them works on it now; nobody was stood down.", field="people")
    return found


def over(incident: str) -> None:
    """It has ended (resolved, closed, dismissed, merged): whoever worked on it has stood down by that."""
    with transaction.atomic():
        row = Incident.objects.select_for_update().filter(id=id_of(incident)).first()
        if row is None or State(row.state) in ACTIVE_STATES:
            return
        rows = Responder.objects.filter(incident=row, state__in=[Engagement.CALLED, Engagement.JOINED])
        ended = row.resolved_at or row.ended_at or now()
        for responder in rows:
            _count(responder, max(ended, responder.since or ended))
            responder.save(update_fields=["state", "changed_at", "since", "worked_seconds"])


def page_again(actor: Actor, *, incident: str, person: str) -> None:
    """Page once more someone who was called and has not come, also one who declined. Event `incidents.called_again`.

    Raises `Conflict` within a minute of the page before, and for who has joined.
    """
    actor.require(RESPOND)
    with transaction.atomic():
        row = _active(actor, incident)
        called = _responder(row, person)
        if called is None:
            raise NotFound("This person was not called; call them first.", field="person")
        name = _names([person])[0]
        if called.state == Engagement.JOINED:
            raise Conflict(f"{name} has joined already.", field="person")
        if called.called_at and now() - called.called_at < PAGED_AGAIN_AFTER:
            raise Conflict(f"{name} was paged less than a minute ago; give them a moment.", field="person")
        _ask(called, actor)
        record(row, CalledAgain(person=person, person_name=name), actor)
        oncall.call_again(TOCSIN, person=person, **calling.words(row, actor))
        calling.active(row)


def _ask(called: Responder, actor: Actor) -> None:
    called.state, called.called_at, called.changed_at = Engagement.CALLED, now(), now()
    called.called_by_id, called.come_at, called.reason = uuid_of(actor.person) if actor.person else None, None, ""
    called.save(update_fields=["state", "called_at", "changed_at", "called_by", "come_at", "reason"])
    cancel(jobs.COME, str(called.id))


def call(row: Incident, people: Iterable[str], actor: Actor, roles: dict[str, str]) -> list[str]:
    """Write down that these people are asked, on a locked row; returns those who are not asked or here already.

    `roles` names by person the role that they are wanted for.
    """
    known = {str(r.person_id): r for r in Responder.objects.filter(incident=row)}
    fresh: list[str] = []
    made: list[Responder] = []
    for person in people:
        standing = known.get(person)
        if standing is not None and standing.state in (Engagement.CALLED, Engagement.JOINED):
            continue
        fresh.append(person)
        if standing is None:
            made.append(_new(row, person, Engagement.CALLED, actor, roles.get(person, "")))
        else:
            standing.role = roles.get(person, standing.role)
            standing.save(update_fields=["role"])
            _ask(standing, actor)
    Responder.objects.bulk_create(made)
    return fresh


def _new(row: Incident, person: str, state: Engagement, actor: Actor | None, role: str = "") -> Responder:
    return Responder(
        incident=row,
        person_id=id_of(person),
        state=state,
        role=role,
        called_at=now() if state is Engagement.CALLED else None,
        called_by_id=uuid_of(actor.person) if actor and actor.person else None,
        changed_at=now(),
    )


def replaced(row: Incident, person: str, by: str) -> None:
    """Somebody is called in the place of one who declined, on a locked row."""
    Responder.objects.filter(incident=row, person=id_of(person), state=Engagement.DECLINED).update(replaced_by=by)


def joins(row: Incident, person: str, *, at: datetime) -> Responder | None:
    """The person works on it from `at`, on a locked row. None when they do already, or stood down since.

    The caller gives them the role they were called for.
    """
    if not person:
        return None
    mine = _responder(row, person) or _new(row, person, Engagement.JOINED, None)
    known = not mine._state.adding
    if known and (mine.state == Engagement.JOINED or (mine.state != Engagement.CALLED and mine.changed_at > at)):
        return None
    mine.state, mine.changed_at, mine.since = Engagement.JOINED, at, at
    mine.come_at, mine.reason = None, ""
    mine.save()
    cancel(jobs.COME, str(mine.id))
    return mine


def unjoins(row: Incident, person: str) -> None:
    """The acknowledgement that made them join was taken back, on a locked row."""
    mine = _responder(row, person)
    if mine is not None and mine.called_at is None and not mine.worked_seconds:
        mine.delete()
    elif mine is not None:
        mine.state, mine.since, mine.changed_at = Engagement.CALLED, None, now()
        mine.save(update_fields=["state", "since", "changed_at"])


def told_joined(row: Incident, mine: Responder, name: str, actor: Actor) -> None:
    """Append that somebody joined: `incidents.responder_joined`."""
    record(row, ResponderJoined(person=str(mine.person_id), person_name=name, role=mine.role), actor)


def left(row: Incident, person: str, actor: Actor, note: str) -> None:
    """The person works on it no more (deactivated), on a locked row; nothing when they did not."""
    mine = _responder(row, person)
    if mine is not None and mine.state in (Engagement.CALLED, Engagement.JOINED):
        _end_all(row, [mine], actor, note=note)


def remind_to_come(responder: str) -> None:
    """Someone said when they could come, and it is that time: tell them whether they are still wanted."""
    with transaction.atomic():
        found = Responder.objects.select_related("incident").filter(id=id_of(responder)).first()
        if found is None or found.state != Engagement.DECLINED or State(found.incident.state) not in ACTIVE_STATES:
            return
        row = found.incident
        said = f"You said that you can come now: {row.reference} still needs people"
        message = message_about(
            subject(row),
            title=said,
            text=f"{said}: {row.title}",
            severity=row.severity,
            url=address(row),
            action="Join",
        )
        tell(row, [str(found.person_id)], message, purpose="come", key=f"come:{found.id}:{found.changed_at:%s}")


def _end_all(row: Incident, found: list[Responder], actor: Actor, *, note: str) -> None:
    """Count the time, stop the calls, end the roles, and say so once for all of them."""
    at = now()
    ids = [str(responder.person_id) for responder in found]
    for responder in found:
        _count(responder, at)
        responder.save(update_fields=["state", "changed_at", "since", "worked_seconds"])
    end = None if row.practice else oncall.Over(oncall.How.STOOD_DOWN, actor.name, frozenset(ids))
    reason = f"{row.reference}: you were stood down"
    oncall.end_calls(TOCSIN, subject=subject(row), people=ids, reason=reason, over=end)
    people = [responder.person_id for responder in found]
    for held in RoleHolder.objects.filter(incident=row, person__in=people, ended_at=None).order_by("id"):
        drop_role(actor, row, held)
    names = _names(ids)
    seconds = tuple(responder.worked_seconds for responder in found)
    record(row, StoodDown(author=author(actor), people=tuple(ids), names=names, seconds=seconds, note=note), actor)


def _count(responder: Responder, at: datetime) -> None:
    responder.worked_seconds = int(worked(responder.worked_seconds, responder.since, at).total_seconds())
    responder.state, responder.changed_at, responder.since = Engagement.STOOD_DOWN, at, None


def _tell_stood_down(row: Incident, found: list[Responder], actor: Actor, note: str) -> None:
    for responder in found:
        length = worked(responder.worked_seconds, None, now())
        hours, minutes = divmod(int(length.total_seconds()) // 60, 60)
        said = f"{actor.name} stood you down from {row.reference}; you worked {hours} h {minutes} min"
        message = message_about(
            subject(row), title=said, text=f"{said}.\n\n{note}".strip(), severity=row.severity, url=address(row)
        )
        tell(row, [str(responder.person_id)], message, purpose="stood_down", key=f"down:{responder.id}:{now():%s}")


def _active(actor: Actor, incident: str) -> Incident:
    row = locked(actor, incident)
    if State(row.state) not in ACTIVE_STATES:
        raise Conflict(f"{row.reference} is {row.state}; reopen it to call people.", field="state")
    return row


def _responder(row: Incident, person: str) -> Responder | None:
    return Responder.objects.filter(incident=row, person=id_of(person)).first()


def _names(people: Sequence[str]) -> tuple[str, ...]:
    found = names_of(*people)
    return tuple(found.get(person, "This person") for person in people)
