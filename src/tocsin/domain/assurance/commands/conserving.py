"""Looks at every room's books all the time, and alarms past Tocsin's own deliveries when one does not balance."""

import structlog

from tocsin.core.alarms.balance import Balance
from tocsin.core.alarms.standing import look
from tocsin.domain.assurance.permissions import AUDIT
from tocsin.domain.assurance.queries.books import books
from tocsin.kernel.actor import Actor

log = structlog.get_logger()
_before: dict[str, int] = {}
"""What was missing at the last look of this process: something on its way between two rows is gone by the next."""


def conserve(actor: Actor) -> int:
    """Check each equation; returns how many do not hold. One that stands for two looks is an alarm."""
    actor.require(AUDIT)
    broken = 0
    for book in books(actor):
        lasting = book.missing if _before.get(book.unit) and book.missing else 0
        _before[book.unit] = book.missing
        look(alarm_of(book), book.sentence if lasting else "")
        if lasting:
            broken += 1
            log.error("books_do_not_balance", unit=book.unit, missing=book.missing, lost=list(book.lost))
    return broken


def alarm_of(book: Balance) -> str:
    """The name of the alarm of these books."""
    return f"books_of_{book.unit.replace(' ', '_')}"
