"""The rules that incidents are sized and planned by, in the edition in force or in an older one."""

from tocsin.domain.incidents import books
from tocsin.domain.incidents.permissions import VIEW
from tocsin.domain.incidents.rules.books import Targets
from tocsin.domain.incidents.rules.severity import Matrix
from tocsin.kernel.actor import Actor


def severity_matrix(actor: Actor, number: int = 0) -> Matrix:
    """The severity matrix of an edition, of the one in force without a number. At most one query."""
    actor.require(VIEW)
    return books.matrix_of(number) if number else books.matrix_in_force()


def targets(actor: Actor, number: int) -> Targets:
    """The targets of an edition. At most one query."""
    actor.require(VIEW)
    return books.targets_of(number)
