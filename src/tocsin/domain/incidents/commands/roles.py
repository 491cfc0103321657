"""Who does what in an incident: taking, offering, accepting and handing over roles. One holder per role, and at most
one open offer; whoever hands over keeps the role until the other accepts.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from tocsin.core.work import enqueue
from tocsin.domain.accounts import queries as accounts
from tocsin.domain.delivery.ports import Message, Reader, message_about
from tocsin.domain.incidents import jobs
from tocsin.domain.incidents.commands import calling, engaging, timers
from tocsin.domain.incidents.commands.duties import begin_duties
from tocsin.domain.incidents.commands.handing import left_open
from tocsin.domain.incidents.commands.holding import drop_role, end, holder, name_of, names_of
from tocsin.domain.incidents.commands.loading import locked, record, require_command, save, subject, text
from tocsin.domain.incidents.commands.telling import address, tell
from tocsin.domain.incidents.events import RoleDeclined, RoleOffered, RoleTaken
from tocsin.domain.incidents.models import Incident, RoleHolder
from tocsin.domain.incidents.naming import TOCSIN, author
from tocsin.domain.incidents.permissions import RESPOND, WRITE
from tocsin.domain.incidents.rules.roles import COMMANDER_REMINDER, RoleName, role_slug, role_words
from tocsin.domain.incidents.rules.states import OPEN_STATES, State
from tocsin.domain.oncall import commands as oncall
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Conflict, Invalid, NotFound


def assign_role(
    actor: Actor, *, incident: str, role: str, person: str, note: str = "", version: int | None = None
) -> None:
    """Give a role: to oneself at once, to another as an offer with a `note` that waits for `accept_role`.

    Events `incidents.role_taken` or `incidents.role_offered`. Taking a role that another holds, or giving one to
    another, is for who commands. Raises `Conflict` when the person holds it already.
    """
    actor.require(RESPOND)
    slug, said = role_slug(role), text(note, "note", longest=4000)
    with transaction.atomic():
        row = _open(actor, incident, version)
        now_held = holder(row, slug)
        if now_held is not None and str(now_held.person_id) == person:
            raise Conflict(f"{name_of(person)} is {role_words(slug)} already.", field="person")
        if now_held is not None or person != actor.person:
            require_command(actor, row, "give roles to others")
        if person == actor.person:
            begin_role(actor, row, slug, person)
            _engage(row)
            oncall.answer_call(actor, subject=subject(row), via="taking a role")
        else:
            _offer(actor, row, slug, person, said)
        calling.active(row)


def hand_over(actor: Actor, *, incident: str, role: str, to: str, note: str = "") -> None:
    """Ask someone to take over a role that one holds (or commands). It changes hands when they accept."""
    actor.require(WRITE)
    said = text(note, "note", longest=4000)
    with transaction.atomic():
        row = _open(actor, incident, None)
        held = holder(row, role)
        if held is None:
            raise Conflict(f"Nobody is {role_words(role)}; assign the role instead.", field="role")
        if str(held.person_id) != actor.person:
            require_command(actor, row, "hand over the role of another")
        if to == str(held.person_id):
            raise Invalid("to: choose somebody else.", field="to")
        _offer(actor, row, role, to, said)
        calling.active(row)


def accept_role(actor: Actor, *, incident: str, role: str) -> None:
    """Take the role one was asked to take. Event `incidents.role_taken`. Raises `Conflict` without such an offer."""
    with transaction.atomic():
        row = _open(actor, incident, None)
        offer = _offer_to(row, role)
        if offer is None or str(offer.person_id) != actor.person:
            raise Conflict(f"You are not asked to be {role_words(role)} (any more).", field="role")
        end(offer)
        begin_role(actor, row, role, actor.person, by=offer.handed_over_by_id)
        _engage(row)
        oncall.answer_call(actor, subject=subject(row), via="taking a role")
        calling.active(row)


def decline_role(actor: Actor, *, incident: str, role: str, reason: str = "") -> None:
    """Refuse an offer, or take back one's own. The holder keeps the role. Event `incidents.role_declined`."""
    said = text(reason, "reason", longest=2000)
    with transaction.atomic():
        row = _open(actor, incident, None)
        offer = _offer_to(row, role)
        if offer is None:
            raise Conflict(f"Nobody is asked to be {role_words(role)} (any more).", field="role")
        if actor.person not in (str(offer.person_id), str(offer.handed_over_by_id or "")):
            require_command(actor, row, "take back the offer of another")
        end(offer)
        person = str(offer.person_id)
        told = RoleDeclined(author=author(actor), role=role, person=person, person_name=name_of(person), note=said)
        record(row, told, actor)


