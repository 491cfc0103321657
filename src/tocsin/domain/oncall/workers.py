"""Jobs of paging: the timer of each escalation, and the sweep of pages that are too old."""

from datetime import timedelta

from tocsin.core.work import Done, JobView, effect, periodic, transactional
from tocsin.domain.oncall.absence_work import FETCH, Fetch
from tocsin.domain.oncall.commands.absences import enqueue_due, forget_old
from tocsin.domain.oncall.commands.clearing import CLEAR, Clear, tell_ends
from tocsin.domain.oncall.commands.contact import RING, Ring
from tocsin.domain.oncall.commands.cover import expire_covers
from tocsin.domain.oncall.commands.failing import advance_escalation, expire_pages, ring_page
from tocsin.domain.oncall.commands.failing import conserve as conserve_paging
from tocsin.domain.oncall.commands.notices import tell_changes, tell_starting
from tocsin.domain.oncall.commands.turn import ADVANCE, Advance
from tocsin.domain.oncall.fetching import fetch


@transactional(ADVANCE, Advance)
def advance(payload: Advance, job: JobView) -> None:
    """Escalate, ask again or call the catch-all people, whatever is due by now."""
    advance_escalation(payload.escalation)


@transactional(RING, Ring)
def ring(payload: Ring, job: JobView) -> None:
    """What the person's own rules have due next, while nobody has answered."""
    ring_page(payload.page)


@transactional(CLEAR, Clear)
def clear(payload: Clear, job: JobView) -> None:
    """Tell those who were paged that it is over."""
    tell_ends()


@periodic("oncall.conserve", every=timedelta(minutes=1))
def conserve() -> int:
    """No escalation waits for an answer without a timer."""
    return conserve_paging()


@periodic("oncall.expire_pages", every=timedelta(minutes=1))
def expire() -> int:
    """Close pages whose links no longer work."""
    return expire_pages()


@periodic("oncall.expire_covers", every=timedelta(minutes=1))
def run_out() -> int:
    """Close requests for cover whose time began."""
    return expire_covers()


@periodic("oncall.tell_starting", every=timedelta(minutes=1))
def starting() -> int:
    """Tell people of shifts that begin."""
    return tell_starting()


@periodic("oncall.tell_changes", every=timedelta(minutes=2))
def changes() -> int:
    """Tell people whose coming shifts changed, once it has settled."""
    return tell_changes()


@effect(FETCH, Fetch, timeout=timedelta(seconds=60))
def read_absences(payload: Fetch, job: JobView) -> Done:
    """Read one person's calendar."""
    return fetch(payload.feed)


@periodic("oncall.absences", every=timedelta(minutes=1))
def absences() -> int:
    """Have calendars read whose time has come."""
    return enqueue_due()


@periodic("oncall.forget_absences", every=timedelta(hours=24))
def forget() -> int:
    """Forget absences that are long over."""
    return forget_old()
