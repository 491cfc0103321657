"""Silences hold back what is new, never the word that it is over; what falls silent is never taken for well."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from tocsin.core.log import read_stream
from tocsin.domain.alerts import commands, queries
from tocsin.domain.alerts.models import Alert, AlertGroup
from tocsin.domain.alerts.tests.conftest import ADMIN, Feed, alert
from tocsin.kernel.actor import Actor, Role, system
from tocsin.kernel.errors import Denied, Invalid, NotFound

pytestmark = pytest.mark.django_db
Engine = Callable[[], int]
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LATER = "2026-03-02T20:00:00Z"
OVER = "2026-03-02T11:59:00Z"


def hush(matchers: str = "alertname=DiskFull", hours: int = 1, **more: str) -> str:
    return commands.add_silence(
        ADMIN, matchers=matchers, ends_at=NOON + timedelta(hours=hours), comment="planned work", **more
    )


def words(group: AlertGroup) -> list[str]:
    return [entry.type for entry in read_stream(f"alert_group:{group.id}")]


def test_a_silenced_alert_opens_no_group_and_keeps_its_mark(feed: Feed, fold: Engine) -> None:
    with time_machine.travel(NOON, tick=False):
        silence = hush()
        feed.prometheus(alert())
        fold()
        assert Alert.objects.get().silenced_by == [silence]
        assert not AlertGroup.objects.exists()
        assert queries.alerts(ADMIN, queries.AlertFilter(silenced=True)).alerts[0].silenced
        assert queries.alerts(ADMIN, queries.AlertFilter(silenced=False)).alerts == []


def test_a_silence_never_swallows_the_resolve(feed: Feed, fold: Engine) -> None:
    with time_machine.travel(NOON, tick=False):
        feed.prometheus(alert(endsAt=LATER))
        fold()
        hush()
        fold()
        feed.prometheus(alert(endsAt=OVER))
        fold()
        assert Alert.objects.get().state == "resolved"
        assert words(AlertGroup.objects.get())[-1] == "alerts.group_quiet"


def test_when_a_silence_ends_what_still_fires_is_told(feed: Feed, fold: Engine) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        hush()
        feed.prometheus(alert(endsAt=LATER))
        fold()
        clock.shift(timedelta(minutes=61))
        fold()
        assert words(AlertGroup.objects.get()) == ["alerts.group_opened"]
        assert Alert.objects.get().silenced_by == []


def test_a_silence_ended_by_hand_ends_at_once(feed: Feed, fold: Engine) -> None:
    with time_machine.travel(NOON, tick=False):
        silence = hush()
        feed.prometheus(alert(endsAt=LATER))
        fold()
        commands.expire_silence(ADMIN, silence_id=silence)
        fold()
        assert AlertGroup.objects.exists()
        assert queries.silences(ADMIN) == []


def test_a_silence_of_one_source_leaves_the_others_alone(connect: Callable[..., Feed], fold: Engine) -> None:
    with time_machine.travel(NOON, tick=False):
        one, two = connect(name="one"), connect(name="two")
        hush(integration_id=one.id)
        one.prometheus(alert())
        two.prometheus(alert())
        fold()
        assert Alert.objects.exclude(silenced_by=[]).get().integration.name == "one"


def test_a_silence_of_everything_is_refused(db: None) -> None:
    for matchers in ("", "a=~.*", 'a!="x"'):
        with pytest.raises(Invalid):
            hush(matchers=matchers, hours=24 * 3650)


def test_a_viewer_may_not_silence(db: None) -> None:
    viewer = Actor(id="person:2", name="V", roles=frozenset({Role.VIEWER}))
    with pytest.raises(Denied):
        commands.add_silence(viewer, matchers="a=b", ends_at=NOON, comment="x")


def test_an_alert_whose_source_went_silent_is_stale_and_never_resolved(feed: Feed, fold: Engine) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        feed.prometheus(alert())
        fold()
        clock.shift(timedelta(minutes=6))
        fold()
        assert Alert.objects.get().state == "stale"
        assert words(AlertGroup.objects.get())[-1] == "alerts.group_stale"


def test_an_alert_that_a_living_source_no_longer_names_is_resolved(feed: Feed, fold: Engine) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        feed.prometheus(alert(name="Old"))
        fold()
        clock.shift(timedelta(minutes=4))
        feed.prometheus(alert(name="Other"))
        fold()
        clock.shift(timedelta(minutes=2))
        fold()
        assert Alert.objects.get(labels__alertname="Old").state == "resolved"


def test_a_stale_alert_that_is_heard_again_reopens_its_group(feed: Feed, fold: Engine) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        feed.prometheus(alert())
        fold()
        clock.shift(timedelta(minutes=6))
        fold()
        feed.prometheus(alert())
        fold()
        assert Alert.objects.get().state == "firing"
        assert words(AlertGroup.objects.get())[-1] == "alerts.group_reopened"


def test_a_stale_alert_can_be_resolved_by_hand_with_a_reason(feed: Feed, fold: Engine) -> None:
    feed.prometheus(alert())
    fold()
    id_ = str(Alert.objects.get().id)
    with pytest.raises(Invalid):
        commands.resolve_alert(ADMIN, alert_id=id_, reason=" ")
    commands.resolve_alert(ADMIN, alert_id=id_, reason="the host is gone")
    assert words(AlertGroup.objects.get())[-2:] == ["alerts.resolved_by_hand", "alerts.group_quiet"]


def test_a_source_that_misses_two_intervals_raises_an_alert_of_its_own(
    connect: Callable[..., Feed], fold: Engine
) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        feed = connect(every=timedelta(minutes=1))
        feed.prometheus(alert(name="Watchdog", severity="none", endsAt=LATER))
        fold()
        clock.shift(timedelta(seconds=110))
        fold()
        assert not Alert.objects.filter(labels__alertname="SourceSilent").exists()
        clock.shift(timedelta(seconds=20))
        fold()
        assert Alert.objects.get(labels__alertname="SourceSilent").state == "firing"
        assert queries.integrations(ADMIN)[0].state == "silent"
        feed.prometheus(alert(name="Watchdog", severity="none", endsAt=LATER))
        fold()
        clock.shift(timedelta(seconds=11))
        fold()
        assert Alert.objects.get(labels__alertname="SourceSilent").state == "resolved"
        assert queries.integrations(ADMIN)[0].state == "ok"


def test_a_test_alert_takes_the_way_of_a_real_one_and_ends_by_itself(feed: Feed, fold: Engine) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        commands.send_test_alert(ADMIN, integration_id=feed.id)
        fold()
        assert Alert.objects.get().state == "firing"
        assert words(AlertGroup.objects.get()) == ["alerts.group_opened"]
        clock.shift(timedelta(minutes=5, seconds=1))
        fold()
        assert Alert.objects.get().state == "resolved"


def test_routes_take_alerts_in_order_and_name_the_group(feed: Feed, fold: Engine) -> None:
    for name, matchers in (("web", "team=web"), ("rest", 'team=~".+"')):
        commands.save_route(ADMIN, name=name, matchers=matchers, policy_id="p-" + name)
    feed.prometheus(alert(team="web"), alert(team="db"))
    fold()
    assert {(g.route.name, g.policy_id, g.unrouted) for g in AlertGroup.objects.all()} == {
        ("web", "p-web", ""),
        ("rest", "p-rest", ""),
    }


def test_a_rotated_key_works_beside_the_new_one_for_a_day(feed: Feed) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        made = commands.rotate_key(ADMIN, integration_id=feed.id)
        assert made.key == queries.integrations(ADMIN)[0].key
        assert len(queries.doors(system("test"))[0].key_hashes) == 2
        clock.shift(timedelta(hours=25))
        assert len(queries.doors(system("test"))[0].key_hashes) == 1


def test_a_removed_source_has_no_door_and_only_administrators_see_keys(feed: Feed) -> None:
    viewer = Actor(id="person:2", name="V", roles=frozenset({Role.VIEWER}))
    assert (queries.integrations(viewer)[0].key, queries.integrations(viewer)[0].url) == ("", "")
    commands.remove_integration(ADMIN, integration_id=feed.id)
    assert queries.doors(system("test")) == []
    with pytest.raises(NotFound):
        commands.rotate_key(ADMIN, integration_id=feed.id)
