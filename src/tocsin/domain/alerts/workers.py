"""Jobs of this room for the engine: folding, timers of groups and silences, sweeps. They decide nothing."""

from datetime import UTC, datetime, timedelta

from tocsin.core.work import JobView, drain, enqueue, periodic, transactional
from tocsin.domain.alerts import commands
from tocsin.domain.alerts.commands.grouping import FLUSH, Flush
from tocsin.domain.alerts.commands.integrations import TEST_OVER, TestOver
from tocsin.domain.alerts.commands.maintenance import TURN, Turn
from tocsin.domain.alerts.commands.muting import LOOK_AGAIN, LookAgain
from tocsin.domain.alerts.commands.silences import SWEEP, Sweep
from tocsin.domain.alerts.commands.sweeping import STEP
from tocsin.domain.alerts.ports import SHARDS, load_sources
from tocsin.kernel.actor import system
from tocsin.kernel.clock import now

_STARTED = now()
_EVERY = timedelta(seconds=10)

load_sources()


def _waiting() -> set[int]:
    return commands.waiting_shards(system("alerts.fold"))


@drain("alerts.fold", shards=SHARDS, waiting=_waiting)
def fold(shard: int) -> int:
    """Fold accepted signals into alerts."""
    return commands.fold(system("alerts.fold"), shard=shard)


@periodic("alerts.expire", every=_EVERY)
def expire() -> int:
    """End alerts whose time ran out."""
    ended, actor = 0, system("alerts.expire")
    while True:
        step = commands.expire_alerts(actor, listening_since=_listening_since())
        ended += step
        if step < STEP:
            return ended


@periodic("alerts.sources", every=_EVERY)
def watch_sources() -> int:
    """Raise alerts for sources that have gone silent."""
    return commands.watch_sources(system("alerts.sources"), listening_since=_listening_since())


@transactional(FLUSH, Flush)
def flush(payload: Flush, job: JobView) -> None:
    """A group's timer rang."""
    commands.flush_group(system("alerts.groups"), group_id=payload.group)


@transactional(SWEEP, Sweep)
def sweep_silences(payload: Sweep, job: JobView) -> None:
    """A silence, a window or the inhibitions changed: bring all open alerts in line, 500 at a time."""
    last = commands.apply_mutes(system("alerts.silences"), after=payload.after)
    if last:
        enqueue(SWEEP, Sweep(after=last))


@transactional(LOOK_AGAIN, LookAgain)
def look_again(payload: LookAgain, job: JobView) -> None:
    """An inhibiting alert came or went: look at those that it may cover, 500 at a time."""
    last = commands.look_again(
        system("alerts.inhibitions"), inhibition=payload.inhibition, equal=payload.equal, after=payload.after
    )
    if last:
        enqueue(LOOK_AGAIN, LookAgain(payload.inhibition, payload.equal, last))


@periodic("alerts.inhibitions", every=_EVERY)
def check_inhibitions() -> int:
    """Mend marks that two engines at one moment left wrong."""
    return commands.find_unjustly_told(system("alerts.inhibitions"))


@transactional(TURN, Turn)
def turn_window(payload: Turn, job: JobView) -> None:
    """A maintenance window begins or ends."""
    commands.turn_window(system("alerts.maintenance"), window_id=payload.window)


@transactional(TEST_OVER, TestOver)
def end_test(payload: TestOver, job: JobView) -> None:
    """A test alert resolves by itself."""
    commands.end_test_alert(system("alerts.test"), integration_id=payload.integration)


@periodic("alerts.forget_intake", every=timedelta(minutes=5))
def forget_intake() -> int:
    """Old counts of signals go."""
    return commands.forget_intake(system("alerts.intake"))


def _listening_since() -> datetime:
    """Since when this engine runs; a clock set back since then must not make every source look heard."""
    return _STARTED if now() >= _STARTED else datetime(1970, 1, 1, tzinfo=UTC)
