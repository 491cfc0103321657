"""A shop that breaks and recovers, as its checks see it: real answers over a real socket, through the engine."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine

from tocsin.core.engine.loop import PER_LANE, PER_SLOW_LANE, POOL
from tocsin.core.engine.models import Job
from tocsin.core.engine.testing import run_engine
from tocsin.core.log import read_stream
from tocsin.core.outgoing.tests.peer import Peer
from tocsin.core.search.find import search
from tocsin.domain.alerts import commands as alert_commands
from tocsin.domain.alerts import queries as alerts
from tocsin.domain.alerts.queries import AlertFilter, AlertRow
from tocsin.domain.monitoring import commands, queries
from tocsin.domain.monitoring.jobs import lane
from tocsin.domain.monitoring.models import Check, CheckResult, CheckSpan
from tocsin.domain.monitoring.ports import Finding
from tocsin.domain.monitoring.tests.conftest import ADMIN, NIGHT, VIEWER, seen
from tocsin.kernel.actor import system
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Conflict, Denied, Invalid, NotFound

Add = Callable[..., str]
Advance = Callable[..., None]


def said(check_id: str) -> list[str]:
    return [entry.type for entry in read_stream(f"check:{check_id}")]


def the_alerts() -> list[AlertRow]:
    return alerts.alerts(ADMIN, AlertFilter(states=())).alerts


def test_a_new_check_is_asked_at_once(add: Add, clock: time_machine.Traveller) -> None:
    check = add()
    run_engine()
    view = seen(check)
    assert (view.state, view.answer, view.last_at) == ("ok", "200 OK", NIGHT)
    assert view.latency_ms is not None


def test_it_is_asked_again_every_interval(add: Add, advance: Advance, shop: Peer) -> None:
    add(interval=timedelta(seconds=30))
    run_engine()
    advance(minutes=5)
    assert 10 <= shop.connections <= 12


def test_a_shop_that_breaks_raises_an_alert_of_its_service_and_recovery_ends_it(
    add: Add, advance: Advance, shop: Peer, checkout: str
) -> None:
    check = add(service_id=checkout, severity="critical")
    run_engine()
    shop.replies("503 Service Unavailable")
    advance(minutes=1)
    assert seen(check).state == "failing"
    [alert] = the_alerts()
    assert (alert.title, alert.severity, alert.state) == (
        "Shop: 503 Service Unavailable, expected 200-299",
        "critical",
        "firing",
    )
    assert (alert.service, alert.integration) == ("Checkout", "Tocsin checks")
    [group] = alerts.groups(ADMIN)
    assert group.service == "Checkout"
    shop.replies("200 OK")
    advance(minutes=1)
    assert seen(check).state == "ok"
    assert [a.state for a in the_alerts()] == ["resolved"]
    assert said(check) == ["monitoring.check_added", "monitoring.check_failed", "monitoring.check_recovered"]


def test_one_hiccup_makes_no_alert(add: Add, advance: Advance, shop: Peer) -> None:
    check = add()
    run_engine()
    shop.answer = None
    clock_before = len(shop.requests)
    while len(shop.requests) == clock_before:
        advance(seconds=5)
    shop.replies("200 OK")
    advance(minutes=2)
    assert (seen(check).state, the_alerts()) == ("ok", [])
    assert said(check) == ["monitoring.check_added"]


def test_an_alert_closed_by_hand_comes_back_while_the_check_still_fails(add: Add, advance: Advance, shop: Peer) -> None:
    add()
    shop.replies("500 Internal Server Error")
    run_engine()
    advance(seconds=30)
    [alert] = the_alerts()
    alert_commands.resolve_alert(ADMIN, alert_id=alert.id, reason="Looks fine to me")
    advance(minutes=6)
    assert [a.state for a in the_alerts()] == ["firing"]


@pytest.mark.parametrize(
    ("expect", "body", "answer"),
    [
        ({"contains": "All is well"}, b"All is well", "200 OK"),
        ({"contains": "Paid"}, b"All is well", "200 OK, but the answer does not contain 'Paid'"),
        ({"lacks": "Exception"}, b"an Exception", "200 OK, but the answer contains 'Exception'"),
        ({"status": "301, 404"}, b"", "200 OK, expected 301, 404"),
    ],
)
def test_more_than_the_status_can_be_demanded(
    add: Add, shop: Peer, expect: dict[str, str], body: bytes, answer: str
) -> None:
    shop.replies("200 OK", body=body)
    check = add(expect=expect)
    run_engine()
    assert seen(check).answer == answer


def test_a_target_that_never_answers_fails_within_its_limit(add: Add, shop: Peer) -> None:
    shop.drip = 0.3
    check = add(timeout=timedelta(seconds=1))
    run_engine()
    assert "took the request" in seen(check).answer
    assert Job.objects.get(kind="monitoring.look").lane == "checks-slow"


def test_addresses_that_nobody_listed_are_not_connected_to(add: Add, shop: Peer, settings: object) -> None:
    settings.OUTGOING_ALLOW = []  # type: ignore[attr-defined]
    check = add()
    run_engine()
    assert "TOCSIN_OUTGOING_ALLOW" in seen(check).answer
    assert shop.connections == 0


def test_a_check_that_nobody_asks_is_stale_never_well(add: Add, clock: time_machine.Traveller) -> None:
    check = add(interval=timedelta(seconds=30))
    run_engine()
    clock.shift(timedelta(seconds=91))
    assert seen(check).state == "stale"
    counts = queries.counts(ADMIN)
    assert (counts.ok, counts.stale) == (0, 1)


def test_a_check_whose_job_was_lost_is_asked_again(add: Add, advance: Advance) -> None:
    check = add()
    run_engine()
    Job.objects.filter(kind="monitoring.look").update(dead=True)
    advance(minutes=3)
    assert seen(check).state == "ok"


def test_a_paused_check_is_not_asked_and_its_alert_ends(add: Add, advance: Advance, shop: Peer) -> None:
    check = add()
    shop.replies("500 Internal Server Error")
    run_engine()
    advance(seconds=30)
    commands.pause_check(ADMIN, check_id=check)
    asked = shop.connections
    advance(minutes=2)
    assert shop.connections == asked
    assert [a.state for a in the_alerts()] == ["resolved"]
    assert (seen(check).paused, seen(check).state) == (True, "unknown")
    with pytest.raises(Conflict):
        commands.run_now(ADMIN, check_id=check)
    commands.resume_check(ADMIN, check_id=check)
    run_engine()
    assert shop.connections == asked + 1


def test_a_removed_check_is_gone_and_its_answers_are_forgotten(add: Add, advance: Advance, shop: Peer) -> None:
    check = add()
    shop.replies("500 Internal Server Error")
    run_engine()
    advance(seconds=30)
    commands.remove_check(ADMIN, check_id=check)
    advance(minutes=6)
    assert [a.state for a in the_alerts()] == ["resolved"]
    with pytest.raises(NotFound):
        seen(check)
    assert not Check.objects.exists()
    assert not CheckResult.objects.exists()
    assert said(check)[-1] == "monitoring.check_removed"
    add()


def test_a_changed_target_is_asked_at_once_and_an_answer_about_the_old_one_is_dropped(add: Add, shop: Peer) -> None:
    check = add()
    run_engine()
    commands.change_check(ADMIN, check_id=check, version=0, target=f"http://127.0.0.1:{shop.port}/new")
    run_engine()
    assert b"GET /new" in shop.requests[-1]
    stale = queries.to_ask(system("test"), check)
    assert stale is not None
    commands.record(system("test"), check_id=check, version=0, finding=Finding(False, "old"))
    assert seen(check).answer == "200 OK"
    with pytest.raises(Conflict):
        commands.change_check(ADMIN, check_id=check, version=0, name="Late")


def test_a_check_can_be_run_now(add: Add, shop: Peer, advance: Advance) -> None:
    check = add(interval=timedelta(hours=1))
    run_engine()
    advance(minutes=1)
    commands.run_now(ADMIN, check_id=check)
    run_engine()
    assert shop.connections == 2


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": " "}, "name"),
        ({"kind": "smoke"}, "kind"),
        ({"target": "ftp://example.org"}, "target"),
        ({"kind": "tcp", "target": "db.example.org"}, "target"),
        ({"interval": timedelta(seconds=1)}, "interval"),
        ({"timeout": timedelta(minutes=2)}, "timeout"),
        ({"expect": {"status": "fine"}}, "status"),
        ({"expect": {"latency_ms": "soon"}}, "latency_ms"),
        ({"severity": "unknown"}, "severity"),
        ({"fail_after": 0}, "fail_after"),
    ],
)
def test_a_check_that_cannot_work_is_refused_by_its_field(add: Add, fields: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        add(**fields)
    assert refused.value.field == field


def test_two_checks_cannot_have_one_name(add: Add) -> None:
    add()
    with pytest.raises(Invalid) as refused:
        add()
    assert refused.value.field == "name"


def test_who_only_looks_cannot_add_change_or_run(add: Add) -> None:
    check = add()
    assert queries.checks(VIEWER)
    for forbidden in (
        lambda: commands.add_check(VIEWER, name="Mine", target="https://example.org"),
        lambda: commands.change_check(VIEWER, check_id=check, name="Mine"),
        lambda: commands.remove_check(VIEWER, check_id=check),
        lambda: commands.run_now(VIEWER, check_id=check),
        lambda: commands.beat(VIEWER, token="x"),
    ):
        with pytest.raises(Denied):
            forbidden()


def test_answers_are_summed_up_by_span(add: Add, advance: Advance, shop: Peer) -> None:
    check = add()
    run_engine()
    advance(minutes=4)
    shop.replies("500 Internal Server Error")
    advance(minutes=4)
    day = queries.days(ADMIN, [check])[check][-1]
    hour = queries.hours(ADMIN, [check])[check][-1]
    single = queries.series(ADMIN, check, now() - timedelta(hours=1))
    fine = queries.series(ADMIN, check, now() - timedelta(hours=12))
    runs = CheckResult.objects.count()
    assert day.runs == hour.runs == len(single.points) == sum(p.runs for p in fine.points) == runs
    assert day.failed == sum(p.failed for p in single.points) > 4
    assert (single.step, fine.step) == (timedelta(0), timedelta(minutes=5))
    assert single.share_ok is not None
    assert 0 < single.share_ok < 1


def test_old_answers_are_forgotten_but_not_what_was_summed_up(
    add: Add, clock: time_machine.Traveller, shop: Peer
) -> None:
    check = add()
    run_engine()
    clock.shift(timedelta(days=2))
    run_engine()
    assert CheckResult.objects.filter(check_row_id=check).count() == 1
    assert CheckSpan.objects.filter(seconds=86400).count() == 2


def test_the_number_of_queries_does_not_grow_with_the_checks(
    add: Add, django_assert_num_queries: Callable[[int], object]
) -> None:
    for number in range(3):
        add(name=f"Shop {number}")
    run_engine()
    for wanted in (3, 30):
        for number in range(wanted):
            if number >= len(queries.checks(ADMIN)):
                add(name=f"Shop {number}")
        with django_assert_num_queries(1):  # type: ignore[attr-defined]
            found = queries.checks(ADMIN)
        assert len(found) == wanted
        ids = [view.id for view in found]
        with django_assert_num_queries(2):  # type: ignore[attr-defined]
            queries.days(ADMIN, ids)
            queries.several_series(ADMIN, ids, now() - timedelta(hours=1))


def test_a_check_is_found_by_its_name_until_it_is_removed(add: Add) -> None:
    check = add(name="Larkfield shop")
    assert [hit.url for hit in search(VIEWER, "larkfield")] == [f"/monitoring/checks/{check}/"]
    commands.change_check(ADMIN, check_id=check, name="Harbour market")
    assert [hit.title for hit in search(VIEWER, "harbour")] == ["Harbour market"]
    commands.remove_check(ADMIN, check_id=check)
    assert search(VIEWER, "harbour") == []


def test_slow_checks_wait_among_themselves_and_neither_lane_takes_every_worker() -> None:
    assert (lane(30, ok=True), lane(2500, ok=True), lane(None, ok=False)) == ("checks", "checks-slow", "checks-slow")
    assert PER_LANE + PER_SLOW_LANE < POOL


def test_every_name_of_a_check_is_told_apart_in_its_alerts(add: Add, advance: Advance, shop: Peer) -> None:
    shop.replies("500 Internal Server Error")
    add(name="Shop front")
    add(name="Shop back")
    run_engine()
    advance(minutes=1)
    assert sorted(group.labels["alertname"] for group in alerts.groups(ADMIN)) == ["Shop back", "Shop front"]
