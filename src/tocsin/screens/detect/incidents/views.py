"""The list of incidents with its chips, filters and CSV, and the form that declares one."""

from typing import Any

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tocsin.domain.catalog.queries import services
from tocsin.domain.incidents import commands, queries
from tocsin.domain.incidents.permissions import DECLARE
from tocsin.domain.incidents.queries import IncidentRow
from tocsin.domain.incidents.rules.states import ACTIVE_STATES, Kind
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.domain.triage import commands as templates
from tocsin.domain.triage import queries as triage
from tocsin.domain.triage.queries import IncidentTemplateView
from tocsin.screens.detect.incidents.forms import DeclareForm
from tocsin.screens.detect.incidents.rows import filters_of, table
from tocsin.ui.access import ScreenRequest
from tocsin.ui.parts import Chip
from tocsin.ui.tables import Query, Slice
from tocsin.ui.undo import offer_undo


@require_safe
def listing(request: ScreenRequest) -> HttpResponseBase:
    """All incidents that the viewer may see, those still worked on first. Every chip is a filter in the address."""
    columns = table([(s.id, s.name) for s in services(request.actor)])

    def fetch(query: Query) -> Slice[IncidentRow]:
        sort = f"-{query.sort}" if query.descending else query.sort or "-open"
        number = query.offset // query.limit + 1
        wanted = filters_of(query, request.actor.person)
        found = queries.incidents(request.actor, wanted, page=number, size=query.limit, sort=sort)
        return Slice(found.rows if found.page == number else (), found.total)

    csv = columns.csv(request, fetch)
    if csv is not None:
        return csv
    page = columns.page(request, fetch)
    context = {
        "place": "incidents",
        "table": page,
        "chips": _chips(request, page.query),
        "empty": not page.rows and not page.filtered,
        "may_declare": request.actor.has(DECLARE),
    }
    return render(request, "incidents/incidents.html", context)


def _chips(request: ScreenRequest, query: Query) -> list[Chip]:
    counts = queries.counts(request.actor)
    active = sum(number for state, number in counts.items() if state in ACTIVE_STATES)
    chosen = dict(query.filters)
    kinds = [Chip(k.words, f"/incidents/?kind={k.value}", chosen == {"kind": k.value}) for k in Kind]
    return [
        Chip("All", "/incidents/", not chosen and not query.text, sum(counts.values())),
        Chip("Open", "/incidents/?state=open", chosen == {"state": "open"}, active),
        Chip("Mine", "/incidents/?mine=yes", chosen == {"mine": "yes"}),
        Chip("Critical", "/incidents/?severity=critical", chosen == {"severity": "critical"}),
        *kinds,
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def declare(request: ScreenRequest) -> HttpResponseBase:
    """Declare an incident and, unless told otherwise, page for it."""
    request.actor.require(DECLARE)
    offered_templates = triage.templates(request.actor)
    asked = request.POST.get("template") or request.GET.get("template", "")
    chosen = next((each for each in offered_templates if each.id == asked), None)
    given = request.GET
    initial = {
        "kind": given.get("kind", Kind.DISRUPTION.value),
        "severity": given.get("severity", Severity.UNKNOWN.value),
        "title": given.get("title", ""),
        "services": given.getlist("service"),
        "page": True,
        **(_as_template(chosen) if chosen else {}),
        "template": chosen.id if chosen else "",
    }
    offered = [(s.id, s.name) for s in services(request.actor)]
    form = DeclareForm(request.POST or None, services=offered, initial=initial)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            made = queries.row(request.actor, _declare(request, chosen, form.cleaned_data))
            told = "The people on call are being paged." if form.cleaned_data["page"] else "Nobody is paged."
            where = reverse("incident_undeclare", kwargs={"ref": made.reference})
            offer_undo(request, f"Declared {made.reference}. {told}", where)
            return redirect("team_coordination_hub", ref=made.reference)
    context = {
        "place": "incidents",
        "form": form,
        "chosen": chosen,
        "templates": [Chip(t.name, f"?template={t.id}", t is chosen) for t in offered_templates],
    }
    return render(request, "incidents/declare.html", context, status=422 if form.is_bound else 200)


def _as_template(chosen: IncidentTemplateView) -> dict[str, Any]:
    """What the form begins with. A service that is gone is left out."""
    return {
        "kind": chosen.kind,
        "severity": chosen.severity,
        "title": chosen.title,
        "summary": chosen.summary,
        "services": [service.id for service in chosen.services if not service.gone],
    }


def _declare(request: ScreenRequest, chosen: IncidentTemplateView | None, given: dict[str, Any]) -> str:
    said = {name: value for name, value in given.items() if name != "template"}
    if chosen is None:
        return commands.declare(request.actor, **said)
    return templates.declare_from(request.actor, template=chosen.id, **said)


@require_POST
def undeclare(request: ScreenRequest, ref: str) -> HttpResponseBase:
    """What the undo bar does after declaring: nobody is called any more, and the log says why."""
    commands.dismiss(request.actor, incident=ref, reason="Taken back right after it was declared.")
    messages.success(request, f"Took {ref} back; nobody is called for it any more.")
    return redirect("incidents_list")
