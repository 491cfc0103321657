"""What was said in a chat, taken in: durable before the vendor is told so, and once however often it is handed in."""

from datetime import timedelta

from django.db import transaction

from tocsin.domain.chat.jobs import act_soon, answer_soon
from tocsin.domain.chat.models import Acquaintance, ChatChannel, Heard
from tocsin.domain.chat.permissions import HEAR
from tocsin.domain.chat.ports import Said
from tocsin.domain.chat.rules import LONGEST_TEXT
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import NotFound
from tocsin.kernel.ids import id_of

KEPT = timedelta(days=7)
_MOST = 20_000


def hear(actor: Actor, *, vendor: str, said: Said) -> bool:
    """Take in what a vendor's door has verified; False when it was known, or is of no concern here.

    A message counts only in a channel of an incident; an order everywhere.
    """
    actor.require(HEAR)
    place = said.place[:120]
    with transaction.atomic():
        if said.kind == "message" and not _followed(vendor, place):
            return False
        row, fresh = Heard.objects.get_or_create(
            vendor=vendor,
            name=said.name[:200],
            defaults={
                "kind": said.kind,
                "place": place,
                "user": said.user[:120],
                "user_name": said.user_name[:120],
                "text": said.text[: _MOST if said.kind == "message" else LONGEST_TEXT].replace("\0", ""),
                "back": said.back,
                "revises": said.revises[:120],
                "at": now(),
            },
        )
        if fresh:
            act_soon(vendor, row.place)
    return fresh


def reply(actor: Actor, *, vendor: str, name: str, user: str, back: str, text: str) -> None:
    """Answer what a vendor's door has carried out itself (a page that was answered), once by its name."""
    actor.require(HEAR)
    with transaction.atomic():
        row, fresh = Heard.objects.get_or_create(
            vendor=vendor,
            name=name[:200],
            defaults={
                "kind": "order",
                "place": "",
                "user": user[:120],
                "back": back,
                "state": "done",
                "answer": text,
                "at": now(),
            },
        )
        if fresh:
            answer_soon(row)


def _followed(vendor: str, place: str) -> bool:
    return ChatChannel.objects.filter(vendor=vendor, place=place, state="open").exists()


def forget_acquaintance(actor: Actor, *, vendor: str, user: str) -> None:
    """No longer take this user of the chat for that person; asked for anew at their next word.

    People forget their own; administrators anybody's (`NotFound` for anybody else's).
    """
    rows = Acquaintance.objects.filter(vendor=vendor, user=user)
    if not actor.is_system and "administrator" not in actor.roles:
        rows = rows.filter(person_id=id_of(actor.person))
    if not rows.delete()[0]:
        raise NotFound("There is no such link between a chat and a person.")


def tidy(limit: int = 1000) -> int:
    """Remove what was heard a week ago and carried out; how many."""
    old = Heard.objects.exclude(state="waiting").filter(at__lt=now() - KEPT).values_list("id", flat=True)[:limit]
    return Heard.objects.filter(id__in=list(old)).delete()[0]
