"""Signals become alerts and groups: in order, once, and never lost."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from tocsin.core.log import read_stream
from tocsin.domain.alerts import commands, queries
from tocsin.domain.alerts.commands import folding
from tocsin.domain.alerts.models import Alert, AlertGroup, Change, DeadLetter, InboxItem
from tocsin.domain.alerts.ports import Accepted
from tocsin.domain.alerts.tests.conftest import ADMIN, SYSTEM, Feed, alert
from tocsin.kernel.clock import now

pytestmark = pytest.mark.django_db
Engine = Callable[[], int]
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def words(group: AlertGroup) -> list[str]:
    return [entry.type for entry in read_stream(f"alert_group:{group.id}")]


def test_a_critical_alert_opens_a_group_at_once(feed: Feed, fold: Engine) -> None:
    feed.prometheus(alert(annotations={"summary": "The disk of db-1 is full"}))
    fold()
    group = AlertGroup.objects.get()
    assert group.title == "The disk of db-1 is full"
    assert words(group) == ["alerts.group_opened"]
    assert InboxItem.objects.count() == 0


def test_an_unrouted_alert_says_which_route_is_missing(feed: Feed, fold: Engine) -> None:
    feed.prometheus(alert(team="web"))
    fold()
    group = AlertGroup.objects.get()
    opened = read_stream(f"alert_group:{group.id}")[0].event
    assert opened.unrouted
    assert 'team="web"' in opened.why


def test_a_repeated_alert_is_one_alert_that_counts(feed: Feed, fold: Engine) -> None:
    for _ in range(3):
        feed.prometheus(alert())
    fold()
    feed.prometheus(alert())
    fold()
    assert Alert.objects.get().count == 4
    assert words(AlertGroup.objects.get()) == ["alerts.group_opened"]


def test_a_lesser_alert_waits_for_its_companions(feed: Feed, fold: Engine) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        feed.prometheus(alert(severity="warning", instance="a"))
        fold()
        group = AlertGroup.objects.get()
        assert words(group) == []
        feed.prometheus(alert(severity="warning", instance="b"))
        fold()
        clock.shift(timedelta(seconds=31))
        fold()
        events = read_stream(f"alert_group:{group.id}")
        assert [e.type for e in events] == ["alerts.group_opened"]
        assert events[0].event.alerts == 2


def test_later_alerts_of_a_group_are_told_once_per_interval(feed: Feed, fold: Engine) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        feed.prometheus(alert(instance="a", endsAt="2026-03-02T13:00:00Z"))
        fold()
        for name in "bcd":
            clock.shift(timedelta(seconds=20))
            feed.prometheus(alert(instance=name, endsAt="2026-03-02T13:00:00Z"))
            fold()
        group = AlertGroup.objects.get()
        assert words(group) == ["alerts.group_opened"]
        clock.shift(timedelta(minutes=5))
        fold()
        grown = read_stream(f"alert_group:{group.id}")[1].event
        assert (grown.added, grown.total) == (3, 4)


def test_a_raised_severity_is_told_at_once(feed: Feed, fold: Engine) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        feed.pagerduty("trigger", severity="warning")
        fold()
        clock.shift(timedelta(seconds=31))
        fold()
        feed.pagerduty("trigger", severity="critical")
        fold()
        assert words(AlertGroup.objects.get()) == ["alerts.group_opened", "alerts.severity_raised"]


def test_when_every_alert_is_resolved_the_group_falls_quiet(feed: Feed, fold: Engine) -> None:
    feed.prometheus(alert(instance="a"), alert(instance="b"))
    fold()
    over = (now() - timedelta(seconds=1)).isoformat()
    feed.prometheus(alert(instance="a", endsAt=over))
    fold()
    group = AlertGroup.objects.get()
    assert group.state == "open"
    feed.prometheus(alert(instance="b", endsAt=over))
    fold()
    group.refresh_from_db()
    assert (group.state, group.firing) == ("quiet", 0)
    assert words(group)[0] == "alerts.group_opened"
    assert words(group)[-1] == "alerts.group_quiet"


def test_an_alert_that_fires_again_soon_reopens_its_group(feed: Feed, fold: Engine) -> None:
    feed.prometheus(alert())
    feed.prometheus(alert(endsAt=(now() - timedelta(seconds=1)).isoformat()))
    feed.prometheus(alert())
    fold()
    feed.prometheus(alert(endsAt=(now() - timedelta(seconds=1)).isoformat()))
    fold()
    feed.prometheus(alert())
    fold()
    assert Alert.objects.count() == 1
    assert words(AlertGroup.objects.get())[-2:] == ["alerts.group_quiet", "alerts.group_reopened"]


def test_an_alert_that_fires_again_late_opens_a_new_group(feed: Feed, fold: Engine) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        feed.prometheus(alert())
        fold()
        feed.prometheus(alert(endsAt=(NOON - timedelta(seconds=1)).isoformat()))
        fold()
        clock.shift(timedelta(minutes=16))
        feed.prometheus(alert())
        fold()
    assert AlertGroup.objects.count() == 2
    assert Alert.objects.filter(current=True).count() == 1
    assert Alert.objects.count() == 2


def test_a_pagerduty_trigger_after_its_resolve_opens_a_new_alert(feed: Feed, fold: Engine) -> None:
    for action in ("trigger", "resolve", "trigger"):
        feed.pagerduty(action)
        fold()
    assert Alert.objects.count() == 2
    assert AlertGroup.objects.filter(state="open").count() == 1
    assert AlertGroup.objects.count() == 2


def test_a_resolve_never_overtakes_its_trigger(feed: Feed, fold: Engine) -> None:
    for number in range(40):
        feed.pagerduty("trigger", key=f"k{number}")
    for number in range(40):
        feed.pagerduty("resolve", key=f"k{number}")
    fold()
    assert Alert.objects.filter(state="resolved").count() == 40
    assert AlertGroup.objects.get().firing == 0


def test_acknowledge_or_resolve_of_nothing_is_dropped(feed: Feed, fold: Engine) -> None:
    feed.pagerduty("acknowledge")
    feed.pagerduty("resolve")
    fold()
    assert not Alert.objects.exists()
    assert not DeadLetter.objects.exists()


def test_the_sender_can_acknowledge(feed: Feed, fold: Engine) -> None:
    feed.pagerduty("trigger")
    fold()
    feed.pagerduty("acknowledge")
    fold()
    assert Alert.objects.get().state == "acknowledged"
    assert words(AlertGroup.objects.get())[-1] == "alerts.acknowledged"


def test_a_change_never_opens_a_group(feed: Feed, fold: Engine) -> None:
    body = {"payload": {"summary": "Deploy 1.2", "custom_details": {"by": "ci"}}}
    feed.post("pagerduty-change", "/v2/change/enqueue", body)
    fold()
    assert Change.objects.get().summary == "Deploy 1.2"
    assert not AlertGroup.objects.exists()


def test_a_row_that_cannot_be_read_is_buried_and_the_rest_is_folded(feed: Feed, fold: Engine) -> None:
    feed.prometheus(alert(instance="a"))
    commands.accept(SYSTEM, rows=[Accepted(feed.id, "alertmanager", shard, "x" * 64, b"{") for shard in range(8)])
    feed.prometheus(alert(instance="b"))
    fold()
    assert Alert.objects.count() == 2
    assert DeadLetter.objects.count() == 8


def test_a_row_that_the_store_refuses_is_buried_alone(
    feed: Feed, fold: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = folding._Batch._write

    def refuse(batch: folding._Batch) -> None:
        if any(a.labels.get("instance") == "bad" for a in batch.created):
            raise ValueError("the store does not like it")
        real(batch)

    monkeypatch.setattr(folding._Batch, "_write", refuse)
    for name in ("a", "bad", "c", "d"):
        feed.prometheus(alert(instance=name))
    fold()
    assert {a.labels["instance"] for a in Alert.objects.all()} == {"a", "c", "d"}
    assert DeadLetter.objects.get().error.startswith("ValueError")
    assert AlertGroup.objects.get().firing == 3


def test_nul_bytes_and_huge_labels_are_folded(feed: Feed, fold: Engine) -> None:
    feed.post("alertmanager", "/api/v2/alerts", b'[{"labels":{"alertname":"a\\u0000b"}}]')
    feed.prometheus(alert(blob="x" * 200_000))
    fold()
    assert Alert.objects.count() == 2
    assert Alert.objects.filter(title__contains="a\N{REPLACEMENT CHARACTER}b").exists()


def test_two_sources_never_share_an_alert(connect: Callable[..., Feed], fold: Engine) -> None:
    for name in ("one", "two"):
        connect(name=name).prometheus(alert())
    fold()
    assert Alert.objects.count() == 2


def test_folding_takes_the_same_number_of_queries_for_many_as_for_few(
    feed: Feed, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    feed.prometheus(*(alert(name=f"A{n}", instance=str(n)) for n in range(300)))
    with django_assert_max_num_queries(60):
        commands.fold(SYSTEM, shard=0)


def test_lists_are_filtered_and_paged(feed: Feed, fold: Engine) -> None:
    feed.prometheus(*(alert(instance=str(n)) for n in range(5)), alert(severity="info"))
    fold()
    first = queries.alerts(ADMIN, queries.AlertFilter(limit=4))
    rest = queries.alerts(ADMIN, queries.AlertFilter(limit=4, before=first.next))
    assert len({a.id for a in first.alerts + rest.alerts}) == 6
    assert rest.next == ""
    assert len(queries.alerts(ADMIN, queries.AlertFilter(severities=("low",))).alerts) == 1


def test_the_signals_of_each_minute_are_counted(feed: Feed, fold: Engine) -> None:
    with time_machine.travel(datetime(2026, 3, 1, 2, 47, 30, tzinfo=UTC), tick=False) as clock:
        feed.prometheus(alert("A"), alert("B"))
        fold()
        feed.prometheus(alert("A"))
        fold()
        clock.shift(timedelta(minutes=1))
        feed.prometheus(alert("A"))
        fold()
        counted = queries.intake(ADMIN, datetime(2026, 3, 1, tzinfo=UTC))
    assert counted == [(datetime(2026, 3, 1, 2, 47, tzinfo=UTC), 3), (datetime(2026, 3, 1, 2, 48, tzinfo=UTC), 1)]


def test_a_mere_repetition_is_counted_and_what_is_worded_anew_is_told_anew(feed: Feed, fold: Engine) -> None:
    feed.prometheus(alert(annotations={"summary": "Disk fills"}))
    fold()
    first = Alert.objects.get()
    for _ in range(3):
        feed.prometheus(alert(annotations={"summary": "Disk fills"}))
    fold()
    again = Alert.objects.get()
    assert (again.count, again.title) == (4, "Disk fills")
    assert again.last_seen_at > first.last_seen_at
    feed.prometheus(alert(annotations={"summary": "Disk fills"}), alert(annotations={"summary": "Disk is full"}))
    fold()
    assert (Alert.objects.get().count, Alert.objects.get().title) == (6, "Disk is full")


def test_alerts_of_a_sender_without_names_stand_apart_by_their_titles(
    connect: Callable[..., Feed], fold: Engine
) -> None:
    feed = connect(kind="pagerduty", name="Scripts")
    for key, summary in (("a", "Disk full"), ("b", "Payments fail"), ("c", "Disk full")):
        feed.pagerduty("trigger", key=key, summary=summary)
    fold()
    groups = AlertGroup.objects.order_by("created_at")
    assert sorted((group.title, group.firing) for group in groups) == [("Disk full", 2), ("Payments fail", 1)]
