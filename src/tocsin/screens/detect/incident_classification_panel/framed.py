"""The panel as a screen of one incident: what it was taken for and why, its alerts, and what can be done about that."""

from typing import Any

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tocsin.domain.incidents.queries import HubView
from tocsin.domain.incidents.rules.states import Kind
from tocsin.domain.triage import queries as triage
from tocsin.screens.detect.incident_classification_panel.proposals import shown
from tocsin.screens.incident import incident_page
from tocsin.screens.incident_alerts import counted
from tocsin.ui.access import ScreenRequest

STAGE, SCREEN = "detect", "incident_classification_panel"
_SIZED = {
    "alert": "as the alert says",
    "declared": "as it was declared",
    "matrix": "by the assessment",
    "override": "set by a person",
}


@require_safe
def page(request: ScreenRequest, ref: str) -> HttpResponseBase:
    """Kind, severity and reasons of this incident, and the groups of alerts that belong to it."""
    context = incident_page(request, ref, STAGE, SCREEN)
    picture: HubView = context["hub"]
    return render(request, "incident_classification_panel/framed.html", {**context, **_shown(request, picture)})


def _shown(request: ScreenRequest, picture: HubView) -> dict[str, Any]:
    seen = picture.incident
    groups = tuple(group.group_id for group in picture.groups)
    return {
        "kind_words": Kind(seen.kind).words,
        "sized": _SIZED[seen.severity_source],
        **counted(request.actor, picture.groups, quiet=True),
        "can_split": len(picture.groups) > 1 or len(seen.services) > 1,
        "hint": shown(triage.hints(request.actor, {"": groups})[""]) if groups else {},
        "similar": triage.similar(request.actor, seen.id),
    }
