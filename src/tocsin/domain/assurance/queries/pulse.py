"""The dead man's switch as people see it: the last round, each stage's time, the stage that stopped."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from tocsin.domain.assurance.models import Pulse
from tocsin.domain.assurance.permissions import VIEW
from tocsin.domain.assurance.rules.pulse import STAGES, standing
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now


@dataclass(frozen=True, slots=True)
class StageView:
    """One stage of the newest pulse. `state`: done, now, wait or failed."""

    key: str
    name: str
    state: str
    at: datetime | None
    after: timedelta | None


@dataclass(frozen=True, slots=True)
class PulseStanding:
    """`took`: the last whole round. `stopped` names the stage that does not move; `problem` is what it said."""

    on: bool
    tells: bool
    stopped: str
    sentence: str
    problem: str
    last_at: datetime | None
    took: timedelta | None
    told_at: datetime | None
    stages: tuple[StageView, ...]

    @property
    def well(self) -> bool:
        """True while rounds come to their end."""
        return self.on and not self.stopped and self.last_at is not None


def pulse_standing(actor: Actor) -> PulseStanding:
    """Two queries, none when it is switched off."""
    actor.require(VIEW)
    tells = bool(settings.HEARTBEAT_URL)
    if not settings.PULSE_EVERY:
        return PulseStanding(False, tells, "", "", "", None, None, None, ())
    newest = Pulse.objects.order_by("-begun").first()
    last = Pulse.objects.filter(recorded__isnull=False).order_by("-begun").first()
    times = {stage: getattr(newest, stage) for stage in STAGES} if newest else None
    found = standing(times, timedelta(seconds=settings.PULSE_EVERY), now(), tells=tells)
    return PulseStanding(
        on=True,
        tells=tells,
        stopped=STAGES.get(found.stopped, ""),
        sentence=found.sentence,
        problem=newest.problem if newest and found.stopped else "",
        last_at=last.recorded if last else None,
        took=last.recorded - last.begun if last and last.recorded else None,
        told_at=last.told if last else None,
        stages=_stages(times, found.stopped, tells=tells) if times else (),
    )


def _stages(times: dict[str, datetime | None], stopped: str, *, tells: bool) -> tuple[StageView, ...]:
    found: list[StageView] = []
    before: datetime | None = None
    for key, name in STAGES.items():
        if key == "told" and not tells:
            continue
        at = times[key]
        state = "failed" if key == stopped else "done" if at else "wait"
        found.append(StageView(key, name, state, at, at - before if at and before else None))
        before = at or before
    return tuple(found)
