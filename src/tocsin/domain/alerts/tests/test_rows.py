"""Alert rows are written past the ORM and must read back through it as they were."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.forms.models import model_to_dict

from tocsin.domain.alerts.commands.rows import create_alerts, save_alerts
from tocsin.domain.alerts.models import Alert
from tocsin.domain.alerts.tests.conftest import Feed

AT = datetime(2026, 11, 24, 12, 0, 0, 250_001, tzinfo=UTC)
ODD: dict[str, Any] = {
    "title": "Größe 5’ 🔥\n'quoted' %s",
    "labels": {"name": 'Zoë "x"', "path": "a\\b", "%s": "{}"},
    "annotations": {},
    "links": [["Graph", "https://example.org/?a=1&b=é"]],
    "extra": {"n": 1.5, "none": None, "deep": [True, {"k": "v"}]},
    "maintained_by": ["w1"],
    "starts_at": AT.astimezone(timezone(timedelta(hours=5, minutes=45))),
    "last_seen_at": AT.replace(microsecond=0),
    "expires_at": AT + timedelta(minutes=5),
    "count": 2**40,
    "muted": True,
}


def _alert(feed: Feed, key: str, **more: Any) -> Alert:
    given = {"severity": "high", "state": "firing", "integration_id": UUID(feed.id), **ODD, **more}
    return Alert(key=key, **given)


def _all(alert: Alert) -> dict[str, Any]:
    return model_to_dict(alert) | {"id": alert.id}


def test_a_new_alert_reads_back_as_it_was_written(connect: Any) -> None:
    feed = connect()
    made = [_alert(feed, "a"), _alert(feed, "b", current=False, resolved_at=AT, service_id=None)]
    create_alerts(made)
    assert [_all(row) for row in Alert.objects.order_by("key")] == [_all(alert) for alert in made]


def test_a_changed_alert_is_stored_as_the_orm_stores_it(connect: Any) -> None:
    """The same bytes: what filters by these columns compares with what the ORM wrote."""
    feed = connect()
    ours, theirs = _alert(feed, "a"), _alert(feed, "b")
    for alert in (ours, theirs):
        alert.save()
        alert.resolved_at, alert.labels, alert.expires_at = AT + timedelta(hours=1), {"name": "other"}, None
    save_alerts([ours])
    theirs.save()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT resolved_at, starts_at, last_seen_at, expires_at, integration_id, maintained_by, muted, count"
            " FROM alerts_alert ORDER BY key"
        )
        mine, orms = cursor.fetchall()
    assert mine == orms


@pytest.mark.parametrize("wrong", ["severity", "title"])
def test_a_row_that_the_store_refuses_raises(connect: Any, wrong: str) -> None:
    with pytest.raises(Exception, match=wrong):
        create_alerts([_alert(connect(), "a", **{wrong: None})])
