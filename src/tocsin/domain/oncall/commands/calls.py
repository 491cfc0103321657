"""Personal calls, one person each: answering one without taking the subject, declining, calling again, ending.

What `page_people` began. An answer here takes nothing from paging by policy, nor from other calls, unless they ask the
same thing of several people.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from tocsin.core.log import append
from tocsin.domain.accounts import queries as accounts
from tocsin.domain.delivery.ports import word_of
from tocsin.domain.oncall import ports
from tocsin.domain.oncall.commands.answering import link_of, take
from tocsin.domain.oncall.commands.clearing import Over, owe
from tocsin.domain.oncall.commands.contact import subject_of
from tocsin.domain.oncall.commands.paging import open_escalations, page_people
from tocsin.domain.oncall.commands.turn import close_pages, settle
from tocsin.domain.oncall.events import Declined
from tocsin.domain.oncall.models import Escalation, EscalationState, PageLink, PageState
from tocsin.domain.oncall.outlook import memory
from tocsin.domain.oncall.permissions import PAGE
from tocsin.domain.oncall.rules import escalation as rules
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Conflict
from tocsin.kernel.ids import token_hash
from tocsin.kernel.subject import Subject


def answer_call(actor: Actor, *, subject: Subject, via: str = "screen") -> bool:
    """The actor comes: their own call is answered, nobody else's. False when they were not being called.

    Appends `oncall.acknowledged` (joined). Whoever is called may answer, whatever their roles.
    """
    with transaction.atomic():
        waiting = [row for row in _calls(subject, actor.person) if row.state != EscalationState.ACKNOWLEDGED]
        if waiting:
            take(actor, subject.stream, waiting, via)
    return bool(waiting)


def decline_call(actor: Actor, *, subject: Subject, via: str = "screen") -> bool:
    """The actor cannot come: they are called no more. False when nobody called them. Appends `oncall.declined`."""
    with transaction.atomic():
        rows = _calls(subject, actor.person)
        for row in rows:
            _end(row, PageState.PASSED_ON, f"{actor.name} cannot come", via)
        if rows:
            append(subject.stream, Declined(person=actor.person, person_name=actor.name, via=via), actor)
    return bool(rows)


def call_again(
    actor: Actor, *, subject: Subject, person: str, severity: str, reason: str, summary: str = ""
) -> list[str]:
    """Call a person anew, whatever became of the call before; its links say from now on that a newer one went out."""
    actor.require(PAGE)
    with transaction.atomic():
        for row in _calls(subject, person):
            _end(row, PageState.SUPERSEDED, "called again", "")
        return page_people(actor, subject=subject, people=[person], severity=severity, reason=reason, summary=summary)


def end_calls(actor: Actor, *, subject: Subject, people: Iterable[str], reason: str, over: Over | None = None) -> None:
    """These people are called no more; their links say why. `over`: what was sent to them says so, where it can."""
    actor.require(PAGE)
    wanted = set(people)
    with transaction.atomic():
        for row in open_escalations(subject.stream):
            if str(row.called_id or "") in wanted:
                _end(row, PageState.STOPPED, reason, "")
        if over is not None:
            owe(subject.stream, over, people=wanted)


def end_shared(actor: Actor, *, subject: Subject | str, shared: str, reason: str) -> None:
    """What these calls asked for was done: whoever was not reached yet is called no more; their links say why."""
    actor.require(PAGE)
    stream = subject if isinstance(subject, str) else subject.stream
    with transaction.atomic():
        for row in open_escalations(stream):
            if shared not in row.shared or row.state == EscalationState.ACKNOWLEDGED:
                continue
            row.shared = [each for each in row.shared if each != shared]
            if row.shared:
                row.save(update_fields=["shared"])
            else:
                _end(row, PageState.STOPPED, reason, "")


def reply_by_link(token: str, *, value: str, reason: str = "", come_at: datetime | None = None) -> str:
    """Give one of the answers that the subject's room offers, in the name of the person the link was sent to.

    Returns the sentence to show. Raises `NotFound` for an unknown link, `Conflict` for one that is too old or when
    the room does not take this answer (any more).
    """
    with transaction.atomic():
        link = link_of(token)
        page = link.page
        actor = accounts.actor_of(str(page.person_id))
        given = ports.Given(value, reason, come_at, f"link in {word_of(link.kind)}")
        return ports.take_reply(actor, subject_of(page.escalation), given)


def note_opened(token: str) -> None:
    """The page behind the link was looked at by a browser that runs scripts, so by a person. Kept once."""
    PageLink.objects.filter(token_hash=token_hash(token), opened_at=None).update(opened_at=now())


def _calls(subject: Subject, person: str) -> list[Escalation]:
    if not person:
        raise Conflict("Only a person can answer a call; sign in as one.")
    return [row for row in open_escalations(subject.stream) if str(row.called_id or "") == person]


def _end(row: Escalation, state: PageState, reason: str, via: str) -> None:
    at = now()
    row.stopped_at, row.stop_reason = at, reason[:300]
    close_pages(row, state, at, via=via)
    settle(row, rules.stop(memory(row), at))
