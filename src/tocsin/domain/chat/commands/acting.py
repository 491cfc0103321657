"""Carries out what was said in a chat, in the name of the person who said it: by the commands that screens call too.

An order may do what its person may do, no more. Of a restricted incident nothing is said in an answer.
"""

import re
from collections.abc import Callable, Mapping

import structlog
from django.conf import settings
from django.db import transaction

from tocsin.core.log import heads
from tocsin.domain.accounts import queries as accounts
from tocsin.domain.chat import rules
from tocsin.domain.chat.commands.channels import open_channel
from tocsin.domain.chat.jobs import act_soon, answer_soon, meet_soon
from tocsin.domain.chat.models import Acquaintance, ChatChannel, Heard, Mirrored
from tocsin.domain.chat.naming import SELF, guest
from tocsin.domain.chat.ports import Who, chat_of
from tocsin.domain.chat.rules import Order, Verb
from tocsin.domain.incidents import commands as incidents
from tocsin.domain.incidents import queries as read
from tocsin.domain.incidents.queries import IncidentRow
from tocsin.domain.oncall import queries as oncall
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Invalid, Refused
from tocsin.kernel.ids import id_of

log = structlog.get_logger()
_LISTED = 10
_MENTION = re.compile(r"<@([A-Za-z0-9_.-]{1,120})>")


def act(vendor: str, place: str) -> None:
    """Carry out the oldest words that wait in a place; those of somebody unknown wait until we know who that is."""
    row = Heard.objects.select_for_update().filter(vendor=vendor, place=place, state="waiting").order_by("id").first()
    if row is None:
        return
    known = Acquaintance.objects.filter(vendor=vendor, user=row.user).first()
    if known is None:
        meet_soon(vendor, row.user, place)
        return
    state, answer = _carried_out(row, str(known.person_id or ""), known.name)
    row.state, row.answer, row.text = state, answer, ""
    row.save(update_fields=["state", "answer", "text"])
    if answer:
        answer_soon(row)
    act_soon(vendor, place)


def met(vendor: str, user: str, place: str, who: Who | None) -> None:
    """We know who that is: the active person with the mail address that the vendor has verified, or nobody of ours."""
    person = accounts.person_by_email(who.email) if who is not None and who.email else None
    Acquaintance.objects.update_or_create(
        vendor=vendor,
        user=user,
        defaults={
            "name": who.name[:120] if who else "",
            "person_id": person.id if person else None,
            "asked_at": now(),
        },
    )
    act_soon(vendor, place)


def _carried_out(row: Heard, person: str, name: str) -> tuple[str, str]:
    """The state and the answer. A fault of ours must not hold up what others say behind it."""
    try:
        with transaction.atomic():
            if row.kind == "message":
                _written(row, person, name)
                return "done", ""
            return "done", _ordered(row, person)
    except Refused as refused:
        return "refused", refused.sentence
    except Exception:
        log.exception("chat_order_failed", vendor=row.vendor, heard=row.id)
        return (
            "failed",
            "This could not be done because of a fault in Tocsin; nothing was changed. Do it on the screen.",
        )


def _written(row: Heard, person: str, name: str) -> None:
    """A message of the channel becomes a note, once; somebody who is nobody here writes as a guest.

    What is changed or deleted there is corrected or taken back here, while that can still be done.
    """
    channel = _channel(row)
    if channel is None:
        return
    chat = chat_of(row.vendor)
    actor = accounts.actor_of(person) if person else guest(chat.title if chat else row.vendor, name or row.user_name)
    text = _MENTION.sub(lambda found: f"@{_name(row.vendor, found[1])}", row.text)
    if row.revises and _revised(actor, channel, row.revises, text):
        return
    if row.revises and not text:
        return
    said = f"{text} (changed in the chat)" if row.revises else text
    made = incidents.write(actor, incident=str(channel.incident_id), text=said)
    _mirrored(channel, row.name, made.note)


