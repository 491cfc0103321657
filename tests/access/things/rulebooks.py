"""What some questions about rulebooks need to be there first."""

from copy import deepcopy

from tests.access.world import SYSTEM, World
from tocsin.domain.incidents.books import MATRIX_BOOK, TARGETS_BOOK
from tocsin.domain.incidents.rules.books import FIRST_MATRIX, FIRST_TARGETS
from tocsin.domain.obligations.gates import BOOK
from tocsin.domain.obligations.rules.known import BUILT_IN
from tocsin.domain.rulebooks import commands


def newer_targets(world: World) -> None:
    """Another edition of the targets is in force."""
    content = deepcopy(FIRST_TARGETS)
    content["critical"]["resolve"] = "3 hours"
    commands.put_into_force(SYSTEM, book=TARGETS_BOOK, content=content)


def drafts(world: World) -> None:
    """Every book has a draft that differs."""
    targets, matrix, clocks = deepcopy(FIRST_TARGETS), deepcopy(FIRST_MATRIX), deepcopy(BUILT_IN)
    targets["critical"]["resolve"] = "3 hours"
    matrix["intact"]["normal"]["none"] = "low"
    matrix["intact"]["normal"]["few"] = "medium"
    matrix["intact"]["degraded"]["few"] = "medium"
    clocks["who"] = ["sec"]
    for book, content in ((TARGETS_BOOK, targets), (MATRIX_BOOK, matrix), (BOOK, clocks)):
        commands.save_draft(SYSTEM, book=book, content=content)
