"""During planned work what it covers pages nobody; what still fires at its end does."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from tocsin.core.log import read_stream
from tocsin.domain.alerts import commands, queries
from tocsin.domain.alerts.models import Alert, AlertGroup
from tocsin.domain.alerts.rules.maintenance import Plan, check, next_occurrence, occurrences
from tocsin.domain.alerts.tests.conftest import ADMIN, Feed, alert
from tocsin.domain.catalog import commands as catalog
from tocsin.kernel.errors import Conflict, Invalid, NotFound

Engine = Callable[[], int]
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)  # a Monday
LATER = "2026-03-09T20:00:00Z"
HOUR = timedelta(hours=1)


def window(**more: object) -> str:
    fields = {"name": "Move the database", "starts_at": NOON, "lasts": HOUR, "matchers": "alertname=DiskFull"}
    return commands.save_maintenance(ADMIN, **{**fields, **more})


def told() -> list[str]:
    return [entry.type for group in AlertGroup.objects.all() for entry in read_stream(f"alert_group:{group.id}")]


def words(id_: str) -> list[str]:
    return [entry.type.removeprefix("alerts.maintenance_") for entry in read_stream(f"maintenance:{id_}")]


@pytest.mark.django_db
def test_within_a_window_nobody_is_told_and_at_its_end_what_still_fires_is(feed: Feed, fold: Engine) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        id_ = window()
        feed.prometheus(alert(endsAt=LATER), alert("Other", endsAt=LATER))
        fold()
        muted = Alert.objects.get(muted=True)
        assert (muted.labels["alertname"], muted.maintained_by) == ("DiskFull", [id_])
        row = queries.alerts(ADMIN, queries.AlertFilter(muted=True)).alerts[0]
        assert queries.mute_reasons(ADMIN, [row])[row.id] == (
            "Under maintenance until 2026-03-02 13:00 UTC: Move the database",
        )
        clock.shift(HOUR)
        fold()
        assert not Alert.objects.filter(muted=True).exists()
        assert told() == ["alerts.group_opened", "alerts.group_opened"]
        assert words(id_) == ["planned", "began", "ended"]
        assert queries.maintenances(ADMIN) == []
        assert queries.maintenance(ADMIN, id_).state == "over"


@pytest.mark.django_db
def test_a_window_covers_the_alerts_of_its_services(connect: Callable[..., Feed], fold: Engine) -> None:
    with time_machine.travel(NOON, tick=False):
        shop, bank = (catalog.add_service(ADMIN, name=name) for name in ("Shop", "Bank"))
        window(matchers="", services=[shop])
        one, two = connect(name="one", service=shop), connect(name="two", service=bank)
        one.prometheus(alert(endsAt=LATER))
        two.prometheus(alert(endsAt=LATER))
        fold()
        assert Alert.objects.get(muted=True).integration.name == "one"
        assert queries.maintenances(ADMIN)[0].services == ((shop, "Shop"),)


@pytest.mark.django_db
def test_critical_alerts_page_anyway_where_that_is_asked(feed: Feed, fold: Engine) -> None:
    with time_machine.travel(NOON, tick=False):
        window(critical_pages=True, matchers='alertname=~".+"')
        feed.prometheus(alert(endsAt=LATER), alert("Meek", severity="warning", endsAt=LATER))
        feed.prometheus(alert("Odd", severity="strange", endsAt=LATER))
        fold()
        assert Alert.objects.get(muted=True).labels["alertname"] == "Meek"


@pytest.mark.django_db
def test_an_alert_that_becomes_critical_within_the_window_pages_where_that_is_asked(feed: Feed, fold: Engine) -> None:
    with time_machine.travel(NOON, tick=False):
        window(critical_pages=True)
        feed.pagerduty("trigger", severity="info")
        window(critical_pages=True, matchers="source=db-1")
        fold()
        assert Alert.objects.get().muted
        feed.pagerduty("trigger", severity="critical")
        fold()
        assert told() == ["alerts.group_opened"]


@pytest.mark.django_db
def test_a_window_that_begins_later_mutes_by_its_timer(feed: Feed, fold: Engine) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        window(starts_at=NOON + HOUR)
        assert queries.maintenances(ADMIN)[0].state == "planned"
        feed.prometheus(alert(severity="warning", endsAt=LATER))
        fold()
        clock.shift(HOUR)
        fold()
        assert Alert.objects.get().muted
        assert queries.maintenances(ADMIN)[0].state == "under way"


@pytest.mark.django_db
def test_work_ended_early_tells_at_once_and_a_weekly_one_comes_again(feed: Feed, fold: Engine) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        id_ = window(rule="FREQ=WEEKLY;BYDAY=MO")
        feed.prometheus(alert(endsAt=LATER))
        fold()
        commands.end_maintenance(ADMIN, window_id=id_)
        fold()
        assert told() == ["alerts.group_opened"]
        assert queries.maintenance(ADMIN, id_).starts_at == NOON + timedelta(days=7)
        commands.end_maintenance(ADMIN, window_id=id_)
        assert queries.maintenance(ADMIN, id_).starts_at == NOON + timedelta(days=14)
        clock.shift(timedelta(days=14, minutes=1))
        fold()
        assert queries.maintenance(ADMIN, id_).state == "under way"


@pytest.mark.django_db
def test_a_removed_window_tells_at_once(feed: Feed, fold: Engine) -> None:
    with time_machine.travel(NOON, tick=False):
        id_ = window()
        feed.prometheus(alert(endsAt=LATER))
        fold()
        commands.remove_maintenance(ADMIN, window_id=id_)
        fold()
        assert told() == ["alerts.group_opened"]
        with pytest.raises(NotFound):
            commands.end_maintenance(ADMIN, window_id=id_)


@pytest.mark.django_db
def test_an_engine_that_was_away_turns_windows_when_it_is_back(feed: Feed, fold: Engine) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        id_ = window(rule="FREQ=DAILY")
        fold()
        clock.shift(timedelta(days=3, hours=2))
        fold()
        assert queries.maintenance(ADMIN, id_).starts_at == NOON + timedelta(days=4)


@pytest.mark.django_db
def test_bad_windows_are_refused_in_one_sentence() -> None:
    with time_machine.travel(NOON, tick=False):
        for field, wrong in (
            ("lasts", {"lasts": timedelta(0)}),
            ("lasts", {"lasts": timedelta(days=400)}),
            ("lasts", {"lasts": timedelta(hours=25), "rule": "FREQ=DAILY"}),
            ("rule", {"rule": "FREQ=SECONDLY"}),
            ("rule", {"rule": "FREQ=DAILY;INTERVAL=0"}),
            ("rule", {"rule": "FREQ=WEEKLY;BYDAY=XX"}),
            ("rule", {"rule": "FREQ=DAILY;BYMINUTE=1,2"}),
            ("rule", {"rule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}),
            ("zone", {"zone": "Mars/Olympus"}),
            ("services", {"matchers": ""}),
            ("matchers", {"matchers": 'a!="x"'}),
            ("matchers", {"matchers": 'a=~"("'}),
            ("name", {"name": ""}),
            ("starts_at", {"starts_at": NOON - timedelta(days=2)}),
        ):
            with pytest.raises(Invalid) as refused:
                window(**wrong)
            assert refused.value.field == field, wrong
            assert refused.value.sentence.startswith(f"{field}:")
        id_ = window()
        commands.end_maintenance(ADMIN, window_id=id_)
        with pytest.raises(Conflict):
            commands.end_maintenance(ADMIN, window_id=id_)


def test_weekly_work_stays_at_its_time_on_the_wall_through_daylight_saving() -> None:
    plan = Plan("Europe/Berlin", datetime.fromisoformat("2026-03-21T02:30"), HOUR, "FREQ=WEEKLY;BYDAY=SA,SU")
    check(plan)
    found = occurrences(plan, datetime(2026, 3, 21, tzinfo=UTC))
    assert [f"{next(found).starts_at:%d %H:%M}" for _ in range(4)] == ["21 01:30", "22 01:30", "28 01:30", "29 01:00"]


def test_an_end_of_the_rule_is_on_the_wall_as_well() -> None:
    plan = Plan("Asia/Tokyo", datetime.fromisoformat("2026-03-02T01:00"), HOUR, "FREQ=DAILY;UNTIL=20260304T010000Z")
    assert next_occurrence(plan, datetime(2026, 3, 4, tzinfo=UTC)) is None
    assert next_occurrence(plan, datetime(2026, 3, 3, 12, tzinfo=UTC)) is not None
