"""Jobs of this room for the engine: ask one check, keep them all asked, forget what is old. They decide nothing."""

from datetime import timedelta

import structlog

from tocsin.core.work import Done, JobView, effect, periodic
from tocsin.domain.monitoring import commands, queries
from tocsin.domain.monitoring.jobs import LOOK, Look
from tocsin.domain.monitoring.ports import HEARTBEAT, Finding, load_probes, probes
from tocsin.domain.monitoring.views import ToAsk
from tocsin.kernel.actor import system

log = structlog.get_logger()

_MOST_STEPS = 40

load_probes()


@effect(LOOK, Look, timeout=timedelta(seconds=45))
def look(payload: Look, job: JobView) -> Done:
    """Ask once; the answer is recorded together with the next time to ask."""
    actor = system("monitoring.checks")
    asked = queries.to_ask(actor, payload.check)
    if asked is None:
        return Done()
    if asked.kind == HEARTBEAT:
        return Done(record=lambda: commands.judge_silence(actor, check_id=payload.check))
    finding = _looked(asked)
    return Done(record=lambda: commands.record(actor, check_id=payload.check, version=asked.version, finding=finding))


@periodic("monitoring.keep_asking", every=timedelta(seconds=30))
def keep_asking() -> int:
    """No check is forgotten, whatever happened to its job."""
    return commands.keep_asking(system("monitoring.keep"))


@periodic("monitoring.forget", every=timedelta(minutes=5))
def forget() -> int:
    """Old answers go, some at a time."""
    gone = 0
    for _ in range(_MOST_STEPS):
        step = commands.forget_old(system("monitoring.forget"))
        gone += step
        if not step:
            break
    return gone


def _looked(asked: ToAsk) -> Finding:
    """What the probe found; a probe that breaks is a finding too, so that its check is asked again."""
    try:
        return probes()[asked.kind].look(asked.target, asked.expect, asked.timeout.total_seconds())
    except Exception as error:
        log.exception("probe_broke", kind=asked.kind)
        return Finding(False, f"The probe itself broke: {type(error).__name__}")
