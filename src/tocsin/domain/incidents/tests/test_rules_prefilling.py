"""What data alone let one say about an incident, and what they do not."""

import pytest

from tocsin.domain.incidents.rules.prefilling import Seen, SeenAlert, SeenService, news, prefill
from tocsin.domain.incidents.rules.states import Kind
from tocsin.domain.oncall.rules.urgency import Severity

CRITICAL = (SeenAlert("Checkout fails", Severity.CRITICAL),)
WARNING = (SeenAlert("Checkout is slow", Severity.MEDIUM),)


def said(seen: Seen) -> dict[str, str]:
    return {each.fact.value: each.choice for each in prefill(seen)}


def test_where_no_data_speak_nothing_is_answered() -> None:
    assert prefill(Seen(Kind.DISRUPTION)) == ()


@pytest.mark.parametrize(
    ("alerts", "tier", "answers"),
    [
        (CRITICAL, 1, {"users": "many", "operations": "stopped", "data": "intact"}),
        (CRITICAL, 2, {"users": "many", "operations": "degraded", "data": "intact"}),
        (CRITICAL, 4, {"users": "none", "operations": "degraded", "data": "intact"}),
        (WARNING, 1, {"users": "many", "operations": "degraded", "data": "intact"}),
        (WARNING, 3, {"users": "few", "operations": "normal", "data": "intact"}),
        ((), 2, {"users": "few", "operations": "degraded"}),
    ],
)
def test_alerts_and_the_tier_of_a_service_answer(
    alerts: tuple[SeenAlert, ...], tier: int, answers: dict[str, str]
) -> None:
    assert said(Seen(Kind.DISRUPTION, alerts, (SeenService("Checkout", tier),))) == answers


def test_who_needs_the_affected_service_counts_for_users() -> None:
    services = (SeenService("Disk", 4), SeenService("Checkout", 1, "Disk"))
    found = prefill(Seen(Kind.DISRUPTION, CRITICAL, services))
    assert (found[0].choice, found[0].because, found[0].source) == (
        "many",
        "Checkout, tier 1, needs Disk",
        "dependency graph",
    )


def test_security_and_words_about_data_put_data_at_risk() -> None:
    assert said(Seen(Kind.SECURITY))["data"] == "at_risk"
    assert said(Seen(Kind.DISRUPTION, (SeenAlert("Backup failed", Severity.LOW),)))["data"] == "at_risk"


def test_users_who_notice_are_many_and_all_where_the_most_important_stands_still() -> None:
    seen = Seen(Kind.DISRUPTION, CRITICAL, (SeenService("Checkout", 1),), visible_to_users=True)
    assert said(seen)["users"] == "all"
    assert said(Seen(Kind.USER_IMPACT))["users"] == "many"


def test_only_what_came_since_the_assessment_is_news() -> None:
    before: dict[str, object] = {"groups": ["g1"], "services": ["s1"], "worst": "high"}
    now = {"groups": {"g1": "Slow"}, "services": {"s1": "Checkout"}}
    assert news(before, **now, worst=Severity.HIGH) == ()
    assert news(before, **now, worst=Severity.CRITICAL) == ("An alert says Critical, before: High.",)
    wider = news(before, groups={"g1": "Slow", "g2": "Down"}, services={"s2": "Search"}, worst=None)
    assert wider == ("Alert group 'Down' joined.", "Search is affected too.", "1 service is no longer affected.")
