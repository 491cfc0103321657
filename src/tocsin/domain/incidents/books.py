"""The editions that this room follows, targets and severity matrix, as rules; and the calendar of an incident.

Hides how editions are kept. Decides nothing; writes nothing. Registers both books when it is loaded.
"""

import json
from functools import lru_cache

from tocsin.domain.accounts.queries import team_calendar, working_time
from tocsin.domain.catalog.queries import services
from tocsin.domain.incidents.models import AffectedService, Incident
from tocsin.domain.incidents.naming import TOCSIN
from tocsin.domain.incidents.rules.books import (
    FIRST_MATRIX,
    FIRST_TARGETS,
    Targets,
    check_cells,
    check_targets,
    matrix_differs,
    read_matrix,
    read_targets,
    targets_differ,
)
from tocsin.domain.incidents.rules.deadlines import TARGETS, DeadlineKind
from tocsin.domain.incidents.rules.explaining import BUSINESS
from tocsin.domain.incidents.rules.severity import MATRIX, Matrix
from tocsin.domain.oncall.ports import AnswerTimes
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.domain.rulebooks import queries as rulebooks
from tocsin.domain.rulebooks.ports import Book, register_book
from tocsin.kernel.business_time import Calendar
from tocsin.kernel.ids import id_of

TARGETS_BOOK, MATRIX_BOOK = "targets", "matrix"

register_book(Book(TARGETS_BOOK, "the targets", FIRST_TARGETS, check_targets, targets_differ))
register_book(Book(MATRIX_BOOK, "the severity matrix", FIRST_MATRIX, check_cells, matrix_differs))


def targets_of(number: int) -> Targets:
    """The targets of an edition. One query, none for the first."""
    if number == rulebooks.BUILT_IN:
        return TARGETS
    return _targets(json.dumps(rulebooks.edition(TOCSIN, TARGETS_BOOK, number).content))


def answer_within(incident_id: str) -> AnswerTimes:
    """How soon a page about an incident must be acknowledged: by the edition that it keeps; '' by the one in force.

    Two queries at most.
    """
    if not incident_id:
        number = rulebooks.numbers(TOCSIN, TARGETS_BOOK)[TARGETS_BOOK]
    else:
        rows = Incident.objects.filter(id=id_of(incident_id)).values_list("targets_version", flat=True)
        number = rows.first() or rulebooks.BUILT_IN
    targets = targets_of(number)
    return {
        severity: next(target.term for target in targets[severity] if target.kind is DeadlineKind.ACKNOWLEDGE)
        for severity in Severity
    }


def matrix_of(number: int) -> Matrix:
    """The matrix of an edition. One query, none for the first."""
    if number == rulebooks.BUILT_IN:
        return MATRIX
    return _matrix(json.dumps(rulebooks.edition(TOCSIN, MATRIX_BOOK, number).content), number)


def matrix_in_force() -> Matrix:
    """The matrix by which is sized from now on. One query."""
    found = rulebooks.in_force(TOCSIN, MATRIX_BOOK)
    return MATRIX if found.number == rulebooks.BUILT_IN else _matrix(json.dumps(found.content), found.number)


def editions_in_force() -> tuple[int, int]:
    """The numbers of targets and matrix that an incident begins with. One query."""
    found = rulebooks.numbers(TOCSIN, TARGETS_BOOK, MATRIX_BOOK)
    return found[TARGETS_BOOK], found[MATRIX_BOOK]


@lru_cache(maxsize=64)
def _targets(content: str) -> Targets:
    return read_targets(json.loads(content))


@lru_cache(maxsize=64)
def _matrix(content: str, number: int) -> Matrix:
    return read_matrix(json.loads(content), number)


def calendar_of(row: Incident, targets: Targets, severity: Severity) -> tuple[Calendar, str]:
    """The calendar that its business time counts in, and the team whose own it is (empty: the organisation's).

    The team is the owner of its most important service. Without a term in business time, two queries; else six.
    """
    team_id, name = _owner(row) if any(t.term.unit in BUSINESS for t in targets[severity]) else ("", "")
    if not team_id:
        return working_time().calendar, ""
    calendar, own = team_calendar(team_id)
    return calendar, name if own else ""


def _owner(row: Incident) -> tuple[str, str]:
    ids = [str(id_) for id_ in AffectedService.objects.filter(incident=row).values_list("service_id", flat=True)]
    owned = [service for service in services(TOCSIN, ids) if service.owner_team_id] if ids else []
    first = min(owned, key=lambda service: (service.tier, service.name), default=None)
    return (first.owner_team_id, first.owner_team) if first else ("", "")
