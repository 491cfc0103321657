"""The way of a test alert: the same way as any alert's, at four stops."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin.domain.alerts import queries as alerts
from tocsin.domain.alerts.queries import AlertFilter, AlertRow
from tocsin.domain.assurance import queries as proofs
from tocsin.domain.assurance.queries import AlertWay, WayStage
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now

SHOWN_FOR = timedelta(minutes=30)
_EARLIER = timedelta(seconds=2)
_STOPS = {"received": "Received", "grouped": "Grouped", "incident": "Incident", "paged": "Paged"}


@dataclass(frozen=True, slots=True)
class Stop:
    """One stop on the way. `state`: done, now, wait or failed."""

    name: str
    state: str
    at: datetime | None
    proof: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Trail:
    """All stops in order; `moving` while the next one is still to come. `alert`: whose whole way can be opened."""

    stops: tuple[Stop, ...]
    moving: bool
    alert: str = ""


def trail(actor: Actor, integration_id: str, sent: datetime | None) -> Trail | None:
    """Where the newest test alert of a source is; None when there was none lately. A fixed number of queries."""
    found = _newest(actor, integration_id, sent)
    if found is None:
        waits = [Stop(name, "wait", None, "") for name in list(_STOPS.values())[1:]]
        return Trail((Stop("Received", "now", None, "It is being read."), *waits), moving=True) if sent else None
    way = proofs.way(actor, found.id)
    return Trail(tuple(_stops(way)), way.moving, found.id)


def _newest(actor: Actor, integration_id: str, sent: datetime | None) -> AlertRow | None:
    wanted = AlertFilter(states=(), integration_id=integration_id, text="Test alert from", limit=5)
    since = sent - _EARLIER if sent else now() - SHOWN_FOR
    rows = alerts.alerts(actor, wanted).alerts
    return next((row for row in rows if row.labels.get("test") == "true" and row.last_seen >= since), None)


def _stops(way: AlertWay) -> list[Stop]:
    """The four stops, each once; what keeps the alert quiet stands in between."""
    found: list[Stop] = []
    for stage in way.stages:
        if stage.key == "muted" and stage.state == "failed":
            found.append(Stop("Silenced", "failed", stage.at, stage.proof, stage.url))
        elif stage.key == "paged" and found and found[-1].name == "Paged":
            found[-1] = _stop(stage)
        elif stage.key in _STOPS:
            found.append(_stop(stage))
    return found


def _stop(stage: WayStage) -> Stop:
    said = "; ".join(line.text for line in stage.lines) if stage.key == "paged" else ""
    return Stop(_STOPS[stage.key], stage.state, stage.at, f"{stage.proof}{f': {said}' if said else ''}", stage.url)
