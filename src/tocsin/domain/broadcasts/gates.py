"""Who may see a staff alert: all staff; of a restricted incident who may see that, and who was asked.

Registers what the link of its page offers.
"""

from collections.abc import Collection

from tocsin.core.visibility import register_gate, visible
from tocsin.domain.broadcasts.commands import answer
from tocsin.domain.broadcasts.models import Recipient, StaffAlert
from tocsin.domain.broadcasts.permissions import VIEW
from tocsin.domain.oncall.ports import Given, Replies, ReplyOption, register_replies
from tocsin.kernel.actor import Actor
from tocsin.kernel.errors import Conflict
from tocsin.kernel.ids import id_of
from tocsin.kernel.subject import Subject


def visible_ids(actor: Actor, ids: Collection[str]) -> set[str]:
    """Those of the ids that the actor may see. At most four queries."""
    if not actor.has(VIEW):
        return set()
    rows = StaffAlert.objects.filter(id__in=[id_of(id_) for id_ in ids]).values_list("id", "restricted", "incident")
    listed = [(str(id_), restricted, incident) for id_, restricted, incident in rows]
    about = {incident for _, restricted, incident in listed if restricted}
    seen = visible(actor, [f"incident:{incident}" for incident in about]) if about else set()
    asked: set[str] = set()
    if about and actor.person:
        mine = Recipient.objects.filter(person=id_of(actor.person), alert__in=[id_of(i) for i, _, _ in listed])
        asked = {str(id_) for id_ in mine.values_list("alert_id", flat=True)}
    return {i for i, restricted, incident in listed if not restricted or i in asked or f"incident:{incident}" in seen}


def offered(subject: Subject, person: str) -> Replies | None:
    """The answers to choose from, and what this person answered. Two queries."""
    row = StaffAlert.objects.filter(id=id_of(subject.id)).first()
    mine = Recipient.objects.filter(alert=row, person=id_of(person)).first() if row else None
    if row is None or mine is None:
        return None
    closed = row.state == "closed"
    options = [ReplyOption(answer, answer, first=n == 0) for n, answer in enumerate(row.answers)]
    return Replies(
        question=row.question or "Please confirm.",
        options=() if closed else tuple(option for option in options if option.value != mine.answer),
        given=f"You answered: {mine.answer}" if mine.answer else "",
        given_at=mine.answered_at,
        closed="It is closed; nobody is asked any more." if closed else "",
    )


def taken(actor: Actor, subject: Subject, given: Given) -> str:
    """Take an answer from a link, in the name of the person it was sent to."""
    if not actor.person:
        raise Conflict("Only a person can answer this.")
    answer(actor, alert=subject.id, value=given.value, via=given.via)
    return "Your answer is kept."


register_gate("staff_alert", visible_ids)
register_replies("staff_alert", offered, taken)
