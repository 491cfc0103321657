"""What the link of a personal call offers: join, or decline with a reason and a time; and what follows.

The one who holds the link answers in the name of the person it was sent to.
"""

from tocsin.domain.incidents.commands import decline, join
from tocsin.domain.incidents.models import Incident, Responder
from tocsin.domain.incidents.rules.engaging import Engagement
from tocsin.domain.incidents.rules.roles import role_words
from tocsin.domain.incidents.rules.states import ACTIVE_STATES, State
from tocsin.domain.oncall.ports import Given, Replies, ReplyOption
from tocsin.kernel.actor import Actor
from tocsin.kernel.errors import Conflict
from tocsin.kernel.ids import id_of
from tocsin.kernel.subject import Subject


def offered(subject: Subject, person: str) -> Replies | None:
    """Join, or decline; and what they answered. One query. None for someone who was never called."""
    rows = Responder.objects.select_related("incident").filter(incident=id_of(subject.id), person=id_of(person))
    mine = rows.first()
    if mine is None:
        return None
    open_ = State(mine.incident.state) in ACTIVE_STATES
    as_what = f" as {role_words(mine.role)}" if mine.role else ""
    state = Engagement(mine.state)
    options = [ReplyOption("join", f"Join{as_what}", first=True)] if state is not Engagement.JOINED else []
    if state is Engagement.CALLED:
        options.append(ReplyOption("decline", "I cannot come", asks=True))
    return Replies(
        question=f"You are called to {subject.reference}{as_what}.",
        options=tuple(options) if open_ and state is not Engagement.STOOD_DOWN else (),
        given="" if state is Engagement.CALLED else _GIVEN[state],
        given_at=None if state is Engagement.CALLED else mine.changed_at,
        closed="" if open_ else f"It is {mine.incident.state}; nobody is called to it any more.",
    )


_GIVEN = {
    Engagement.JOINED: "You have joined",
    Engagement.DECLINED: "You declined",
    Engagement.STOOD_DOWN: "You were stood down",
}


def taken(actor: Actor, subject: Subject, given: Given) -> str:
    """Join or decline, as the person; the sentence to show."""
    if given.value == "join":
        mine = Responder.objects.filter(incident=id_of(subject.id), person=id_of(actor.person)).first()
        if mine is not None and mine.state == Engagement.STOOD_DOWN:
            raise Conflict("You were stood down; sign in to join again.")
        return join(actor, incident=_row(subject), via=given.via)
    if given.value == "decline":
        decline(actor, incident=_row(subject), reason=given.reason, come_at=given.come_at, via=given.via)
        return "You declined; whoever called you sees it."
    raise Conflict("Nothing was done: this button is not known.")


def _row(subject: Subject) -> str:
    """The incident's id; the link is the right to answer, also when the person may no longer see it."""
    found = Incident.objects.filter(id=id_of(subject.id)).values_list("id", flat=True).first()
    if found is None:
        raise Conflict("It is gone; there is nothing to answer.")
    return str(found)
