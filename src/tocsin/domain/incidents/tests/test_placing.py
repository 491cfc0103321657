"""Where an alert belongs, as a table."""

from datetime import UTC, datetime, timedelta

import pytest

from tocsin.domain.incidents.placing import Place, place
from tocsin.domain.incidents.rules.states import State

OVER = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
SOON, LATE, BEFORE = OVER + timedelta(minutes=14), OVER + timedelta(minutes=16), OVER - timedelta(seconds=1)


@pytest.mark.parametrize(
    ("state", "at", "again", "worse", "expected"),
    [
        (State.DETECTED, SOON, False, False, Place.STAY),
        (State.RESPONDING, SOON, True, True, Place.STAY),
        (State.MITIGATED, SOON, True, False, Place.STAY),
        (State.RESOLVED, BEFORE, True, True, Place.LEAVE),
        (State.RESOLVED, SOON, True, False, Place.REOPEN),
        (State.RESOLVED, LATE, True, False, Place.NEW),
        (State.CLOSED, BEFORE, True, True, Place.LEAVE),
        (State.CLOSED, SOON, False, False, Place.NEW),
        (State.DISMISSED, SOON, False, False, Place.LEAVE),
        (State.DISMISSED, SOON, True, False, Place.NEW),
        (State.DISMISSED, SOON, False, True, Place.NEW),
        (State.MERGED, SOON, False, False, Place.NEW),
    ],
)
def test_an_alert_stays_returns_or_begins_anew(
    state: State, at: datetime, again: bool, worse: bool, expected: Place
) -> None:
    assert place(state, over_at=OVER, happened_at=at, now=max(at, OVER), again=again, worse=worse) is expected
