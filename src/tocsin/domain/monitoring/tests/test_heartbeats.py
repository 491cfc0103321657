"""Jobs elsewhere that call when they have run: silence is the failure."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine

from tocsin.core.engine.testing import run_engine
from tocsin.domain.alerts import queries as alerts
from tocsin.domain.alerts.queries import AlertFilter
from tocsin.domain.monitoring import commands, queries
from tocsin.domain.monitoring.tests.conftest import ADMIN, VIEWER, seen
from tocsin.kernel.actor import system
from tocsin.kernel.errors import Denied, NotFound

DOOR = system("monitoring.beats")


@pytest.fixture
def backup(db: None, clock: time_machine.Traveller) -> str:
    """A nightly backup that may be ten minutes late."""
    return commands.add_check(
        ADMIN, name="Nightly backup", kind="heartbeat", interval=timedelta(hours=1), expect={"grace": "10m"}
    )


def test_nothing_is_known_before_the_first_call(backup: str, clock: time_machine.Traveller) -> None:
    clock.shift(timedelta(hours=5))
    run_engine()
    assert seen(backup).state == "unknown"


def test_a_job_that_calls_is_well_and_one_that_stops_fails(
    backup: str, clock: time_machine.Traveller, advance: Callable[..., None]
) -> None:
    token = queries.heartbeat_token(ADMIN, backup)
    commands.beat(DOOR, token=token)
    assert seen(backup).state == "ok"
    clock.shift(timedelta(minutes=69))
    run_engine()
    assert seen(backup).state == "ok"
    clock.shift(timedelta(minutes=2))
    run_engine()
    assert (seen(backup).state, seen(backup).answer) == ("failing", "Not called; it is 11\N{NO-BREAK SPACE}min late")
    assert [a.title for a in alerts.alerts(ADMIN).alerts]
    commands.beat(DOOR, token=token)
    run_engine()
    assert seen(backup).state == "ok"
    assert [a.state for a in alerts.alerts(ADMIN, AlertFilter(states=())).alerts] == ["resolved"]


def test_an_address_that_is_none_is_refused(backup: str) -> None:
    with pytest.raises(NotFound):
        commands.beat(DOOR, token="guessed")


def test_only_who_arranges_checks_sees_the_address(backup: str) -> None:
    with pytest.raises(Denied):
        queries.heartbeat_token(VIEWER, backup)


def test_a_removed_heartbeat_answers_no_more(backup: str) -> None:
    token = queries.heartbeat_token(ADMIN, backup)
    commands.remove_check(ADMIN, check_id=backup)
    with pytest.raises(NotFound):
        commands.beat(DOOR, token=token)


def test_a_resumed_heartbeat_is_waited_for_again(
    backup: str, clock: time_machine.Traveller, advance: Callable[..., None]
) -> None:
    commands.beat(DOOR, token=queries.heartbeat_token(ADMIN, backup))
    commands.pause_check(ADMIN, check_id=backup)
    clock.shift(timedelta(hours=3))
    run_engine()
    commands.resume_check(ADMIN, check_id=backup)
    run_engine()
    assert seen(backup).state in ("unknown", "stale")
    clock.shift(timedelta(hours=2))
    run_engine()
    assert seen(backup).state == "failing"


def test_a_shorter_interval_counts_from_the_last_call(backup: str, clock: time_machine.Traveller) -> None:
    commands.beat(DOOR, token=queries.heartbeat_token(ADMIN, backup))
    clock.shift(timedelta(minutes=30))
    commands.change_check(ADMIN, check_id=backup, interval=timedelta(minutes=10), expect={"grace": "5m"})
    run_engine()
    assert seen(backup).state == "failing"


def test_changing_a_heartbeat_that_was_never_called_pages_nobody(backup: str) -> None:
    commands.change_check(ADMIN, check_id=backup, interval=timedelta(minutes=10))
    run_engine()
    assert seen(backup).state == "unknown"
    assert alerts.alerts(ADMIN).alerts == []
