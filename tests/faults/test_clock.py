"""The clock jumps an hour either way in the middle of an escalation, or summer time begins: no call is lost or doubled.

With real rows and timers. What truly passes is counted apart from what the clock shows.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.faults.conftest import NOON
from tocsin.core.engine.execute import run_next_database_job
from tocsin.domain.accounts.commands import change_organisation
from tocsin.domain.oncall import commands
from tocsin.domain.oncall.commands.failing import conserve
from tocsin.domain.oncall.models import Escalation, EscalationState, Page
from tocsin.domain.oncall.tests.conftest import INCIDENT, SYSTEM, World, world

__all__ = ["world"]

pytestmark = pytest.mark.django_db

HOUR, STEP = timedelta(hours=1), timedelta(minutes=4)
SUMMER, WINTER = datetime(2026, 3, 29, 0, 55, tzinfo=UTC), datetime(2026, 10, 25, 0, 55, tzinfo=UTC)
"""Five minutes before the clocks of Berlin change."""


@dataclass
class Watched:
    """An escalation, what the clock showed, and when in truth somebody was called."""

    world: World
    truly: timedelta = timedelta(0)
    calls: list[timedelta] = field(default_factory=list)
    seen: set[object] = field(default_factory=set)

    def look(self) -> None:
        """The engine does what is due, the audit included; note who was called for the first time."""
        conserve()
        while run_next_database_job():
            pass
        fresh = [page for page in Page.objects.all() if page.id not in self.seen]
        self.seen |= {page.id for page in fresh}
        self.calls += [self.truly] if fresh else []

    def minute(self) -> None:
        """A true minute."""
        self.world.clock.shift(timedelta(minutes=1))
        self.truly += timedelta(minutes=1)
        self.look()

    def jump(self, by: timedelta) -> None:
        """The clock is set, and no time passes."""
        self.world.clock.shift(by)
        self.look()


def _begin(world: World, at: datetime) -> Watched:
    world.clock.move_to(at)
    for name in ("Mateo", "Linh"):
        world.add(name)
    policy = world.policy(("Mateo",), ("Linh",), name=f"Line {at:%m%d}")
    watched = Watched(world)
    commands.page(SYSTEM, subject=INCIDENT, severity="critical", policy_id=policy)
    watched.look()
    return watched


_MOVES = st.lists(st.one_of(st.integers(1, 7), st.sampled_from([HOUR, -HOUR])), min_size=2, max_size=6)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None)
@given(at=st.sampled_from([NOON, SUMMER, WINTER]), moves=_MOVES)
@example(at=NOON, moves=[2, -HOUR, 7])
@example(at=NOON, moves=[2, HOUR, 7, -HOUR, 7])
@example(at=SUMMER, moves=[7, 7])
@example(at=WINTER, moves=[7, 7])
def test_whatever_the_clock_does_nobody_is_called_twice_at_once_and_silence_never_lasts(
    world: World, at: datetime, moves: list[int | timedelta]
) -> None:
    with transaction.atomic():
        change_organisation(SYSTEM, time_zone="Europe/Berlin")
        watched = _begin(world, at)
        forward = 0
        for move in moves:
            if isinstance(move, timedelta):
                forward += move > timedelta(0)
                watched.jump(move)
            else:
                for _ in range(move):
                    watched.minute()
        waits = [later - earlier for earlier, later in zip(watched.calls, watched.calls[1:], strict=False)]
        assert sum(wait < STEP for wait in waits) <= forward, f"called too soon: {watched.calls}"
        # A clock that was set back begins the wait anew, once; the audit looks every minute.
        assert max([*waits, watched.truly - watched.calls[-1]]) <= 2 * STEP + timedelta(minutes=2), watched.calls
        waves = [(page.wave, page.person_id) for page in Page.objects.all()]
        assert len(waves) == len(set(waves))
        transaction.set_rollback(True)


def test_a_clock_that_is_set_back_wakes_nobody_who_has_answered(world: World) -> None:
    watched = _begin(world, NOON)
    commands.acknowledge(world.actor("Mateo"), subject=INCIDENT)
    watched.jump(-HOUR)
    for _ in range(10):
        watched.minute()
    assert watched.calls == [timedelta(0)]
    assert Escalation.objects.get().state == EscalationState.ACKNOWLEDGED


def test_a_clock_that_is_set_forward_asks_who_has_it_once(world: World) -> None:
    """An hour without activity, as far as anybody can know: whoever acknowledged is asked, nobody else is called."""
    watched = _begin(world, NOON)
    commands.acknowledge(world.actor("Mateo"), subject=INCIDENT)
    watched.jump(HOUR)
    watched.minute()
    assert [(page.why, str(page.person_id)) for page in Page.objects.filter(state="open")] == [
        ("quiet", world.people["Mateo"])
    ]
    commands.acknowledge(world.actor("Mateo"), subject=INCIDENT)
    for _ in range(10):
        watched.minute()
    assert watched.calls == [timedelta(0), timedelta(0)]
