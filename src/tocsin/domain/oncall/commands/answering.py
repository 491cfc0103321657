"""Answers to pages: acknowledge (signed in or by link), pass it on, take an acknowledgement back.

A subject is answered once, whoever was paged by whatever policy; the second to answer learns who was first.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from tocsin.core.log import append
from tocsin.core.visibility import visible
from tocsin.domain.accounts import queries as accounts
from tocsin.domain.delivery.ports import word_of
from tocsin.domain.oncall.commands.contact import set_ring_timer, subject_of
from tocsin.domain.oncall.commands.paging import open_escalations
from tocsin.domain.oncall.commands.turn import close_pages, settle, turn
from tocsin.domain.oncall.events import Acknowledged, AcknowledgementUndone, PassedOn
from tocsin.domain.oncall.models import Escalation, EscalationState, Page, PageLink, PageState
from tocsin.domain.oncall.outlook import memory, next_in_line
from tocsin.domain.oncall.permissions import ACKNOWLEDGE
from tocsin.domain.oncall.rules import escalation as rules
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Conflict, NotFound
from tocsin.kernel.ids import id_of, token_hash, uuid_of
from tocsin.kernel.subject import Subject

UNDO_WITHIN = timedelta(seconds=10)
"""How long an acknowledgement can be taken back (the product's interface rules, 6)."""

_GONE = "This link is not known here. Open the newest message, or sign in."
_SETTLED = (PageState.ACKNOWLEDGED, PageState.ANSWERED)


@dataclass(frozen=True, slots=True)
class Answer:
    """What an acknowledgement led to: `first` when it was this one that counted; else who was, and when.

    `state`: yours (it counted), again (it was theirs already), taken (by someone else) or over.
    """

    first: bool
    by: str
    at: datetime | None
    sentence: str
    state: str = "over"


def acknowledge(actor: Actor, *, subject: Subject | str, via: str = "screen") -> Answer:
    """Take the subject: paging stops, unless it rises or widens. A second answer only says who was first.

    Appends `oncall.acknowledged` once per answer that counted. Raises `NotFound` for a subject the actor may not see.
    """
    actor.require(ACKNOWLEDGE)
    stream = subject if isinstance(subject, str) else subject.stream
    if not visible(actor, [stream]):
        raise NotFound("There is no such thing to acknowledge.")
    with transaction.atomic():
        rows = open_escalations(stream)
        mine = [row for row in rows if not row.called_id or str(row.called_id) == actor.person]
        return _answer(actor, stream, mine, via)


def acknowledge_by_link(token: str, *, via: str = "") -> Answer:
    """The same with the link of a page, by whoever holds it, in the name of the person it was sent to.

    Raises `NotFound` for an unknown link, `Conflict` for one that is too old.
    """
    return _acknowledge({"token_hash": token_hash(token)}, via)


def acknowledge_by_message(actor: Actor, *, delivery_key: str, via: str) -> Answer:
    """The same by an answer to the message itself: a reply, a key press, a button. `via` says which."""
    actor.require(ACKNOWLEDGE)
    return _acknowledge({"delivery_key": delivery_key}, via)


def _acknowledge(which: dict[str, str], via: str) -> Answer:
    with transaction.atomic():
        link, rows = _linked(which)
        page = link.page
        actor = accounts.actor_of(str(page.person_id))
        stream = subject_of(page.escalation).stream
        mine = [row for row in rows if _concerns(row, page)]
        return _answer(actor, stream, mine, via or f"link in {word_of(link.kind)}")


def pass_on_by_link(token: str) -> None:
    """'I cannot take it': the next in line is paged at once. Appends `oncall.passed_on`.

    Raises `Conflict` when it was answered, is over, or the link is too old; `NotFound` for an unknown one.
    """
    _pass_on({"token_hash": token_hash(token)}, "")


def pass_on_by_message(actor: Actor, *, delivery_key: str, via: str) -> None:
    """The same by an answer to the message itself: a reply, a key press, a button. `via` says which."""
    actor.require(ACKNOWLEDGE)
    _pass_on({"delivery_key": delivery_key}, via)


def _pass_on(which: dict[str, str], via: str) -> None:
    with transaction.atomic():
        link, rows = _linked(which)
        page, at = link.page, now()
        row = next((row for row in rows if row.id == page.escalation_id), None)
        if row is None:
            raise Conflict("Paging is over; there is nothing to pass on.")
        if row.state == EscalationState.ACKNOWLEDGED:
            raise Conflict(f"{row.acknowledged_name} took it already; there is nothing to pass on.")
        actor = accounts.actor_of(str(page.person_id))
        if actor.person in row.declined:
            return
        if not next_in_line(row, at, without=actor.person).names:
            raise Conflict("There is nobody else to page; it stays with you.")
        row.pages.filter(person_id=page.person_id, state=PageState.OPEN).update(
            state=PageState.PASSED_ON, settled_at=at, via=via or f"link in {word_of(link.kind)}"
        )
        row.declined = [*row.declined, actor.person]
        passed = PassedOn(person=actor.person, person_name=actor.name)
        append(subject_of(row).stream, passed, actor)
        turn(row, rules.escalate(memory(row), at))


def undo_acknowledge_by_link(token: str) -> None:
    """Take the acknowledgement of the last ten seconds back: paging goes on where it stood.

    Appends `oncall.acknowledgement_undone`. Raises `Conflict` when it is too late or someone else's.
    """
    with transaction.atomic():
        link, rows = _linked({"token_hash": token_hash(token)})
        _undo(accounts.actor_of(str(link.page.person_id)), rows)


def undo_acknowledge(actor: Actor, *, subject: Subject | str) -> None:
    """The same for who is signed in."""
    actor.require(ACKNOWLEDGE)
    with transaction.atomic():
        _undo(actor, open_escalations(subject if isinstance(subject, str) else subject.stream))


def _undo(actor: Actor, rows: list[Escalation]) -> None:
    at = now()
    taken = [
        row
        for row in rows
        if row.state == EscalationState.ACKNOWLEDGED
        and str(row.acknowledged_by_id or "") == actor.person
        and row.before_answer
    ]
    if not taken:
        raise Conflict("There is no acknowledgement of yours to take back.")
    # What the same person answered before (the incident, an hour ago) stands; only the last answer is taken back.
    fresh = [row for row in taken if row.acknowledged_at is not None and at - row.acknowledged_at <= UNDO_WITHIN]
    if not fresh:
        raise Conflict("It can be taken back within 10 s only; pass it on or ask someone to take over.")
    append(subject_of(fresh[0]).stream, AcknowledgementUndone(person=actor.person, person_name=actor.name), actor)
    for row in fresh:
        _reopen(row)


def _reopen(row: Escalation) -> None:
    """As it stood before the answer: the same timer, the same open pages."""
    closed = list(row.pages.filter(state__in=_SETTLED, settled_at=row.acknowledged_at))
    for page in closed:
        page.state, page.settled_at, page.via = PageState.OPEN, None, ""
        page.save(update_fields=["state", "settled_at", "via"])
        set_ring_timer(page)
    before = rules.State.from_json(row.before_answer)
    row.before_answer = {}
    row.acknowledged_by, row.acknowledged_at, row.acknowledged_name, row.acknowledged_via = None, None, "", ""
    turn(row, before)


def _answer(actor: Actor, stream: str, rows: list[Escalation], via: str) -> Answer:
    """Acknowledge every waiting escalation of `rows`; what was answered before counts as activity."""
    at = now()
    waiting = [row for row in rows if row.state != EscalationState.ACKNOWLEDGED]
    if not waiting:
        return _too_late(stream, actor, rows, at)
    take(actor, stream, waiting, via)
    return Answer(True, actor.name, at, f"{actor.name} has it.", state="yours")


def take(actor: Actor, stream: str, waiting: list[Escalation], via: str) -> None:
    """Answer these escalations, locked by the caller, in the actor's name, and the calls that ask the same of others.

    Appends `oncall.acknowledged`.
    """
    at = now()
    since = _paged_at(actor, waiting)
    shared = {asked for row in waiting for asked in row.shared}
    for row in [*waiting, *(_asked_of_others(stream, waiting, shared) if shared else ())]:
        _take(row, actor, via, at)
    event = Acknowledged(
        person=actor.person,
        person_name=actor.name,
        via=via,
        seconds=max(0, int((at - since).total_seconds())),
        joined=all(row.called_id for row in waiting),
        shared=tuple(sorted(shared)),
    )
    append(stream, event, actor)


def _asked_of_others(stream: str, mine: list[Escalation], shared: set[str]) -> list[Escalation]:
    """Open calls of other people that one answer to mine settles as well."""
    known = {row.id for row in mine}
    waiting = [row for row in open_escalations(stream) if row.state != EscalationState.ACKNOWLEDGED]
    return [row for row in waiting if row.shared and shared.issuperset(row.shared) and row.id not in known]


def _take(row: Escalation, actor: Actor, via: str, at: datetime) -> None:
    state = memory(row)
    asked = state.phase is rules.Phase.ASKED
    row.before_answer = {} if asked else row.memory
    if asked and state.acknowledged_by != actor.person:
        state = rules.escalate(state, at)
    decision = rules.acknowledge(state, actor.person, at)
    row.acknowledged_by_id = _person_id(actor)
    row.acknowledged_name, row.acknowledged_at, row.acknowledged_via = actor.name, at, via
    row.declined = []
    row.pages.filter(state=PageState.OPEN, person_id=id_of(actor.person)).update(
        state=PageState.ACKNOWLEDGED, settled_at=at, via=via
    )
    close_pages(row, PageState.ANSWERED, at)
    settle(row, decision)


def _too_late(stream: str, actor: Actor, rows: list[Escalation], at: datetime) -> Answer:
    """Nothing waits for an answer: say who has it, or why paging is over."""
    first = min(rows, key=lambda row: row.acknowledged_at or at, default=None)
    if first is not None:
        for row in rows:
            settle(row, rules.acknowledge(memory(row), actor.person, at))
        you = str(first.acknowledged_by_id or "") == actor.person
        sentence = "You have it already." if you else f"{first.acknowledged_name} has it already."
        return Answer(False, first.acknowledged_name, first.acknowledged_at, sentence, "again" if you else "taken")
    kind, _, id_ = stream.partition(":")
    over = Escalation.objects.filter(subject_kind=kind, subject_id=id_, stopped_at__isnull=False)
    last = over.order_by("-stopped_at").first()
    if last is None:
        return Answer(False, "", None, "Nobody is being paged for this.")
    return Answer(False, last.acknowledged_name, last.stopped_at, f"Paging is over: {last.stop_reason}.")


def _paged_at(actor: Actor, rows: list[Escalation]) -> datetime:
    """When this person was first paged for it since the last answer; the start when they were not."""
    pages = Page.objects.filter(escalation__in=rows, person_id=id_of(actor.person), state=PageState.OPEN)
    first = pages.order_by("paged_at").values_list("paged_at", flat=True).first()
    return first or min(row.started_at for row in rows)


def _person_id(actor: Actor) -> UUID | None:
    return uuid_of(actor.person)


def _concerns(row: Escalation, page: Page) -> bool:
    """A personal call is answered alone; a page by policy answers every policy, and calls of the same person."""
    if row.called_id:
        return row.called_id == page.person_id
    called = page.escalation.called_id is not None
    return not called or row.pages.filter(person_id=page.person_id).exists()


def _linked(which: dict[str, str]) -> tuple[PageLink, list[Escalation]]:
    """The link that these fields name, and the subject's open escalations, locked."""
    link = _found(which)
    return link, open_escalations(subject_of(link.page.escalation).stream)


def link_of(token: str) -> PageLink:
    """The link with this token. Raises `NotFound` for an unknown one, `Conflict` for one that is too old."""
    return _found({"token_hash": token_hash(token)})


def _found(which: dict[str, str]) -> PageLink:
    link = PageLink.objects.select_related("page", "page__escalation").filter(**which).first()
    if link is None:
        raise NotFound(_GONE)
    if link.expires_at <= now():
        raise Conflict("This link is more than 24 h old and no longer works. Sign in to acknowledge.")
    return link
