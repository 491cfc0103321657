"""What this room knows of an alert's way: by which route it went and why not by others, what waits, what was buried.

Reads only. A signal that is no alert yet may hold anything: administrators alone see of it more than its size.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tocsin.domain.alerts.commands.placing import as_rule, routing_labels
from tocsin.domain.alerts.models import Alert, InboxItem, Integration, Route
from tocsin.domain.alerts.permissions import CONNECT, VIEW
from tocsin.domain.alerts.ports import CHECKS, PULSE
from tocsin.domain.alerts.queries import alert
from tocsin.domain.alerts.rules.identity import Labels
from tocsin.domain.alerts.rules.routing import matches
from tocsin.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Tried:
    """One enabled route beside an alert. `why` says which label did not fit, or why it was not asked."""

    route_id: str
    name: str
    took: bool
    why: str


@dataclass(frozen=True, slots=True)
class WaitingSignal:
    """A signal that was accepted and is not folded yet."""

    id: int
    integration: str
    source: str
    size: int
    received_at: datetime


def routes_tried(actor: Actor, alert_id: str) -> list[Tried]:
    """Every enabled route in order, as it stands now, and whether it takes the alert. Raises `NotFound`."""
    actor.require(VIEW)
    alert(actor, alert_id)
    row = Alert.objects.select_related("integration").get(id=UUID(alert_id))
    labels = routing_labels(row, row.integration)
    found, stopped = [], ""
    for route in (as_rule(each) for each in Route.objects.filter(enabled=True).order_by("order", "id")):
        if stopped:
            found.append(
                Tried(route.id, route.name, took=False, why=f"{stopped} took it and lets no later route have it")
            )
            continue
        took = matches(route.matchers, labels)
        why = ", ".join(str(m) for m in route.matchers) if took else _missed(route.matchers, labels)
        found.append(Tried(route.id, route.name, took=took, why=why))
        if took and not route.continue_:
            stopped = route.name
    return found


def _missed(matchers: tuple[object, ...], labels: Labels) -> str:
    for matcher in matchers:
        if not matches((matcher,), labels):  # type: ignore[arg-type]
            name = getattr(matcher, "name", "")
            has = f"it has {name}={labels[name][:80]}" if name in labels else f"it has no {name}"
            return f"wants {matcher}; {has}"
    return "it has no matcher"


def waiting_signals(actor: Actor, *, limit: int = 50) -> list[WaitingSignal]:
    """What waits in the inbox, oldest first; for administrators. Two queries."""
    actor.require(CONNECT)
    rows = list(InboxItem.objects.exclude(source=PULSE).order_by("id")[:limit])
    sources = Integration.objects.filter(id__in={row.integration for row in rows}).exclude(kind=CHECKS)
    names = {row.id: row.name for row in sources}
    return [
        WaitingSignal(row.id, names.get(row.integration, row.source), row.source, len(row.raw), row.received_at)
        for row in rows
    ]
