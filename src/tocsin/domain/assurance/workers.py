"""Jobs of this room: the audit of reachability every few minutes, and telling people of what it found."""

from datetime import timedelta

from django.conf import settings

from tocsin.core.work import JobView, periodic, transactional
from tocsin.domain.assurance import commands
from tocsin.domain.assurance.gathering import READER
from tocsin.domain.assurance.jobs import AUDIT, Audit


@periodic("assurance.audit", every=timedelta(minutes=5))
def audit() -> int:
    """Look at the coming 14 days; time alone makes findings too."""
    return commands.audit(READER) if settings.REACHABILITY else 0


@transactional(AUDIT, Audit)
def audit_soon(payload: Audit, job: JobView) -> None:
    """Something changed that decides whom a page reaches."""
    if settings.REACHABILITY:
        commands.audit(READER)


@periodic("assurance.tell", every=timedelta(minutes=5))
def tell() -> int:
    """Tell those who can mend it."""
    return commands.tell(READER)


@periodic("assurance.end_tests", every=timedelta(minutes=1))
def end_tests() -> int:
    """A test page that nobody answers does not ring on for ever."""
    return commands.end_old_tests(READER)


@periodic("assurance.conserve", every=timedelta(minutes=1))
def conserve() -> int:
    """Nothing is lost between two rooms: each equation holds."""
    return commands.conserve(READER) if settings.REACHABILITY else 0
