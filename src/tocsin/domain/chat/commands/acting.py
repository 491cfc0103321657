"""Carries out what was said in a chat, in the name of the person who said it: by the commands that screens call too.

An order may do what its person may do, no more. Of a restricted incident nothing is said in an answer.
"""

import re
from datetime import timedelta

import structlog
from django.conf import settings
from django.db import transaction

from tocsin.core.log import heads
from tocsin.domain.accounts import queries as accounts
from tocsin.domain.chat import rules
from tocsin.domain.chat.commands.orders import carry_out, channel_of
from tocsin.domain.chat.jobs import act_soon, answer_soon, meet_soon
from tocsin.domain.chat.models import Acquaintance, ChatChannel, Heard, Mirrored
from tocsin.domain.chat.naming import SELF, guest
from tocsin.domain.chat.ports import Who, chat_of
from tocsin.domain.incidents import commands as incidents
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Invalid, Refused
from tocsin.kernel.ids import id_of

log = structlog.get_logger()
ASK_AGAIN = timedelta(minutes=1)
"""So long somebody who was nobody here stays so: they may have been added since."""
_MENTION = re.compile(r"<@([A-Za-z0-9_.-]{1,120})>")


def act(vendor: str, place: str) -> None:
    """Carry out the oldest words that wait in a place; those of somebody unknown wait until we know who that is."""
    row = Heard.objects.select_for_update().filter(vendor=vendor, place=place, state="waiting").order_by("id").first()
    if row is None:
        return
    known = Acquaintance.objects.filter(vendor=vendor, user=row.user).first()
    if known is None or (known.person_id is None and now() - known.asked_at > ASK_AGAIN):
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
        # In a form the sentence names its field; here there is none.
        return "refused", refused.sentence.removeprefix(f"{refused.field}: ")
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
    channel = channel_of(row)
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
    return carry_out(rules.read(row.text), accounts.actor_of(person), row)


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
