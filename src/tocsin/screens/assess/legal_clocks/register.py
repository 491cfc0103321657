"""The register of decisions: of one incident, or of all that the viewer may see; as a table and as CSV."""

from collections.abc import Iterable

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.html import format_html
from django.views.decorators.http import require_safe

from tocsin.domain.incidents import queries as incidents
from tocsin.domain.obligations import queries
from tocsin.domain.obligations.queries import RegisterView
from tocsin.screens.assess.legal_clocks.views import LOOKS
from tocsin.ui import csv
from tocsin.ui.access import ScreenRequest
from tocsin.ui.tables import Column, Filter, Table, from_list
from tocsin.ui.templatetags.tocsin import when
from tocsin.ui.times import on_wall

DECISIONS = {
    "applies": "Applies",
    "set_aside": "Not applicable",
    "notify": "Notify",
    "not_notify": "Do not notify",
    "submitted": "Submitted",
    "held": "Held",
    "released": "Hold ended",
    "waived": "Duty not applicable",
    "restored": "Duty owed again",
    "moment": "Moment set",
    "replanned": "Re-planned",
}
RUNNING = 100
"""So many running clocks are listed above the register; nobody reads more at once."""
_HEAD = ("When", "Incident", "Regime", "Duty", "Decision", "What", "Reason", "By", "Edition of the clocks")
COLUMNS: list[Column[RegisterView]] = [
    Column(
        "what",
        "Decision",
        lambda r: format_html(
            '<div class="t-subj"><bdi>{}</bdi><span class="t-meta"><bdi>{}</bdi></span></div>',
            on_wall(r.said),
            r.reason,
        ),
        plain=lambda r: f"{r.said} {r.reason}",
    ),
    Column(
        "incident",
        "Incident",
        lambda r: format_html('<a href="/incidents/{0}/legal-clocks/">{0}</a>', r.reference),
        plain=lambda r: r.reference,
    ),
    Column("regime", "Regime", lambda r: r.regime or "all", sort="regime", narrow=False),
    Column("by", "By", lambda r: format_html("<bdi>{}</bdi>", r.by), sort="by", plain=lambda r: r.by),
    Column("when", "When", lambda r: when(r.at), sort="when", plain=lambda r: r.at),
]
TABLE: Table[RegisterView] = Table(
    "legal_register",
    "Register of decisions",
    COLUMNS,
    sort="-when",
    filters=[Filter("decision", "Decision", list(DECISIONS.items()))],
)


@require_safe
def everything(request: ScreenRequest) -> HttpResponseBase:
    """What runs in all incidents, soonest first; and every decision that the viewer may see, newest first."""
    lines = queries.register(request.actor)
    if request.GET.get("format") == "csv":
        return _file("register-of-decisions", lines)
    wished = request.GET.get("decision", "")
    shown = [line for line in lines if not wished or line.decision == wished]
    running = queries.due_next(request.actor, limit=RUNNING)
    context = {
        "place": "incidents",
        "table": TABLE.page(request, from_list(shown, COLUMNS)),
        "count": len(lines),
        "running": [(due, *LOOKS[due.standing]) for due in running],
    }
    return render(request, "legal_clocks/register.html", context)


@require_safe
def of_incident(request: ScreenRequest, ref: str) -> HttpResponseBase:
    """The lines of one incident as CSV."""
    seen = incidents.incident(request.actor, ref)
    return _file(f"{seen.reference}-register", queries.register(request.actor, seen.id))


def _file(name: str, lines: Iterable[RegisterView]) -> HttpResponse:
    rows = [
        (r.at, r.reference, r.regime, r.owed, DECISIONS.get(r.decision, r.decision), r.said, r.reason, r.by, r.edition)
        for r in lines
    ]
    return csv.response(name, _HEAD, rows)
