"""Find an alert, and see its way. Shallow: every stage is read by one query of the room of proofs."""

from uuid import UUID

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tocsin.domain.alerts import queries as alerts
from tocsin.domain.alerts.permissions import CONNECT
from tocsin.domain.alerts.queries import AlertFilter
from tocsin.domain.alerts.tracing import waiting_signals
from tocsin.domain.assurance import queries
from tocsin.ui.access import ScreenRequest

_MOST = 25


@require_safe
def find(request: ScreenRequest) -> HttpResponseBase:
    """The newest alerts, whatever their state, by words of their title; what waits and what was buried."""
    text = request.GET.get("q", "").strip()[:200]
    found = alerts.alerts(request.actor, AlertFilter(states=(), text=text, limit=_MOST)).alerts
    connects = request.actor.has(CONNECT)
    context = {
        "text": text,
        "found": found,
        "connects": connects,
        "waiting": waiting_signals(request.actor, limit=_MOST) if connects else [],
        "buried": alerts.dead_signals(request.actor, limit=_MOST) if connects else [],
        "place": "monitoring",
    }
    return render(request, "alerts_way/find.html", context)


@require_safe
def way(request: ScreenRequest, alert_id: UUID) -> HttpResponseBase:
    """The way of one alert."""
    context = {"way": queries.way(request.actor, str(alert_id)), "place": "monitoring"}
    return render(request, "alerts_way/way.html", context)