def _revised(actor: Actor, channel: ChatChannel, remote: str, text: str) -> bool:
    """Correct the note that the message became; False when there is none, or it is too late."""
    known = channel.mirrored.filter(remote=remote[:120], heard=True).exclude(note="").first()
    if known is None:
        return False
    try:
        with transaction.atomic():
            if text:
                incidents.edit_note(actor, note=known.note, text=text)
            else:
                incidents.take_back_note(actor, note=known.note)
    except Refused:
        return False
    _mirrored(channel, remote, known.note)
    return True


def _mirrored(channel: ChatChannel, remote: str, note: str) -> None:
    """The entry just written is not told in the channel: it comes from there."""
    stream = f"incident:{channel.incident_id}"
    # Written in this transaction, so the head of the stream is ours.
    Mirrored.objects.create(
        channel=channel, seq=heads([stream])[stream], remote=remote[:120], heard=True, note=note, at=now()
    )


def _name(vendor: str, user: str) -> str:
    known = Acquaintance.objects.select_related("person").filter(vendor=vendor, user=user).first()
    return str(known.person) if known and known.person else (known.name if known and known.name else user)


def _ordered(row: Heard, person: str) -> str:
    if not person:
        raise Invalid(
            "Tocsin does not know you: your mail address here and there must be the same. "
            f"Ask an administrator, or sign in at {settings.PUBLIC_URL}."
        )
    order, actor = rules.read(row.text), accounts.actor_of(person)
    return _ORDERS[order.verb](actor, order, row)


def _channel(row: Heard) -> ChatChannel | None:
    found = ChatChannel.objects.filter(vendor=row.vendor, place=row.place, state="open")
    return found.first() if row.place else None


def _meant(actor: Actor, order: Order, row: Heard) -> IncidentRow:
    """The incident named, else that of the channel. Raises `Invalid` when there is none, or it is restricted."""
    reference = order.reference
    if not reference:
        channel = _channel(row)
        if channel is None:
            raise Invalid(f"Say which incident: {order.verb} INC-42. Here is no incident's channel.")
        reference = str(channel.incident_id)
    found = read.row(actor, reference)
    if found.restricted:
        raise Invalid(f"{found.reference} is restricted: do it in Tocsin, {settings.PUBLIC_URL}{found.url}")
    return found


def _declare(actor: Actor, order: Order, row: Heard) -> str:
    id_ = incidents.declare(actor, title=order.text[:200], kind=order.kind, severity=order.severity)
    made = read.row(actor, id_)
    what = made.reference if made.restricted else f"{made.reference}: {made.title}"
    return f"Declared {what}. Whoever is on call is being paged. {settings.PUBLIC_URL}{made.url}"


def _acknowledge(actor: Actor, order: Order, row: Heard) -> str:
    chat = chat_of(row.vendor)
    return incidents.acknowledge(actor, incident=_meant(actor, order, row).id, via=chat.title if chat else row.vendor)


def _update(actor: Actor, order: Order, row: Heard) -> str:
    found = _meant(actor, order, row)
    incidents.send_status_update(actor, incident=found.id, internal=order.text)
    due = read.row(actor, found.id).next_deadline
    after = f" Next: {due.words.lower()} by {due.due_at:%H:%M} UTC." if due else ""
    return f"Sent to the people inside of {found.reference}.{after}"


def _role(actor: Actor, order: Order, row: Heard) -> str:
    found = _meant(actor, order, row)
    person = actor.person
    if order.user != "me":
        known = Acquaintance.objects.filter(vendor=row.vendor, user=order.user).first()
        if known is None or known.person_id is None:
            raise Invalid("Tocsin does not know who that is: they type an order here once, then it does.")
        person = str(known.person_id)
    incidents.assign_role(actor, incident=found.id, role=order.role, person=person)
    held = next(
        (h for h in read.incident(actor, found.id).roles if h.role == order.role and h.person.id == person), None
    )
    if held is None:
        return f"Done: {order.role} of {found.reference}."
    return f"{held.person.name} is {held.words} of {found.reference}{'' if held.accepted else ', once they accept'}."


