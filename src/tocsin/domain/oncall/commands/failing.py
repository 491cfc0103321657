"""What follows when a message of a page did not get through, or was held back. Called by reactions only."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from tocsin.core.alarms.standing import look
from tocsin.core.engine.models import Job
from tocsin.core.log import append
from tocsin.domain.accounts import queries as accounts
from tocsin.domain.delivery.ports import word_of
from tocsin.domain.oncall.commands.contact import (
    RING,
    Contacted,
    contact_again,
    ring_due,
    shift_plan,
    subject_of,
    try_next,
    ways_of,
)
from tocsin.domain.oncall.commands.paging import locked_escalation
from tocsin.domain.oncall.commands.turn import ADVANCE, say_held_back, turn
from tocsin.domain.oncall.events import NobodyToPage, Paged
from tocsin.domain.oncall.models import Escalation, EscalationState, Page, PageLink, PageState
from tocsin.domain.oncall.outlook import memory
from tocsin.domain.oncall.rules import escalation as rules
from tocsin.domain.oncall.rules.personal import PATIENCE
from tocsin.domain.oncall.snapshots import READER
from tocsin.kernel.clock import now
from tocsin.kernel.durations import human_duration

_LATE = timedelta(minutes=2)
_SLACK = timedelta(seconds=5)
"""Clocks of two machines may differ by so much without anybody having set one back."""
_BAD = ("failed", "unknown", "suppressed", "delayed")
_DOUBTFUL = ("unknown", "delayed")
_KNOWN = (*_BAD, "slow")
"""Trouble for which the next method was used already: the same message's retries do not use up the others."""


def record_outcome(delivery_key: str, outcome: str, answer: str) -> None:
    """Keep what became of a message, and go on at once where it did not get through.

    `failed`, `unknown` and `delayed` (tried again by and by, but not yet through): the next contact method; when none
    is left, the person is reported as unreachable and the next step is paged at once. `suppressed` although the page
    is open again: the message goes out anew, once.
    """
    with transaction.atomic():
        link = PageLink.objects.select_related("page").filter(delivery_key=delivery_key).first()
        if link is None or link.outcome == outcome:
            return
        row, page = locked_page(link.page_id)
        PageLink.objects.filter(id=link.id).update(outcome=outcome)
        if page.state != PageState.OPEN:
            return
        if outcome == "suppressed" and page.links.filter(destination=link.destination).count() == 1:
            contact_again(page, link)
        elif outcome in _BAD:
            _try_next(row, page, link, answer)


def locked_page(page_id: UUID) -> tuple[Escalation, Page]:
    """The page and its escalation, locked by the escalation's row."""
    row = locked_escalation(pages__id=page_id)
    if row is None:
        raise Escalation.DoesNotExist
    page = Page.objects.get(id=page_id)
    page.escalation = row
    return row, page


def ring_page(page_id: str) -> None:
    """The timer of a page rang: use what its plan has due, and try beside providers that say nothing.

    An answered page rings no more; its plan stays, should the answer be taken back.
    """
    with transaction.atomic():
        if not Page.objects.filter(id=page_id).exists():
            return
        row, page = locked_page(UUID(page_id))
        if page.state != PageState.OPEN:
            return
        person = accounts.person(READER, str(page.person_id))
        contacted = ring_due(page, ways_of(page))
        _say_paged(row, page, contacted, f"no answer for {_minutes(page)}")
        say_held_back(row, page, person.name, contacted.said)
        for link in page.links.filter(outcome="", sent_at__lte=now() - PATIENCE):
            PageLink.objects.filter(id=link.id).update(outcome="slow")
            said = try_next(page)
            _say_paged(row, page, said, f"{word_of(link.kind)} says nothing for {int(PATIENCE.total_seconds())} s")


def _minutes(page: Page) -> str:
    return human_duration(now() - page.paged_at)


def _say_paged(row: Escalation, page: Page, contacted: Contacted, reason: str) -> None:
    if not contacted.kinds:
        return
    person = accounts.person(READER, str(page.person_id))
    event = Paged(
        page=str(page.id),
        person=person.id,
        person_name=person.name,
        step=page.step,
        round=page.round,
        reason=reason,
        channels=sorted(set(contacted.kinds)),
        severity=row.severity,
    )
    append(subject_of(row).stream, event, READER)


