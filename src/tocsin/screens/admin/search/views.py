"""Search as a page: hits of the index that the viewer may see, narrowed by kind, and what can be done by that name."""

from collections import Counter
from dataclasses import dataclass

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from tocsin.core.search.find import Hit, search
from tocsin.domain.alerts import queries as alerts
from tocsin.domain.alerts.permissions import VIEW
from tocsin.domain.alerts.queries import AlertFilter
from tocsin.ui import csv, shell
from tocsin.ui.access import ScreenRequest

MOST = 100
MOST_ALERTS = 20
LONGEST = 200
_KINDS = {
    "person": "People",
    "alert": "Alerts",
    "alert_group": "Alert groups",
    "incident": "Incidents",
    "service": "Services",
    "check": "Checks",
}


@dataclass(frozen=True, slots=True)
class Chip:
    """One kind of hit, as a link that narrows to it."""

    label: str
    url: str
    current: bool
    count: int


@require_safe
def search_page(request: ScreenRequest) -> HttpResponseBase:
    """Hits for `q`, best first; `kind` narrows them. Three queries, and one per kind found."""
    text = request.GET.get("q", "").strip()[:LONGEST]
    kind = request.GET.get("kind", "")
    found = [*search(request.actor, text, limit=MOST), *_alerts(request, text)][:MOST] if text else []
    hits = [hit for hit in found if not kind or hit.kind == kind]
    if request.GET.get("format") == "csv":
        return csv.response("search", ["Kind", "Reference", "Title"], [(h.kind, h.reference, h.title) for h in hits])
    actions = [row for row in shell.palette(request.actor, text) if row.group != "Found"] if text else []
    context = {
        "text": text,
        "hits": [(hit, _word(hit.kind)) for hit in hits],
        "chips": _chips(text, kind, found),
        "actions": actions[:6],
        "most": MOST if len(found) == MOST else 0,
        "csv_url": f"?{urlencode({'q': text, 'kind': kind, 'format': 'csv'})}",
    }
    return render(request, "search/search.html", context)


def _alerts(request: ScreenRequest, text: str) -> list[Hit]:
    """Alerts with these words in their title, newest first: rows of their own, not in the index. Each opens its way."""
    if not request.actor.has(VIEW):
        return []
    found = alerts.alerts(request.actor, AlertFilter(states=(), text=text, limit=MOST_ALERTS)).alerts
    return [Hit("alert", "", one.title, reverse("alert_way", args=[one.id])) for one in found]


def _chips(text: str, kind: str, found: list[Hit]) -> list[Chip]:
    counted = Counter(hit.kind for hit in found)
    whole = Chip("Everything", f"?{urlencode({'q': text})}", not kind, len(found))
    each = [
        Chip(_word(name), f"?{urlencode({'q': text, 'kind': name})}", name == kind, count)
        for name, count in counted.most_common()
    ]
    return [whole, *each] if found else []


def _word(kind: str) -> str:
    return _KINDS.get(kind, kind.replace("_", " ").capitalize())
