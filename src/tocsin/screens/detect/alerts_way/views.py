"""Find an alert, and see its way. Shallow: every stage is read by one query of the room of proofs."""

from datetime import timedelta
from uuid import UUID

from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from tocsin.domain.alerts import queries as alerts
from tocsin.domain.alerts.permissions import CONNECT
from tocsin.domain.alerts.queries import AlertFilter, AlertRow
from tocsin.domain.alerts.tracing import waiting_signals
from tocsin.domain.assurance import queries
from tocsin.kernel.durations import human_duration
from tocsin.kernel.ids import uuid_of
from tocsin.ui.access import ScreenRequest

_MOST = 25
_FIRST_PAGES, _LAST_PAGES = 2, 3


@require_safe
def find(request: ScreenRequest) -> HttpResponseBase:
    """The newest alerts, whatever their state, by words of their title or of one `group`; what waits and was buried.

    A group of one alert shows the way of that one.
    """
    text, group = request.GET.get("q", "").strip()[:200], request.GET.get("group", "")
    of = (group,) if uuid_of(group) else ()
    found = alerts.alerts(request.actor, AlertFilter(states=(), text=text, group_ids=of, limit=_MOST)).alerts
    if of and len(found) == 1:
        return redirect("alert_way", alert_id=found[0].id)
    connects = request.actor.has(CONNECT)
    context = {
        "text": text,
        "of_group": bool(of),
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
    found = queries.way(request.actor, str(alert_id))
    context = {"way": found, "took": _took(found), "said": _said(found.alert), **_folded(found), "place": "monitoring"}
    return render(request, "alerts_way/way.html", context)


def _said(alert: AlertRow) -> list[tuple[str, str]]:
    """Everything that its source said of it: annotations, then labels, then addresses. The title stands above."""
    told = [(name, text) for name, text in alert.annotations.items() if text and text != alert.title]
    where = [("source", alert.url), *((link[0], link[1]) for link in alert.links if len(link) > 1)]
    return [*told, *alert.labels.items(), *((name, address) for name, address in where if address)]


def _folded(way: queries.AlertWay) -> dict[str, list[tuple[int, queries.WayStage]]]:
    """The stages with their numbers; of many pages those in the middle apart, so that both ends stand in one look."""
    listed = list(enumerate(way.stages, 1))
    pages = [at for at, (_number, stage) in enumerate(listed) if stage.name == "Paged"]
    if len(pages) <= _FIRST_PAGES + _LAST_PAGES + 1:
        return {"before": listed, "folded": [], "after": []}
    first, last = pages[_FIRST_PAGES], pages[-_LAST_PAGES]
    return {"before": listed[:first], "folded": listed[first:last], "after": listed[last:]}


def _took(way: queries.AlertWay) -> list[tuple[str, str]]:
    """How long it took from the first byte to what people wait for, as far as it has happened."""
    first = {stage.name: stage.at for stage in reversed(way.stages) if stage.at}
    start = first.get("Received")
    asked = (("First page after", "Paged"), ("Answered after", "Acknowledged"))
    return [(words, _span(at - start)) for words, name in asked if start and (at := first.get(name)) and at >= start]


def _span(took: timedelta) -> str:
    """`0.4 s`, `6 min`."""
    seconds = took.total_seconds()
    return f"{seconds:.1f}\N{NO-BREAK SPACE}s" if seconds < 60 else human_duration(took)