def _try_next(row: Escalation, page: Page, link: PageLink, answer: str) -> None:
    stream = subject_of(row).stream
    contacted = Contacted([]) if link.outcome in _KNOWN else try_next(page)
    if contacted.kinds:
        reason = f"{word_of(link.kind)} did not get through{f' ({answer[:120]})' if answer else ''}"
        _say_paged(row, page, contacted, reason)
        return
    if page.links.exclude(outcome__in=_BAD).exists():
        return
    person = accounts.person(READER, str(page.person_id))
    text = f"no contact method of {person.name} got through ({answer[:160] or 'no answer'})."
    append(stream, NobodyToPage(step=page.step, text=text, person=person.id), READER)
    # What is still tried, or rings later by the person's own rules, may yet reach them: the page stays open for that.
    if not page.plan and not page.links.filter(outcome__in=_DOUBTFUL).exists():
        Page.objects.filter(id=page.id).update(state=PageState.UNREACHABLE, settled_at=now())
    # A personal call leads to nobody else: at once it would only use up its rounds on a provider that rests a moment.
    if not row.called_id:
        _next_step_at_once(row, page)


def _next_step_at_once(row: Escalation, page: Page) -> None:
    """Nobody of this call can be reached: do not wait for an answer that cannot come.

    Only while there are steps left: catch-all people are called every ten minutes anyway.
    """
    state = memory(row)
    others = Page.objects.filter(escalation=row, wave=page.wave, state=PageState.OPEN).exclude(id=page.id)
    if state.phase is rules.Phase.STEPS and not others.exists():
        turn(row, rules.escalate(state, now()))


def expire_pages(limit: int = 500) -> int:
    """Pages whose links are too old are no longer open. Returns how many."""
    ids = list(Page.objects.filter(state=PageState.OPEN, expires_at__lte=now()).values_list("id", flat=True)[:limit])
    return Page.objects.filter(id__in=ids).update(state=PageState.EXPIRED, settled_at=now()) if ids else 0


def conserve() -> int:
    """Find escalations that wait for an answer, and pages with more to ring, although no timer would ever ring for
    them, and ring now; how many.

    The equation of paging: open escalations = those with a timer. A difference is an alarm about Tocsin itself.
    """
    mend_clock()
    waiting = Escalation.objects.filter(state__in=[EscalationState.RUNNING, EscalationState.EXHAUSTED])
    open_ = waiting.filter(Q(next_at=None) | Q(next_at__lt=now() - _LATE)).values_list("id", flat=True)
    lost = _without_job(ADVANCE, open_[:500])
    silent = Page.objects.filter(state=PageState.OPEN, ring_at__lt=now() - _LATE).values_list("id", flat=True)
    unrung = _without_job(RING, silent[:500])
    found = [
        f"{len(lost)} escalations waited without a timer; they go on now." if lost else "",
        f"{len(unrung)} pages had more to ring and no timer; they ring now." if unrung else "",
    ]
    look("paging", " ".join(filter(None, found)))
    for id_ in lost:
        advance_escalation(id_)
    for id_ in unrung:
        ring_page(id_)
    return len(lost) + len(unrung)


def _without_job(kind: str, ids: Iterable[UUID]) -> list[str]:
    keys = {str(id_) for id_ in ids}
    alive = set(Job.objects.filter(kind=kind, key__in=keys, dead=False).values_list("key", flat=True))
    return sorted(keys - alive)


def mend_clock() -> int:
    """After the clock was set back: waits begin again from now instead of growing by the jump. How many."""
    at = now()
    ahead = Escalation.objects.exclude(state=EscalationState.STOPPED).filter(waiting_since__gt=at + _SLACK)
    escalations = list(ahead.values_list("id", flat=True)[:500])
    for id_ in escalations:
        advance_escalation(str(id_))
    pages = list(Page.objects.filter(state=PageState.OPEN, ring_set_at__gt=at + _SLACK)[:500])
    for page in pages:
        with transaction.atomic():
            _, page_now = locked_page(page.id)
            shift_plan(page_now, at)
    return len(escalations) + len(pages)


def advance_escalation(escalation_id: str) -> None:
    """The timer rang: do what is due. One that is gone or over does nothing."""
    with transaction.atomic():
        row = locked_escalation(id=escalation_id)
        if row is not None:
            turn(row, memory(row))
