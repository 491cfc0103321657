"""An alert that only follows from another pages nobody while that one fires, and pages when it goes."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tocsin.core.log import read_stream
from tocsin.domain.alerts import commands, queries
from tocsin.domain.alerts.commands import folding
from tocsin.domain.alerts.models import Alert, AlertGroup, InhibitionSide
from tocsin.domain.alerts.ports import SHARDS, accepted
from tocsin.domain.alerts.tests.conftest import ADMIN, SYSTEM, Feed, alert
from tocsin.kernel.actor import Actor, Role
from tocsin.kernel.errors import Denied, Invalid, NotFound

pytestmark = pytest.mark.django_db
Engine = Callable[[], int]
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LATER = "2026-03-02T20:00:00Z"
OVER = "2026-03-02T11:59:00Z"
DOWN = alert("HostDown", host="db-1", endsAt=LATER)
SLOW = alert("DiskSlow", host="db-1", severity="warning", endsAt=LATER)


def rule(**more: object) -> str:
    fields = {"name": "Host down", "source": "alertname=HostDown", "target": "alertname!=HostDown", "equal": ["host"]}
    return commands.save_inhibition(ADMIN, **{**fields, **more})


def told(name: str) -> list[str]:
    """What groups with this alert have said."""
    found = AlertGroup.objects.filter(labels__alertname=name)
    return [entry.type for group in found for entry in read_stream(f"alert_group:{group.id}")]


def test_what_follows_from_another_alert_is_marked_and_tells_nobody(feed: Feed, fold: Engine) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        rule_id = rule()
        feed.prometheus(SLOW, DOWN)
        fold()
        clock.shift(timedelta(minutes=2))
        fold()
        slow = Alert.objects.get(labels__alertname="DiskSlow")
        assert (slow.inhibited_by, slow.muted) == ([rule_id], True)
        assert told("HostDown") == ["alerts.group_opened"]
        assert told("DiskSlow") == []


def test_another_host_is_told_of(feed: Feed, fold: Engine) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        rule()
        feed.prometheus(DOWN, alert("DiskSlow", host="db-2", endsAt=LATER))
        fold()
        clock.shift(timedelta(seconds=3))
        fold()
        assert told("DiskSlow") == ["alerts.group_opened"]


def test_when_the_cause_ends_what_still_fires_is_told(feed: Feed, fold: Engine) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        rule()
        feed.prometheus(DOWN)
        fold()
        feed.prometheus(SLOW)
        fold()
        clock.shift(timedelta(minutes=5))
        feed.prometheus({**DOWN, "endsAt": OVER}, SLOW)
        fold()
        clock.shift(timedelta(seconds=31))
        fold()
        slow = Alert.objects.get(labels__alertname="DiskSlow")
        assert (slow.inhibited_by, slow.muted) == ([], False)
        assert told("DiskSlow") == ["alerts.group_opened"]


def test_a_cause_whose_source_fell_silent_keeps_nothing_quiet(feed: Feed, fold: Engine) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        rule()
        feed.prometheus(alert("HostDown", host="db-1"), SLOW)
        fold()
        clock.shift(timedelta(minutes=6))
        fold()
        clock.shift(timedelta(seconds=31))
        fold()
        assert Alert.objects.get(labels__alertname="HostDown").state == "stale"
        assert told("DiskSlow") == ["alerts.group_opened"]


def test_a_cause_that_comes_after_its_consequence_but_within_the_wait_keeps_it_quiet(feed: Feed, fold: Engine) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        rule()
        critical = {**SLOW, "labels": {**SLOW["labels"], "severity": "critical"}}
        feed.prometheus(critical)
        fold()
        clock.shift(timedelta(seconds=1))
        feed.prometheus(DOWN)
        fold()
        clock.shift(timedelta(minutes=1))
        fold()
        assert told("DiskSlow") == []
        assert Alert.objects.get(labels__alertname="DiskSlow").group_id is None
        assert AlertGroup.objects.get(labels__alertname="DiskSlow").state == "quiet"


def test_what_leaves_a_group_does_not_make_it_look_worse_than_it_is(feed: Feed, fold: Engine) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        commands.save_route(ADMIN, name="all", matchers="team=db", policy_id="p", group_by=["team"])
        rule(target="alertname=DiskSlow")
        feed.prometheus(
            alert("DiskSlow", host="db-1", team="db", endsAt=LATER),
            alert("DiskFull", host="db-1", team="db", severity="info", endsAt=LATER),
        )
        fold()
        clock.shift(timedelta(seconds=1))
        feed.prometheus(DOWN)
        fold()
        group = AlertGroup.objects.get(labels__team="db")
        assert (group.severity, group.total, group.firing) == ("low", 1, 1)


def test_a_source_in_another_part_of_the_inbox_counts_as_well(feed: Feed, fold: Engine) -> None:
    """Folded one part after the other, in both orders."""
    with time_machine.travel(NOON, tick=False) as clock:
        rule()
        feed.prometheus(SLOW, DOWN)
        for shard in reversed(range(SHARDS)):
            commands.fold(SYSTEM, shard=shard)
        fold()
        clock.shift(timedelta(seconds=40))
        fold()
        assert told("DiskSlow") == []


def test_two_that_inhibit_each_other_are_both_told(feed: Feed, fold: Engine) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        rule(source='alertname=~"A|B"', target='alertname=~"A|B|C"', equal=[])
        feed.prometheus(*(alert(name, endsAt=LATER) for name in "ABC"))
        fold()
        clock.shift(timedelta(seconds=3))
        fold()
        assert [told(name) for name in "ABC"] == [["alerts.group_opened"], ["alerts.group_opened"], []]


def test_an_inhibition_added_changed_or_removed_takes_effect_at_once(feed: Feed, fold: Engine) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        feed.prometheus(DOWN, SLOW)
        fold()
        rule_id = rule()
        fold()
        assert Alert.objects.get(labels__alertname="DiskSlow").inhibited_by == [rule_id]
        assert queries.inhibitions(ADMIN)[0].quiet == 1
        commands.save_inhibition(
            ADMIN, name="x", source="alertname=Else", target="alertname=DiskSlow", inhibition_id=rule_id
        )
        fold()
        assert not Alert.objects.get(labels__alertname="DiskSlow").muted
        commands.save_inhibition(
            ADMIN, name="x", source="alertname=HostDown", target="alertname=DiskSlow", inhibition_id=rule_id
        )
        fold()
        assert Alert.objects.get(labels__alertname="DiskSlow").muted
        commands.remove_inhibition(ADMIN, inhibition_id=rule_id)
        fold()
        clock.shift(timedelta(seconds=40))
        fold()
        assert not Alert.objects.get(labels__alertname="DiskSlow").muted
        assert told("DiskSlow") == ["alerts.group_opened"]


def test_a_disabled_inhibition_keeps_nothing_quiet(feed: Feed, fold: Engine) -> None:
    rule(enabled=False)
    feed.prometheus(DOWN, SLOW)
    fold()
    assert not Alert.objects.filter(muted=True).exists()
    assert not InhibitionSide.objects.exists()


def test_a_mark_left_wrong_by_two_engines_at_once_is_mended(feed: Feed, fold: Engine) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        rule_id = rule()
        feed.prometheus(DOWN, SLOW)
        fold()
        Alert.objects.update(inhibited_by=[], muted=False)
        clock.shift(timedelta(seconds=11))
        fold()
        assert Alert.objects.get(labels__alertname="DiskSlow").inhibited_by == [rule_id]


def test_the_reason_is_said_in_words(feed: Feed, fold: Engine) -> None:
    rule()
    feed.prometheus(alert("HostDown", host="db-1"), alert("DiskSlow", host="db-1"))
    fold()
    row = queries.alerts(ADMIN, queries.AlertFilter(muted=True)).alerts[0]
    assert queries.mute_reasons(ADMIN, [row]) == {
        row.id: ('Inhibited by Host down: an alert with {alertname="HostDown"} fires',)
    }


def test_what_makes_no_sense_is_refused_in_one_sentence(db: None) -> None:
    for field, wrong in (
        ("source", {"source": ""}),
        ("source", {"source": "a=~.*"}),
        ("target", {"target": "{{{"}),
        ("target", {"target": "alertname=HostDown"}),
        ("name", {"name": " "}),
    ):
        with pytest.raises(Invalid) as refused:
            rule(**wrong)
        assert (refused.value.field, refused.value.sentence.count("\n")) == (field, 0)
        assert refused.value.sentence.startswith(f"{field}:")
    with pytest.raises(NotFound):
        commands.remove_inhibition(ADMIN, inhibition_id="x")
    responder = Actor(id="p", name="R", roles=frozenset({Role.RESPONDER}))
    with pytest.raises(Denied):
        commands.save_inhibition(responder, name="x", source="a=b", target="c=d")


def test_many_that_follow_cost_no_more_queries_than_few(
    feed: Feed, fold: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folding, "FEWEST", 100)
    rule()
    feed.prometheus(alert("HostDown", host="db-1"))
    fold()
    monkeypatch.setattr(folding._pace, "size", 100)
    counts = []
    for many in (3, 30):
        rows = [
            accepted(feed.id, "alertmanager", f"{many}-{n}", b'{"labels":{"alertname":"X%d","host":"db-1"}}' % n)
            for n in range(many)
        ]
        for row in rows:
            commands.accept(SYSTEM, rows=[type(row)(row.integration, row.source, 0, row.key, row.raw)])
        with CaptureQueriesContext(
            connection,
        ) as made:
            commands.fold(SYSTEM, shard=0)
        counts.append(len(made))
    assert counts[0] == counts[1]
    assert Alert.objects.filter(muted=True).count() == 33
