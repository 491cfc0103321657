"""What follows when a message of a page did not get through, or was held back. Called by reactions only."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q

from tocsin.core.alarms.standing import look
from tocsin.core.engine.models import Job
from tocsin.core.log import append
from tocsin.domain.accounts import queries as accounts
from tocsin.domain.oncall.commands.contact import contact_again, contact_next, subject_of
from tocsin.domain.oncall.commands.turn import ADVANCE, turn
from tocsin.domain.oncall.events import NobodyToPage, Paged
from tocsin.domain.oncall.models import Escalation, EscalationState, Page, PageLink, PageState
from tocsin.domain.oncall.outlook import memory
from tocsin.domain.oncall.rules import escalation as rules
from tocsin.domain.oncall.snapshots import READER
from tocsin.kernel.clock import now

_LATE = timedelta(minutes=2)
_BAD = ("failed", "unknown", "suppressed")


def record_outcome(delivery_key: str, outcome: str, answer: str) -> None:
    """Keep what became of a message, and go on at once where it did not get through.

    `failed` and `unknown`: the next contact method; when none is left, the person is reported as unreachable and
    the next step is paged at once. `suppressed` although the page is open again: the message goes out anew, once.
    """
    with transaction.atomic():
        link = PageLink.objects.select_related("page").filter(delivery_key=delivery_key).first()
        if link is None or link.outcome == outcome:
            return
        row = (
            Escalation.objects.select_for_update(of=("self",)).select_related("policy").get(id=link.page.escalation_id)
        )
        PageLink.objects.filter(id=link.id).update(outcome=outcome)
        page = Page.objects.get(id=link.page_id)
        if page.state != PageState.OPEN:
            return
        if outcome == "suppressed" and page.links.filter(destination=link.destination).count() == 1:
            contact_again(page, link)
        elif outcome in _BAD:
            _try_next(row, page, link, answer)


def _try_next(row: Escalation, page: Page, link: PageLink, answer: str) -> None:
    stream = subject_of(row).stream
    person = accounts.person(READER, str(page.person_id))
    channels = contact_next(page)
    if channels:
        reason = f"{link.kind} did not get through ({answer[:120]})" if answer else f"{link.kind} did not get through"
        event = Paged(
            page=str(page.id),
            person=person.id,
            person_name=person.name,
            step=page.step,
            round=page.round,
            reason=reason,
            channels=channels,
            severity=row.severity,
        )
        append(stream, event, READER)
        return
    if page.links.exclude(outcome__in=_BAD).exists():
        return
    text = f"no contact method of {person.name} got through ({answer[:160] or 'no answer'})."
    append(stream, NobodyToPage(step=page.step, text=text, person=person.id), READER)
    if not page.links.filter(outcome="unknown").exists():
        Page.objects.filter(id=page.id).update(state=PageState.UNREACHABLE, settled_at=now())
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
    """Find escalations that wait for an answer although no timer would ever ring for them, and ring now; how many.

    The equation of paging: open escalations = those with a timer. A difference is an alarm about Tocsin itself.
    """
    waiting = Escalation.objects.filter(state__in=[EscalationState.RUNNING, EscalationState.EXHAUSTED])
    open_ = waiting.filter(Q(next_at=None) | Q(next_at__lt=now() - _LATE)).values_list("id", flat=True)
    keys = {str(id_) for id_ in open_[:500]}
    alive = set(Job.objects.filter(kind=ADVANCE, key__in=keys, dead=False).values_list("key", flat=True))
    lost = sorted(keys - alive)
    words = f"{len(lost)} escalations waited without a timer; they go on now." if lost else ""
    look("paging", words)
    for id_ in lost:
        advance_escalation(id_)
    return len(lost)


def advance_escalation(escalation_id: str) -> None:
    """The timer rang: do what is due. One that is gone or over does nothing."""
    with transaction.atomic():
        rows = Escalation.objects.select_for_update(of=("self",)).select_related("policy")
        row = rows.filter(id=escalation_id).first()
        if row is not None:
            turn(row, memory(row))
