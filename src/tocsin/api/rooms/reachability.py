"""Who can be reached: the findings of the audit, and looking again."""

from tocsin.api.door import ApiRequest
from tocsin.api.offering import Offer
from tocsin.api.shapes import Body, Done, Made
from tocsin.domain.alerts.permissions import VIEW as ALERTS
from tocsin.domain.assurance import commands, queries
from tocsin.domain.assurance.permissions import AUDIT, TEST, TEST_OTHERS, VIEW
from tocsin.domain.assurance.queries import AlertWay, Answer, ReachabilityFinding, RoundView, TestView
from tocsin.domain.oncall.rules.urgency import Severity

offer = Offer("reachability")


class Round(Body):
    """Whom to test: who is on call by this schedule; without one, everybody on call."""

    schedule: str = ""


@offer.get("/reachability", list[ReachabilityFinding], needs=VIEW)
def findings(request: ApiRequest, ended: bool = False) -> list[ReachabilityFinding]:
    """What would keep a page from reaching somebody in the coming 14 days, worst first.

    With `ended`: what was mended, newest first.
    """
    return queries.findings(request.actor, ended=ended)


@offer.post("/reachability/look", Done, needs=AUDIT)
def look(request: ApiRequest) -> Done:
    """Have the audit look now instead of within five minutes."""
    left = commands.audit(request.actor)
    return Done(said=f"{left} finding{'' if left == 1 else 's'} left." if left else "Everybody can be reached.")


@offer.get("/reachability/me", Answer, needs=VIEW)
def me(request: ApiRequest, severity: Severity = Severity.CRITICAL) -> Answer:
    """Will I be paged: by which policies, at which step, after how long, by what; now and in the coming 14 days."""
    return queries.will_i_be_paged(request.actor, severity=severity.value)


@offer.post("/reachability/test-pages", Made, needs=TEST, status=201)
def page_me(request: ApiRequest) -> Made:
    """Page me now: a real page the real way, marked as a test."""
    return Made(id=commands.page_me(request.actor))


@offer.get("/reachability/test-pages/{test_id}", TestView, needs=None)
def test_page(request: ApiRequest, test_id: str) -> TestView:
    """What came of a test page; for whom it paged and administrators."""
    return queries.test_page(request.actor, test_id)


@offer.post("/reachability/test-rounds", Made, needs=TEST_OTHERS, status=201)
def test_everyone(request: ApiRequest, given: Round) -> Made:
    """Send a test page to everybody who is on call now."""
    return Made(id=commands.page_everyone_on_call(request.actor, schedule_id=given.schedule))


@offer.get("/reachability/test-rounds/{round_id}", RoundView, needs=TEST_OTHERS)
def test_round(request: ApiRequest, round_id: str) -> RoundView:
    """Everybody's result."""
    return queries.test_round(request.actor, round_id)


@offer.get("/alerts/{alert_id}/way", AlertWay, needs=ALERTS)
def alert_way(request: ApiRequest, alert_id: str) -> AlertWay:
    """An alert's whole way: received, grouped, routed, paged, each delivery attempt with its answer, acknowledged."""
    return queries.way(request.actor, alert_id)