def _note(actor: Actor, order: Order, row: Heard) -> str:
    found = _meant(actor, order, row)
    incidents.write(actor, incident=found.id, text=order.text)
    return f"Written into the timeline of {found.reference}."


def _decide(actor: Actor, order: Order, row: Heard) -> str:
    found = _meant(actor, order, row)
    incidents.decide(actor, incident=found.id, text=order.text)
    return f"Recorded as a decision in {found.reference}."


def _task(actor: Actor, order: Order, row: Heard) -> str:
    found = _meant(actor, order, row)
    incidents.add_task(actor, incident=found.id, title=order.text)
    return f"Added to the tasks of {found.reference}."


def _status(actor: Actor, order: Order, row: Heard) -> str:
    found = _meant(actor, order, row)
    commander = found.commander.name if found.commander else "nobody"
    due = found.next_deadline
    after = f"\nNext: {due.words.lower()} by {due.due_at:%H:%M} UTC" if due else ""
    return f"{_line(found)}\nIncident Commander: {commander}{after}\n{settings.PUBLIC_URL}{found.url}"


def _list(actor: Actor, order: Order, row: Heard) -> str:
    found = [each for each in read.open_incidents(actor) if not each.restricted]
    if not found:
        return "No incident is open."
    more = f"\nand {len(found) - _LISTED} more: {settings.PUBLIC_URL}/incidents/" if len(found) > _LISTED else ""
    return "\n".join(_line(each) for each in found[:_LISTED]) + more


def _who(actor: Actor, order: Order, row: Heard) -> str:
    lines = [
        f"{view.schedule}: {view.person or 'nobody'}{f' until {view.until:%d %b %H:%M} UTC' if view.until else ''}"
        for view in oncall.on_call_now(actor)
    ]
    return "\n".join(lines) or "There is no schedule yet."


def _open(actor: Actor, order: Order, row: Heard) -> str:
    open_channel(actor, incident=_meant(actor, order, row).id, vendor=row.vendor)
    return f"The channel of {order.reference} is being made; you will find it in the list."


def _help(actor: Actor, order: Order, row: Heard) -> str:
    return rules.HELP


def _line(found: IncidentRow) -> str:
    severity = "Unknown" if found.severity == Severity.UNKNOWN else Severity(found.severity).word
    return f"{severity}, {found.state}: {found.reference} {found.title}"


_ORDERS: Mapping[Verb, Callable[[Actor, Order, Heard], str]] = {
    Verb.DECLARE: _declare,
    Verb.ACKNOWLEDGE: _acknowledge,
    Verb.UPDATE: _update,
    Verb.ROLE: _role,
    Verb.NOTE: _note,
    Verb.DECIDE: _decide,
    Verb.TASK: _task,
    Verb.STATUS: _status,
    Verb.LIST: _list,
    Verb.WHO: _who,
    Verb.CHANNEL: _open,
    Verb.HELP: _help,
}


def emails(people: list[str]) -> dict[str, str]:
    """Mail addresses of active people, by id, to find them at a vendor."""
    return {view.id: view.email for view in accounts.people(SELF, people, active_only=True)}


def channel_at(channel: str) -> tuple[str, str] | None:
    """Vendor and place of an open channel."""
    row = ChatChannel.objects.filter(id=id_of(channel), state="open").first()
    return (row.vendor, row.place) if row else None


def to_answer(heard: int) -> Heard | None:
    """The order whose answer is to be given; None when it was."""
    return Heard.objects.filter(id=heard).exclude(answer="").first()


def was_answered(heard: int) -> None:
    """Forget the answer and where it went."""
    Heard.objects.filter(id=heard).update(answer="", back="")
