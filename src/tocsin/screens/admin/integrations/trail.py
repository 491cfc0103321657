"""The way of a test alert, read from what each room has written: received, grouped, incident, people paged."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin.domain.alerts import queries as alerts
from tocsin.domain.alerts.queries import AlertFilter, AlertRow
from tocsin.domain.delivery.queries import DeliveryView
from tocsin.domain.incidents import queries as incidents
from tocsin.domain.incidents.queries import IncidentRow
from tocsin.domain.oncall import queries as oncall
from tocsin.domain.oncall.queries import PagingView
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now

SHOWN_FOR = timedelta(minutes=30)
_EARLIER = timedelta(seconds=2)


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
    """All stops in order; `moving` while the next one is still to come."""

    stops: tuple[Stop, ...]
    moving: bool


def trail(actor: Actor, integration_id: str, sent: datetime | None) -> Trail | None:
    """Where the newest test alert of a source is; None when there was none lately. A fixed number of queries."""
    found = _newest(actor, integration_id, sent)
    if found is None:
        return Trail(_waiting("Received", "It is being read."), moving=True) if sent else None
    stops = [Stop("Received", "done", found.last_seen, f"{found.title}, {found.severity}")]
    if found.muted:
        why = "; ".join(alerts.mute_reasons(actor, [found]).get(found.id, ())) or "It is kept quiet"
        stops.append(Stop("Silenced", "failed", None, f"{why}. Nobody is paged."))
        return Trail(tuple(stops), moving=False)
    if found.group_id is None:
        return Trail((*stops, *_waiting("Grouped", "It waits for others like it.", skip=1)), moving=True)
    group = alerts.group(actor, found.group_id)
    stops.append(Stop("Grouped", "done", group.created_at, group.unrouted or _where(group.route, group.service)))
    row = incidents.incident_of_group(actor, found.group_id)
    if row is None:
        return Trail((*stops, *_waiting("Incident", "It is being proposed.", skip=2)), moving=True)
    stops.append(Stop("Incident", "done", row.alarm_at, f"{row.reference} {row.title}", row.url))
    paged = _paged(row, oncall.paging(actor, f"incident:{row.id}"))
    return Trail((*stops, paged), moving=paged.state == "now" and found.state == "firing")


def _newest(actor: Actor, integration_id: str, sent: datetime | None) -> AlertRow | None:
    wanted = AlertFilter(states=(), integration_id=integration_id, text="Test alert from", limit=5)
    since = sent - _EARLIER if sent else now() - SHOWN_FOR
    rows = alerts.alerts(actor, wanted).alerts
    return next((row for row in rows if row.labels.get("test") == "true" and row.last_seen >= since), None)


def _where(route: str, service: str) -> str:
    taken = f"The route {route} takes it" if route else "The integration's own service takes it"
    return f"{taken}: {service}." if service else f"{taken}."


def _paged(row: IncidentRow, view: PagingView) -> Stop:
    url = f"{row.url}notifications/"
    if not view.pages:
        if view.state == "none" or view.next_at is None:
            return Stop("Paged", "now", None, "Nobody has been paged yet.", url)
        return Stop("Paged", "now", view.next_at, f"Next: {view.next_what}.", url)
    if view.acknowledged_by:
        return Stop("Paged", "done", view.acknowledged_at, f"{view.acknowledged_by} acknowledged.", url)
    told = {page.person: _reached(page.deliveries) for page in reversed(view.pages)}
    said = "; ".join(f"{person}: {how}" for person, how in told.items())
    sent = any(d.state in ("sent", "delivered") for page in view.pages for d in page.deliveries)
    return Stop("Paged", "done" if sent else "now", view.pages[-1].paged_at, said, url)


def _reached(deliveries: tuple[DeliveryView, ...]) -> str:
    return ", ".join(f"{d.kind} {d.state}" for d in deliveries) or "no contact method"


_ALL = ("Received", "Grouped", "Incident", "Paged")


def _waiting(first: str, proof: str, *, skip: int = 0) -> tuple[Stop, ...]:
    rest = _ALL[skip + 1 :]
    return (Stop(first, "now", None, proof), *(Stop(name, "wait", None, "") for name in rest))
