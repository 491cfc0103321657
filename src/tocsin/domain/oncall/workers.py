"""Jobs of paging: the timer of each escalation, and the sweep of pages that are too old."""

from datetime import timedelta

from tocsin.core.work import JobView, periodic, transactional
from tocsin.domain.oncall.commands.contact import RING, Ring
from tocsin.domain.oncall.commands.failing import advance_escalation, expire_pages, ring_page
from tocsin.domain.oncall.commands.failing import conserve as conserve_paging
from tocsin.domain.oncall.commands.turn import ADVANCE, Advance


@transactional(ADVANCE, Advance)
def advance(payload: Advance, job: JobView) -> None:
    """Escalate, ask again or call the catch-all people, whatever is due by now."""
    advance_escalation(payload.escalation)


@transactional(RING, Ring)
def ring(payload: Ring, job: JobView) -> None:
    """What the person's own rules have due next, while nobody has answered."""
    ring_page(payload.page)


@periodic("oncall.conserve", every=timedelta(minutes=1))
def conserve() -> int:
    """No escalation waits for an answer without a timer."""
    return conserve_paging()


@periodic("oncall.expire_pages", every=timedelta(minutes=1))
def expire() -> int:
    """Close pages whose links no longer work."""
    return expire_pages()
