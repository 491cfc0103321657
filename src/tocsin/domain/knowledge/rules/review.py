"""How a report goes from draft to published, and which verb is allowed when. Pure."""

from enum import StrEnum

from tocsin.kernel.errors import Conflict


class ReviewState(StrEnum):
    """Where a report stands."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    CHANGES_ASKED = "changes_asked"
    APPROVED = "approved"
    PUBLISHED = "published"

    @property
    def words(self) -> str:
        """As screens show it."""
        return _WORDS[self]


class Verb(StrEnum):
    """What people do with a report."""

    SUBMIT = "submit"
    APPROVE = "approve"
    ASK_FOR_CHANGES = "ask_for_changes"
    PUBLISH = "publish"
    REOPEN = "reopen"


_WORDS = {
    ReviewState.DRAFT: "Draft",
    ReviewState.IN_REVIEW: "In review",
    ReviewState.CHANGES_ASKED: "Changes asked for",
    ReviewState.APPROVED: "Approved",
    ReviewState.PUBLISHED: "Published",
}
_S = ReviewState
MOVES: dict[Verb, tuple[frozenset[ReviewState], ReviewState]] = {
    Verb.SUBMIT: (frozenset({_S.DRAFT, _S.CHANGES_ASKED}), _S.IN_REVIEW),
    Verb.APPROVE: (frozenset({_S.IN_REVIEW}), _S.APPROVED),
    Verb.ASK_FOR_CHANGES: (frozenset({_S.IN_REVIEW, _S.APPROVED}), _S.CHANGES_ASKED),
    Verb.PUBLISH: (frozenset({_S.APPROVED}), _S.PUBLISHED),
    Verb.REOPEN: (frozenset({_S.APPROVED, _S.PUBLISHED}), _S.DRAFT),
}
OPEN = frozenset({_S.DRAFT, _S.IN_REVIEW, _S.CHANGES_ASKED})
"""States in which a report may still be written."""


def move(state: ReviewState, verb: Verb) -> ReviewState:
    """The state after the verb. Raises `Conflict` naming the state that forbids it."""
    sources, target = MOVES[verb]
    if state not in sources:
        needed = " or ".join(sorted(s.words.lower() for s in sources))
        raise Conflict(f"The report is {state.words.lower()}; it must be {needed} for that.", field="state")
    return target


def allowed(state: ReviewState) -> tuple[Verb, ...]:
    """Verbs that this state allows, in the order in which screens offer them."""
    return tuple(verb for verb, (sources, _) in MOVES.items() if state in sources)
