"""The Public Status Page as people here see it: how far it is, what it says now, and the page itself beside it."""

from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tocsin.domain.statuspage import queries
from tocsin.domain.statuspage.permissions import MANAGE, PUBLISH
from tocsin.domain.statuspage.rules.states import MAINTENANCE
from tocsin.domain.statuspage.shelf import ROOT
from tocsin.domain.statuspage.wording import as_html, status_word
from tocsin.screens.incident import incident_page
from tocsin.ui.access import ScreenRequest


@csp_update({"frame-src": [SELF]})  # type: ignore[arg-type]
@require_safe
def overview(request: ScreenRequest) -> HttpResponseBase:
    """What the public reads, what is published now, and what is behind. A fixed number of queries."""
    actor = request.actor
    page = queries.page(actor)
    open_ = queries.incidents(actor, open_only=True)
    planned = queries.incidents(actor, kind=MAINTENANCE, open_only=True)
    updates = [one.updates[0].id for one in [*open_, *planned] if one.updates]
    context = {
        "page": page,
        "root": ROOT,
        "address": (page.url if page and page.url else f"{settings.PUBLIC_URL}/status") + "/",
        "publication": queries.publication(actor),
        "components": queries.components(actor),
        "open": open_,
        "planned": planned,
        "told": queries.told(actor, updates),
        "may_publish": actor.has(PUBLISH),
        "may_manage": actor.has(MANAGE),
    }
    return render(request, "public_status_page/overview.html", context)


@require_safe
def of_incident(request: ScreenRequest, ref: str) -> HttpResponseBase:
    """What the public reads of one incident, and the way to tell more."""
    actor = request.actor
    context = incident_page(request, ref, "communicate", "public_status_page")
    view = queries.incident_of(actor, context["incident"].id)
    updates = [(status_word(one.status), one.display_at, as_html(one.body)) for one in view.updates] if view else []
    context |= {
        "view": view,
        "updates": updates,
        "page": queries.page(actor),
        "public_word": status_word(view.status) if view else "",
        "may_publish": actor.has(PUBLISH) and not context["incident"].restricted,
        "may_manage": actor.has(MANAGE),
    }
    return render(request, "public_status_page/of_incident.html", context)