def end_role(actor: Actor, *, incident: str, role: str) -> None:
    """Nobody holds the role from now on. Event `incidents.role_ended`. For its holder and who commands."""
    with transaction.atomic():
        row = locked(actor, incident)
        held = holder(row, role)
        if held is None:
            raise Conflict(f"Nobody is {role_words(role)}.", field="role")
        if str(held.person_id) != actor.person:
            require_command(actor, row, "end the role of another")
        drop_role(actor, row, held)


def begin_role(
    actor: Actor, row: Incident, role: str, person: str, *, at: datetime | None = None, by: UUID | None = None
) -> RoleHolder:
    """Make the person the holder on a locked row; who held it before no longer does."""
    before = holder(row, role)
    names = {**names_of(str(before.person_id) if before else ""), person: _active(person)}
    if before is not None:
        end(before)
    held = RoleHolder.objects.create(
        incident=row, role=role, person_id=person, since=at or now(), accepted=True, handed_over_by_id=by
    )
    engaging.joins(row, person, at=held.since)
    begin_duties(row, role)
    if role == RoleName.COMMANDER:
        remind_commander(row)
    taken = RoleTaken(
        author=author(actor),
        role=role,
        person=person,
        person_name=names[person],
        before=str(before.person_id) if before else "",
        before_name=names.get(str(before.person_id), "") if before else "",
    )
    record(row, taken, actor)
    return held


def remind_commander(row: Incident) -> None:
    """Set the timer that asks the commander to hand over, at the next full four hours of leading."""
    held = holder(row, RoleName.COMMANDER)
    if held is None:
        return
    turns = max(0, int((now() - held.since) / COMMANDER_REMINDER)) + 1
    hours = turns * int(COMMANDER_REMINDER.total_seconds() // 3600)
    payload = jobs.HandOver(holder=str(held.id), hours=hours)
    enqueue(jobs.HAND_OVER, payload, key=str(held.id), due=held.since + turns * COMMANDER_REMINDER)


def _offer(actor: Actor, row: Incident, role: str, person: str, note: str) -> None:
    name = _active(person)
    before = _offer_to(row, role)
    if before is not None:
        if str(before.person_id) == person:
            raise Conflict(f"{name} has been asked already.", field="person")
        end(before)
        other = str(before.person_id)
        back = RoleDeclined(author=author(actor), role=role, person=other, person_name=name_of(other))
        record(row, back, actor)
    offer = RoleHolder.objects.create(
        incident=row,
        role=role,
        person_id=person,
        since=now(),
        accepted=False,
        handed_over_by_id=actor.person or None,
        note=note,
    )
    told = RoleOffered(author=author(actor), role=role, person=person, person_name=name, note=note)
    record(row, told, actor)
    asked = f"{actor.name} asks you to be {role_words(role)} of {row.reference}"
    open_still, at = left_open(row, role), now()

    def message(reader: Reader) -> Message:
        left = (f"{one.text} {reader.when(one.due_at, at)}" if one.due_at else one.text for one in open_still)
        return message_about(
            subject(row),
            title=asked,
            text="\n".join([f"{asked}: {row.title}", "", note, *left]).strip(),
            severity=row.severity,
            url=address(row),
            action="Accept or decline",
        )

    tell(row, [person], message, purpose="role", key=f"role:{offer.id}")


def _offer_to(row: Incident, role: str) -> RoleHolder | None:
    return RoleHolder.objects.filter(incident=row, role=role, ended_at=None, accepted=False).first()


def _engage(row: Incident) -> None:
    """Someone chose to carry a role: the team is engaged (the first acknowledgement alone does not say so)."""
    if row.engaged_at is None:
        row.engaged_at = now()
        save(row, "engaged_at")
        timers.replan(row)


def _open(actor: Actor, incident: str, version: int | None) -> Incident:
    row = locked(actor, incident, version=version)
    if State(row.state) not in OPEN_STATES:
        raise Conflict(f"{row.reference} is {row.state}; its roles are settled. Reopen it first.", field="state")
    return row


def _active(person: str) -> str:
    found = accounts.people(TOCSIN, [person], active_only=True)
    if not found:
        raise NotFound("There is no such active person; choose somebody else.", field="person")
    return found[0].name
