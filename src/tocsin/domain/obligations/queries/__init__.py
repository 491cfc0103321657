"""Reads of this room. What belongs to an incident that the actor may not see does not exist."""

from tocsin.domain.obligations.queries.file import legal, what_if
from tocsin.domain.obligations.queries.register import due_next, register
from tocsin.domain.obligations.views import (
    FactView,
    LegalDueView,
    LegalView,
    MomentView,
    ObligationView,
    RegimeView,
    RegisterView,
    SubmissionView,
)

__all__ = [
    "FactView",
    "LegalDueView",
    "LegalView",
    "MomentView",
    "ObligationView",
    "RegimeView",
    "RegisterView",
    "SubmissionView",
    "due_next",
    "legal",
    "register",
    "what_if",
]
