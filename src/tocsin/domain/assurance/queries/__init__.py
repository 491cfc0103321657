"""What people ask about reachability: findings, 'Will I be paged?', test pages and what came of them."""

from tocsin.domain.assurance.queries.books import books
from tocsin.domain.assurance.queries.findings import ReachabilityFinding, counts, findings, looked_at
from tocsin.domain.assurance.queries.mine import Answer, Coming, Turn, will_i_be_paged
from tocsin.domain.assurance.queries.tests import RoundView, TestView, my_tests, rounds, test_page, test_round
from tocsin.domain.assurance.rules.audit import KINDS

__all__ = [
    "KINDS",
    "Answer",
    "Coming",
    "ReachabilityFinding",
    "RoundView",
    "TestView",
    "Turn",
    "books",
    "counts",
    "findings",
    "looked_at",
    "my_tests",
    "rounds",
    "test_page",
    "test_round",
    "will_i_be_paged",
]
