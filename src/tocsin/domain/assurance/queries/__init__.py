"""What people ask about reachability: findings, 'Will I be paged?', test pages and what came of them."""

from tocsin.domain.assurance.queries.books import books
from tocsin.domain.assurance.queries.findings import ReachabilityFinding, counts, findings, looked_at
from tocsin.domain.assurance.queries.mine import Answer, Coming, Turn, will_i_be_paged
from tocsin.domain.assurance.queries.pulse import PulseStanding, pulse_standing
from tocsin.domain.assurance.queries.tests import RoundView, TestView, my_tests, rounds, test_page, test_round
from tocsin.domain.assurance.queries.way import AlertWay, WayLine, WayStage, way
from tocsin.domain.assurance.rules.audit import KINDS

__all__ = [
    "KINDS",
    "AlertWay",
    "Answer",
    "Coming",
    "PulseStanding",
    "ReachabilityFinding",
    "RoundView",
    "TestView",
    "Turn",
    "WayLine",
    "WayStage",
    "books",
    "counts",
    "findings",
    "looked_at",
    "my_tests",
    "pulse_standing",
    "rounds",
    "test_page",
    "test_round",
    "way",
    "will_i_be_paged",
]
